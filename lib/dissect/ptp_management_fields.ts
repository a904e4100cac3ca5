/**
 * Fields of PTP management messages under tshark's names: each data set is a list of field forms
 * laid over the TLV's data (IEEE 1588-2019 15.5).
 * @module
 */
import * as management from "../ptp/wire/management.ts";
import { ManagementId as Id } from "../ptp/wire/management.ts";
import * as message from "../ptp/wire/message.ts";
import * as timestamp from "../ptp/wire/timestamp.ts";
import * as tlv from "../ptp/wire/tlv.ts";
import type { FieldList } from "./field_list.ts";
import { portFields, scaledFields } from "./ptp_fields.ts";

/** Reads what starts at `at`; returns the offset after it, or -1 where it does not fit. */
type Form = (v: DataView, at: number, end: number, into: FieldList) => number;

/** Adds the fields of a management message that ends at `end`. */
export function managementFields(v: DataView, o: number, end: number, into: FieldList): void {
  const target = o + management.TARGET_PORT_IDENTITY;
  portFields("v2.mm.targetportidentity", "v2.mm.targetportid", v, target, into);
  into.decimal("v2.mm.startingboundaryhops", management.startingBoundaryHops(v, o));
  into.decimal("v2.mm.boundaryhops", management.boundaryHops(v, o));
  into.decimal("v2.mm.action", management.actionField(v, o));
  const t = message.firstTlv(v, o);
  if (t + tlv.TLV_HEADER_LENGTH > end) return;
  const type = tlv.type(v, t);
  const n = tlv.length(v, t);
  into.decimal("v2.mm.tlvType", type);
  into.decimal("v2.mm.lengthField", n);
  if (tlv.next(v, t) > end) return;
  if (type === tlv.TlvType.MANAGEMENT && n >= 2) dataFields(v, t, n, into);
  else if (type === tlv.TlvType.MANAGEMENT_ERROR_STATUS && n >= 8) {
    into.decimal("v2.mm.managementErrorId", management.managementErrorId(v, t));
    into.decimal("v2.mm.managementId", management.errorManagementId(v, t));
    into.octets("v2.mm.reserved", v, t + 8, 4);
    if (n > 8) text("displayData")(v, t + 12, tlv.next(v, t), into);
  } else if (type === tlv.TlvType.ORGANIZATION_EXTENSION && n >= 6) {
    into.decimal("v2.an.oe.organizationId", tlv.organizationId(v, t));
    into.hex("v2.an.oe.organizationSubType", tlv.organizationSubType(v, t), 6);
    if (n > 6) into.octets("v2.an.oe.dataField", v, t + 10, n - 6);
  }
}

function dataFields(v: DataView, t: number, n: number, into: FieldList): void {
  const id = management.managementId(v, t);
  into.decimal("v2.mm.managementId", id);
  const data = t + management.MANAGEMENT_DATA;
  const end = tlv.next(v, t);
  if (n === 2) return;
  into.octets("v2.mm.data", v, data, n - 2);
  let at = data;
  for (const form of DATA.get(id) ?? []) {
    at = form(v, at, end, into);
    if (at < 0) return;
  }
}

/** A form of fixed size. */
function fixed(size: number, read: (v: DataView, at: number, into: FieldList) => void): Form {
  return (v, at, end, into) => {
    if (at + size > end) return -1;
    read(v, at, into);
    return at + size;
  };
}

function u8(name: string): Form {
  return fixed(1, (v, at, into) => into.decimal(`v2.mm.${name}`, v.getUint8(at)));
}

function i8(name: string): Form {
  return fixed(1, (v, at, into) => into.decimal(`v2.mm.${name}`, v.getInt8(at)));
}

function x8(name: string): Form {
  return fixed(1, (v, at, into) => into.hex(`v2.mm.${name}`, v.getUint8(at), 2));
}

function u16(name: string): Form {
  return fixed(2, (v, at, into) => into.decimal(`v2.mm.${name}`, v.getUint16(at)));
}

function i16(name: string): Form {
  return fixed(2, (v, at, into) => into.decimal(`v2.mm.${name}`, v.getInt16(at)));
}

function i32(name: string): Form {
  return fixed(4, (v, at, into) => into.decimal(`v2.mm.${name}`, v.getInt32(at)));
}

/** 48 bits of seconds. */
function u48(name: string): Form {
  return fixed(
    6,
    (v, at, into) => into.decimal(`v2.mm.${name}`, v.getUint16(at) * 2 ** 32 + v.getUint32(at + 2)),
  );
}

function identity(name: string): Form {
  return fixed(8, (v, at, into) => into.identity(`v2.mm.${name}`, v, at));
}

function octets(name: string, size: number): Form {
  return fixed(size, (v, at, into) => into.octets(`v2.mm.${name}`, v, at, size));
}

