/**
 * The common message header, 34 octets (IEEE 1588-2019 13.3).
 *
 * Call `check` of `message.ts` once, then read freely: `v` is the batch's view, `o` the message's
 * first octet.
 * @module
 */
import { Fault } from "./fault.ts";
import type { PortIdentity } from "./identity.ts";
import { readPort, writePort } from "./identity.ts";

export const HEADER_LENGTH = 34;
/** Where `sourcePortIdentity` stands, for comparisons in place. */
export const SOURCE_PORT_IDENTITY = 20;
export const VERSION_PTP = 2;

/** `messageType` (Table 36). Those below 8 are event messages and carry time stamps. */
export const MessageType = {
  Sync: 0x0,
  DelayReq: 0x1,
  PdelayReq: 0x2,
  PdelayResp: 0x3,
  FollowUp: 0x8,
  DelayResp: 0x9,
  PdelayRespFollowUp: 0xa,
  Announce: 0xb,
  Signaling: 0xc,
  Management: 0xd,
} as const;
export type MessageType = typeof MessageType[keyof typeof MessageType];

/** The standard's names by `messageType`; `undefined` for reserved values. */
export const MESSAGE_NAMES: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = new Array<undefined>(16).fill(undefined);
  names[MessageType.Sync] = "Sync";
  names[MessageType.DelayReq] = "Delay_Req";
  names[MessageType.PdelayReq] = "Pdelay_Req";
  names[MessageType.PdelayResp] = "Pdelay_Resp";
  names[MessageType.FollowUp] = "Follow_Up";
  names[MessageType.DelayResp] = "Delay_Resp";
  names[MessageType.PdelayRespFollowUp] = "Pdelay_Resp_Follow_Up";
  names[MessageType.Announce] = "Announce";
  names[MessageType.Signaling] = "Signaling";
  names[MessageType.Management] = "Management";
  return names;
})();

/** `flagField` bits, octet 0 of the field as the upper eight bits (Table 37). */
export const Flag = {
  AlternateMaster: 0x0100,
  TwoStep: 0x0200,
  Unicast: 0x0400,
  ProfileSpecific1: 0x2000,
  ProfileSpecific2: 0x4000,
  /** `reserved` in 2019; PTP_SECURITY in the 2008 edition's experimental annex. */
  Security: 0x8000,
  Leap61: 0x0001,
  Leap59: 0x0002,
  CurrentUtcOffsetValid: 0x0004,
  PtpTimescale: 0x0008,
  TimeTraceable: 0x0010,
  FrequencyTraceable: 0x0020,
  SynchronizationUncertain: 0x0040,
} as const;

/** `controlField` by `messageType` (Table 42): obsolete, still sent for version 1 hardware. */
const CONTROL_FIELD: readonly number[] = [0, 1, 5, 5, 5, 5, 5, 5, 2, 3, 5, 5, 5, 4, 5, 5];

/** `Fault.None`, or why `length` octets at `o` do not start with a version 2 header. */
export function check(v: DataView, o: number, length: number): Fault {
  if (length < HEADER_LENGTH) return Fault.Truncated;
  if (versionPtp(v, o) !== VERSION_PTP) return Fault.Version;
  const stated = messageLength(v, o);
  return stated < HEADER_LENGTH || stated > length ? Fault.MessageLength : Fault.None;
}

/** 4 bits; `transportSpecific` in the 2008 edition. */
export function majorSdoId(v: DataView, o: number): number {
  return v.getUint8(o) >>> 4;
}

/** 4 bits, a {@linkcode MessageType} or reserved. */
export function messageType(v: DataView, o: number): number {
  return v.getUint8(o) & 0x0f;
}

/** 4 bits: 0 for the 2008 edition, 1 for 2019. */
export function minorVersionPtp(v: DataView, o: number): number {
  return v.getUint8(o + 1) >>> 4;
}

/** 4 bits: 2. */
export function versionPtp(v: DataView, o: number): number {
  return v.getUint8(o + 1) & 0x0f;
}

