/**
 * TCP header, 20 to 60 octets (RFC 9293 3.1).
 * @module
 */
import { WireFault } from "./fault.ts";

export const MIN_HEADER_LENGTH = 20;

/** Control bits; the ninth, AE (formerly NS), sits in the octet before. */
export const TcpFlag = {
  Fin: 1,
  Syn: 2,
  Rst: 4,
  Psh: 8,
  Ack: 16,
  Urg: 32,
  Ece: 64,
  Cwr: 128,
} as const;

/** Option kinds (IANA TCP parameters). */
export const TcpOption = {
  End: 0,
  NoOperation: 1,
  MaximumSegmentSize: 2,
  WindowScale: 3,
  SackPermitted: 4,
  Sack: 5,
  Timestamps: 8,
  Md5: 19,
  UserTimeout: 28,
  Authentication: 29,
  Multipath: 30,
  FastOpen: 34,
} as const;

/** `WireFault.None`, or why the octets are no TCP segment. */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < MIN_HEADER_LENGTH) return WireFault.Truncated;
  const header = headerLength(v, o);
  if (header < MIN_HEADER_LENGTH) return WireFault.BadLength;
  return length < header ? WireFault.Truncated : WireFault.None;
}

export function sourcePort(v: DataView, o: number): number {
  return v.getUint16(o);
}

export function destinationPort(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** SEG.SEQ */
export function sequenceNumber(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}

/** SEG.ACK */
export function acknowledgmentNumber(v: DataView, o: number): number {
  return v.getUint32(o + 8);
}

/** Octets of the header with its options. */
export function headerLength(v: DataView, o: number): number {
  return (v.getUint8(o + 12) >>> 4) * 4;
}

/** The control bits of {@linkcode TcpFlag}. */
export function flags(v: DataView, o: number): number {
  return v.getUint8(o + 13);
}

/** SEG.WND, not scaled. */
export function windowSize(v: DataView, o: number): number {
  return v.getUint16(o + 14);
}

export function checksum(v: DataView, o: number): number {
  return v.getUint16(o + 16);
}

export function urgentPointer(v: DataView, o: number): number {
  return v.getUint16(o + 18);
}
