/**
 * SRT control packets: type, type-specific information, and the control information fields of all
 * types but the handshake (draft-sharabayko-srt-01 3.2).
 *
 * libsrt pads packets that have no control information with one word; it is accepted.
 * @module
 */
import { SrtFault } from "./fault.ts";
import { HEADER_LENGTH, putCommon } from "./header.ts";
import { checkLossList } from "./loss_list.ts";

/** Control types. */
export const ControlType = {
  Handshake: 0,
  Keepalive: 1,
  Ack: 2,
  Nak: 3,
  CongestionWarning: 4,
  Shutdown: 5,
  AckAck: 6,
  DropRequest: 7,
  PeerError: 8,
  /** User-defined: the subtype is an extension type (key refresh, version 4's HSREQ/HSRSP). */
  UserDefined: 0x7fff,
} as const;

/** Octets of an ACK's control information. */
export const AckLength = { Light: 4, Small: 16, WithRates: 24, Full: 28, Old: 32 } as const;

const PADDING = 4;

/**
 * `SrtFault.None`, or why `length` octets at `o` are no control packet. Handshakes are looked at
 * by `handshake.ts` in full.
 */
export function check(v: DataView, o: number, length: number): SrtFault {
  if (length < HEADER_LENGTH) return SrtFault.Truncated;
  if (v.getUint8(o) < 0x80) return SrtFault.WrongKind;
  const body = length - HEADER_LENGTH;
  switch (type(v, o)) {
    case ControlType.Handshake:
      return body < 48 ? SrtFault.Truncated : SrtFault.None;
    case ControlType.Keepalive:
    case ControlType.CongestionWarning:
    case ControlType.Shutdown:
    case ControlType.AckAck:
    case ControlType.PeerError:
      return body !== 0 && body !== PADDING ? SrtFault.BadLength : SrtFault.None;
    case ControlType.Ack:
      return checkAck(body);
    case ControlType.Nak:
      return checkLossList(v, o + HEADER_LENGTH, body);
    case ControlType.DropRequest:
      return body < 8 ? SrtFault.Truncated : body === 8 ? SrtFault.None : SrtFault.BadLength;
    case ControlType.UserDefined:
      return (body & 3) !== 0 ? SrtFault.BadLength : SrtFault.None;
    default:
      return SrtFault.UnknownType;
  }
}

function checkAck(body: number): SrtFault {
  if (body < AckLength.Light) return SrtFault.Truncated;
  const known = body === AckLength.Light || body === AckLength.Small ||
    body === AckLength.WithRates || body === AckLength.Full || body === AckLength.Old;
  return known ? SrtFault.None : SrtFault.BadLength;
}

/** One of {@linkcode ControlType}, 15 bits. */
export function type(v: DataView, o: number): number {
  return v.getUint16(o) & 0x7fff;
}

/** Extension type of a {@linkcode ControlType.UserDefined} packet; 0 in others. */
export function subtype(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** The second word: ACK number, message number of a drop request, error code; else 0. */
export function typeSpecific(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}

/** ACK: first sequence number not received, 31 bits. */
export function ackSequenceNumber(v: DataView, o: number): number {
  return v.getUint32(o + 16) & 0x7fff_ffff;
}

/** ACK of at least {@linkcode AckLength.Small}: round-trip time, microseconds. */
export function ackRttMicros(v: DataView, o: number): number {
  return v.getUint32(o + 20);
}

/** Its variance, microseconds. */
export function ackRttVarMicros(v: DataView, o: number): number {
  return v.getUint32(o + 24);
}

/** Free receiver buffer, packets. */
export function ackAvailableBuffer(v: DataView, o: number): number {
  return v.getUint32(o + 28);
}

/** ACK of at least {@linkcode AckLength.WithRates}: packets per second received. */
export function ackPacketRate(v: DataView, o: number): number {
  return v.getUint32(o + 32);
}

/** Link capacity, packets per second. */
export function ackLinkCapacity(v: DataView, o: number): number {
  return v.getUint32(o + 36);
}

/** ACK of at least {@linkcode AckLength.Full}: octets per second received. */
export function ackOctetRate(v: DataView, o: number): number {
  return v.getUint32(o + 40);
}

/** Drop request: first sequence number, 31 bits. */
export function dropFirst(v: DataView, o: number): number {
  return v.getUint32(o + 16) & 0x7fff_ffff;
}

/** Drop request: last sequence number, 31 bits. */
export function dropLast(v: DataView, o: number): number {
  return v.getUint32(o + 20) & 0x7fff_ffff;
}

/** The words of a control header. */
export interface ControlHeader {
  readonly type: number;
  readonly subtype?: number;
  readonly typeSpecific: number;
  readonly timestamp: number;
  readonly socketId: number;
}

/** Writes the 16-octet header at `o`; returns its length. */
export function put(v: DataView, o: number, h: ControlHeader): number {
  v.setUint16(o, 0x8000 | h.type);
  v.setUint16(o + 2, h.subtype ?? 0);
  v.setUint32(o + 4, h.typeSpecific);
  putCommon(v, o, h.timestamp, h.socketId);
  return HEADER_LENGTH;
}
