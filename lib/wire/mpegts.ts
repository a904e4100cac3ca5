/**
 * MPEG transport stream packets, 188 octets each (ISO/IEC 13818-1 2.4.3.2).
 * @module
 */
import { WireFault } from "./fault.ts";

export const PACKET_LENGTH = 188;
/** First octet of each packet. */
export const SYNC = 0x47;

/** `WireFault.None` where `length` octets are one or more whole packets. */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < PACKET_LENGTH) return WireFault.Truncated;
  if (length % PACKET_LENGTH !== 0) return WireFault.BadLength;
  for (let at = 0; at < length; at += PACKET_LENGTH) {
    if (v.getUint8(o + at) !== SYNC) return WireFault.BadField;
  }
  return WireFault.None;
}

/** 13 bits. */
export function pid(v: DataView, o: number): number {
  return v.getUint16(o + 1) & 0x1fff;
}

export function isPayloadStart(v: DataView, o: number): boolean {
  return (v.getUint8(o + 1) & 0x40) !== 0;
}

/** 0 to 15. */
export function continuityCounter(v: DataView, o: number): number {
  return v.getUint8(o + 3) & 0xf;
}
