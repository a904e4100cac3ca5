/**
 * Whole management messages: header, target, hops, action and one TLV (IEEE 1588-2019 15.4, 15.5).
 * @module
 */
import * as header from "../wire/header.ts";
import { MessageType } from "../wire/header.ts";
import { type PortIdentity, readPort, writePort } from "../wire/identity.ts";
import * as wire from "../wire/management.ts";
import { Action } from "../wire/management.ts";
import * as wireMessage from "../wire/message.ts";
import * as tlv from "../wire/tlv.ts";
import { TlvType } from "../wire/tlv.ts";
import { Fault } from "../wire/fault.ts";

/** Octets of `tlvType`, `lengthField` and `managementId`. */
const TLV_HEAD = tlv.TLV_HEADER_LENGTH + 2;
/** Octets of a MANAGEMENT_ERROR_STATUS TLV without `displayData`. */
const ERROR_TLV = tlv.TLV_HEADER_LENGTH + 8;

/** Everything but the TLV. */
export interface Envelope {
  majorSdoId: number;
  minorSdoId: number;
  minorVersionPtp: number;
  domainNumber: number;
  /** Set where the message goes to one receiver. */
  isUnicast: boolean;
  source: Readonly<PortIdentity>;
  target: Readonly<PortIdentity>;
  sequenceId: number;
  startingBoundaryHops: number;
  boundaryHops: number;
  /** See `Action`. */
  action: number;
}

/** A message taken apart; its data stay where they are. */
export interface ManagementMessage extends Envelope {
  /** A managementId; of an error status, the one it answers. */
  id: number;
  /** 0, or the managementErrorId of an error status. */
  error: number;
  /** The TLV's data in the view that was read. */
  dataAt: number;
  dataEnd: number;
}

/** `Fault.None`, or why the `length` octets at `o` are no management message with one TLV. */
export function check(v: DataView, o: number, length: number): Fault {
  const fault = wireMessage.check(v, o, length);
  if (fault !== Fault.None) return fault;
  if (header.messageType(v, o) !== MessageType.Management) return Fault.MessageType;
  const t = o + wire.MANAGEMENT_LENGTH;
  const end = wireMessage.end(v, o);
  if (t === end) return Fault.MessageLength;
  const n = tlv.length(v, t);
  const isError = tlv.type(v, t) === TlvType.MANAGEMENT_ERROR_STATUS;
  if (!isError && tlv.type(v, t) !== TlvType.MANAGEMENT) return Fault.MessageType;
  return n < (isError ? ERROR_TLV - tlv.TLV_HEADER_LENGTH : 2) ? Fault.MessageLength : Fault.None;
}

/** Takes apart a message that passed {@linkcode check}. */
export function read(v: DataView, o: number): ManagementMessage {
  const t = o + wire.MANAGEMENT_LENGTH;
  const isError = tlv.type(v, t) === TlvType.MANAGEMENT_ERROR_STATUS;
  const source = { high: 0, low: 0, port: 0 };
  const target = { high: 0, low: 0, port: 0 };
  header.sourcePortIdentity(v, o, source);
  readPort(v, o + wire.TARGET_PORT_IDENTITY, target);
  return {
    majorSdoId: header.majorSdoId(v, o),
    minorSdoId: header.minorSdoId(v, o),
    minorVersionPtp: header.minorVersionPtp(v, o),
    domainNumber: header.domainNumber(v, o),
    isUnicast: header.hasFlag(v, o, header.Flag.Unicast),
    source,
    target,
    sequenceId: header.sequenceId(v, o),
    startingBoundaryHops: wire.startingBoundaryHops(v, o),
    boundaryHops: wire.boundaryHops(v, o),
    action: wire.actionField(v, o),
    id: isError ? wire.errorManagementId(v, t) : wire.managementId(v, t),
    error: isError ? wire.managementErrorId(v, t) : 0,
    dataAt: t + (isError ? ERROR_TLV : TLV_HEAD),
    dataEnd: tlv.next(v, t),
  };
}

/** A message with a MANAGEMENT TLV; `data` has an even number of octets. */
export function write(
  e: Readonly<Envelope>,
  id: number,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const octets = open(e, TLV_HEAD + data.length);
  const v = new DataView(octets.buffer);
  tlv.writeHeader(v, wire.MANAGEMENT_LENGTH, TlvType.MANAGEMENT, 2 + data.length);
  v.setUint16(wire.MANAGEMENT_LENGTH + 4, id);
  octets.set(data, wire.MANAGEMENT_LENGTH + TLV_HEAD);
  return octets;
}

/** A message with a MANAGEMENT_ERROR_STATUS TLV without display data, as ptp4l sends it. */
export function writeError(
  e: Readonly<Envelope>,
  id: number,
  error: number,
): Uint8Array<ArrayBuffer> {
  const octets = open(e, ERROR_TLV);
  const v = new DataView(octets.buffer);
  tlv.writeHeader(v, wire.MANAGEMENT_LENGTH, TlvType.MANAGEMENT_ERROR_STATUS, 8);
  v.setUint16(wire.MANAGEMENT_LENGTH + 4, error);
  v.setUint16(wire.MANAGEMENT_LENGTH + 6, id);
  return octets;
}

function open(e: Readonly<Envelope>, tlvLength: number): Uint8Array<ArrayBuffer> {
  const length = wire.MANAGEMENT_LENGTH + tlvLength;
  const octets = new Uint8Array(length);
  const v = new DataView(octets.buffer);
  header.write(v, 0, {
    majorSdoId: e.majorSdoId,
    minorSdoId: e.minorSdoId,
    minorVersionPtp: e.minorVersionPtp,
    messageType: MessageType.Management,
    messageLength: length,
    domainNumber: e.domainNumber,
    flagField: e.isUnicast ? header.Flag.Unicast : 0,
    sourcePortIdentity: e.source,
    sequenceId: e.sequenceId,
    logMessageInterval: 0x7f,
  });
  writePort(v, wire.TARGET_PORT_IDENTITY, e.target);
  v.setUint8(44, e.startingBoundaryHops);
  v.setUint8(45, e.boundaryHops);
  v.setUint8(46, e.action);
  return octets;
}

/** True for the actions that are asked, not answered. */
export function isRequest(action: number): boolean {
  return action === Action.Get || action === Action.Set || action === Action.Command;
}
