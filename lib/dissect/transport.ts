/**
 * What UDP and TCP share: the address-and-port pair, the flow, the checksum under the pseudo header.
 * @module
 */
import { IpProtocol } from "../wire/ipv4.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ipv6 from "../wire/ipv6.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { addWords, pseudoIpv4, pseudoIpv6 } from "./checksums.ts";
import type { Dissection } from "./dissection.ts";

/** Index of the IP layer that encloses layer `i`, -1 where there is none. */
export function enclosingIp(d: Dissection, i: number): number {
  if (!d.quoted) return d.network;
  for (let k = i - 1; k >= 0; k--) {
    const name = d.dissector[k]!.name;
    if (name === "ip" || name === "ipv6") return k;
  }
  return -1;
}

/** Finds the flow of the UDP or TCP layer `i`; sets `d.flow` and `d.direction`. */
export function findFlow(d: Dissection, i: number, protocol: number): void {
  const k = d.network;
  if (k < 0) return;
  const o = d.offset[k]!;
  const isIpv4 = ipv4.version(d.view, o) === 4;
  const addresses = o + (isIpv4 ? ipv4.SOURCE : ipv6.SOURCE);
  const ports = d.view.getUint32(d.offset[i]!);
  d.flow = d.flows.find(d.view, addresses, isIpv4 ? 1 : 4, ports, protocol);
  d.direction = d.flows.direction;
}

/**
 * Appends `192.0.2.1.319 > 192.0.2.2.319: `; after an IPv6 extension header only the ports, as the
 * addresses were printed before it.
 * @param whole False where the ports were not captured: addresses alone.
 */
export function appendEnds(d: Dissection, i: number, whole: boolean, out: ByteBuffer): void {
  const k = enclosingIp(d, i);
  const v = d.view;
  const o = d.offset[i]!;
  if (k < 0) {
    if (whole) appendPorts(v, o, out);
    return;
  }
  const ip = d.offset[k]!;
  if (ipv4.version(v, ip) === 4) {
    const flow = d.quoted ? -1 : d.flow;
    if (flow >= 0 && d.endsText.append(flow, d.direction, out)) return;
    const start = out.length;
    appendIpv4Ends(v, ip, o, whole, out);
    if (flow >= 0) d.endsText.keep(flow, d.direction, out, start);
    return;
  }
  if (k !== i - 1) {
    if (whole) appendPorts(v, o, out);
    return;
  }
  out.ipv6(v, ip + ipv6.SOURCE);
  if (whole) appendPort(v.getUint16(o), out);
  out.ascii(" > ");
  out.ipv6(v, ip + ipv6.DESTINATION);
  if (whole) appendPort(v.getUint16(o + 2), out);
  out.ascii(": ");
}

function appendIpv4Ends(
  v: DataView,
  ip: number,
  o: number,
  whole: boolean,
  out: ByteBuffer,
): void {
  out.ipv4(v, ip + ipv4.SOURCE);
  if (whole) appendPort(v.getUint16(o), out);
  out.ascii(" > ");
  out.ipv4(v, ip + ipv4.DESTINATION);
  if (whole) appendPort(v.getUint16(o + 2), out);
  out.ascii(": ");
}

function appendPort(port: number, out: ByteBuffer): void {
  out.octet(0x2e);
  out.decimal(port);
}

function appendPorts(v: DataView, o: number, out: ByteBuffer): void {
  out.decimal(v.getUint16(o));
  out.ascii(" > ");
  out.decimal(v.getUint16(o + 2));
  out.ascii(": ");
}

/**
 * The sum, not folded, of pseudo header and `length` octets of layer `i`; -1 where that cannot be
 * told: not captured whole.
 */
export function transportSum(d: Dissection, i: number, protocol: number, length: number): number {
  const k = enclosingIp(d, i);
  if (k < 0 || length > d.available(i)) return -1;
  const ip = d.offset[k]!;
  const isIpv4 = ipv4.version(d.view, ip) === 4;
  const pseudo = isIpv4
    ? pseudoIpv4(d.view, ip, protocol, length)
    : pseudoIpv6(d.view, ip, finalDestination(d, k, i), protocol, length);
  return addWords(d.view, d.offset[i]!, length, pseudo);
}

/** Offset of the destination that counts: the last one of a routing header (RFC 8200 8.1). */
function finalDestination(d: Dissection, ip: number, i: number): number {
  for (let k = ip + 1; k < i; k++) {
    const o = d.offset[k]!;
    if (d.dissector[k]!.name !== "ipv6.routing" || d.view.getUint8(o + 3) === 0) continue;
    const addresses = d.view.getUint8(o + 1) >>> 1;
    if (addresses > 0) return o + 8 + 16 * (addresses - 1);
  }
  return d.offset[ip]! + ipv6.DESTINATION;
}

/** The protocol numbers again, for the callers here. */
export const UDP = IpProtocol.Udp;
export const TCP = IpProtocol.Tcp;
