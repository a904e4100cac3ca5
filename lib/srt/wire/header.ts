/**
 * What all SRT packets share: 16 octets, of which the first bit tells control from data, and the
 * last two words are time stamp and destination (draft-sharabayko-srt-01 3).
 * @module
 */
import { SrtFault } from "./fault.ts";

export const HEADER_LENGTH = 16;

/** `SrtFault.None`, or why `length` octets cannot be an SRT packet. */
export function check(_v: DataView, _o: number, length: number): SrtFault {
  return length < HEADER_LENGTH ? SrtFault.Truncated : SrtFault.None;
}

export function isControl(v: DataView, o: number): boolean {
  return v.getUint8(o) >= 0x80;
}

/** Microseconds since the sender's start, 32 bits: wraps every 71 min 35 s. */
export function timestamp(v: DataView, o: number): number {
  return v.getUint32(o + 8);
}

/** The receiver's socket id; 0 while a connection is being asked for. */
export function destinationSocketId(v: DataView, o: number): number {
  return v.getUint32(o + 12);
}

/** Writes time stamp and destination socket id. */
export function putCommon(v: DataView, o: number, timestamp: number, socketId: number): void {
  v.setUint32(o + 8, timestamp);
  v.setUint32(o + 12, socketId);
}
