/**
 * IPv6 header, 40 octets, and its chain of extension headers (RFC 8200).
 * @module
 */
import { WireFault } from "./fault.ts";
import { IpProtocol } from "./ipv4.ts";

export const HEADER_LENGTH = 40;
/** Offsets of the addresses, 16 octets each. */
export const SOURCE = 8;
export const DESTINATION = 24;

/**
 * `WireFault.None`, or why the octets are no IPv6 packet.
 * @param length Octets present; fewer than header and payload is `Truncated`.
 */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < HEADER_LENGTH) return WireFault.Truncated;
  if (version(v, o) !== 6) return WireFault.BadVersion;
  return length < HEADER_LENGTH + payloadLength(v, o) ? WireFault.Truncated : WireFault.None;
}

export function version(v: DataView, o: number): number {
  return v.getUint8(o) >>> 4;
}

/** DSCP and ECN. */
export function trafficClass(v: DataView, o: number): number {
  return v.getUint16(o) >>> 4 & 0xff;
}

/** 20 bits. */
export function flowLabel(v: DataView, o: number): number {
  return v.getUint32(o) & 0xf_ffff;
}

/** Octets after the 40 of the header; 0 for a jumbogram. */
export function payloadLength(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

/** An IpProtocol value: an extension header or the payload's protocol. */
export function nextHeader(v: DataView, o: number): number {
  return v.getUint8(o + 6);
}

export function hopLimit(v: DataView, o: number): number {
  return v.getUint8(o + 7);
}

/** True for the extension headers whose second octet is a length in units of 8. */
export function isExtension(nextHeader: number): boolean {
  return nextHeader === IpProtocol.HopByHop || nextHeader === IpProtocol.Routing ||
    nextHeader === IpProtocol.DestinationOptions || nextHeader === IpProtocol.Mobility ||
    nextHeader === IpProtocol.Fragment;
}

/** Octets of an extension header of type `kind` at `o`, of which 2 octets must be present. */
export function extensionLength(v: DataView, o: number, kind: number): number {
  return kind === IpProtocol.Fragment ? 8 : (v.getUint8(o + 1) + 1) * 8;
}

/** Fragment header: where the payload belongs, octets. */
export function fragmentOffset(v: DataView, o: number): number {
  return v.getUint16(o + 2) & 0xfff8;
}

/** Fragment header: true where more follow. */
export function hasMoreFragments(v: DataView, o: number): boolean {
  return (v.getUint8(o + 3) & 1) !== 0;
}

/** Fragment header: 32 bits. */
export function fragmentIdentification(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}
