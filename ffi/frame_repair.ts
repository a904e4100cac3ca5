/**
 * What the kernel takes off a captured frame, put back in place: VLAN tags, and for sockets without
 * link-layer headers a LINUX_SLL2 header made from the frame's sockaddr_ll.
 * @module
 */
import { SOCKADDR_LL } from "./layout.ts";

/** Octets a VLAN tag takes: keep as many free in front. */
export const TAG = 4;
/** Octets of a LINUX_SLL2 header: keep as many more free in front of cooked packets. */
export const SLL2 = 20;

const MAC_ADDRESSES = 12;
const SLL2_INDEX = 4;
const SLL2_HARDWARE = 8;
const SLL2_KIND = 10;
const SLL2_ADDRESS_LENGTH = 11;
const SLL2_ADDRESS = 12;
const TPID_8021Q = 0x8100;

/** Writes the LINUX_SLL2 header at `o` of `into` from the sockaddr_ll at `at` of `from`. */
export function writeSll2(into: DataView, o: number, from: DataView, at: number): void {
  into.setUint16(o, from.getUint16(at + SOCKADDR_LL.protocol, false), false);
  into.setUint16(o + 2, 0, false);
  into.setUint32(o + SLL2_INDEX, from.getInt32(at + SOCKADDR_LL.ifindex, true), false);
  into.setUint16(o + SLL2_HARDWARE, from.getUint16(at + SOCKADDR_LL.hatype, true), false);
  into.setUint8(o + SLL2_KIND, from.getUint8(at + SOCKADDR_LL.pkttype));
  into.setUint8(o + SLL2_ADDRESS_LENGTH, from.getUint8(at + SOCKADDR_LL.halen));
  for (let k = 0; k < 8; k++) {
    into.setUint8(o + SLL2_ADDRESS + k, from.getUint8(at + SOCKADDR_LL.address + k));
  }
}

/** True where a packet of `length` octets is long enough to have had a tag. */
export function canHoldTag(length: number, isCooked: boolean): boolean {
  return length >= (isCooked ? SLL2 : MAC_ADDRESSES);
}

/**
 * Puts a tag back into the packet that begins at `o`; it then begins at `o - TAG`.
 * @param tpid 0 where the kernel does not say: 0x8100.
 * @param isCooked The packet begins with a LINUX_SLL2 header, whose protocol then names the tag.
 */
export function restoreTag(
  view: DataView,
  bytes: Uint8Array,
  o: number,
  tag: { readonly tpid: number; readonly tci: number },
  isCooked: boolean,
): void {
  const tpid = tag.tpid === 0 ? TPID_8021Q : tag.tpid;
  const kept = isCooked ? SLL2 : MAC_ADDRESSES;
  const start = o - TAG;
  bytes.copyWithin(start, o, o + kept);
  if (isCooked) {
    view.setUint16(start + kept, tag.tci, false);
    view.setUint16(start + kept + 2, view.getUint16(start, false), false);
    view.setUint16(start, tpid, false);
  } else {
    view.setUint16(start + kept, tpid, false);
    view.setUint16(start + kept + 2, tag.tci, false);
  }
}