/** Named bits of one octet. */
function bits(...names: (readonly [string, number])[]): Form {
  return fixed(1, (v, at, into) => {
    for (const [name, bit] of names) into.flag(`v2.mm.${name}`, (v.getUint8(at) & bit) !== 0);
  });
}

function scaled(name: string): Form {
  return fixed(8, (v, at, into) => scaledFields(`v2.mm.${name}`, v, at, into));
}

function time(name: string): Form {
  return fixed(10, (v, at, into) => {
    into.decimal(`v2.mm.${name}.seconds`, timestamp.seconds(v, at));
    into.decimal(`v2.mm.${name}.nanoseconds`, v.getInt32(at + 6));
  });
}

/** PTPText: a length and characters. */
function text(name: string): Form {
  return (v, at, end, into) => {
    if (at + 1 > end || at + 1 + v.getUint8(at) > end) return -1;
    const n = v.getUint8(at);
    into.decimal(`v2.mm.${name}.length`, n);
    into.string(`v2.mm.${name}`, v, at + 1, n);
    return at + 1 + n;
  };
}

/** Octets preceded by their number, 16 bits, under a name of its own. */
function counted(length: string, name: string): Form {
  return (v, at, end, into) => {
    if (at + 2 > end || at + 2 + v.getUint16(at) > end) return -1;
    const n = v.getUint16(at);
    into.decimal(`v2.mm.${length}`, n);
    if (n > 0) into.octets(`v2.mm.${name}`, v, at + 2, n);
    return at + 2 + n;
  };
}

const clockType: Form = fixed(2, (v, at, into) => {
  const type = v.getUint16(at);
  into.hex("v2.mm.clockType", type, 4);
  into.flag("v2.mm.clockType.OC", (type & 0x8000) !== 0);
  into.flag("v2.mm.clockType.BC", (type & 0x4000) !== 0);
  into.flag("v2.mm.clockType.p2p_TC", (type & 0x2000) !== 0);
  into.flag("v2.mm.clockType.e2e_TC", (type & 0x1000) !== 0);
  into.flag("v2.mm.clockType.MM", (type & 0x800) !== 0);
  into.flag("v2.mm.clockType.reserved", (type & 0x7ff) !== 0);
});

/** Fault records after their number; each starts with its length. */
const faultLog: Form = (v, start, end, into) => {
  if (start + 2 > end) return -1;
  const records = v.getUint16(start);
  into.decimal("v2.mm.numberOfFaultRecords", records);
  let at = start + 2;
  for (let k = 0; k < records; k++) {
    for (const form of FAULT_RECORD) {
      at = form(v, at, end, into);
      if (at < 0) return -1;
    }
  }
  return at;
};

const pathTraceList: Form = (v, start, end, into) => {
  let at = start;
  for (; at + 8 <= end; at += 8) into.identity("v2.mm.clockidentity", v, at);
  return at;
};

/** The octet that pads an odd data field. */
const pad: Form = (v, at, end, into) => {
  if (at < end) into.octets("v2.mm.pad", v, at, 1);
  return end;
};

const reserved = octets("reserved", 1);
const versionNumber: Form = fixed(
  1,
  (v, at, into) => into.decimal("v2.mm.versionNumber", v.getUint8(at) & 0xf),
);
const LEAP = [["li61", 1], ["li59", 2], ["CurrentUTCOffsetValid", 4]] as const;

const FAULT_RECORD: readonly Form[] = [
  u16("faultRecordLength"),
  time("faultTime"),
  u8("severityCode"),
  text("faultName"),
  text("faultValue"),
  text("faultDescription"),
];

