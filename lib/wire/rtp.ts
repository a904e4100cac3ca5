/**
 * RTP fixed header (RFC 3550 5.1) and RTCP's common one (6.4.1).
 * @module
 */
import { WireFault } from "./fault.ts";

export const MIN_HEADER_LENGTH = 12;

/** `WireFault.None`, or why the octets are no RTP packet: version, CSRC list, extension, padding. */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < MIN_HEADER_LENGTH) return WireFault.Truncated;
  if (v.getUint8(o) >>> 6 !== 2) return WireFault.BadVersion;
  const fixed = MIN_HEADER_LENGTH + 4 * csrcCount(v, o);
  if (length < fixed) return WireFault.Truncated;
  if (!hasExtension(v, o)) return WireFault.None;
  if (length < fixed + 4) return WireFault.Truncated;
  return length < headerLength(v, o) ? WireFault.Truncated : WireFault.None;
}

/** Octets of header, CSRC list and extension. Call {@linkcode check} first. */
export function headerLength(v: DataView, o: number): number {
  const fixed = MIN_HEADER_LENGTH + 4 * csrcCount(v, o);
  return hasExtension(v, o) ? fixed + 4 + 4 * v.getUint16(o + fixed + 2) : fixed;
}

export function hasPadding(v: DataView, o: number): boolean {
  return (v.getUint8(o) & 0x20) !== 0;
}

export function hasExtension(v: DataView, o: number): boolean {
  return (v.getUint8(o) & 0x10) !== 0;
}

export function csrcCount(v: DataView, o: number): number {
  return v.getUint8(o) & 0xf;
}

export function marker(v: DataView, o: number): boolean {
  return v.getUint8(o + 1) >= 0x80;
}

/** Payload type, 7 bits. */
export function payloadType(v: DataView, o: number): number {
  return v.getUint8(o + 1) & 0x7f;
}

export function sequenceNumber(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** In units of the payload's clock rate. */
export function timestamp(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}

/** Synchronization source. */
export function ssrc(v: DataView, o: number): number {
  return v.getUint32(o + 8);
}

/** True where the second octet is an RTCP packet type (RFC 5761 4: 192 to 223). */
export function isRtcp(v: DataView, o: number): boolean {
  const type = v.getUint8(o + 1);
  return type >= 192 && type <= 223;
}

/** `WireFault.None`, or why the octets are no RTCP compound packet. */
export function checkRtcp(v: DataView, o: number, length: number): WireFault {
  if (length < 8) return WireFault.Truncated;
  for (let at = 0; at < length;) {
    if (length - at < 4) return WireFault.Truncated;
    if (v.getUint8(o + at) >>> 6 !== 2) return WireFault.BadVersion;
    if (!isRtcp(v, o + at)) return WireFault.BadField;
    at += 4 * (v.getUint16(o + at + 2) + 1);
    if (at > length) return WireFault.Truncated;
  }
  return WireFault.None;
}
