/**
 * UDP header, 8 octets (RFC 768).
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 8;

/**
 * `WireFault.None`, or why the octets are no UDP datagram.
 * @param length Octets present; fewer than {@linkcode datagramLength} is `Truncated`.
 */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < HEADER_LENGTH) return WireFault.Truncated;
  const datagram = datagramLength(v, o);
  if (datagram < HEADER_LENGTH) return WireFault.BadLength;
  return length < datagram ? WireFault.Truncated : WireFault.None;
}

export function sourcePort(v: DataView, o: number): number {
  return v.getUint16(o);
}

export function destinationPort(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** Octets of header and payload. */
export function datagramLength(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

/** 0: the sender computed none. */
export function checksum(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}
