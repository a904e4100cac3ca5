/**
 * ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and MLD (RFC 2710, RFC 3810) in tcpdump's wording.
 * @module
 */
import * as icmp from "../wire/icmp6.ts";
import { IpProtocol } from "../wire/ipv4.ts";
import * as ipv6 from "../wire/ipv6.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { fold, shouldBe } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { appendHexDump } from "./hex_dump.ts";
import { transportSum } from "./transport.ts";

const { Icmp6Type } = icmp;

/** ICMP for IPv6. */
export const icmp6Dissector: Dissector = {
  name: "icmpv6",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n < 4) return truncated(out, "icmp6");
    if (options.verbose > 0 && !d.fragmented) appendChecksum(d, i, out);
    const type = icmp.type(v, o);
    out.ascii("ICMP6, ");
    out.ascii(NAMES.get(type) ?? `unknown icmp6 type (${type})`);
    if (n < needed(type)) return truncated(out, "icmp6");
    const discovery = type >= Icmp6Type.RouterSolicitation && type <= Icmp6Type.Redirect;
    const verbose = options.verbose > 0;
    if (verbose && discovery) appendLength(d, i, out);
    if (!appendBody(d, i, type, out, options)) return false;
    if (!verbose) appendLength(d, i, out);
    return false;
  },
};

function appendLength(d: Dissection, i: number, out: ByteBuffer): void {
  out.ascii(", length ");
  out.decimal(d.length[i]!);
}

function needed(type: number): number {
  switch (type) {
    case Icmp6Type.Unreachable:
    case Icmp6Type.TimeExceeded:
    case Icmp6Type.ParameterProblem:
    case Icmp6Type.PacketTooBig:
      return 48;
    case Icmp6Type.ListenerQuery:
    case Icmp6Type.ListenerReport:
    case Icmp6Type.ListenerDone:
    case Icmp6Type.NeighborSolicitation:
    case Icmp6Type.NeighborAdvertisement:
      return 24;
    case Icmp6Type.Redirect:
      return 40;
    case Icmp6Type.RouterAdvertisement:
      return 16;
    default:
      return 8;
  }
}

/** What the type says; false where it was cut. */
function appendBody(
  d: Dissection,
  i: number,
  type: number,
  out: ByteBuffer,
  options: LineOptions,
): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  switch (type) {
    case Icmp6Type.Unreachable:
      return appendUnreachable(d, i, out);
    case Icmp6Type.PacketTooBig:
      out.ascii(", mtu ");
      out.decimal(icmp.mtu(v, o));
      return true;
    case Icmp6Type.TimeExceeded:
      if (icmp.code(v, o) === 0) {
        out.ascii(" for ");
        out.ipv6(v, o + 8 + ipv6.DESTINATION);
      } else if (icmp.code(v, o) === 1) out.ascii(" (reassembly)");
      else out.ascii(`, unknown code (${icmp.code(v, o)})`);
      return true;
    case Icmp6Type.ParameterProblem:
      out.ascii(PROBLEMS[icmp.code(v, o)] ?? ", code-#" + icmp.code(v, o));
      if (icmp.code(v, o) < PROBLEMS.length) out.decimal(v.getUint32(o + 4));
      return true;
    case Icmp6Type.EchoRequest:
    case Icmp6Type.EchoReply:
      out.ascii(", id ");
      out.decimal(icmp.identifier(v, o));
      out.ascii(", seq ");
      out.decimal(icmp.sequenceNumber(v, o));
      return true;
    case Icmp6Type.ListenerQuery:
      if (d.length[i]! >= 28) return appendQuery(d, i, out, options);
      return appendListener(v, o, out);
    case Icmp6Type.ListenerReport:
    case Icmp6Type.ListenerDone:
      return appendListener(v, o, out);
    case Icmp6Type.ListenerReportV2:
      return appendReport(d, i, out, options);
    case Icmp6Type.RouterSolicitation:
      return options.verbose === 0 || appendNdOptions(d, i, 8, out, options);
    case Icmp6Type.RouterAdvertisement:
      return options.verbose === 0 || appendRouter(d, i, out, options);
    case Icmp6Type.NeighborSolicitation:
      out.ascii(", who has ");
      out.ipv6(v, icmp.target(v, o));
      return options.verbose === 0 || appendNdOptions(d, i, 24, out, options);
    case Icmp6Type.NeighborAdvertisement:
      out.ascii(", tgt is ");
      out.ipv6(v, icmp.target(v, o));
      if (options.verbose === 0) return true;
      out.ascii(", Flags [");
      out.ascii(NEIGHBOR_FLAGS[v.getUint8(o + 4) >>> 5]!);
      out.octet(0x5d);
      return appendNdOptions(d, i, 24, out, options);
    case Icmp6Type.Redirect:
      out.ascii(", ");
      out.ipv6(v, o + 24);
      out.ascii(" to ");
      out.ipv6(v, o + 8);
      return options.verbose === 0 || appendNdOptions(d, i, 40, out, options);
    default:
      return true;
  }
}

