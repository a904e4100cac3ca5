/**
 * DNS message header, 12 octets (RFC 1035 4.1.1).
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 12;

/** `WireFault.None`, or why the octets are no DNS message. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < HEADER_LENGTH ? WireFault.Truncated : WireFault.None;
}

export function id(v: DataView, o: number): number {
  return v.getUint16(o);
}

/** The 16 flag bits, QR first. */
export function flags(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

export function isResponse(v: DataView, o: number): boolean {
  return v.getUint8(o + 2) >= 0x80;
}

export function opcode(v: DataView, o: number): number {
  return v.getUint8(o + 2) >>> 3 & 0xf;
}

export function responseCode(v: DataView, o: number): number {
  return v.getUint8(o + 3) & 0xf;
}

export function questionCount(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

export function answerCount(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

export function authorityCount(v: DataView, o: number): number {
  return v.getUint16(o + 8);
}

export function additionalCount(v: DataView, o: number): number {
  return v.getUint16(o + 10);
}

/**
 * Offset after the name at `at`, or 0 where it runs out of the message. Compression pointers end it.
 * @param end One past the message's last octet.
 */
export function skipName(v: DataView, at: number, end: number): number {
  while (at < end) {
    const n = v.getUint8(at);
    if (n >= 0xc0) return at + 2 <= end ? at + 2 : 0;
    if (n === 0) return at + 1;
    if (n > 63) return 0;
    at += n + 1;
  }
  return 0;
}
