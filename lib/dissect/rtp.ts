/**
 * RTP and RTCP (RFC 3550) and MPEG transport streams in UDP, named with their main numbers.
 * @module
 */
import * as mpegts from "../wire/mpegts.ts";
import * as rtp from "../wire/rtp.ts";
import { WireFault } from "../wire/fault.ts";
import { type ByteBuffer, octetsOf } from "./byte_buffer.ts";
import type { Dissection, Dissector } from "./dissection.ts";
import { FlowKind, flowsOf } from "./udp_flows.ts";

/** Packets in a row that must go on from each other before a flow is called RTP. */
const RUN = 3;
/** Sequence numbers that may be missing within such a row. */
const MAX_GAP = 16;
const MAX_STRANGE = 8;

const RTP = octetsOf("RTP, pt ");
const SEQUENCE = octetsOf(", seq ");
const TIMESTAMP = octetsOf(", ts ");
const SOURCE = octetsOf(", ssrc 0x");

/** Real-time transport. */
export const rtpDissector: Dissector = {
  name: "rtp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    out.fixed(RTP);
    out.decimal(rtp.payloadType(v, o));
    out.fixed(SEQUENCE);
    out.decimal(rtp.sequenceNumber(v, o));
    out.fixed(TIMESTAMP);
    out.decimal(rtp.timestamp(v, o));
    out.fixed(SOURCE);
    out.hexPadded(rtp.ssrc(v, o), 8);
    if (rtp.marker(v, o)) out.ascii(", marker");
    return true;
  },
};

/** RTP's control protocol. */
export const rtcpDissector: Dissector = {
  name: "rtcp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    out.ascii("RTCP");
    for (let at = 0; at + 4 <= d.available(i);) {
      const type = v.getUint8(o + at + 1);
      out.ascii(at === 0 ? " " : ", ");
      out.ascii(RTCP_NAMES.get(type) ?? `type ${type}`);
      at += 4 * (v.getUint16(o + at + 2) + 1);
    }
    return true;
  },
};

/** One or more transport stream packets. */
export const mpegtsDissector: Dissector = {
  name: "mp2t",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    out.ascii("MPEG-TS, ");
    out.decimal(n / mpegts.PACKET_LENGTH);
    out.ascii(" packets, pid");
    let before = -1;
    for (let at = 0; at + mpegts.PACKET_LENGTH <= n; at += mpegts.PACKET_LENGTH) {
      const pid = mpegts.pid(v, o + at);
      if (pid === before) continue;
      before = pid;
      out.ascii(" 0x");
      out.hexPadded(pid, 4);
    }
    return true;
  },
};

/** Whole transport stream packets and nothing else. */
export function isMpegts(d: Dissection, o: number, limit: number, length: number): boolean {
  return limit - o === length && length > 0 && d.view.getUint8(o) === mpegts.SYNC &&
    mpegts.check(d.view, o, length) === WireFault.None;
}

/** A flow whose packets go on from each other; the first ones pass as plain UDP. */
export function isRtp(d: Dissection, o: number, limit: number, length: number): boolean {
  if (limit - o < rtp.MIN_HEADER_LENGTH || d.flow < 0) return false;
  const flows = flowsOf(d);
  const f = d.flow;
  const v = d.view;
  if (flows.kind[f] === FlowKind.Srt) return false;
  const available = limit - o;
  const fits = length >= rtp.MIN_HEADER_LENGTH && !rtp.isRtcp(v, o) &&
    (available < length || rtp.check(v, o, available) === WireFault.None) &&
    v.getUint8(o) >>> 6 === 2;
  if (!fits) {
    if (flows.kind[f] === FlowKind.Rtp && ++flows.strange[f]! >= MAX_STRANGE) flows.forget(f);
    return false;
  }
  const k = 2 * f + d.direction;
  const sequence = rtp.sequenceNumber(v, o);
  const step = sequence - flows.rtpSequence[k]! & 0xffff;
  const goesOn = flows.rtpSource[k] === rtp.ssrc(v, o) && step > 0 && step <= MAX_GAP;
  flows.rtpRun[k] = goesOn ? Math.min(255, flows.rtpRun[k]! + 1) : 1;
  flows.rtpSource[k] = rtp.ssrc(v, o);
  flows.rtpSequence[k] = sequence;
  if (flows.kind[f] === FlowKind.Rtp) {
    flows.strange[f] = 0;
    return true;
  }
  if (flows.rtpRun[k]! < RUN) return false;
  flows.kind[f] = FlowKind.Rtp;
  return true;
}

/** A compound packet that starts with a report and whose lengths add up. */
export function isRtcp(d: Dissection, o: number, limit: number, length: number): boolean {
  if (limit - o !== length || length < 8) return false;
  const type = d.view.getUint8(o + 1);
  return type >= 200 && type <= 204 && rtp.checkRtcp(d.view, o, length) === WireFault.None;
}

const RTCP_NAMES: ReadonlyMap<number, string> = new Map([
  [200, "SR"],
  [201, "RR"],
  [202, "SDES"],
  [203, "BYE"],
  [204, "APP"],
  [205, "RTPFB"],
  [206, "PSFB"],
  [207, "XR"],
]);
