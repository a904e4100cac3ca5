/**
 * PTP version 1 (IEEE 1588-2002 Annex D): Sync, Delay_Req, Follow_Up, Delay_Resp in full,
 * management by its header.
 * @module
 */
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, truncated } from "./dissection.ts";
import type { FieldList } from "./field_list.ts";

const HEADER_LENGTH = 40;
const Control = { Sync: 0, DelayReq: 1, FollowUp: 2, DelayResp: 3, Management: 4 } as const;
const NAMES = ["Sync", "Delay_Req", "Follow_Up", "Delay_Resp", "Management"];
/** Octets of each message by control field; management is at least this long. */
const LENGTHS = [124, 124, 52, 60, 60];

/** True where `length` octets can only be a version 1 message: every fixed field is checked. */
export function isVersion1(v: DataView, o: number, length: number): boolean {
  if (length < HEADER_LENGTH || v.getUint32(o) !== 0x0001_0001) return false;
  const control = v.getUint8(o + 32);
  const kind = v.getUint8(o + 20);
  const expected = LENGTHS[control];
  if (expected === undefined) return false;
  if (kind !== (control <= Control.DelayReq ? 1 : 2)) return false;
  return control === Control.Management ? length >= expected : length === expected;
}

/** Appends the line of a version 1 message. */
export function appendVersion1(d: Dissection, i: number, out: ByteBuffer): boolean {
  const o = d.offset[i]!;
  const v = d.view;
  const n = d.available(i);
  out.ascii("PTPv1");
  if (n < HEADER_LENGTH) return truncated(out, "ptp");
  const control = v.getUint8(o + 32);
  out.ascii(", ");
  out.ascii(NAMES[control] ?? `control ${control}`);
  out.ascii(", subdomain ");
  let k = 0;
  for (; k < 16 && v.getUint8(o + 4 + k) !== 0; k++) out.wireOctet(v.getUint8(o + 4 + k));
  out.ascii(", seq ");
  out.decimal(v.getUint16(o + 30));
  out.ascii(", clock ");
  out.mac(v, o + 22);
  out.octet(0x2d);
  out.decimal(v.getUint16(o + 28));
  out.ascii(", flags 0x");
  out.hexPadded(v.getUint16(o + 34), 4);
  const needed = LENGTHS[control] ?? HEADER_LENGTH;
  if (n < needed) return truncated(out, "ptp");
  appendBody(v, o, control, out);
  out.ascii(", length ");
  out.decimal(d.length[i]!);
  return true;
}

function appendBody(v: DataView, o: number, control: number, out: ByteBuffer): void {
  switch (control) {
    case Control.Sync:
    case Control.DelayReq:
      appendTime(v, o + 40, ", origin ", out);
      out.ascii(", utc offset ");
      out.decimal(v.getInt16(o + 50));
      out.ascii(", gm ");
      out.mac(v, o + 54);
      out.ascii(", stratum ");
      out.decimal(v.getUint8(o + 67));
      out.ascii(", identifier ");
      appendIdentifier(v, o + 68, out);
      out.ascii(", steps ");
      out.decimal(v.getUint16(o + 90));
      return;
    case Control.FollowUp:
      out.ascii(", sync ");
      out.decimal(v.getUint16(o + 42));
      appendTime(v, o + 44, ", precise origin ", out);
      return;
    case Control.DelayResp:
      appendTime(v, o + 40, ", received ", out);
      out.ascii(", requesting ");
      out.mac(v, o + 50);
      out.octet(0x2d);
      out.decimal(v.getUint16(o + 56));
      out.ascii(" seq ");
      out.decimal(v.getUint16(o + 58));
      return;
    case Control.Management:
      out.ascii(", key ");
      out.decimal(v.getUint8(o + 55));
  }
}

function appendIdentifier(v: DataView, o: number, out: ByteBuffer): void {
  for (let k = 0; k < 4 && v.getUint8(o + k) !== 0; k++) out.wireOctet(v.getUint8(o + k));
}

function appendTime(v: DataView, o: number, lead: string, out: ByteBuffer): void {
  out.ascii(lead);
  out.decimal(v.getUint32(o));
  out.octet(0x2e);
  const nanos = v.getInt32(o + 4);
  if (nanos < 0) out.decimal(nanos);
  else out.padded(nanos, nanos > 999_999_999 ? 10 : 9);
}