/** Octets of the message, header and TLVs included, padding excluded. */
export function messageLength(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

export function domainNumber(v: DataView, o: number): number {
  return v.getUint8(o + 4);
}

export function minorSdoId(v: DataView, o: number): number {
  return v.getUint8(o + 5);
}

/** 16 bits, see {@linkcode Flag}. */
export function flagField(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** True where `flag` of {@linkcode Flag} is set. */
export function hasFlag(v: DataView, o: number, flag: number): boolean {
  return (v.getUint16(o + 6) & flag) !== 0;
}

/**
 * Nanoseconds; on the wire a signed 64-bit count of 2^-16 ns. Exact below 2^37 ns (137 s), to one
 * part in 2^53 above.
 */
export function correctionField(v: DataView, o: number): number {
  return v.getInt32(o + 8) * 0x1_0000 + v.getUint32(o + 12) / 0x1_0000;
}

/** The upper signed 32 bits of the wire's 64: with {@linkcode correctionLow} the exact value. */
export function correctionHigh(v: DataView, o: number): number {
  return v.getInt32(o + 8);
}

/** The lower unsigned 32 bits. */
export function correctionLow(v: DataView, o: number): number {
  return v.getUint32(o + 12);
}

/**
 * True for "too big to be represented" (all ones but the sign, 13.3.2.9) and for whatever lies
 * within 65.536 us of either end of the range: nothing real is there.
 */
export function isCorrectionTooBig(v: DataView, o: number): boolean {
  const high = v.getInt32(o + 8);
  return high === 0x7fff_ffff || high === -0x8000_0000;
}

/** Writes nanoseconds, rounded to 2^-16 ns; out of range becomes "too big". */
export function writeCorrection(v: DataView, o: number, nanoseconds: number): void {
  const scaled = Math.floor(nanoseconds * 0x1_0000 + 0.5);
  if (scaled >= 2 ** 63 || scaled < -(2 ** 63) || scaled !== scaled) {
    writeCorrectionWords(v, o, 0x7fff_ffff, 0xffff_ffff);
    return;
  }
  const high = Math.floor(scaled / 0x1_0000_0000);
  writeCorrectionWords(v, o, high, scaled - high * 0x1_0000_0000);
}

/** Writes the 64 bits as {@linkcode correctionHigh} and {@linkcode correctionLow} gave them. */
export function writeCorrectionWords(v: DataView, o: number, high: number, low: number): void {
  v.setInt32(o + 8, high);
  v.setUint32(o + 12, low);
}

/** `messageTypeSpecific`, 32 bits (reserved in the 2008 edition). */
export function messageTypeSpecific(v: DataView, o: number): number {
  return v.getUint32(o + 16);
}

export function sourcePortIdentity(v: DataView, o: number, into: PortIdentity): void {
  readPort(v, o + SOURCE_PORT_IDENTITY, into);
}

/** 16 bits, counts modulo 65,536 per message type. */
export function sequenceId(v: DataView, o: number): number {
  return v.getUint16(o + 30);
}

export function controlField(v: DataView, o: number): number {
  return v.getUint8(o + 32);
}

/** Signed base-2 logarithm of seconds; 0x7F (127) where the type has no interval. */
export function logMessageInterval(v: DataView, o: number): number {
  return v.getInt8(o + 33);
}

/** What {@linkcode write} puts into a header; made once, changed per message. */
export interface HeaderFields {
  majorSdoId: number;
  minorSdoId: number;
  minorVersionPtp: number;
  messageType: MessageType;
  messageLength: number;
  domainNumber: number;
  flagField: number;
  sourcePortIdentity: Readonly<PortIdentity>;
  sequenceId: number;
  logMessageInterval: number;
}

/** Writes all 34 octets; correctionField is 0, controlField as the type asks. */
export function write(v: DataView, o: number, f: Readonly<HeaderFields>): void {
  v.setUint8(o, (f.majorSdoId << 4) | f.messageType);
  v.setUint8(o + 1, (f.minorVersionPtp << 4) | VERSION_PTP);
  v.setUint16(o + 2, f.messageLength);
  v.setUint8(o + 4, f.domainNumber);
  v.setUint8(o + 5, f.minorSdoId);
  v.setUint16(o + 6, f.flagField);
  writeCorrectionWords(v, o, 0, 0);
  v.setUint32(o + 16, 0);
  writePort(v, o + SOURCE_PORT_IDENTITY, f.sourcePortIdentity);
  v.setUint16(o + 30, f.sequenceId);
  v.setUint8(o + 32, CONTROL_FIELD[f.messageType] ?? 5);
  v.setInt8(o + 33, f.logMessageInterval);
}
