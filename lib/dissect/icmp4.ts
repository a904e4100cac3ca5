/**
 * ICMP (RFC 792) in tcpdump's wording; with -v the packet that an error quotes follows.
 * @module
 */
import * as icmp from "../wire/icmp4.ts";
import * as ipv4 from "../wire/ipv4.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { addWords, fold, shouldBe } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { ipv4Dissector } from "./ipv4.ts";

const { IcmpType } = icmp;
const { IpProtocol } = ipv4;

/** ICMP for IPv4. */
export const icmp4Dissector: Dissector = {
  name: "icmp",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < icmp.HEADER_LENGTH || d.quoted) return;
    const o = d.offset[i]!;
    if (!icmp.isError(icmp.type(d.view, o))) return;
    const quote = o + icmp.HEADER_LENGTH;
    const room = d.limit[i]! - quote;
    if (room < ipv4.MIN_HEADER_LENGTH) return;
    d.quoted = true;
    const outer = d.network;
    const fragmented = d.fragmented;
    d.enter(ipv4Dissector, quote, d.limit[i]!, ipv4.totalLength(d.view, quote));
    d.network = outer;
    d.fragmented = fragmented;
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const n = d.available(i);
    if (n < needed(d, i)) return truncated(out, "icmp");
    out.ascii("ICMP ");
    appendMessage(d, i, out);
    out.ascii(", length ");
    out.decimal(d.length[i]!);
    if (options.verbose === 0) return false;
    const length = d.length[i]!;
    if (!d.fragmented && length <= n) {
      const sum = addWords(d.view, o, length, 0);
      if (fold(sum) !== 0xffff) {
        out.ascii(" (wrong icmp cksum ");
        out.hex(icmp.checksum(d.view, o));
        out.ascii(" (->");
        out.hex(shouldBe(icmp.checksum(d.view, o), sum));
        out.ascii(")!)");
      }
    }
    if (!icmp.isError(icmp.type(d.view, o)) || d.isLast(i)) return false;
    out.ascii("\n\t");
    return true;
  },
};

/** Octets that must be captured for the text of layer `i`. */
function needed(d: Dissection, i: number): number {
  const n = d.available(i);
  if (n < 2) return 2;
  const o = d.offset[i]!;
  const v = d.view;
  switch (icmp.type(v, o)) {
    case IcmpType.Echo:
    case IcmpType.EchoReply:
    case IcmpType.Timestamp:
    case IcmpType.ParameterProblem:
      return 8;
    case IcmpType.MaskReply:
      return 12;
    case IcmpType.TimestampReply:
      return 20;
    case IcmpType.Unreachable:
      if (icmp.code(v, o) !== 3 || n < 28) return 28;
      return icmp.HEADER_LENGTH + ipv4.headerLength(v, o + icmp.HEADER_LENGTH) + 4;
    case IcmpType.Redirect:
      return 28;
    default:
      return 4;
  }
}

function appendMessage(d: Dissection, i: number, out: ByteBuffer): void {
  const o = d.offset[i]!;
  const v = d.view;
  const type = icmp.type(v, o);
  switch (type) {
    case IcmpType.Echo:
    case IcmpType.EchoReply:
      out.ascii(type === IcmpType.Echo ? "echo request, id " : "echo reply, id ");
      out.decimal(icmp.identifier(v, o));
      out.ascii(", seq ");
      out.decimal(icmp.sequenceNumber(v, o));
      return;
    case IcmpType.Unreachable:
      return appendUnreachable(v, o, out);
    case IcmpType.Redirect: {
      const code = icmp.code(v, o);
      out.ascii(REDIRECTS[code]?.[0] ?? `redirect-#${code} `);
      out.ipv4(v, o + icmp.HEADER_LENGTH + ipv4.DESTINATION);
      out.ascii(REDIRECTS[code]?.[1] ?? " to net ");
      out.ipv4(v, o + 4);
      return;
    }
    case IcmpType.TimeExceeded: {
      const code = icmp.code(v, o);
      if (code === 0) out.ascii("time exceeded in-transit");
      else if (code === 1) out.ascii("ip reassembly time exceeded");
      else out.ascii(`time exceeded-#${code}`);
      return;
    }
    case IcmpType.ParameterProblem:
      out.ascii("parameter problem - ");
      if (icmp.code(v, o) !== 0) out.ascii(`code ${icmp.code(v, o)}`);
      else out.ascii(`octet ${v.getUint8(o + 4)}`);
      return;
    case IcmpType.MaskReply:
      out.ascii("address mask is 0x");
      out.hexPadded(v.getUint32(o + 8), 8);
      return;
    case IcmpType.Timestamp:
    case IcmpType.TimestampReply:
      return appendTimestamp(v, o, type, out);
    default:
      out.ascii(NAMES.get(type) ?? `type-#${type}`);
  }
}

