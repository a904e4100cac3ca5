/**
 * VLAN tag, 4 octets after the EtherType that announces it: tag control information and the
 * EtherType of what follows (IEEE 802.1Q 9.6; 802.1ad uses the same form with 0x88a8).
 * @module
 */
import { EtherType } from "./ethernet.ts";
import { WireFault } from "./fault.ts";

export const TAG_LENGTH = 4;

/** True for the EtherTypes that announce a tag. */
export function isTag(etherType: number): boolean {
  return etherType === EtherType.Vlan || etherType === EtherType.ServiceVlan ||
    etherType === EtherType.Vlan9100 || etherType === EtherType.Vlan9200;
}

/** `WireFault.None`, or why the octets after the announcing EtherType are no tag. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < TAG_LENGTH ? WireFault.Truncated : WireFault.None;
}

/** VLAN identifier, 12 bits; 0: priority tag only. */
export function id(v: DataView, o: number): number {
  return v.getUint16(o) & 0xfff;
}

/** Priority code point, 0 to 7. */
export function priority(v: DataView, o: number): number {
  return v.getUint8(o) >>> 5;
}

/** Drop eligible indicator (formerly canonical format indicator). */
export function isDropEligible(v: DataView, o: number): boolean {
  return (v.getUint8(o) & 0x10) !== 0;
}

/** EtherType of what the tag encloses. */
export function etherType(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}
