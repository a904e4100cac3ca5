/**
 * IGMP versions 1 to 3 (RFC 1112, RFC 2236, RFC 3376) in tcpdump's wording.
 * @module
 */
import * as igmp from "../wire/igmp.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { addWords, fold } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";

const { IgmpType } = igmp;
/** Default maximum response time, tenths of a second: not worth a word. */
const USUAL_RESPONSE = 100;

/** Group membership. */
export const igmpDissector: Dissector = {
  name: "igmp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    if (options.quiet) {
      out.ascii("igmp");
      return false;
    }
    if (d.available(i) < 1) return truncated(out, "igmp");
    if (!appendMessage(d, i, out, options)) return false;
    const length = d.length[i]!;
    if (options.verbose > 0 && d.available(i) >= length && length >= 4) {
      const o = d.offset[i]!;
      if (fold(addWords(d.view, o, length, 0)) !== 0xffff) {
        out.ascii(" bad igmp cksum ");
        out.hex(igmp.checksum(d.view, o));
        out.octet(0x21);
      }
    }
    return false;
  },
};

function appendMessage(
  d: Dissection,
  i: number,
  out: ByteBuffer,
  options: LineOptions,
): boolean {
  const v = d.view;
  const o = d.offset[i]!;
  const n = d.available(i);
  const type = igmp.type(v, o);
  switch (type) {
    case IgmpType.Query:
      out.ascii("igmp query");
      return d.length[i]! >= igmp.QUERY_V3_LENGTH
        ? appendQuery3(d, i, out, options)
        : appendQuery(d, i, out);
    case IgmpType.ReportV1:
    case IgmpType.ReportV2:
    case IgmpType.Leave:
      out.ascii(
        type === IgmpType.ReportV1
          ? "igmp v1 report "
          : type === IgmpType.ReportV2
          ? "igmp v2 report "
          : "igmp leave ",
      );
      if (n < 8) return truncated(out, "igmp");
      out.ipv4(v, igmp.group(v, o));
      if (type !== IgmpType.ReportV2) appendOddLength(d.length[i]!, out);
      return true;
    case IgmpType.ReportV3:
      out.ascii("igmp v3 report");
      return appendReport3(d, i, out, options);
    case IgmpType.Dvmrp:
      out.ascii("igmp dvmrp");
      return true;
    case IgmpType.PimV1:
      out.ascii("igmp pimv1");
      return true;
    default:
      out.ascii("igmp-");
      out.decimal(type);
      return true;
  }
}

function appendOddLength(length: number, out: ByteBuffer): void {
  if (length === igmp.HEADER_LENGTH) return;
  out.ascii(" [len ");
  out.decimal(length);
  out.octet(0x5d);
}

function appendQuery(d: Dissection, i: number, out: ByteBuffer): boolean {
  const v = d.view;
  const o = d.offset[i]!;
  if (d.available(i) < 2) return truncated(out, "igmp");
  const response = igmp.maxResponse(v, o);
  out.ascii(response === 0 ? " v1" : " v2");
  if (response !== 0 && response !== USUAL_RESPONSE) {
    out.ascii(" [max resp time ");
    out.decimal(response);
    out.octet(0x5d);
  }
  if (d.available(i) < 8) return truncated(out, "igmp");
  if (v.getUint32(o + 4) !== 0) {
    out.ascii(" [gaddr ");
    out.ipv4(v, o + 4);
    out.octet(0x5d);
  }
  appendOddLength(d.length[i]!, out);
  return true;
}

function appendQuery3(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
  const v = d.view;
  const o = d.offset[i]!;
  const length = d.length[i]!;
  out.ascii(" v3");
  if ((length & 3) !== 0) {
    out.ascii(` [invalid len ${length}]`);
    return true;
  }
  if (d.available(i) < igmp.QUERY_V3_LENGTH) return truncated(out, "igmp");
  const code = igmp.maxResponse(v, o);
  if (code !== USUAL_RESPONSE) {
    const tenths = code < 128 ? code : (code & 0xf | 0x10) << (code >>> 4 & 7) + 3;
    out.ascii(" [max resp time ");
    if (tenths < 600) out.ascii(`${(tenths * 0.1).toFixed(1)}s`);
    else {
      out.ascii(`${Math.floor(tenths / 600)}m`);
      if (tenths % 600 !== 0) out.ascii(`${Math.floor(tenths % 600 / 10)}s`);
    }
    out.octet(0x5d);
  }
  if (v.getUint32(o + 4) === 0) return true;
  out.ascii(" [gaddr ");
  out.ipv4(v, o + 4);
  const sources = igmp.sourceCount(v, o);
  if (sources > 0) {
    if (length < 12 + 4 * sources) out.ascii(` [invalid number of sources ${sources}]`);
    else if (options.verbose > 1) {
      if (d.available(i) < 12 + 4 * sources) return truncated(out, "igmp");
      appendSources(v, o + 12, sources, out);
    } else out.ascii(`, ${sources} source(s)`);
  }
  out.octet(0x5d);
  return true;
}

function appendReport3(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
  const v = d.view;
  const o = d.offset[i]!;
  const length = d.length[i]!;
  if (length < 16 || (length & 3) !== 0) {
    out.ascii(` [invalid len ${length}]`);
    return true;
  }
  if (d.available(i) < 8) return truncated(out, "igmp");
  const records = igmp.recordCount(v, o);
  out.ascii(`, ${records} group record(s)`);
  if (options.verbose === 0) return true;
  let at = 8;
  for (let k = 0; k < records; k++) {
    if (length < at + 8) {
      out.ascii(" [invalid number of groups]");
      return true;
    }
    if (d.available(i) < at + 8) return truncated(out, "igmp");
    out.ascii(" [gaddr ");
    out.ipv4(v, o + at + 4);
    const kind = v.getUint8(o + at);
    out.octet(0x20);
    out.ascii(RECORDS[kind] ?? ` [v3-report-#${kind}]`);
    const sources = v.getUint16(o + at + 2);
    if (length < at + 8 + 4 * sources) {
      out.ascii(` [invalid number of sources ${sources}]`);
      return true;
    }
    if (options.verbose === 1) out.ascii(`, ${sources} source(s)`);
    else {
      if (d.available(i) < at + 8 + 4 * sources) return truncated(out, "igmp");
      appendSources(v, o + at + 8, sources, out);
    }
    at += 8 + 4 * sources;
    out.octet(0x5d);
  }
  return true;
}

function appendSources(v: DataView, o: number, n: number, out: ByteBuffer): void {
  out.ascii(" {");
  for (let k = 0; k < n; k++) {
    out.octet(0x20);
    out.ipv4(v, o + 4 * k);
  }
  out.ascii(" }");
}

const RECORDS = [undefined, "is_in", "is_ex", "to_in", "to_ex", "allow", "block"];