const DATA: ReadonlyMap<number, readonly Form[]> = new Map<number, readonly Form[]>([
  [Id.CLOCK_DESCRIPTION, [
    clockType,
    text("physicalLayerProtocol"),
    counted("physicalAddressLength", "physicalAddress"),
    u16("networkProtocol"),
    counted("protocolAddress.length", "protocolAddress"),
    octets("manufacturerIdentity", 3),
    reserved,
    text("productDescription"),
    text("revisionData"),
    text("userDescription"),
    octets("profileIdentity", 6),
  ]],
  [Id.USER_DESCRIPTION, [text("userDescription")]],
  [Id.INITIALIZE, [u16("initializationKey")]],
  [Id.FAULT_LOG, [faultLog]],
  [Id.DEFAULT_DATA_SET, [
    bits(["twoStep", 1], ["SlavOnly", 2]),
    reserved,
    u16("numberPorts"),
    u8("priority1"),
    u8("clockclass"),
    x8("clockaccuracy"),
    u16("clockvariance"),
    u8("priority2"),
    identity("clockidentity"),
    u8("domainNumber"),
    reserved,
  ]],
  [Id.CURRENT_DATA_SET, [i16("stepsRemoved"), scaled("offset"), scaled("pathDelay")]],
  [Id.PARENT_DATA_SET, [
    identity("parentclockidentity"),
    u16("parentsourceportid"),
    bits(["parentstats", 1]),
    reserved,
    u16("observedParentOffsetScaledLogVariance"),
    i32("observedParentClockPhaseChangeRate"),
    u8("grandmasterPriority1"),
    u8("grandmasterclockclass"),
    x8("grandmasterclockaccuracy"),
    u16("grandmasterclockvariance"),
    u8("grandmasterPriority2"),
    identity("grandmasterclockidentity"),
  ]],
  [Id.TIME_PROPERTIES_DATA_SET, [
    i16("currentutcoffset"),
    bits(...LEAP, ["ptptimescale", 8], ["timeTraceable", 0x10], ["frequencyTraceable", 0x20]),
    x8("timesource"),
  ]],
  [Id.PORT_DATA_SET, [
    identity("clockidentity"),
    u16("PortNumber"),
    u8("portState"),
    i8("logMinDelayReqInterval"),
    scaled("peerMeanPathDelay"),
    i8("logAnnounceInterval"),
    u8("announceReceiptTimeout"),
    i8("logSyncInterval"),
    u8("delayMechanism"),
    i8("logMinPdelayReqInterval"),
    versionNumber,
  ]],
  [Id.PRIORITY1, [u8("priority1"), reserved]],
  [Id.PRIORITY2, [u8("priority2"), reserved]],
  [Id.DOMAIN, [u8("domainNumber"), reserved]],
  [Id.SLAVE_ONLY, [bits(["SlavOnly", 1]), reserved]],
  [Id.LOG_ANNOUNCE_INTERVAL, [i8("logAnnounceInterval"), reserved]],
  [Id.ANNOUNCE_RECEIPT_TIMEOUT, [u8("announceReceiptTimeout"), reserved]],
  [Id.LOG_SYNC_INTERVAL, [i8("logSyncInterval"), reserved]],
  [Id.VERSION_NUMBER, [versionNumber, reserved]],
  [Id.TIME, [time("currentTime")]],
  [Id.CLOCK_ACCURACY, [x8("clockaccuracy"), reserved]],
  [Id.UTC_PROPERTIES, [i16("currentutcoffset"), bits(...LEAP), reserved]],
  [
    Id.TRACEABILITY_PROPERTIES,
    [bits(["timeTraceable", 0x10], ["frequencyTraceable", 0x20]), reserved],
  ],
  [Id.TIMESCALE_PROPERTIES, [bits(["ptptimescale", 8]), x8("timesource")]],
  [Id.UNICAST_NEGOTIATION_ENABLE, [bits(["unicastEnable", 1]), reserved]],
  [Id.PATH_TRACE_LIST, [pathTraceList]],
  [Id.PATH_TRACE_ENABLE, [bits(["pathTraceEnable", 1]), reserved]],
  [Id.ALTERNATE_MASTER, [
    bits(["transmitAlternateMulticastSync", 1]),
    u8("numberOfAlternateMasters"),
    i8("AlternateMulticastSyncInterval"),
    reserved,
  ]],
  [Id.ALTERNATE_TIME_OFFSET_ENABLE, [u8("keyField"), bits(["pathTraceEnable", 1])]],
  [Id.ALTERNATE_TIME_OFFSET_NAME, [u8("keyField"), text("displayName"), pad]],
  [Id.ALTERNATE_TIME_OFFSET_MAX_KEY, [u8("maxKey"), reserved]],
  [Id.ALTERNATE_TIME_OFFSET_PROPERTIES, [
    u8("keyField"),
    i32("currentOffset"),
    i32("jumpSeconds"),
    u48("nextjumpSeconds"),
    reserved,
  ]],
  [Id.TRANSPARENT_CLOCK_DEFAULT_DATA_SET, [
    identity("clockidentity"),
    u16("numberPorts"),
    u8("delayMechanism"),
    u8("primaryDomain"),
  ]],
  [Id.TRANSPARENT_CLOCK_PORT_DATA_SET, [
    identity("clockidentity"),
    u16("PortNumber"),
    bits(["faultyFlag", 1]),
    i8("logMinPdelayReqInterval"),
    scaled("peerMeanPathDelay"),
  ]],
  [Id.PRIMARY_DOMAIN, [u8("primaryDomain"), reserved]],
  [Id.DELAY_MECHANISM, [u8("delayMechanism"), reserved]],
  [Id.LOG_MIN_PDELAY_REQ_INTERVAL, [i8("logMinPdelayReqInterval"), reserved]],
]);