function appendUnreachable(d: Dissection, i: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const code = icmp.code(v, o);
  out.ascii(", ");
  out.ascii(UNREACHABLE[code] ?? `unknown unreach code (${code})`);
  const quote = o + icmp.HEADER_LENGTH;
  if (code === 4) {
    if (d.limit[i]! < quote + ipv6.HEADER_LENGTH + 4) return truncated(out, "icmp6");
    const next = ipv6.nextHeader(v, quote);
    const port = v.getUint16(quote + ipv6.HEADER_LENGTH + 2);
    out.ascii(", ");
    out.ipv6(v, quote + ipv6.DESTINATION);
    if (next === IpProtocol.Tcp) out.ascii(` tcp port ${port}`);
    else if (next === IpProtocol.Udp) out.ascii(` udp port ${port}`);
    else out.ascii(` protocol ${next} port ${port} unreachable`);
  } else if (code === 0 || code === 1 || code === 3) {
    out.octet(0x20);
    out.ipv6(v, quote + ipv6.DESTINATION);
  } else if (code === 2) {
    out.octet(0x20);
    out.ipv6(v, quote + ipv6.DESTINATION);
    out.ascii(", source address ");
    out.ipv6(v, quote + ipv6.SOURCE);
  }
  return true;
}

function appendListener(v: DataView, o: number, out: ByteBuffer): boolean {
  out.ascii("max resp delay: ");
  out.decimal(v.getUint16(o + 4));
  out.ascii(" addr: ");
  out.ipv6(v, icmp.target(v, o));
  return true;
}

/** MLDv2 query (RFC 3810 5.1). */
function appendQuery(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  if (d.available(i) < 28) return truncated(out, "mldv2");
  out.ascii(" v2");
  const code = v.getUint16(o + 4);
  const delay = code < 32768 ? code : ((code & 0x0fff) | 0x1000) * 2 ** ((code >>> 12 & 7) + 3);
  if (options.verbose > 0) {
    out.ascii(" [max resp delay=");
    out.decimal(delay);
    out.octet(0x5d);
  }
  out.ascii(" [gaddr ");
  out.ipv6(v, o + 8);
  if (options.verbose > 0) {
    if ((v.getUint8(o + 24) & 8) !== 0) out.ascii(" sflag");
    if ((v.getUint8(o + 24) & 7) !== 0) out.ascii(` robustness=${v.getUint8(o + 24) & 7}`);
    const interval = v.getUint8(o + 25);
    out.ascii(
      ` qqi=${interval < 128 ? interval : (interval & 15 | 16) << (interval >>> 4 & 7) + 3}`,
    );
  }
  const sources = v.getUint16(o + 26);
  if (sources > 0) {
    if (d.length[i]! < 28 + 16 * sources) out.ascii(` [invalid number of sources ${sources}]`);
    else if (options.verbose > 1) {
      if (d.available(i) < 28 + 16 * sources) return truncated(out, "mldv2");
      appendSources(v, o + 28, sources, out);
    } else out.ascii(`, ${sources} source(s)`);
  }
  out.octet(0x5d);
  return true;
}

function appendSources(v: DataView, o: number, n: number, out: ByteBuffer): void {
  out.ascii(" {");
  for (let k = 0; k < n; k++) {
    out.octet(0x20);
    out.ipv6(v, o + 16 * k);
  }
  out.ascii(" }");
}

/** MLDv2 report (RFC 3810 5.2). */
function appendReport(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const length = d.length[i]!;
  if (length < 16) {
    out.ascii(` [invalid len ${length}]`);
    return false;
  }
  const records = v.getUint16(o + 6);
  out.ascii(`, ${records} group record(s)`);
  if (options.verbose === 0) return true;
  let at = 8;
  for (let k = 0; k < records; k++) {
    if (length < at + 20) {
      out.ascii(" [invalid number of groups]");
      return false;
    }
    if (d.available(i) < at + 20) return truncated(out, "mldv2");
    out.ascii(" [gaddr ");
    out.ipv6(v, o + at + 4);
    out.octet(0x20);
    const kind = v.getUint8(o + at);
    out.ascii(RECORDS[kind] ?? ` [v2-report-#${kind}]`);
    const sources = v.getUint16(o + at + 2);
    if (length < at + 20 + 16 * sources) {
      out.ascii(` [invalid number of sources ${sources}]`);
      return false;
    }
    if (options.verbose === 1) out.ascii(`, ${sources} source(s)`);
    else {
      if (d.available(i) < at + 20 + 16 * sources) return truncated(out, "mldv2");
      appendSources(v, o + at + 20, sources, out);
    }
    at += 20 + 16 * sources;
    out.octet(0x5d);
  }
  return true;
}

