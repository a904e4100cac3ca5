/**
 * TCP (RFC 9293) in tcpdump's wording, with sequence numbers relative to the flow's first ones.
 * @module
 */
import * as tcp from "../wire/tcp.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { fold, shouldBe } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { appendEnds, findFlow, TCP, transportSum } from "./transport.ts";

const { TcpFlag, TcpOption } = tcp;

/** TCP; its payload is not looked at. */
export const tcpDissector: Dissector = {
  name: "tcp",
  walk(d: Dissection, i: number): void {
    d.sequenceBase = 0;
    d.acknowledgmentBase = 0;
    d.sackBase = 0;
    const o = d.offset[i]!;
    const v = d.view;
    if (d.quoted || d.network < 0 || d.available(i) < tcp.MIN_HEADER_LENGTH) return;
    if (tcp.headerLength(v, o) < tcp.MIN_HEADER_LENGTH) return;
    const flags = tcp.flags(v, o);
    if ((flags & TcpFlag.Ack) === 0) return;
    findFlow(d, i, TCP);
    const syn = (flags & TcpFlag.Syn) !== 0;
    d.firstNumbers.resolve(d, tcp.sequenceNumber(v, o), tcp.acknowledgmentNumber(v, o), syn);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    const length = d.length[i]!;
    appendEnds(d, i, n >= 4, out);
    if (n < 4) return truncated(out, "tcp");
    if (n < 13) return truncated(out, "tcp");
    if (length < tcp.MIN_HEADER_LENGTH) {
      out.ascii("truncated-tcp ");
      out.decimal(length);
      return false;
    }
    const header = tcp.headerLength(v, o);
    if (header < tcp.MIN_HEADER_LENGTH) {
      out.ascii(" tcp ");
      out.decimal(length - header);
      out.ascii(" [bad hdr length ");
      out.decimal(header);
      out.ascii(" - too short, < 20]");
      return false;
    }
    if (n < tcp.MIN_HEADER_LENGTH) return truncated(out, "tcp");
    if (options.quiet) {
      out.ascii("tcp ");
      out.decimal(length - header >>> 0);
      if (header > length) appendTooLong(header, length, out);
      return false;
    }
    appendSegment(d, i, header, out, options);
    return false;
  },
};

function appendTooLong(header: number, length: number, out: ByteBuffer): void {
  out.ascii(" [bad hdr length ");
  out.decimal(header);
  out.ascii(" - too long, > ");
  out.decimal(length);
  out.octet(0x5d);
}

/** `Flags [P.], seq 1:5, ack 1, win 512, options [...], length 4` */
function appendSegment(
  d: Dissection,
  i: number,
  header: number,
  out: ByteBuffer,
  options: LineOptions,
): void {
  const o = d.offset[i]!;
  const v = d.view;
  const flags = tcp.flags(v, o);
  out.ascii("Flags [");
  out.ascii(FLAG_TEXT[flags]!);
  out.octet(0x5d);
  if (header > d.length[i]!) {
    appendTooLong(header, d.length[i]!, out);
    return;
  }
  if (options.verbose > 0 && !d.fragmented) appendChecksum(d, i, out);
  const payload = d.length[i]! - header;
  const base = options.absolute ? 0 : d.sequenceBase;
  const marks = TcpFlag.Syn | TcpFlag.Fin | TcpFlag.Rst;
  if (options.verbose > 1 || payload > 0 || (flags & marks) !== 0) {
    const sequence = tcp.sequenceNumber(v, o) - base >>> 0;
    out.ascii(", seq ");
    out.decimal(sequence);
    if (payload > 0) {
      out.octet(0x3a);
      out.decimal(sequence + payload >>> 0);
    }
  }
  if ((flags & TcpFlag.Ack) !== 0) {
    const ackBase = options.absolute ? 0 : d.acknowledgmentBase;
    out.ascii(", ack ");
    out.decimal(tcp.acknowledgmentNumber(v, o) - ackBase >>> 0);
  }
  out.ascii(", win ");
  out.decimal(tcp.windowSize(v, o));
  if ((flags & TcpFlag.Urg) !== 0) {
    out.ascii(", urg ");
    out.decimal(tcp.urgentPointer(v, o));
  }
  if (header > tcp.MIN_HEADER_LENGTH) {
    out.ascii(", options [");
    if (!appendOptions(d, i, header, out, options)) return;
    out.octet(0x5d);
  }
  out.ascii(", length ");
  out.decimal(payload);
}

function appendChecksum(d: Dissection, i: number, out: ByteBuffer): void {
  const sum = transportSum(d, i, TCP, d.length[i]!);
  if (sum < 0) return;
  const present = tcp.checksum(d.view, d.offset[i]!);
  out.ascii(", cksum 0x");
  out.hexPadded(present, 4);
  if (fold(sum) === 0xffff) {
    out.ascii(" (correct)");
    return;
  }
  out.ascii(" (incorrect -> 0x");
  out.hexPadded(shouldBe(present, sum), 4);
  out.octet(0x29);
}

