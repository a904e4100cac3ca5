/**
 * PTP version 2 messages as one line: header, body, every TLV by name with what it says.
 * @module
 */
import * as announce from "../ptp/wire/announce.ts";
import * as header from "../ptp/wire/header.ts";
import { MessageType } from "../ptp/wire/header.ts";
import * as management from "../ptp/wire/management.ts";
import * as message from "../ptp/wire/message.ts";
import * as signaling from "../ptp/wire/signaling.ts";
import * as timestamp from "../ptp/wire/timestamp.ts";
import * as tlv from "../ptp/wire/tlv.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, truncated } from "./dissection.ts";

/**
 * Appends `PTPv2.1, Sync, domain 0, seq 7, clock 001122.fffe.334455-1, flags [two step],
 * correction 0, log -3, origin 0.000000000, length 44`.
 */
export function appendVersion2(d: Dissection, i: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const n = d.available(i);
  out.ascii("PTPv2");
  if (n < 2) return truncated(out, "ptp");
  const minor = header.minorVersionPtp(v, o);
  if (minor !== 0) {
    out.octet(0x2e);
    out.decimal(minor);
  }
  if (n < header.HEADER_LENGTH) return truncated(out, "ptp");
  const type = header.messageType(v, o);
  out.ascii(", ");
  out.ascii(header.MESSAGE_NAMES[type] ?? `message type ${type}`);
  appendHeader(v, o, out);
  const fixed = message.FIXED_LENGTH[type] ?? 0;
  const stated = header.messageLength(v, o);
  if (stated < fixed || fixed === 0) {
    out.ascii(", bad length ");
    out.decimal(stated);
    return false;
  }
  if (n < fixed) return truncated(out, "ptp");
  appendBody(v, o, type, out);
  if (!appendTlvs(v, o + fixed, o + stated, o + n, out)) return false;
  out.ascii(", length ");
  out.decimal(stated);
  if (stated > d.length[i]!) {
    out.ascii(" > ");
    out.decimal(d.length[i]!);
  }
  return true;
}

function appendHeader(v: DataView, o: number, out: ByteBuffer): void {
  out.ascii(", domain ");
  out.decimal(header.domainNumber(v, o));
  const sdo = header.majorSdoId(v, o) << 8 | header.minorSdoId(v, o);
  if (sdo !== 0) {
    out.ascii(", sdo 0x");
    out.hexPadded(sdo, 3);
  }
  out.ascii(", seq ");
  out.decimal(header.sequenceId(v, o));
  out.ascii(", clock ");
  appendPort(v, o + header.SOURCE_PORT_IDENTITY, out);
  out.ascii(", flags [");
  const flags = header.flagField(v, o);
  if (flags === 0) out.ascii("none");
  let separator = "";
  for (let bit = 0; bit < 16; bit++) {
    if ((flags >>> bit & 1) === 0) continue;
    out.ascii(separator);
    out.ascii(FLAG_NAMES[bit] ?? `bit ${bit}`);
    separator = ", ";
  }
  out.ascii("], correction ");
  appendScaled(v, o + 8, out);
  out.ascii(", log ");
  out.decimal(header.logMessageInterval(v, o));
}

function appendBody(v: DataView, o: number, type: number, out: ByteBuffer): void {
  const time = o + message.TIMESTAMP;
  switch (type) {
    case MessageType.Sync:
    case MessageType.DelayReq:
    case MessageType.PdelayReq:
      return appendTime(v, time, ", origin ", out);
    case MessageType.FollowUp:
      return appendTime(v, time, ", precise origin ", out);
    case MessageType.DelayResp:
    case MessageType.PdelayResp:
      appendTime(v, time, ", received ", out);
      break;
    case MessageType.PdelayRespFollowUp:
      appendTime(v, time, ", response origin ", out);
      break;
    case MessageType.Announce:
      return appendAnnounce(v, o, out);
    case MessageType.Signaling:
      out.ascii(", target ");
      return appendPort(v, o + signaling.TARGET_PORT_IDENTITY, out);
    default: {
      out.ascii(", ");
      const action = management.actionField(v, o);
      out.ascii(management.ACTION_NAMES[action] ?? `action ${action}`);
      out.ascii(", target ");
      appendPort(v, o + management.TARGET_PORT_IDENTITY, out);
      out.ascii(", hops ");
      out.decimal(management.boundaryHops(v, o));
      out.octet(0x2f);
      out.decimal(management.startingBoundaryHops(v, o));
      return;
    }
  }
  out.ascii(", requesting ");
  appendPort(v, o + message.REQUESTING_PORT_IDENTITY, out);
}

