/**
 * IPv6 and its extension headers (RFC 8200) in tcpdump's wording.
 * @module
 */
import * as ipv6 from "../wire/ipv6.ts";
import { IpProtocol } from "../wire/ipv4.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { hasPorts } from "./ipv4.ts";
import { protocolName } from "./protocol_names.ts";

/** IPv6's fixed header. */
export const ipv6Dissector: Dissector = {
  name: "ipv6",
  walk(d: Dissection, i: number): void {
    const o = d.offset[i]!;
    const v = d.view;
    if (d.available(i) < ipv6.HEADER_LENGTH || ipv6.version(v, o) !== 6) return;
    d.network = i;
    d.fragmented = false;
    const stated = ipv6.payloadLength(v, o);
    const length = stated === 0 ? d.length[i]! - ipv6.HEADER_LENGTH : stated;
    enterNext(d, i, ipv6.nextHeader(v, o), o + ipv6.HEADER_LENGTH, length);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n >= 1 && ipv6.version(v, o) !== 6) {
      out.ascii("IP");
      out.decimal(ipv6.version(v, o));
      out.ascii(" (invalid)");
      return false;
    }
    if (!options.link) out.ascii("IP6 ");
    if (n < ipv6.HEADER_LENGTH) return truncated(out, "ip6");
    const payload = ipv6.payloadLength(v, o);
    const missing = payload + ipv6.HEADER_LENGTH - d.length[i]!;
    if (missing > 0) {
      out.ascii("truncated-ip6 - ");
      out.decimal(missing);
      out.ascii(" bytes missing!");
    }
    const next = ipv6.nextHeader(v, o);
    if (options.verbose > 0) appendHeader(v, o, out);
    if (!hasPorts(next) || d.isLast(i)) {
      out.ipv6(v, o + ipv6.SOURCE);
      out.ascii(" > ");
      out.ipv6(v, o + ipv6.DESTINATION);
      out.ascii(": ");
    }
    if (d.isLast(i)) appendUndissected(next, payload, out);
    return true;
  },
};

/** `(class 0x01, flowlabel 0x12345, hlim 64, next-header UDP (17) payload length: 8) ` */
function appendHeader(v: DataView, o: number, out: ByteBuffer): void {
  out.octet(0x28);
  if (ipv6.trafficClass(v, o) !== 0) {
    out.ascii("class 0x");
    out.hexPadded(ipv6.trafficClass(v, o), 2);
    out.ascii(", ");
  }
  if (ipv6.flowLabel(v, o) !== 0) {
    out.ascii("flowlabel 0x");
    out.hexPadded(ipv6.flowLabel(v, o), 5);
    out.ascii(", ");
  }
  out.ascii("hlim ");
  out.decimal(ipv6.hopLimit(v, o));
  out.ascii(", next-header ");
  out.ascii(protocolName(ipv6.nextHeader(v, o)));
  out.ascii(" (");
  out.decimal(ipv6.nextHeader(v, o));
  out.ascii(") payload length: ");
  out.decimal(ipv6.payloadLength(v, o));
  out.ascii(") ");
}

/** Enters the extension header or the payload that a next header field names. */
function enterNext(d: Dissection, i: number, next: number, o: number, length: number): void {
  const limit = Math.min(d.limit[i]!, o + length);
  const extension = EXTENSIONS[next];
  if (extension !== undefined) {
    d.enter(extension, o, limit, length);
    return;
  }
  const payload = next === IpProtocol.Icmp ? undefined : d.registry.ipProtocol(next);
  if (payload !== undefined) d.enter(payload, o, limit, length);
}

function appendUndissected(next: number, length: number, out: ByteBuffer): void {
  if (next === IpProtocol.NoNext) {
    out.ascii("no next header");
    return;
  }
  out.ascii(" ip-proto-");
  out.decimal(next);
  out.octet(0x20);
  out.decimal(length);
}

