/**
 * DNS (RFC 1035) in tcpdump's wording: questions and counts, and of the answers the common types.
 * @module
 */
import * as dns from "../wire/dns.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";

const CLASS_IN = 1;
/** Compression pointers followed in one name. */
const MAX_JUMPS = 32;

/** Unicast and multicast DNS. */
export const dnsDissector: Dissector = {
  name: "dns",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n < dns.HEADER_LENGTH) return truncated(out, "domain");
    const whole = dns.isResponse(v, o)
      ? appendResponse(d, i, out, options)
      : appendQuery(d, i, out);
    if (!whole) return false;
    out.ascii(" (");
    out.decimal(d.length[i]!);
    out.octet(0x29);
    return true;
  },
};

/** On port 53 and 5353 a header is enough. */
export function isDns(_d: Dissection, o: number, limit: number, length: number): boolean {
  return limit - o >= 1 && length >= dns.HEADER_LENGTH;
}

/** `48159+ AAAA? www.example.com.` */
function appendQuery(d: Dissection, i: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const end = d.limit[i]!;
  const flags = dns.flags(v, o);
  out.decimal(dns.id(v, o));
  out.ascii(OPCODES[dns.opcode(v, o)]!);
  if ((flags & 0x0100) !== 0) out.octet(0x2b);
  if ((flags & 0x0010) !== 0) out.octet(0x25);
  if (dns.questionCount(v, o) !== 1) out.ascii(` [${dns.questionCount(v, o)}q]`);
  if (dns.answerCount(v, o) !== 0) out.ascii(` [${dns.answerCount(v, o)}a]`);
  if (dns.authorityCount(v, o) !== 0) out.ascii(` [${dns.authorityCount(v, o)}n]`);
  if (dns.additionalCount(v, o) !== 0) out.ascii(` [${dns.additionalCount(v, o)}au]`);
  let at = o + dns.HEADER_LENGTH;
  for (let k = 0; k < dns.questionCount(v, o) && at < end; k++) {
    if (k > 0) out.octet(0x2c);
    at = appendQuestion(v, o, at, end, out);
    if (at === 0) return truncated(out, "domain");
  }
  return true;
}

function appendQuestion(v: DataView, o: number, at: number, end: number, out: ByteBuffer): number {
  const after = dns.skipName(v, at, end);
  if (after === 0 || after + 4 > end) return 0;
  out.octet(0x20);
  out.ascii(typeName(v.getUint16(after)));
  const klass = v.getUint16(after + 2);
  if ((klass & 0x7fff) !== CLASS_IN) out.ascii(` (Class ${klass & 0x7fff})`);
  if (klass >= 0x8000) out.ascii(" (QU)");
  out.ascii("? ");
  appendName(v, o, at, end, out);
  return after + 4;
}

/** `48159 NXDomain* 1/0/0 A 192.0.2.1` */
function appendResponse(
  d: Dissection,
  i: number,
  out: ByteBuffer,
  options: LineOptions,
): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const end = d.limit[i]!;
  const flags = dns.flags(v, o);
  out.decimal(dns.id(v, o));
  out.ascii(OPCODES[dns.opcode(v, o)]!);
  out.ascii(CODES[dns.responseCode(v, o)]!);
  if ((flags & 0x0400) !== 0) out.octet(0x2a);
  if ((flags & 0x0080) === 0 && (flags & 0x0100) !== 0) out.octet(0x2d);
  if ((flags & 0x0200) !== 0) out.octet(0x7c);
  if ((flags & 0x0020) !== 0) out.octet(0x24);
  if (dns.questionCount(v, o) !== 1) out.ascii(` [${dns.questionCount(v, o)}q]`);
  let at = o + dns.HEADER_LENGTH;
  for (let k = 0; k < dns.questionCount(v, o); k++) {
    const after = dns.skipName(v, at, end);
    if (after === 0 || after + 4 > end) return truncated(out, "domain");
    if (options.verbose > 1) {
      out.ascii(k === 0 ? " q:" : ",");
      appendQuestion(v, o, at, end, out);
    }
    at = after + 4;
  }
  const answers = dns.answerCount(v, o);
  out.octet(0x20);
  out.decimal(answers);
  out.octet(0x2f);
  out.decimal(dns.authorityCount(v, o));
  out.octet(0x2f);
  out.decimal(dns.additionalCount(v, o));
  for (let k = 0; k < answers; k++) {
    if (k > 0) out.octet(0x2c);
    at = appendRecord(v, o, at, end, options.verbose > 0, out);
    if (at === 0) return truncated(out, "domain");
  }
  return true;
}

