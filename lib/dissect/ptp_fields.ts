/**
 * Fields of PTP version 2 messages under tshark's names: header, bodies and the TLVs of Announce,
 * Sync and Follow_Up; signaling and management are in files of their own.
 * @module
 */
import * as header from "../ptp/wire/header.ts";
import { MessageType } from "../ptp/wire/header.ts";
import * as message from "../ptp/wire/message.ts";
import * as timestamp from "../ptp/wire/timestamp.ts";
import * as tlv from "../ptp/wire/tlv.ts";
import type { Dissection } from "./dissection.ts";
import type { FieldList } from "./field_list.ts";
import { managementFields } from "./ptp_management_fields.ts";
import { signalingFields } from "./ptp_signaling_fields.ts";

/** Organizations whose extensions are taken apart. */
export const Organization = { Cern: 0x080030, Ieee8021: 0x0080c2, C37238: 0x1c129d } as const;
/** White Rabbit: "DEAD", version 1. */
export const WHITE_RABBIT = 0xdead01;
/** majorSdoId of IEEE 802.1AS, which runs over Ethernet only. */
const GPTP = 1;

/** Adds the fields of a version 2 message, as far as it was captured whole. */
export function version2Fields(d: Dissection, i: number, into: FieldList): void {
  const o = d.offset[i]!;
  const v = d.view;
  const n = d.available(i);
  if (n < header.HEADER_LENGTH) return;
  headerFields(v, o, into);
  const type = header.messageType(v, o);
  const fixed = message.FIXED_LENGTH[type] ?? 0;
  if (fixed === 0 || n < fixed || header.messageLength(v, o) < fixed) return;
  const end = Math.min(o + header.messageLength(v, o), o + n);
  const gptp = header.majorSdoId(v, o) === GPTP && d.network < 0;
  switch (type) {
    case MessageType.Sync:
    case MessageType.DelayReq:
      return syncFields(v, o, gptp && type === MessageType.Sync, end, into);
    case MessageType.FollowUp:
      return followUpFields(v, o, gptp, end, into);
    case MessageType.DelayResp:
      timeFields("v2.dr.receivetimestamp", v, o, into);
      return portFields(
        "v2.dr.requestingsourceportidentity",
        "v2.dr.requestingsourceportid",
        v,
        o +
          message.REQUESTING_PORT_IDENTITY,
        into,
      );
    case MessageType.PdelayReq:
      return timeFields("v2.pdrq.origintimestamp", v, o, into);
    case MessageType.PdelayResp:
      timeFields("v2.pdrs.requestreceipttimestamp", v, o, into);
      return portFields(
        "v2.pdrs.requestingportidentity",
        "v2.pdrs.requestingsourceportid",
        v,
        o +
          message.REQUESTING_PORT_IDENTITY,
        into,
      );
    case MessageType.PdelayRespFollowUp:
      timeFields("v2.pdfu.responseorigintimestamp", v, o, into);
      return portFields(
        "v2.pdfu.requestingportidentity",
        "v2.pdfu.requestingsourceportid",
        v,
        o +
          message.REQUESTING_PORT_IDENTITY,
        into,
      );
    case MessageType.Announce:
      return announceFields(v, o, end, into);
    case MessageType.Signaling:
      return signalingFields(v, o, gptp, end, into);
    case MessageType.Management:
      return managementFields(v, o, end, into);
  }
}

function headerFields(v: DataView, o: number, into: FieldList): void {
  into.hex("v2.majorsdoid", header.majorSdoId(v, o), 2);
  into.hex("v2.messagetype", header.messageType(v, o), 2);
  into.decimal("v2.minorversionptp", header.minorVersionPtp(v, o));
  into.decimal("v2.versionptp", header.versionPtp(v, o));
  into.decimal("v2.messagelength", header.messageLength(v, o));
  into.decimal("v2.domainnumber", header.domainNumber(v, o));
  into.decimal("v2.minorsdoid", header.minorSdoId(v, o));
  const flags = header.flagField(v, o);
  into.hex("v2.flags", flags, 4);
  for (const [name, bit] of FLAGS) into.flag(`v2.flags.${name}`, (flags & bit) !== 0);
  scaledFields("v2.correction", v, o + 8, into);
  into.decimal("v2.messagetypespecific", header.messageTypeSpecific(v, o));
  into.identity("v2.clockidentity", v, o + header.SOURCE_PORT_IDENTITY);
  if (v.getUint16(o + 23) === 0xfffe) {
    into.octets("v2.clockidentity_manuf", v, o + header.SOURCE_PORT_IDENTITY, 3);
  }
  into.decimal("v2.sourceportid", v.getUint16(o + 28));
  into.decimal("v2.sequenceid", header.sequenceId(v, o));
  into.decimal("v2.controlfield", header.controlField(v, o));
  into.decimal("v2.logmessageperiod", header.logMessageInterval(v, o));
}