/** A hop-by-hop, destination or routing header. */
function optionHeader(name: string, kind: number, word: string): Dissector {
  return {
    name,
    walk(d: Dissection, i: number): void {
      if (d.available(i) < 2) return;
      const o = d.offset[i]!;
      const n = ipv6.extensionLength(d.view, o, kind);
      if (d.available(i) < n) return;
      enterNext(d, i, d.view.getUint8(o), o + n, d.length[i]! - n);
    },
    line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
      const o = d.offset[i]!;
      if (d.available(i) < 2) return truncated(out, word.toLowerCase());
      const n = ipv6.extensionLength(d.view, o, kind);
      out.ascii(word);
      out.octet(0x20);
      if (d.available(i) < n) return truncated(out, word.toLowerCase());
      if (kind === IpProtocol.Routing) appendRouting(d.view, o, out, options);
      else if (options.verbose > 0) appendOptions(d.view, o + 2, n - 2, out);
      if (d.isLast(i)) appendUndissected(d.view.getUint8(o), d.length[i]! - n, out);
      return true;
    },
  };
}

/** `(rtalert: 0x0000) (padn) ` */
function appendOptions(v: DataView, o: number, n: number, out: ByteBuffer): void {
  for (let at = 0; at < n;) {
    const kind = v.getUint8(o + at);
    if (kind === 0) {
      out.ascii("(pad1) ");
      at++;
      continue;
    }
    if (at + 2 > n) return;
    const size = v.getUint8(o + at + 1);
    if (at + 2 + size > n) return;
    if (kind === 1) out.ascii("(padn) ");
    else if (kind === 5 && size >= 2) {
      out.ascii("(rtalert: 0x");
      out.hexPadded(v.getUint16(o + at + 2), 4);
      out.ascii(") ");
    } else {
      out.ascii("(opt_type 0x");
      out.hexPadded(kind, 2);
      out.ascii(": len=");
      out.decimal(size);
      out.ascii(") ");
    }
    at += 2 + size;
  }
}

/** `(len=2, type=4, segleft=1, last-entry=0, tag=0, [0]2001:db8::1) ` */
function appendRouting(v: DataView, o: number, out: ByteBuffer, options: LineOptions): void {
  const units = v.getUint8(o + 1);
  const type = v.getUint8(o + 2);
  out.ascii(`(len=${units}, type=${type}${type === 0 ? " [Deprecated]" : ""}`);
  out.ascii(`, segleft=${v.getUint8(o + 3)}`);
  if (type === 0 && options.verbose > 0) out.ascii(`, rsv=0x${v.getUint32(o + 4).toString(16)}`);
  if (type === 4) out.ascii(`, last-entry=${v.getUint8(o + 4)}, tag=${v.getUint16(o + 6)}`);
  if (type === 0 || type === 4) {
    for (let k = 0; k < units >>> 1; k++) {
      out.ascii(`, [${k}]`);
      out.ipv6(v, o + 8 + 16 * k);
    }
  }
  out.ascii(") ");
}

const fragmentHeader: Dissector = {
  name: "ipv6.fraghdr",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < 8) return;
    const o = d.offset[i]!;
    d.fragmented = true;
    if (ipv6.fragmentOffset(d.view, o) !== 0) return;
    enterNext(d, i, d.view.getUint8(o), o + 8, d.length[i]! - 8);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    if (d.available(i) < 8) return truncated(out, "frag");
    out.ascii("frag (");
    if (options.verbose > 0) {
      out.ascii("0x");
      out.hexPadded(ipv6.fragmentIdentification(v, o), 8);
      out.octet(0x3a);
    }
    out.decimal(ipv6.fragmentOffset(v, o));
    out.octet(0x7c);
    out.decimal(d.length[i]! - 8);
    out.octet(0x29);
    if (ipv6.fragmentOffset(v, o) !== 0) return false;
    out.octet(0x20);
    if (d.isLast(i)) appendUndissected(v.getUint8(o), d.length[i]! - 8, out);
    return true;
  },
};

const EXTENSIONS: Readonly<Record<number, Dissector | undefined>> = {
  [IpProtocol.HopByHop]: optionHeader("ipv6.hopopts", IpProtocol.HopByHop, "HBH"),
  [IpProtocol.DestinationOptions]: optionHeader(
    "ipv6.dstopts",
    IpProtocol.DestinationOptions,
    "DSTOPT",
  ),
  [IpProtocol.Routing]: optionHeader("ipv6.routing", IpProtocol.Routing, "RT6"),
  [IpProtocol.Fragment]: fragmentHeader,
};