function appendAnnounce(v: DataView, o: number, out: ByteBuffer): void {
  out.ascii(", gm ");
  appendClock(v, o + announce.GRANDMASTER_IDENTITY, out);
  out.ascii(", priority ");
  out.decimal(announce.grandmasterPriority1(v, o));
  out.octet(0x2f);
  out.decimal(announce.grandmasterPriority2(v, o));
  out.ascii(", class ");
  out.decimal(announce.grandmasterClockClass(v, o));
  out.ascii(", accuracy 0x");
  out.hexPadded(announce.grandmasterClockAccuracy(v, o), 2);
  out.ascii(", variance 0x");
  out.hexPadded(announce.grandmasterVariance(v, o), 4);
  out.ascii(", steps ");
  out.decimal(announce.stepsRemoved(v, o));
  out.ascii(", source 0x");
  out.hexPadded(announce.timeSource(v, o), 2);
  out.ascii(", utc offset ");
  out.decimal(announce.currentUtcOffset(v, o));
}

/** All TLVs up to the message's end; false where one was cut or runs over it. */
function appendTlvs(v: DataView, t: number, end: number, limit: number, out: ByteBuffer): boolean {
  while (t < end) {
    if (t + tlv.TLV_HEADER_LENGTH > limit) return truncated(out, "ptp");
    out.ascii(", ");
    const type = tlv.type(v, t);
    out.ascii(tlv.tlvTypeName(type) ?? `TLV 0x${type.toString(16).padStart(4, "0")}`);
    const next = tlv.next(v, t);
    if (t + tlv.TLV_HEADER_LENGTH > end || next > end) {
      out.ascii(" [bad length ");
      out.decimal(tlv.length(v, t));
      out.octet(0x5d);
      return false;
    }
    if (next > limit) return truncated(out, "ptp");
    appendTlv(v, t, type, tlv.length(v, t), out);
    t = next;
  }
  return true;
}

function appendTlv(v: DataView, t: number, type: number, n: number, out: ByteBuffer): void {
  const { TlvType } = tlv;
  switch (type) {
    case TlvType.MANAGEMENT:
    case TlvType.MANAGEMENT_ERROR_STATUS:
      return appendManagement(v, t, type, n, out);
    case TlvType.REQUEST_UNICAST_TRANSMISSION:
    case TlvType.GRANT_UNICAST_TRANSMISSION:
    case TlvType.CANCEL_UNICAST_TRANSMISSION:
    case TlvType.ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION: {
      if (n < 2) return;
      out.octet(0x20);
      const kind = signaling.unicastMessageType(v, t);
      out.ascii(header.MESSAGE_NAMES[kind] ?? `message type ${kind}`);
      if (n < 6) return;
      out.ascii(" log ");
      out.decimal(signaling.unicastLogInterMessagePeriod(v, t));
      out.ascii(" for ");
      out.decimal(signaling.unicastDuration(v, t));
      out.octet(0x73);
      if (n >= 8 && signaling.isRenewalInvited(v, t)) out.ascii(" renewal invited");
      return;
    }
    case TlvType.PATH_TRACE:
      out.ascii(" [");
      for (let k = 0; k + 8 <= n; k += 8) {
        if (k > 0) out.octet(0x20);
        appendClock(v, tlv.value(t) + k, out);
      }
      out.octet(0x5d);
      return;
    case TlvType.ORGANIZATION_EXTENSION:
    case TlvType.ORGANIZATION_EXTENSION_PROPAGATE:
    case TlvType.ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE:
      if (n < 6) return;
      out.octet(0x20);
      out.octetsHex(v, tlv.value(t), 3);
      out.octet(0x2f);
      out.hexPadded(tlv.organizationSubType(v, t), 6);
      out.ascii(organizationName(tlv.organizationId(v, t)));
      return;
    case TlvType.ALTERNATE_TIME_OFFSET_INDICATOR:
      if (n < 16) return;
      out.ascii(" key ");
      out.decimal(v.getUint8(t + 4));
      out.ascii(" offset ");
      out.decimal(v.getInt32(t + 5));
      out.octet(0x20);
      out.wire(v, t + 20, Math.min(v.getUint8(t + 19), n - 16));
      return;
    default:
      out.ascii(" len ");
      out.decimal(n);
  }
}