function syncFields(v: DataView, o: number, gptp: boolean, end: number, into: FieldList): void {
  if (gptp && header.hasFlag(v, o, header.Flag.TwoStep)) {
    into.octets("v2.sync.reserved", v, o + message.TIMESTAMP, 10);
    return;
  }
  timeFields("v2.sdr.origintimestamp", v, o, into);
  if (gptp) followUpTlv(v, o, end, into);
}

function followUpFields(
  v: DataView,
  o: number,
  gptp: boolean,
  end: number,
  into: FieldList,
): void {
  const t = o + message.TIMESTAMP;
  timeFields("v2.fu.preciseorigintimestamp", v, o, into);
  const nanos = BigInt(timestamp.seconds(v, t)) * 1_000_000_000n +
    BigInt(timestamp.nanoseconds(v, t));
  into.decimal("v2.fu.preciseorigintimestamp.32bit", BigInt.asUintN(32, nanos));
  if (gptp) followUpTlv(v, o, end, into);
}

/** Follow_Up information TLV of IEEE 802.1AS (11.4.4.3). */
function followUpTlv(v: DataView, o: number, end: number, into: FieldList): void {
  const t = message.firstTlv(v, o);
  if (t + 32 > end) return;
  into.decimal("as.fu.tlvType", tlv.type(v, t));
  into.decimal("as.fu.lengthField", tlv.length(v, t));
  into.decimal("as.fu.organizationId", tlv.organizationId(v, t));
  into.decimal("as.fu.organizationSubType", signed24(tlv.organizationSubType(v, t)));
  into.decimal("as.fu.cumulativeScaledRateOffset", v.getUint32(t + 10));
  into.decimal("as.fu.gmTimeBaseIndicator", v.getUint16(t + 14));
  into.octets("as.fu.lastGmPhaseChange", v, t + 16, 12);
  into.decimal("as.fu.scaledLastGmFreqChange", v.getInt32(t + 28));
}

function announceFields(v: DataView, o: number, end: number, into: FieldList): void {
  timeFields("v2.an.origintimestamp", v, o, into);
  into.decimal("v2.an.origincurrentutcoffset", v.getInt16(o + 44));
  into.decimal("v2.an.priority1", v.getUint8(o + 47));
  into.decimal("v2.an.grandmasterclockclass", v.getUint8(o + 48));
  into.hex("v2.an.grandmasterclockaccuracy", v.getUint8(o + 49), 2);
  into.decimal("v2.an.grandmasterclockvariance", v.getUint16(o + 50));
  into.decimal("v2.an.priority2", v.getUint8(o + 52));
  into.identity("v2.an.grandmasterclockidentity", v, o + 53);
  into.decimal("v2.an.localstepsremoved", v.getUint16(o + 61));
  into.hex("v2.timesource", v.getUint8(o + 63), 2);
  for (let t = message.firstTlv(v, o); t + tlv.TLV_HEADER_LENGTH <= end; t = tlv.next(v, t)) {
    if (tlv.next(v, t) > end) return;
    announceTlv(v, t, into);
  }
}

function announceTlv(v: DataView, t: number, into: FieldList): void {
  const type = tlv.type(v, t);
  const n = tlv.length(v, t);
  const value = tlv.value(t);
  into.decimal("v2.an.tlvType", type);
  into.decimal("v2.an.lengthField", n);
  switch (type) {
    case tlv.TlvType.ORGANIZATION_EXTENSION:
      if (n >= 6) organizationFields(v, t, n, into);
      return;
    case tlv.TlvType.PATH_TRACE:
      for (let k = 0; k + 8 <= n; k += 8) into.identity("v2.an.pathsequence", v, value + k);
      return;
    case tlv.TlvType.ALTERNATE_TIME_OFFSET_INDICATOR:
      if (n >= 16 && n >= 16 + v.getUint8(value + 15)) offsetFields(v, value, into);
      return;
    default:
      if (n > 0) into.octets("v2.an.tlv.data", v, value, n);
  }
}

function offsetFields(v: DataView, value: number, into: FieldList): void {
  into.decimal("v2.an.atoi.keyField", v.getUint8(value));
  into.decimal("v2.an.atoi.currentOffset", v.getInt32(value + 1));
  into.decimal("v2.an.atoi.jumpSeconds", v.getInt32(value + 5));
  into.octets("v2.an.atoi.timeOfNextJump", v, value + 9, 6);
  into.decimal("v2.an.atoi.displayName.length", v.getUint8(value + 15));
  into.string("v2.an.atoi.displayName", v, value + 16, v.getUint8(value + 15));
}

