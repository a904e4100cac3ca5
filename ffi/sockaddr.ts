/**
 * Socket addresses: handles of an {@linkcode AddressTable} to and from `sockaddr` octets.
 *
 * Writing one is a handful of stores, no more than comparing a cached copy's generation and
 * copying it would be, so nothing is cached.
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../lib/base/address.ts";
import { Af, SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_LL } from "./layout.ts";

/**
 * Writes the sockaddr of `h` at `at`.
 * @returns its length; 0 where the handle is no IPv4 or IPv6 address.
 */
export function writeSockaddr(
  table: AddressTable,
  h: AddressHandle,
  into: Uint8Array,
  at: number,
): number {
  const family = table.family(h);
  if (family === Family.Ipv4) {
    writeHead(into, at, Af.Inet, table.port(h));
    table.copyOctets(h, into, at + SOCKADDR_IN.address);
    return SOCKADDR_IN.size;
  }
  if (family !== Family.Ipv6) return 0;
  writeHead(into, at, Af.Inet6, table.port(h));
  writeWord(into, at + SOCKADDR_IN6.flow, 0);
  table.copyOctets(h, into, at + SOCKADDR_IN6.address);
  writeWord(into, at + SOCKADDR_IN6.scope, table.scope(h));
  return SOCKADDR_IN6.size;
}

/** Where an Ethernet socket sends: what a `sockaddr_ll` holds besides the station. */
export interface EthernetBinding {
  readonly interfaceIndex: number;
  readonly etherType: number;
}

/**
 * Writes the `sockaddr_ll` of the station `h` at `at`.
 * @returns its length; 0 where the handle is no MAC address.
 */
export function writeLinkAddress(
  table: AddressTable,
  h: AddressHandle,
  into: Uint8Array,
  at: number,
  binding: EthernetBinding,
): number {
  if (table.family(h) !== Family.Mac) return 0;
  writeHead(into, at, Af.Packet, binding.etherType);
  writeWord(into, at + SOCKADDR_LL.ifindex, binding.interfaceIndex);
  writeWord(into, at + SOCKADDR_LL.hatype, 0);
  into[at + SOCKADDR_LL.halen] = 6;
  table.copyOctets(h, into, at + SOCKADDR_LL.address);
  return SOCKADDR_LL.size;
}

/** Interns the sockaddr at `at`; 0 where it is none this table can hold. */
export function readSockaddr(table: AddressTable, from: Uint8Array, at: number): AddressHandle {
  const family = from[at]! | from[at + 1]! << 8;
  const port = from[at + 2]! << 8 | from[at + 3]!;
  if (family === Af.Inet) {
    return table.intern(Family.Ipv4, from, at + SOCKADDR_IN.address, port);
  }
  if (family === Af.Inet6) {
    const address = at + SOCKADDR_IN6.address;
    const isScoped = from[address] === 0xfe && (from[address + 1]! & 0xc0) === 0x80;
    const scope = isScoped ? readWord(from, at + SOCKADDR_IN6.scope) : 0;
    return table.intern(Family.Ipv6, from, address, port, scope);
  }
  if (family === Af.Packet && from[at + SOCKADDR_LL.halen] === 6) {
    return table.intern(Family.Mac, from, at + SOCKADDR_LL.address, 0);
  }
  return 0;
}

/** AF_INET or AF_INET6 for a handle's family; 0 for any other. */
export function addressFamily(family: Family): number {
  return family === Family.Ipv4 ? Af.Inet : family === Family.Ipv6 ? Af.Inet6 : 0;
}

/** True for 224.0.0.0/4 and ff00::/8. */
export function isMulticast(family: Family, octets: Uint8Array, at = 0): boolean {
  return family === Family.Ipv4 ? (octets[at]! & 0xf0) === 0xe0 : octets[at] === 0xff;
}

function writeHead(into: Uint8Array, at: number, family: number, port: number): void {
  into[at] = family;
  into[at + 1] = 0;
  into[at + 2] = port >>> 8;
  into[at + 3] = port & 0xff;
}

function writeWord(into: Uint8Array, at: number, value: number): void {
  into[at] = value & 0xff;
  into[at + 1] = value >>> 8 & 0xff;
  into[at + 2] = value >>> 16 & 0xff;
  into[at + 3] = value >>> 24;
}

function readWord(from: Uint8Array, at: number): number {
  return (from[at]! | from[at + 1]! << 8 | from[at + 2]! << 16 | from[at + 3]! << 24) >>> 0;
}