function organizationName(id: number): string {
  switch (id) {
    case 0x68975b:
      return " SMPTE";
    case 0x0080c2:
      return " IEEE 802.1";
    case 0x080030:
      return " CERN";
    case 0x1c129d:
      return " IEEE C37.238";
    default:
      return "";
  }
}

function appendManagement(v: DataView, t: number, type: number, n: number, out: ByteBuffer): void {
  if (n < 2) return;
  out.octet(0x20);
  if (type === tlv.TlvType.MANAGEMENT_ERROR_STATUS) {
    const error = management.managementErrorId(v, t);
    out.ascii(management.managementErrorName(error) ?? `error 0x${error.toString(16)}`);
    if (n < 4) return;
    out.ascii(" for ");
    appendManagementId(management.errorManagementId(v, t), out);
    return;
  }
  appendManagementId(management.managementId(v, t), out);
}

function appendManagementId(id: number, out: ByteBuffer): void {
  out.ascii(management.managementIdName(id) ?? `id 0x${id.toString(16).padStart(4, "0")}`);
}

/** `1486566164.970495939`; illegal nanoseconds are shown as they are. */
function appendTime(v: DataView, o: number, lead: string, out: ByteBuffer): void {
  out.ascii(lead);
  out.decimal(timestamp.seconds(v, o));
  out.octet(0x2e);
  const nanos = timestamp.nanoseconds(v, o);
  out.padded(nanos, nanos > 999_999_999 ? 10 : 9);
}

/** `28993a.ffff.267e2b-20`, as linuxptp writes it. */
function appendPort(v: DataView, o: number, out: ByteBuffer): void {
  appendClock(v, o, out);
  out.octet(0x2d);
  out.decimal(v.getUint16(o + 8));
}

function appendClock(v: DataView, o: number, out: ByteBuffer): void {
  out.octetsHex(v, o, 3);
  out.octet(0x2e);
  out.octetsHex(v, o + 3, 2);
  out.octet(0x2e);
  out.octetsHex(v, o + 5, 3);
}

/** Nanoseconds of a TimeInterval (2^-16 ns), with up to five decimals. */
function appendScaled(v: DataView, o: number, out: ByteBuffer): void {
  const low = v.getUint32(o + 4);
  const high = v.getInt32(o);
  if (low === 0 && high === 0) {
    out.octet(0x30);
    return;
  }
  if (high < 0x8000 && high >= -0x8000) {
    const value = (high * 2 ** 32 + low) / 65536;
    out.ascii(String(Math.round(value * 1e5) / 1e5));
  } else out.ascii(String((BigInt(high) << 32n | BigInt(low)) >> 16n));
}

const FLAG_NAMES: Readonly<Record<number, string>> = {
  0: "leap61",
  1: "leap59",
  2: "utc reasonable",
  3: "timescale",
  4: "time traceable",
  5: "frequency traceable",
  6: "uncertain",
  8: "alternate master",
  9: "two step",
  10: "unicast",
  13: "profile specific 1",
  14: "profile specific 2",
  15: "security",
};