function appendRouter(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const flags = v.getUint8(o + 5);
  const names: string[] = [];
  for (let k = 0; k < ROUTER_FLAGS.length; k++) {
    if ((flags & 0x80 >>> k) !== 0) names.push(ROUTER_FLAGS[k]!);
  }
  out.ascii(`\n\thop limit ${v.getUint8(o + 4)}, Flags [${names.join(", ") || "none"}]`);
  out.ascii(`, pref ${PREFERENCES[flags >>> 3 & 3]}`);
  out.ascii(`, router lifetime ${v.getUint16(o + 6)}s`);
  out.ascii(`, reachable time ${v.getUint32(o + 8)}ms`);
  out.ascii(`, retrans timer ${v.getUint32(o + 12)}ms`);
  return appendNdOptions(d, i, 16, out, options);
}

/** Options of neighbour discovery from `at` on (RFC 4861 4.6). */
function appendNdOptions(
  d: Dissection,
  i: number,
  at: number,
  out: ByteBuffer,
  options: LineOptions,
): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const end = Math.min(d.available(i), d.length[i]!);
  while (at < end) {
    if (end - at < 2) return truncated(out, "icmp6");
    const kind = v.getUint8(o + at);
    const n = v.getUint8(o + at + 1) * 8;
    if (n === 0 || n > end - at) return truncated(out, "icmp6");
    const name = ND_OPTIONS.get(kind) ?? "unknown";
    out.ascii(`\n\t  ${name} option (${kind}), length ${n} (${n / 8}): `);
    appendNdOption(v, o + at, kind, n, out);
    if (options.verbose > 1) appendHexDump(out, v, o + at + 2, n - 2, false, "\n\t    ");
    at += n;
  }
  return true;
}

function appendNdOption(v: DataView, o: number, kind: number, n: number, out: ByteBuffer): void {
  if (kind === 1 || kind === 2) {
    out.mac(v, o + 2, n - 2);
  } else if (kind === 3 && n >= 32) {
    out.ipv6(v, o + 16);
    const flags = v.getUint8(o + 3);
    const names: string[] = [];
    if ((flags & 0x80) !== 0) names.push("onlink");
    if ((flags & 0x40) !== 0) names.push("auto");
    if ((flags & 0x20) !== 0) names.push("router");
    out.ascii(`/${v.getUint8(o + 2)}, Flags [${names.join(", ") || "none"}]`);
    out.ascii(`, valid time ${lifetime(v.getUint32(o + 4))}`);
    out.ascii(`, pref. time ${lifetime(v.getUint32(o + 8))}`);
  } else if (kind === 5) {
    out.ascii(` ${v.getUint32(o + 4)}`);
  } else {
    out.octetsHex(v, o + 2, n - 2);
  }
}

function lifetime(seconds: number): string {
  return seconds === 0xffff_ffff ? "infinity" : `${seconds}s`;
}

function appendChecksum(d: Dissection, i: number, out: ByteBuffer): void {
  const sum = transportSum(d, i, IpProtocol.Icmp6, d.length[i]!);
  if (sum < 0) return;
  if (fold(sum) === 0xffff) {
    out.ascii("[icmp6 sum ok] ");
    return;
  }
  const present = icmp.checksum(d.view, d.offset[i]!);
  out.ascii("[bad icmp6 cksum 0x");
  out.hexPadded(present, 4);
  out.ascii(" -> 0x");
  out.hexPadded(shouldBe(present, sum), 4);
  out.ascii("!] ");
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, "destination unreachable"],
  [2, "packet too big"],
  [3, "time exceeded in-transit"],
  [4, "parameter problem"],
  [128, "echo request"],
  [129, "echo reply"],
  [130, "multicast listener query"],
  [131, "multicast listener report"],
  [132, "multicast listener done"],
  [133, "router solicitation"],
  [134, "router advertisement"],
  [135, "neighbor solicitation"],
  [136, "neighbor advertisement"],
  [137, "redirect"],
  [138, "router renumbering"],
  [143, "multicast listener report v2"],
]);
const UNREACHABLE = [
  "unreachable route",
  " unreachable prohibited",
  "beyond scope",
  "unreachable address",
  "unreachable port",
];
const PROBLEMS = [
  ", erroneous - octet ",
  ", next header - octet ",
  ", option - octet ",
  ", incomplete header chain - octet ",
];
const RECORDS = ["", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"];
const ROUTER_FLAGS = ["managed", "other stateful", "home agent"];
const PREFERENCES = ["medium", "high", "reserved", "low"];
const NEIGHBOR_FLAGS = [
  "none",
  "override",
  "solicited",
  "solicited, override",
  "router",
  "router, override",
  "router, solicited",
  "router, solicited, override",
];
const ND_OPTIONS: ReadonlyMap<number, string> = new Map([
  [1, "source link-address"],
  [2, "destination link-address"],
  [3, "prefix info"],
  [4, "redirected header"],
  [5, "mtu"],
  [24, "route info"],
  [25, "rdnss"],
  [31, "dnssl"],
]);
