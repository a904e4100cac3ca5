/**
 * IPv4 (RFC 791) in tcpdump's wording.
 * @module
 */
import * as ipv4 from "../wire/ipv4.ts";
import { type ByteBuffer, octetsOf } from "./byte_buffer.ts";
import { addWords, fold, shouldBe } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { protocolName } from "./protocol_names.ts";

const { IpProtocol } = ipv4;
const IP = octetsOf("IP ");

/** True for the protocols that print the addresses together with their ports. */
export function hasPorts(protocol: number): boolean {
  return protocol === IpProtocol.Tcp || protocol === IpProtocol.Udp;
}

/** IPv4; `detail` holds the total length in use (the layer's where offload left the field 0). */
export const ipv4Dissector: Dissector = {
  name: "ip",
  walk(d: Dissection, i: number): void {
    const o = d.offset[i]!;
    const v = d.view;
    if (d.available(i) < ipv4.MIN_HEADER_LENGTH || ipv4.version(v, o) !== 4) return;
    const header = ipv4.headerLength(v, o);
    let total = ipv4.totalLength(v, o);
    if (total === 0) total = d.length[i]!;
    d.detail[i] = total;
    if (header < ipv4.MIN_HEADER_LENGTH || total < header) return;
    d.network = i;
    d.fragmented = ipv4.isFragment(v, o);
    if (ipv4.fragmentOffset(v, o) !== 0) return;
    const limit = Math.min(d.limit[i]!, o + total);
    const next = d.registry.ipProtocol(ipv4.protocol(v, o));
    if (next !== undefined) d.enter(next, o + header, limit, total - header);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n >= 1 && ipv4.version(v, o) !== 4) {
      out.ascii("IP");
      out.decimal(ipv4.version(v, o));
      out.ascii(" (invalid)");
      return false;
    }
    if (!options.link) out.fixed(IP);
    if (n < ipv4.MIN_HEADER_LENGTH) return truncated(out, "ip");
    const header = ipv4.headerLength(v, o);
    if (header < ipv4.MIN_HEADER_LENGTH) {
      out.ascii("bad-hlen ");
      out.decimal(header);
      return false;
    }
    const total = d.detail[i]!;
    if (d.length[i]! < total) {
      out.ascii("truncated-ip - ");
      out.decimal(total - d.length[i]!);
      out.ascii(" bytes missing! ");
    }
    if (total < header) {
      out.ascii("bad-len ");
      out.decimal(total);
      return false;
    }
    if (options.verbose > 0 && !appendHeader(d, i, header, out)) return false;
    return appendPayload(d, i, total - header, out);
  },
};

/** Addresses and, for protocols without a dissector or for later fragments, the protocol. */
function appendPayload(d: Dissection, i: number, length: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const protocol = ipv4.protocol(v, o);
  if (ipv4.fragmentOffset(v, o) !== 0) {
    appendAddresses(v, o, out);
    out.ascii(": ip-proto-");
    out.decimal(protocol);
    return false;
  }
  if (!hasPorts(protocol) || d.isLast(i)) {
    appendAddresses(v, o, out);
    out.ascii(": ");
  }
  if (!d.isLast(i)) return true;
  out.ascii(" ip-proto-");
  out.decimal(protocol);
  out.octet(0x20);
  out.decimal(length);
  return true;
}

/** `192.0.2.1 > 192.0.2.2` */
function appendAddresses(v: DataView, o: number, out: ByteBuffer): void {
  out.ipv4(v, o + ipv4.SOURCE);
  out.ascii(" > ");
  out.ipv4(v, o + ipv4.DESTINATION);
}

/** `(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 76)`; false where cut. */
function appendHeader(d: Dissection, i: number, header: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const tos = ipv4.typeOfService(v, o);
  out.ascii("(tos 0x");
  out.hex(tos);
  out.ascii(ECN[tos & 3]!);
  if (ipv4.timeToLive(v, o) > 0) {
    out.ascii(", ttl ");
    out.decimal(ipv4.timeToLive(v, o));
  }
  out.ascii(", id ");
  out.decimal(ipv4.identification(v, o));
  out.ascii(", offset ");
  out.decimal(ipv4.fragmentOffset(v, o));
  out.ascii(", flags [");
  out.ascii(FLAGS[ipv4.flags(v, o) >>> 13]!);
  out.ascii("], proto ");
  out.ascii(protocolName(ipv4.protocol(v, o)));
  out.ascii(" (");
  out.decimal(ipv4.protocol(v, o));
  out.ascii("), length ");
  out.decimal(ipv4.totalLength(v, o));
  const whole = d.available(i) >= header;
  if (header > ipv4.MIN_HEADER_LENGTH) {
    out.ascii(", options (");
    if (!appendOptions(d, i, header, out)) out.ascii(" [truncated-option]");
    out.octet(0x29);
  }
  if (whole) {
    const sum = addWords(v, o, header, 0);
    if (fold(sum) !== 0xffff) {
      const present = ipv4.headerChecksum(v, o);
      out.ascii(", bad cksum ");
      out.hex(present);
      out.ascii(" (->");
      out.hex(shouldBe(present, sum));
      out.ascii(")!");
    }
  }
  out.ascii(")\n    ");
  if (!whole) {
    appendAddresses(v, o, out);
    out.ascii(": ");
    return truncated(out, "ip");
  }
  return true;
}

/** `RR 192.0.2.1,`, `RA`, `EOL`, ... comma separated; false where an option runs out. */
function appendOptions(d: Dissection, i: number, header: number, out: ByteBuffer): boolean {
  const v = d.view;
  const end = Math.min(d.limit[i]!, d.offset[i]! + header);
  let separator = "";
  for (let at = d.offset[i]! + ipv4.MIN_HEADER_LENGTH; at < end;) {
    out.ascii(separator);
    separator = ",";
    const kind = v.getUint8(at);
    out.ascii(OPTION_NAMES.get(kind) ?? `unknown ${kind}`);
    if (kind === 0) return true;
    if (kind === 1) {
      at++;
      continue;
    }
    if (at + 2 > end) return false;
    const n = v.getUint8(at + 1);
    if (n < 2) return false;
    if (at + n > end) return false;
    if (kind === 7 || kind === 131 || kind === 137) appendRoute(v, at, n, out);
    else if (kind === 148 && n >= 4 && v.getUint16(at + 2) !== 0) {
      out.octet(0x20);
      out.decimal(v.getUint16(at + 2));
    }
    at += n;
  }
  return true;
}

/** The addresses of a record route or source route option. */
function appendRoute(v: DataView, at: number, n: number, out: ByteBuffer): void {
  if (n < 3) return;
  const pointer = v.getUint8(at + 2) - 1;
  for (let k = 3; k + 4 <= n; k += 4) {
    out.octet(0x20);
    out.ipv4(v, at + k);
    if (k < pointer) out.octet(0x2c);
  }
}

const ECN = ["", ",ECT(1)", ",ECT(0)", ",CE"];
const FLAGS = ["none", "+", "DF", "+, DF", "rsvd", "+, rsvd", "DF, rsvd", "+, DF, rsvd"];
const OPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "EOL"],
  [1, "NOP"],
  [7, "RR"],
  [68, "timestamp"],
  [130, "security"],
  [131, "LSRR"],
  [137, "SSRR"],
  [148, "RA"],
  [152, "upstream multicast"],
]);
