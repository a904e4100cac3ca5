/**
 * Link layers of captures: Ethernet (IEEE 802.3 3.2), Linux cooked v1 and v2, BSD loopback, raw IP;
 * and VLAN tags (IEEE 802.1Q 9.6).
 * @module
 */
import * as ethernet from "../wire/ethernet.ts";
import * as vlanTag from "../wire/vlan.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { appendHexDump } from "./hex_dump.ts";

/** Enters what an EtherType names, or a layer that shows it raw. */
export function enterEtherType(d: Dissection, type: number, o: number, i: number): void {
  const length = d.length[i]! - (o - d.offset[i]!);
  const next = d.registry.etherType(type);
  if (next !== undefined) d.enter(next, o, d.limit[i]!, length);
}

/** Ethernet II, and 802.3 with LLC named but not taken apart. */
export const ethernetDissector: Dissector = {
  name: "eth",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < ethernet.HEADER_LENGTH) return;
    const o = d.offset[i]!;
    d.linkHeader = ethernet.HEADER_LENGTH;
    const type = ethernet.etherType(d.view, o);
    d.detail[i] = type;
    enterTyped(d, i, type, o + ethernet.HEADER_LENGTH);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < ethernet.HEADER_LENGTH) return truncated(out, "ether");
    const o = d.offset[i]!;
    const known = !d.isLast(i);
    const type = d.detail[i]!;
    const isLength = type <= ethernet.MAX_LENGTH_FIELD;
    if (options.link || !known) {
      appendPair(d, o, out);
      if (isLength) out.ascii("802.3");
      else appendEtherType(out, type, options.quiet);
      out.ascii(", length ");
      out.decimal(isLength ? type : d.length[i]!);
      out.ascii(": ");
    }
    if (!known) appendUnknown(d, i, o + ethernet.HEADER_LENGTH, type, out);
    return true;
  },
};

/** One VLAN tag; QinQ is two of them. */
export const vlanDissector: Dissector = {
  name: "vlan",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < vlanTag.TAG_LENGTH) return;
    d.linkHeader += vlanTag.TAG_LENGTH;
    const o = d.offset[i]!;
    const type = vlanTag.etherType(d.view, o);
    d.detail[i] = type;
    enterTyped(d, i, type, o + vlanTag.TAG_LENGTH);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < vlanTag.TAG_LENGTH) return truncated(out, "vlan");
    const o = d.offset[i]!;
    const type = d.detail[i]!;
    const known = !d.isLast(i);
    if (options.link) appendTag(d, o, type, out, options.quiet);
    else if (!known) {
      appendPair(d, d.offset[0]!, out);
      appendEtherType(out, type, options.quiet);
      out.ascii(", length ");
      out.decimal(d.length[0]!);
      out.ascii(": ");
    }
    if (!known) appendUnknown(d, i, o + vlanTag.TAG_LENGTH, type, out);
    return true;
  },
};

function enterTyped(d: Dissection, i: number, type: number, o: number): void {
  if (vlanTag.isTag(type)) {
    d.enter(vlanDissector, o, d.limit[i]!, d.length[i]! - (o - d.offset[i]!));
  } else if (type > ethernet.MAX_LENGTH_FIELD) {
    enterEtherType(d, type, o, i);
  }
}

/** `vlan 100, p 0, ethertype IPv4 (0x0800), ` */
function appendTag(
  d: Dissection,
  o: number,
  type: number,
  out: ByteBuffer,
  quiet: boolean,
): void {
  out.ascii("vlan ");
  out.decimal(vlanTag.id(d.view, o));
  out.ascii(", p ");
  out.decimal(vlanTag.priority(d.view, o));
  if (vlanTag.isDropEligible(d.view, o)) out.ascii(", DEI");
  out.ascii(", ");
  if (type <= ethernet.MAX_LENGTH_FIELD) {
    out.ascii("802.3");
    return;
  }
  appendEtherType(out, type, quiet);
  out.ascii(vlanTag.isTag(type) ? ", " : ", ");
}

