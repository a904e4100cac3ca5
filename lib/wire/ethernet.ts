/**
 * Ethernet II header, 14 octets (IEEE 802.3 3.2.6).
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 14;
/** Offsets of the two addresses, 6 octets each. */
export const DESTINATION = 0;
export const SOURCE = 6;

/** EtherType values (IEEE 802 numbers). */
export const EtherType = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  Rarp: 0x8035,
  Vlan: 0x8100,
  Ipv6: 0x86dd,
  Vlan9100: 0x9100,
  Vlan9200: 0x9200,
  ServiceVlan: 0x88a8,
  Lldp: 0x88cc,
  Ptp: 0x88f7,
} as const;

/** Values up to this are the length of an IEEE 802.3 frame, not a type. */
export const MAX_LENGTH_FIELD = 1500;

/** `WireFault.None`, or why the octets are no Ethernet header. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < HEADER_LENGTH ? WireFault.Truncated : WireFault.None;
}

/** EtherType, or the length of an 802.3 frame. */
export function etherType(v: DataView, o: number): number {
  return v.getUint16(o + 12);
}

/** True for broadcast and multicast destinations. */
export function isGroup(v: DataView, o: number): boolean {
  return (v.getUint8(o) & 1) !== 0;
}