/** The options up to the bracket; false where one was bad or cut, which ends the line. */
function appendOptions(
  d: Dissection,
  i: number,
  header: number,
  out: ByteBuffer,
  options: LineOptions,
): boolean {
  const v = d.view;
  const end = d.offset[i]! + header;
  const limit = d.limit[i]!;
  let first = true;
  for (let at = d.offset[i]! + tcp.MIN_HEADER_LENGTH; at < end;) {
    if (!first) out.octet(0x2c);
    if (at >= limit) return endCut(first, out);
    const kind = v.getUint8(at);
    const single = kind === TcpOption.End || kind === TcpOption.NoOperation;
    let n = 1;
    if (!single) {
      if (at + 1 >= end) return endBad(first, out);
      if (at + 1 >= limit) return endCut(first, out);
      n = v.getUint8(at + 1);
      if (n < 2 || at + n > end) return endBad(first, out);
    }
    const name = OPTION_NAMES[kind];
    if (name === undefined) {
      out.ascii("unknown-");
      out.decimal(kind);
    } else out.ascii(name);
    if (!single) {
      if (at + n > limit) return endCut(first, out);
      appendOption(d, at, kind, n, out, options);
    }
    first = false;
    at += n;
    if (kind === TcpOption.End) break;
  }
  return true;
}

function endBad(first: boolean, out: ByteBuffer): boolean {
  out.ascii("[bad opt]");
  if (!first) out.octet(0x3e);
  return false;
}

function endCut(first: boolean, out: ByteBuffer): boolean {
  truncated(out, "tcp");
  if (!first) out.octet(0x3e);
  return false;
}

function appendOption(
  d: Dissection,
  at: number,
  kind: number,
  n: number,
  out: ByteBuffer,
  options: LineOptions,
): void {
  const v = d.view;
  const size = n - 2;
  switch (kind) {
    case TcpOption.MaximumSegmentSize:
      return appendNumber(v, at, n, 2, " ", out);
    case TcpOption.WindowScale:
      return appendNumber(v, at, n, 1, " ", out);
    case TcpOption.SackPermitted:
      if (size !== 0) appendLengthNote(n, out);
      return;
    case TcpOption.Sack:
      return appendSack(d, at, size, out, options);
    case TcpOption.Timestamps:
      if (size !== 8) return appendLengthNote(n, out);
      out.ascii(" val ");
      out.decimal(v.getUint32(at + 2));
      out.ascii(" ecr ");
      out.decimal(v.getUint32(at + 6));
      return;
    default:
      if (size > 0) out.ascii(" 0x");
      out.octetsHex(v, at + 2, size);
  }
}

function appendNumber(
  v: DataView,
  at: number,
  n: number,
  octets: 1 | 2,
  lead: string,
  out: ByteBuffer,
): void {
  if (n !== octets + 2) {
    appendLengthNote(n, out);
    return;
  }
  out.ascii(lead);
  out.decimal(octets === 1 ? v.getUint8(at + 2) : v.getUint16(at + 2));
}

function appendLengthNote(n: number, out: ByteBuffer): void {
  out.ascii("[len ");
  out.decimal(n);
  out.octet(0x5d);
}

function appendSack(
  d: Dissection,
  at: number,
  size: number,
  out: ByteBuffer,
  options: LineOptions,
): void {
  if (size % 8 !== 0) {
    out.ascii(" invalid sack");
    return;
  }
  const base = options.absolute ? 0 : d.sackBase;
  out.octet(0x20);
  out.decimal(size / 8);
  out.octet(0x20);
  for (let k = 0; k < size; k += 8) {
    out.octet(0x7b);
    out.decimal(d.view.getUint32(at + 2 + k) - base >>> 0);
    out.octet(0x3a);
    out.decimal(d.view.getUint32(at + 6 + k) - base >>> 0);
    out.octet(0x7d);
  }
}

/** tcpdump's order of letters: F S R P . U E W; "none" where no flag is set. */
const FLAG_TEXT: readonly string[] = Array.from({ length: 256 }, (_, flags) => {
  let s = "";
  for (let k = 0; k < 8; k++) if ((flags >>> k & 1) !== 0) s += "FSRP.UEW"[k];
  return s === "" ? "none" : s;
});

const OPTION_NAMES: Readonly<Record<number, string>> = {
  0: "eol",
  1: "nop",
  2: "mss",
  3: "wscale",
  4: "sackOK",
  5: "sack",
  6: "echo",
  7: "echoreply",
  8: "TS",
  11: "cc",
  12: "ccnew",
  13: "",
  14: "scps",
  19: "md5",
  20: "scps",
  28: "uto",
  29: "tcp-ao",
  30: "mptcp",
  34: "tfo",
  254: "exp",
};