function appendRecord(
  v: DataView,
  o: number,
  at: number,
  end: number,
  named: boolean,
  out: ByteBuffer,
): number {
  const after = dns.skipName(v, at, end);
  if (after === 0 || after + 10 > end) return 0;
  const type = v.getUint16(after);
  const n = v.getUint16(after + 8);
  const content = after + 10;
  if (content + n > end) return 0;
  if (named) {
    out.octet(0x20);
    appendName(v, o, at, end, out);
  }
  if ((v.getUint16(after + 2) & 0x8000) !== 0) out.ascii(" (Cache flush)");
  out.octet(0x20);
  out.ascii(typeName(type));
  if (type === 1 && n === 4) {
    out.octet(0x20);
    out.ipv4(v, content);
  } else if (type === 28 && n === 16) {
    out.octet(0x20);
    out.ipv6(v, content);
  } else if (type === 2 || type === 5 || type === 12) {
    out.octet(0x20);
    appendName(v, o, content, content + n, out);
  } else if (type === 15 && n > 2) {
    out.octet(0x20);
    appendName(v, o, content + 2, content + n, out);
    out.octet(0x20);
    out.decimal(v.getUint16(content));
  } else if (type === 33 && n > 6) {
    out.octet(0x20);
    appendName(v, o, content + 6, content + n, out);
    out.ascii(`:${v.getUint16(content + 4)} ${v.getUint16(content)} ${v.getUint16(content + 2)}`);
  }
  return content + n;
}

/** Appends a name with its dots, following pointers backwards only. */
function appendName(v: DataView, o: number, at: number, end: number, out: ByteBuffer): void {
  if (at < end && v.getUint8(at) === 0) {
    out.octet(0x2e);
    return;
  }
  let jumps = 0;
  while (at < end) {
    const n = v.getUint8(at);
    if (n === 0) return;
    if (n >= 0xc0) {
      if (at + 2 > end) return;
      const target = o + (v.getUint16(at) & 0x3fff);
      if (target >= at || ++jumps > MAX_JUMPS) {
        out.ascii("<BAD PTR>");
        return;
      }
      end = at;
      at = target;
      continue;
    }
    if (n > 63 || at + 1 + n > end) return;
    out.wire(v, at + 1, n);
    out.octet(0x2e);
    at += 1 + n;
  }
}

function typeName(type: number): string {
  return TYPES.get(type) ?? `Type${type}`;
}

const OPCODES = [
  "",
  " inv_q",
  " stat",
  " op3",
  " notify",
  " update",
  " op6",
  " op7",
  " op8",
  " updateA",
  " updateD",
  " updateDA",
  " updateM",
  " updateMA",
  " zoneInit",
  " zoneRef",
];
const CODES = [
  "",
  " FormErr",
  " ServFail",
  " NXDomain",
  " NotImp",
  " Refused",
  " YXDomain",
  " YXRRSet",
  " NXRRSet",
  " NotAuth",
  " NotZone",
  " Resp11",
  " Resp12",
  " Resp13",
  " Resp14",
  " NoChange",
];
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [12, "PTR"],
  [13, "HINFO"],
  [15, "MX"],
  [16, "TXT"],
  [28, "AAAA"],
  [29, "LOC"],
  [33, "SRV"],
  [35, "NAPTR"],
  [41, "OPT"],
  [43, "DS"],
  [46, "RRSIG"],
  [47, "NSEC"],
  [48, "DNSKEY"],
  [64, "SVCB"],
  [65, "HTTPS"],
  [251, "IXFR"],
  [252, "AXFR"],
  [255, "ANY"],
]);
