/**
 * The compressed loss list of a NAK: a word with its first bit clear is one sequence number; with
 * the bit set it is the first of a range whose last is the next word (draft-sharabayko-srt-01
 * Appendix A).
 * @module
 */
import { SrtFault } from "./fault.ts";

const RANGE = 0x8000_0000;
const SEQUENCE = 0x7fff_ffff;
const HALF = 0x4000_0000;

/** `SrtFault.None`, or why `length` octets at `o` are no loss list. An empty one is `Truncated`. */
export function checkLossList(v: DataView, o: number, length: number): SrtFault {
  if (length < 4) return SrtFault.Truncated;
  if ((length & 3) !== 0) return SrtFault.BadLength;
  for (let at = 0; at < length; at += 4) {
    const word = v.getUint32(o + at);
    if (word < RANGE) continue;
    at += 4;
    if (at >= length) return SrtFault.BadLossList;
    const last = v.getUint32(o + at);
    if (last >= RANGE) return SrtFault.BadLossList;
    if (((last - word) & SEQUENCE) >= HALF) return SrtFault.BadLossList;
  }
  return SrtFault.None;
}

/** True where the entry at `o` is a range of 8 octets; else it is one number of 4. */
export function isRange(v: DataView, o: number): boolean {
  return v.getUint8(o) >= 0x80;
}

/** Octets of the entry at `o`. */
export function entryLength(v: DataView, o: number): number {
  return isRange(v, o) ? 8 : 4;
}

/** First missing sequence number of the entry. */
export function entryFirst(v: DataView, o: number): number {
  return v.getUint32(o) & SEQUENCE;
}

/** Last missing sequence number of the entry. */
export function entryLast(v: DataView, o: number): number {
  return isRange(v, o) ? v.getUint32(o + 4) & SEQUENCE : entryFirst(v, o);
}

/** Writes one entry at `o`; returns its octets. Both numbers are 31 bits. */
export function putEntry(v: DataView, o: number, first: number, last: number): number {
  if (first === last) {
    v.setUint32(o, first);
    return 4;
  }
  v.setUint32(o, (first | RANGE) >>> 0);
  v.setUint32(o + 4, last);
  return 8;
}
