/**
 * Signaling, 44 octets and TLVs (IEEE 1588-2019 13.12), and the bodies of its unicast TLVs (16.1.4).
 * @module
 */
import * as tlv from "./tlv.ts";
import { TlvType } from "./tlv.ts";

export const SIGNALING_LENGTH = 44;
/** Where `targetPortIdentity` stands. */
export const TARGET_PORT_IDENTITY = 34;

/** `messageType` of a REQUEST_, GRANT_, CANCEL_ or ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION TLV. */
export function unicastMessageType(v: DataView, t: number): number {
  return v.getUint8(t + 4) >>> 4;
}

/** `logInterMessagePeriod` of a request or grant, signed. */
export function unicastLogInterMessagePeriod(v: DataView, t: number): number {
  return v.getInt8(t + 5);
}

/** `durationField` of a request or grant, seconds. */
export function unicastDuration(v: DataView, t: number): number {
  return v.getUint32(t + 6);
}

/** R bit of a grant: the request will likely be renewed. */
export function isRenewalInvited(v: DataView, t: number): boolean {
  return (v.getUint8(t + 11) & 1) !== 0;
}

/** Octets of whole TLVs. */
export const REQUEST_LENGTH = 10;
export const GRANT_LENGTH = 12;
export const CANCEL_LENGTH = 6;

/** True where the TLV at `t` is of `type` and has all its fields. */
function isWhole(v: DataView, t: number, type: number, length: number): boolean {
  return tlv.type(v, t) === type && tlv.length(v, t) >= length - tlv.TLV_HEADER_LENGTH;
}

export function isRequest(v: DataView, t: number): boolean {
  return isWhole(v, t, TlvType.REQUEST_UNICAST_TRANSMISSION, REQUEST_LENGTH);
}

export function isGrant(v: DataView, t: number): boolean {
  return isWhole(v, t, TlvType.GRANT_UNICAST_TRANSMISSION, GRANT_LENGTH);
}

export function isCancel(v: DataView, t: number): boolean {
  return isWhole(v, t, TlvType.CANCEL_UNICAST_TRANSMISSION, CANCEL_LENGTH);
}

export function isAcknowledge(v: DataView, t: number): boolean {
  return isWhole(v, t, TlvType.ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION, CANCEL_LENGTH);
}

/** What a request asks for, or a grant gives. */
export interface Transmission {
  messageType: number;
  logInterMessagePeriod: number;
  /** Seconds; 0 in a grant is a refusal. */
  duration: number;
}

/** Writes 10 octets. */
export function writeRequest(v: DataView, t: number, r: Readonly<Transmission>): void {
  tlv.writeHeader(v, t, TlvType.REQUEST_UNICAST_TRANSMISSION, REQUEST_LENGTH - 4);
  v.setUint8(t + 4, r.messageType << 4);
  v.setInt8(t + 5, r.logInterMessagePeriod);
  v.setUint32(t + 6, r.duration);
}

/** Writes 12 octets; renewal is invited wherever something is granted. */
export function writeGrant(v: DataView, t: number, g: Readonly<Transmission>): void {
  tlv.writeHeader(v, t, TlvType.GRANT_UNICAST_TRANSMISSION, GRANT_LENGTH - 4);
  v.setUint8(t + 4, g.messageType << 4);
  v.setInt8(t + 5, g.logInterMessagePeriod);
  v.setUint32(t + 6, g.duration);
  v.setUint8(t + 10, 0);
  v.setUint8(t + 11, g.duration > 0 ? 1 : 0);
}

/** Writes 6 octets. */
export function writeCancel(v: DataView, t: number, messageType: number): void {
  tlv.writeHeader(v, t, TlvType.CANCEL_UNICAST_TRANSMISSION, CANCEL_LENGTH - 4);
  v.setUint8(t + 4, messageType << 4);
  v.setUint8(t + 5, 0);
}

/** Writes 6 octets. */
export function writeAcknowledge(v: DataView, t: number, messageType: number): void {
  tlv.writeHeader(v, t, TlvType.ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION, CANCEL_LENGTH - 4);
  v.setUint8(t + 4, messageType << 4);
  v.setUint8(t + 5, 0);
}
