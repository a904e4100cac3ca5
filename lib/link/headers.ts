/**
 * Ethernet, IP and UDP headers for a datagram of which only the two addresses are known: what a tap
 * over a UDP socket writes, so that the file reads like a capture.
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../base/address.ts";
import { add, finish, finishUdp } from "../base/checksum.ts";

/** What stays the same from packet to packet. */
export interface Packing {
  readonly addresses: AddressTable;
  readonly withEthernet: boolean;
  /** Of the IPv4 packet written last; counted on. */
  identification: number;
}

/** One datagram; its `kept` octets stand behind the headers already. */
export interface Envelope {
  source: AddressHandle;
  destination: AddressHandle;
  /** DSCP and ECN. */
  traffic: number;
  /** Octets of the datagram, and how many of them the record holds. */
  length: number;
  kept: number;
  family: typeof Family.Ipv4 | typeof Family.Ipv6;
}

const UDP = 17;
const HOP_LIMIT = 64;
const address = new Uint8Array(16);

/** Writes the headers at the view's start; returns their length. An unknown address is all zero. */
export function putHeaders(v: DataView, packing: Packing, e: Envelope): number {
  const { addresses, withEthernet } = packing;
  const ip = withEthernet ? 14 : 0;
  const isSix = e.family === Family.Ipv6;
  const udp = ip + (isSix ? 40 : 20);
  if (withEthernet) {
    putMac(v, 0, addresses, e.destination);
    putMac(v, 6, addresses, e.source);
    v.setUint16(12, isSix ? 0x86dd : 0x0800);
  }
  if (isSix) putIpv6(v, ip, packing, e);
  else putIpv4(v, ip, packing, e);
  v.setUint16(udp, addresses.port(e.source));
  v.setUint16(udp + 2, addresses.port(e.destination));
  v.setUint16(udp + 4, 8 + e.length);
  v.setUint16(udp + 6, 0);
  // Both pseudo headers: the two addresses, then protocol and length.
  const pseudo = isSix ? add(0, v, ip + 8, 32) : add(0, v, ip + 12, 8);
  const sum = add(pseudo + UDP + 8 + e.length, v, udp, 8 + e.kept);
  // Of a datagram cut short the checksum is not known; 0 says "none computed".
  if (e.kept === e.length) v.setUint16(udp + 6, finishUdp(sum));
  return udp + 8;
}

function putIpv4(v: DataView, o: number, packing: Packing, e: Envelope): void {
  packing.identification = packing.identification + 1 & 0xffff;
  v.setUint8(o, 0x45);
  v.setUint8(o + 1, e.traffic);
  v.setUint16(o + 2, 28 + e.length);
  v.setUint16(o + 4, packing.identification);
  v.setUint16(o + 6, 0x4000);
  v.setUint8(o + 8, HOP_LIMIT);
  v.setUint8(o + 9, UDP);
  v.setUint16(o + 10, 0);
  putAddress(v, o + 12, packing.addresses, e.source, 4);
  putAddress(v, o + 16, packing.addresses, e.destination, 4);
  v.setUint16(o + 10, finish(add(0, v, o, 20)));
}

function putIpv6(v: DataView, o: number, packing: Packing, e: Envelope): void {
  v.setUint32(o, (6 << 28 | e.traffic << 20) >>> 0);
  v.setUint16(o + 4, 8 + e.length);
  v.setUint8(o + 6, UDP);
  v.setUint8(o + 7, HOP_LIMIT);
  putAddress(v, o + 8, packing.addresses, e.source, 16);
  putAddress(v, o + 24, packing.addresses, e.destination, 16);
}

/** The address in `octets` octets; zeros where it is unknown or of another family. */
function putAddress(
  v: DataView,
  o: number,
  addresses: AddressTable,
  handle: AddressHandle,
  octets: 4 | 16,
): void {
  address.fill(0);
  if (addresses.family(handle) === octets) addresses.copyOctets(handle, address, 0);
  for (let k = 0; k < octets; k++) v.setUint8(o + k, address[k]!);
}

/** The group's MAC address (RFC 1112 6.4, RFC 2464 7), else a locally administered one. */
function putMac(v: DataView, o: number, addresses: AddressTable, handle: AddressHandle): void {
  address.fill(0);
  const n = addresses.copyOctets(handle, address, 0);
  const isSix = n === 16;
  const isGroup = isSix ? address[0] === 0xff : address[0]! >>> 4 === 14;
  const tail = Math.max(0, n - 4);
  v.setUint16(o, isGroup && isSix ? 0x3333 : 0x0200);
  for (let k = 0; k < 4; k++) v.setUint8(o + 2 + k, address[tail + k]!);
  if (!isGroup || isSix) return;
  v.setUint16(o, 0x0100);
  v.setUint8(o + 2, 0x5e);
  v.setUint8(o + 3, address[1]! & 0x7f);
}