function appendPair(d: Dissection, o: number, out: ByteBuffer): void {
  out.mac(d.view, o + ethernet.SOURCE);
  out.ascii(" > ");
  out.mac(d.view, o + ethernet.DESTINATION);
  out.ascii(", ");
}

/** `ethertype IPv4 (0x0800)`; with -q only the name. */
export function appendEtherType(out: ByteBuffer, type: number, quiet: boolean): void {
  const name = ETHERTYPE_NAMES.get(type);
  if (quiet) {
    if (name !== undefined) out.ascii(name);
    else {
      out.ascii("Unknown Ethertype (0x");
      out.hexPadded(type, 4);
      out.octet(0x29);
    }
    return;
  }
  out.ascii("ethertype ");
  out.ascii(name ?? "Unknown");
  out.ascii(" (0x");
  out.hexPadded(type, 4);
  out.octet(0x29);
}

/** What follows an EtherType nobody registered, or an 802.3 length: a word, or a dump. */
function appendUnknown(d: Dissection, i: number, o: number, type: number, out: ByteBuffer): void {
  const n = Math.max(0, d.limit[i]! - o);
  if (type <= ethernet.MAX_LENGTH_FIELD) appendLlc(d, o, n, out);
  else appendHexDump(out, d.view, o, n, true);
}

/** Service access points and control of IEEE 802.2. */
function appendLlc(d: Dissection, o: number, n: number, out: ByteBuffer): void {
  if (n < 3) {
    truncated(out, "llc");
    return;
  }
  const dsap = d.view.getUint8(o);
  const ssap = d.view.getUint8(o + 1);
  if (dsap === 0x42 && ssap === 0x42) out.ascii("STP");
  else out.ascii("LLC");
  out.ascii(", dsap 0x");
  out.hexPadded(dsap, 2);
  out.ascii(", ssap 0x");
  out.hexPadded(ssap, 2);
  out.ascii(", ctrl 0x");
  out.hexPadded(d.view.getUint8(o + 2), 2);
}

const SLL_LENGTH = 16;
const SLL2_LENGTH = 20;
const DIRECTIONS = ["In", "B", "M", "P", "Out"];

/** Linux cooked v1: direction, ARPHRD, address, protocol. */
export const sllDissector: Dissector = {
  name: "sll",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < SLL_LENGTH) return;
    const o = d.offset[i]!;
    d.linkHeader = SLL_LENGTH;
    d.detail[i] = d.view.getUint16(o + 14);
    enterTyped(d, i, d.detail[i]!, o + SLL_LENGTH);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < SLL_LENGTH) return truncated(out, "sll");
    const o = d.offset[i]!;
    const known = !d.isLast(i);
    if (options.link || !known) {
      out.ascii((DIRECTIONS[d.view.getUint16(o)] ?? "?").padStart(3));
      out.octet(0x20);
      if (options.quiet && known) return true;
      const n = Math.min(8, d.view.getUint16(o + 4));
      if (n === 6) {
        out.mac(d.view, o + 6);
        out.octet(0x20);
      }
      appendEtherType(out, d.detail[i]!, options.quiet);
      out.ascii(", length ");
      out.decimal(d.length[i]!);
      out.ascii(": ");
    }
    if (!known) appendUnknown(d, i, o + SLL_LENGTH, d.detail[i]!, out);
    return true;
  },
};

