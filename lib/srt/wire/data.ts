/**
 * SRT data packet header, 16 octets (draft-sharabayko-srt-01 3.1).
 *
 * A peer without REXMITFLG has 27 bits of message number and no R bit; all that speak handshake
 * version 5 have the flag.
 * @module
 */
import { SrtFault } from "./fault.ts";
import { HEADER_LENGTH, putCommon } from "./header.ts";

/** Packet position in its message, PP. */
export const Boundary = { Middle: 0, Last: 1, First: 2, Solo: 3 } as const;

/** Key flags, KK. */
export const KeyFlag = { None: 0, Even: 1, Odd: 2 } as const;

/** Message number of packets that the FEC filter made. */
export const FILTER_MESSAGE = 0;

const SEQUENCE = 0x7fff_ffff;
const MESSAGE = 0x03ff_ffff;

/** `SrtFault.None`, or why `length` octets at `o` are not a data packet. KK = 3 is forbidden. */
export function check(v: DataView, o: number, length: number): SrtFault {
  if (length < HEADER_LENGTH) return SrtFault.Truncated;
  if (v.getUint8(o) >= 0x80) return SrtFault.WrongKind;
  return keyFlags(v, o) === 3 ? SrtFault.BadField : SrtFault.None;
}

/** 31 bits; compare with circular arithmetic, never with `<`. */
export function sequenceNumber(v: DataView, o: number): number {
  return v.getUint32(o) & SEQUENCE;
}

/** One of {@linkcode Boundary}. */
export function boundary(v: DataView, o: number): number {
  return v.getUint8(o + 4) >>> 6;
}

/** O: deliver in order. */
export function isInOrder(v: DataView, o: number): boolean {
  return (v.getUint8(o + 4) & 0x20) !== 0;
}

/** One of {@linkcode KeyFlag}; 3 is forbidden in data. */
export function keyFlags(v: DataView, o: number): number {
  return v.getUint8(o + 4) >>> 3 & 3;
}

/** R */
export function isRetransmitted(v: DataView, o: number): boolean {
  return (v.getUint8(o + 4) & 4) !== 0;
}

/** 26 bits, from 1; {@linkcode FILTER_MESSAGE} marks FEC control packets. */
export function messageNumber(v: DataView, o: number): number {
  return v.getUint32(o + 4) & MESSAGE;
}

/** The fields of the second word, in the order of {@linkcode wordOf}. */
export function wordOf(
  boundary: number,
  inOrder: boolean,
  keyFlags: number,
  message: number,
): number {
  return (boundary << 30 | (inOrder ? 1 << 29 : 0) | keyFlags << 27 | message & MESSAGE) >>> 0;
}

/** Writes sequence number and second word (see {@linkcode wordOf}), then time stamp and destination. */
export function put(
  v: DataView,
  o: number,
  sequence: number,
  word: number,
  timestamp: number,
  socketId: number,
): void {
  v.setUint32(o, sequence & SEQUENCE);
  v.setUint32(o + 4, word);
  putCommon(v, o, timestamp, socketId);
}

/** Sets R in place, for a packet whose image is sent again. */
export function markRetransmitted(v: DataView, o: number): void {
  v.setUint8(o + 4, v.getUint8(o + 4) | 4);
}