function appendUnreachable(v: DataView, o: number, out: ByteBuffer): void {
  const code = icmp.code(v, o);
  const quote = o + icmp.HEADER_LENGTH;
  const destination = quote + ipv4.DESTINATION;
  if (code === 2 || code === 3) {
    out.ipv4(v, destination);
    const protocol = ipv4.protocol(v, quote);
    const port = code === 3 ? v.getUint16(quote + ipv4.headerLength(v, quote) + 2) : 0;
    if (code === 2) out.ascii(` protocol ${protocol}`);
    else if (protocol === IpProtocol.Tcp) out.ascii(` tcp port ${port}`);
    else if (protocol === IpProtocol.Udp) out.ascii(` udp port ${port}`);
    else out.ascii(` protocol ${protocol} port ${port}`);
    out.ascii(" unreachable");
    return;
  }
  const form = UNREACHABLE[code];
  out.ascii(form === undefined ? `#${code} ` : form[0]);
  out.ipv4(v, destination);
  out.ascii(form === undefined ? " unreachable" : form[1]);
  if (code === 4 && icmp.nextHopMtu(v, o) !== 0) out.ascii(` (mtu ${icmp.nextHopMtu(v, o)})`);
}

function appendTimestamp(v: DataView, o: number, type: number, out: ByteBuffer): void {
  const query = type === IcmpType.Timestamp;
  out.ascii(query ? "time stamp query id " : "time stamp reply id ");
  out.decimal(icmp.identifier(v, o));
  out.ascii(" seq ");
  out.decimal(icmp.sequenceNumber(v, o));
  if (query) return;
  const words = [": org ", ", recv ", ", xmit "];
  for (let k = 0; k < 3; k++) {
    out.ascii(words[k]!);
    const ms = v.getUint32(o + 8 + 4 * k);
    const s = Math.floor(ms / 1000);
    out.padded(Math.floor(s / 3600), 2);
    out.octet(0x3a);
    out.padded(Math.floor(s / 60) % 60, 2);
    out.octet(0x3a);
    out.padded(s % 60, 2);
    out.octet(0x2e);
    out.padded(ms % 1000, 3);
  }
}

const REDIRECTS: readonly (readonly [string, string])[] = [
  ["redirect ", " to net "],
  ["redirect ", " to host "],
  ["redirect-tos ", " to net "],
  ["redirect-tos ", " to host "],
];

/** Words before and after the address, by code. */
const UNREACHABLE: Readonly<Record<number, readonly [string, string]>> = {
  0: ["net ", " unreachable"],
  1: ["host ", " unreachable"],
  4: ["", " unreachable - need to frag"],
  5: ["", " unreachable - source route failed"],
  6: ["net ", " unreachable - unknown"],
  7: ["host ", " unreachable - unknown"],
  8: ["", " unreachable - source host isolated"],
  9: ["net ", " unreachable - admin prohibited"],
  10: ["host ", " unreachable - admin prohibited"],
  11: ["net ", " unreachable - tos prohibited"],
  12: ["host ", " unreachable - tos prohibited"],
  13: ["host ", " unreachable - admin prohibited filter"],
  14: ["host ", " unreachable - host precedence violation"],
  15: ["host ", " unreachable - precedence cutoff"],
};

const NAMES: ReadonlyMap<number, string> = new Map([
  [4, "source quench"],
  [10, "router solicitation"],
  [15, "information request"],
  [16, "information reply"],
  [17, "address mask request"],
]);
