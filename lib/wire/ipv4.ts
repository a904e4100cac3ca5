/**
 * IPv4 header, 20 to 60 octets (RFC 791 3.1).
 * @module
 */
import { WireFault } from "./fault.ts";

export const MIN_HEADER_LENGTH = 20;
/** Offsets of the addresses, 4 octets each. */
export const SOURCE = 12;
export const DESTINATION = 16;

/** Protocol numbers, shared with IPv6's next header (IANA protocol numbers). */
export const IpProtocol = {
  HopByHop: 0,
  Icmp: 1,
  Igmp: 2,
  Ipv4: 4,
  Tcp: 6,
  Udp: 17,
  Ipv6: 41,
  Routing: 43,
  Fragment: 44,
  Gre: 47,
  Esp: 50,
  Ah: 51,
  Icmp6: 58,
  NoNext: 59,
  DestinationOptions: 60,
  Ospf: 89,
  Pim: 103,
  Vrrp: 112,
  Sctp: 132,
  Mobility: 135,
  UdpLite: 136,
} as const;

/**
 * `WireFault.None`, or why the octets are no IPv4 packet.
 * @param length Octets present; fewer than {@linkcode totalLength} is `Truncated`.
 */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < MIN_HEADER_LENGTH) return WireFault.Truncated;
  if (version(v, o) !== 4) return WireFault.BadVersion;
  const header = headerLength(v, o);
  const total = totalLength(v, o);
  if (header < MIN_HEADER_LENGTH || total < header) return WireFault.BadLength;
  return length < total ? WireFault.Truncated : WireFault.None;
}

export function version(v: DataView, o: number): number {
  return v.getUint8(o) >>> 4;
}

/** Octets of the header with its options. */
export function headerLength(v: DataView, o: number): number {
  return (v.getUint8(o) & 0xf) * 4;
}

/** The DSCP and ECN octet. */
export function typeOfService(v: DataView, o: number): number {
  return v.getUint8(o + 1);
}

/** Octets of header and payload; 0 where segmentation offload left it open. */
export function totalLength(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

export function identification(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

/** The three flag bits in place: 0x8000 reserved, 0x4000 DF, 0x2000 MF. */
export function flags(v: DataView, o: number): number {
  return v.getUint16(o + 6) & 0xe000;
}

/** Where this fragment's payload belongs, octets. */
export function fragmentOffset(v: DataView, o: number): number {
  return (v.getUint16(o + 6) & 0x1fff) * 8;
}

/** True where this is not the whole datagram. */
export function isFragment(v: DataView, o: number): boolean {
  return (v.getUint16(o + 6) & 0x3fff) !== 0;
}

export function timeToLive(v: DataView, o: number): number {
  return v.getUint8(o + 8);
}

/** One of {@linkcode IpProtocol}. */
export function protocol(v: DataView, o: number): number {
  return v.getUint8(o + 9);
}

export function headerChecksum(v: DataView, o: number): number {
  return v.getUint16(o + 10);
}