/** White Rabbit and the power profile; others as octets. */
function organizationFields(v: DataView, t: number, n: number, into: FieldList): void {
  const organization = tlv.organizationId(v, t);
  const subType = tlv.organizationSubType(v, t);
  into.decimal("v2.an.oe.organizationId", organization);
  into.hex("v2.an.oe.organizationSubType", subType, 6);
  const data = t + 10;
  if (organization === Organization.Cern && subType === WHITE_RABBIT && n >= 10) {
    const flags = v.getUint16(data + 2);
    into.hex("v2.an.oe.cern.wr.wrMessageID", v.getUint16(data), 4);
    into.hex("v2.an.oe.cern.wr.wrFlags", flags, 4);
    into.flag("v2.an.oe.cern.wr.wrFlags.wrModeOn", (flags & 8) !== 0);
    into.flag("v2.an.oe.cern.wr.wrFlags.calibrated", (flags & 4) !== 0);
    into.hex("v2.an.oe.cern.wr.wrFlags.wrConfig", flags & 3, 4);
  } else if (organization === Organization.C37238 && subType === 1 && n >= 18) {
    into.decimal("v2.an.oe.grandmasterID", v.getUint16(data));
    into.decimal("v2.an.oe.grandmasterTimeInaccuracy", v.getUint32(data + 2));
    into.decimal("v2.an.oe.networkTimeInaccuracy", v.getUint32(data + 6));
    into.hex("v2.an.oe.reserved", v.getUint16(data + 10), 4);
  } else if (organization === Organization.C37238 && subType === 2 && n >= 18) {
    into.decimal("v2.an.oe.grandmasterID", v.getUint16(data));
    into.hex("v2.an.oe.reserved", v.getUint32(data + 2), 8);
    into.decimal("v2.an.oe.totalTimeInaccuracy", v.getUint32(data + 6));
    into.hex("v2.an.oe.reserved", v.getUint16(data + 10), 4);
  } else if (n > 6) into.octets("v2.an.oe.dataField", v, data, n - 6);
}

/** Seconds and nanoseconds (signed there, as tshark has it) of the body's timestamp. */
function timeFields(name: string, v: DataView, o: number, into: FieldList): void {
  const t = o + message.TIMESTAMP;
  into.decimal(`${name}.seconds`, timestamp.seconds(v, t));
  const unsigned = name === "v2.fu.preciseorigintimestamp";
  into.decimal(`${name}.nanoseconds`, unsigned ? v.getUint32(t + 6) : v.getInt32(t + 6));
}

/** A port identity as two fields. */
export function portFields(
  clock: string,
  port: string,
  v: DataView,
  o: number,
  into: FieldList,
): void {
  into.identity(clock, v, o);
  into.decimal(port, v.getUint16(o + 8));
}

/** A TimeInterval as `NAME.ns` (two's complement shown unsigned) and `NAME.subns`. */
export function scaledFields(name: string, v: DataView, o: number, into: FieldList): void {
  into.decimal(`${name}.ns`, BigInt.asUintN(64, v.getBigInt64(o) >> 16n));
  into.text(`${name}.subns`, general(v.getUint16(o + 6)));
}

/** 24 bits as two's complement. */
export function signed24(n: number): number {
  return n << 8 >> 8;
}

/**
 * `units` / 65536 as C's `%.15g` prints it: at most 15 digits, ties to even (which
 * `toPrecision` does not do).
 */
function general(units: number): string {
  if (units === 0) return "0";
  if (units < 7) { // below 1e-4
    const [mantissa, exponent] = (units / 65536).toExponential(14).split("e-");
    return `${String(Number(mantissa))}e-${(exponent ?? "").padStart(2, "0")}`;
  }
  let digits = BigInt(units) * 152_587_890_625n; // of 10^-16: exact
  if (digits >= 1_000_000_000_000_000n) {
    const last = digits % 10n;
    digits -= last;
    if (last > 5n || last === 5n && (digits / 10n) % 2n === 1n) digits += 10n;
  }
  return `0.${digits.toString().padStart(16, "0").replace(/0+$/, "")}`;
}

const FLAGS: readonly (readonly [string, number])[] = [
  ["security", 0x8000],
  ["specific2", 0x4000],
  ["specific1", 0x2000],
  ["unicast", 0x400],
  ["twostep", 0x200],
  ["alternatemaster", 0x100],
  ["synchronizationUncertain", 0x40],
  ["frequencytraceable", 0x20],
  ["timetraceable", 0x10],
  ["timescale", 8],
  ["utcreasonable", 4],
  ["li59", 2],
  ["li61", 1],
];