/** Linux cooked v2, what `-i any` records: the interface and the direction are always shown. */
export const sll2Dissector: Dissector = {
  name: "sll",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < SLL2_LENGTH) return;
    const o = d.offset[i]!;
    d.linkHeader = SLL2_LENGTH;
    d.detail[i] = d.view.getUint16(o);
    enterTyped(d, i, d.detail[i]!, o + SLL2_LENGTH);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < SLL2_LENGTH) return truncated(out, "sll2");
    const o = d.offset[i]!;
    const known = !d.isLast(i);
    out.ascii("ifindex ");
    out.decimal(d.view.getUint32(o + 4));
    out.octet(0x20);
    out.ascii((DIRECTIONS[d.view.getUint8(o + 10)] ?? "?").padEnd(3));
    out.octet(0x20);
    if (options.link || !known) {
      if (d.view.getUint8(o + 11) === 6) {
        out.mac(d.view, o + 12);
        out.octet(0x20);
      }
      appendEtherType(out, d.detail[i]!, options.quiet);
      out.ascii(", length ");
      out.decimal(d.length[i]!);
      out.ascii(": ");
    }
    if (!known) appendUnknown(d, i, o + SLL2_LENGTH, d.detail[i]!, out);
    return true;
  },
};

/** BSD loopback: an address family in somebody's octet order. */
export const nullDissector: Dissector = {
  name: "null",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < 4) return;
    d.linkHeader = 4;
    const o = d.offset[i]!;
    const family = nullFamily(d, o);
    d.detail[i] = family;
    const type = family === 2
      ? ethernet.EtherType.Ipv4
      : AF_INET6.has(family)
      ? ethernet.EtherType.Ipv6
      : 0;
    if (type !== 0) enterEtherType(d, type, o + 4, i);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < 4) return truncated(out, "null");
    const known = !d.isLast(i);
    if (options.link || !known) {
      out.ascii("AF ");
      const family = d.detail[i]!;
      out.ascii(family === 2 ? "IPv4" : AF_INET6.has(family) ? "IPv6" : "Unknown");
      out.ascii(" (");
      out.decimal(family);
      out.ascii("), length ");
      out.decimal(d.length[i]!);
      out.ascii(": ");
    }
    if (!known) appendHexDump(out, d.view, d.offset[i]! + 4, d.available(i) - 4, true);
    return true;
  },
};

/** AF_INET6 of NetBSD, FreeBSD and macOS. */
const AF_INET6: ReadonlySet<number> = new Set([24, 28, 30]);

function nullFamily(d: Dissection, o: number): number {
  const family = d.view.getUint32(o);
  return family > 0xffff ? d.view.getUint32(o, true) : family;
}

/** No link layer: the version nibble says which IP. */
export const rawDissector: Dissector = {
  name: "raw",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < 1) return;
    const o = d.offset[i]!;
    const version = d.view.getUint8(o) >>> 4;
    if (version === 4) enterEtherType(d, ethernet.EtherType.Ipv4, o, i);
    else if (version === 6) enterEtherType(d, ethernet.EtherType.Ipv6, o, i);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (d.available(i) < 1) return truncated(out, "raw");
    if (options.link) out.ascii("ip: ");
    if (d.isLast(i)) out.ascii("unknown ip version");
    return true;
  },
};

const ETHERTYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0800, "IPv4"],
  [0x0806, "ARP"],
  [0x8035, "Reverse ARP"],
  [0x8100, "802.1Q"],
  [0x9100, "802.1Q-9100"],
  [0x9200, "802.1Q-9200"],
  [0x88a8, "802.1Q-QinQ"],
  [0x86dd, "IPv6"],
  [0x8808, "MPCP"],
  [0x8809, "Slow Protocols"],
  [0x880b, "PPP"],
  [0x8847, "MPLS unicast"],
  [0x8848, "MPLS multicast"],
  [0x8863, "PPPoE D"],
  [0x8864, "PPPoE S"],
  [0x888e, "EAPOL"],
  [0x8899, "RRCP"],
  [0x88a2, "AoE"],
  [0x88cc, "LLDP"],
  [0x88e5, "802.1AE MACsec"],
  [0x88f5, "MVRP"],
  [0x88f6, "MMRP"],
  [0x88f7, "PTP"],
  [0x8902, "CFM"],
  [0x8914, "FIP"],
  [0x9000, "Loopback"],
]);