/** Adds the fields of a version 1 message, as far as it was captured. */
export function version1Fields(d: Dissection, i: number, into: FieldList): void {
  const o = d.offset[i]!;
  const v = d.view;
  const n = d.available(i);
  if (n < HEADER_LENGTH) return;
  into.decimal("versionptp", v.getUint16(o));
  into.decimal("versionnetwork", v.getUint16(o + 2));
  into.string("subdomain", v, o + 4, 16);
  into.decimal("messagetype", v.getUint8(o + 20));
  into.decimal("sourcecommunicationtechnology", v.getUint8(o + 21));
  into.octets("sourceuuid", v, o + 22, 6);
  into.decimal("sourceportid", v.getUint16(o + 28));
  into.decimal("sequenceid", v.getUint16(o + 30));
  const control = v.getUint8(o + 32);
  into.decimal("controlfield", control);
  const flags = v.getUint16(o + 34);
  into.hex("flags", flags, 4);
  FLAGS.forEach((name, bit) => into.flag(`flags.${name}`, (flags >>> bit & 1) !== 0));
  if (n < (LENGTHS[control] ?? HEADER_LENGTH)) return;
  switch (control) {
    case Control.Sync:
    case Control.DelayReq:
      return syncFields(v, o, into);
    case Control.FollowUp:
      into.decimal("fu.associatedsequenceid", v.getUint16(o + 42));
      return timeFields("fu.preciseorigintimestamp", v, o + 44, into);
    case Control.DelayResp:
      timeFields("dr.delayreceipttimestamp", v, o + 40, into);
      into.decimal("dr.requestingsourcecommunicationtechnology", v.getUint8(o + 49));
      into.octets("dr.requestingsourceuuid", v, o + 50, 6);
      into.decimal("dr.requestingsourceportid", v.getUint16(o + 56));
      into.decimal("dr.requestingsourcesequenceid", v.getUint16(o + 58));
      return;
    case Control.Management:
      into.decimal("mm.targetcommunicationtechnology", v.getUint8(o + 41));
      into.octets("mm.targetuuid", v, o + 42, 6);
      into.decimal("mm.targetportid", v.getUint16(o + 48));
      into.decimal("mm.startingboundaryhops", v.getInt16(o + 50));
      into.decimal("mm.boundaryhops", v.getInt16(o + 52));
      into.decimal("mm.managementmessagekey", v.getUint8(o + 55));
      into.decimal("mm.parameterlength", v.getUint16(o + 58));
  }
}

function syncFields(v: DataView, o: number, into: FieldList): void {
  timeFields("sdr.origintimestamp", v, o + 40, into);
  into.decimal("sdr.epochnumber", v.getUint16(o + 48));
  into.decimal("sdr.currentutcoffset", v.getInt16(o + 50));
  into.decimal("sdr.grandmastercommunicationtechnology", v.getUint8(o + 53));
  into.octets("sdr.grandmasterclockuuid", v, o + 54, 6);
  into.decimal("sdr.grandmasterportid", v.getUint16(o + 60));
  into.decimal("sdr.grandmastersequenceid", v.getUint16(o + 62));
  into.decimal("sdr.grandmasterclockstratum", v.getUint8(o + 67));
  into.string("sdr.grandmasterclockidentifier", v, o + 68, 4);
  into.decimal("sdr.grandmasterclockvariance", v.getInt16(o + 74));
  into.decimal("sdr.grandmasterpreferred", v.getUint8(o + 77));
  into.decimal("sdr.grandmasterisboundaryclock", v.getUint8(o + 79));
  into.decimal("sdr.syncinterval", v.getInt8(o + 83));
  into.decimal("sdr.localclockvariance", v.getInt16(o + 86));
  into.decimal("sdr.localstepsremoved", v.getUint16(o + 90));
  into.decimal("sdr.localclockstratum", v.getUint8(o + 95));
  into.string("sdr.localclockidentifier", v, o + 96, 4);
  into.decimal("sdr.parentcommunicationtechnology", v.getUint8(o + 101));
  into.octets("sdr.parentuuid", v, o + 102, 6);
  into.decimal("sdr.parentportfield", v.getUint16(o + 110));
  into.decimal("sdr.estimatedmastervariance", v.getInt16(o + 114));
  into.decimal("sdr.estimatedmasterdrift", v.getInt32(o + 116));
  into.flag("sdr.utcreasonable", v.getUint8(o + 123) !== 0);
}

function timeFields(name: string, v: DataView, o: number, into: FieldList): void {
  const seconds = v.getUint32(o);
  const nanos = v.getInt32(o + 4);
  into.text(name, `${seconds}.${String(nanos).padStart(9, "0")}`);
  into.decimal(`${name}_seconds`, seconds);
  into.decimal(`${name}_nanoseconds`, nanos);
}

const FLAGS = [
  "li61",
  "li59",
  "boundary_clock",
  "assist",
  "ext_sync",
  "parent_stats",
  "sync_burst",
];
