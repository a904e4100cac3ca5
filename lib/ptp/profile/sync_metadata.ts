/**
 * The synchronization metadata TLV of SMPTE ST 2059-2 (clause 8): an organisation extension that a
 * grandmaster sends in a management message, once a second by default.
 *
 * `t` is the TLV's first octet, its type. Call {@linkcode check} once, then read freely.
 * @module
 */
import * as tlv from "../wire/tlv.ts";
import { Fault } from "../wire/fault.ts";

/** SMPTE's OUI. */
export const SMPTE = 0x6897e8;
/** `organizationSubType` of version 1. */
export const SUB_TYPE = 0x000001;
/** Octets of the TLV's value, identifier and sub-type included. */
export const VALUE_LENGTH = 48;

/** `masterLockingStatus`. */
export const LockingStatus = {
  NotInUse: 0,
  FreeRun: 1,
  /** Locking quickly, frequency may change. */
  ColdLocking: 2,
  /** Locking without disturbing those who follow. */
  WarmLocking: 3,
  Locked: 4,
} as const;
export type LockingStatus = typeof LockingStatus[keyof typeof LockingStatus];

const DROP_FRAME = 0x01;
const COLOR_FRAME = 0x02;
const CURRENT = 0x01;
const NEXT = 0x02;
const PREVIOUS = 0x04;
const LEAP_CHANGE = 0x01;

/** The TLV's fields. Times are seconds of the SMPTE epoch (TAI since 1970). */
export interface SyncMetadata {
  /** Frames a second, as a fraction: 30000/1001. */
  frameRateNumerator: number;
  frameRateDenominator: number;
  lockingStatus: LockingStatus;
  isDropFrame: boolean;
  isColorFrame: boolean;
  /** Seconds of local time less TAI. */
  currentLocalOffset: number;
  /** What `currentLocalOffset` changes by at the next jump: a leap second, summer time. */
  jumpSeconds: number;
  /** 48 bits; 0 where none is known. */
  timeOfNextJump: number;
  timeOfNextJam: number;
  timeOfPreviousJam: number;
  /** The local offset that held at the previous jam. */
  previousJamLocalOffset: number;
  /** Daylight saving now, after the next jump, at the previous jam. */
  isDaylightSaving: boolean;
  willBeDaylightSaving: boolean;
  wasDaylightSaving: boolean;
  /** True where the next jump includes a leap second. */
  hasLeapSecondJump: boolean;
}

/** True where the TLV at `t` is one of SMPTE's synchronization metadata, whatever its length. */
export function isSyncMetadata(v: DataView, t: number): boolean {
  return tlv.type(v, t) === tlv.TlvType.ORGANIZATION_EXTENSION && tlv.length(v, t) >= 6 &&
    tlv.organizationId(v, t) === SMPTE && tlv.organizationSubType(v, t) === SUB_TYPE;
}

/** `Fault.None`, or why the TLV at `t`, of {@linkcode isSyncMetadata}, cannot be read. */
export function check(v: DataView, t: number): Fault {
  return tlv.length(v, t) < VALUE_LENGTH ? Fault.Truncated : Fault.None;
}

/** All fields into `into`. */
export function read(v: DataView, t: number, into: SyncMetadata): void {
  const o = t + 10;
  into.frameRateNumerator = v.getUint32(o);
  into.frameRateDenominator = v.getUint32(o + 4);
  into.lockingStatus = v.getUint8(o + 8) as LockingStatus;
  const flags = v.getUint8(o + 9);
  into.isDropFrame = (flags & DROP_FRAME) !== 0;
  into.isColorFrame = (flags & COLOR_FRAME) !== 0;
  into.currentLocalOffset = v.getInt32(o + 10);
  into.jumpSeconds = v.getInt32(o + 14);
  into.timeOfNextJump = uint48(v, o + 18);
  into.timeOfNextJam = uint48(v, o + 24);
  into.timeOfPreviousJam = uint48(v, o + 30);
  into.previousJamLocalOffset = v.getInt32(o + 36);
  const summer = v.getUint8(o + 40);
  into.isDaylightSaving = (summer & CURRENT) !== 0;
  into.willBeDaylightSaving = (summer & NEXT) !== 0;
  into.wasDaylightSaving = (summer & PREVIOUS) !== 0;
  into.hasLeapSecondJump = (v.getUint8(o + 41) & LEAP_CHANGE) !== 0;
}

/** Writes the whole TLV at `t`; returns the octets written, 52. */
export function write(v: DataView, t: number, m: Readonly<SyncMetadata>): number {
  tlv.writeHeader(v, t, tlv.TlvType.ORGANIZATION_EXTENSION, VALUE_LENGTH);
  v.setUint16(t + 4, SMPTE >>> 8);
  v.setUint8(t + 6, SMPTE & 0xff);
  v.setUint8(t + 7, SUB_TYPE >>> 16);
  v.setUint16(t + 8, SUB_TYPE & 0xffff);
  const o = t + 10;
  v.setUint32(o, m.frameRateNumerator);
  v.setUint32(o + 4, m.frameRateDenominator);
  v.setUint8(o + 8, m.lockingStatus);
  v.setUint8(o + 9, (m.isDropFrame ? DROP_FRAME : 0) | (m.isColorFrame ? COLOR_FRAME : 0));
  v.setInt32(o + 10, m.currentLocalOffset);
  v.setInt32(o + 14, m.jumpSeconds);
  putUint48(v, o + 18, m.timeOfNextJump);
  putUint48(v, o + 24, m.timeOfNextJam);
  putUint48(v, o + 30, m.timeOfPreviousJam);
  v.setInt32(o + 36, m.previousJamLocalOffset);
  v.setUint8(
    o + 40,
    (m.isDaylightSaving ? CURRENT : 0) | (m.willBeDaylightSaving ? NEXT : 0) |
      (m.wasDaylightSaving ? PREVIOUS : 0),
  );
  v.setUint8(o + 41, m.hasLeapSecondJump ? LEAP_CHANGE : 0);
  return tlv.TLV_HEADER_LENGTH + VALUE_LENGTH;
}

/** A record with all fields zero, for {@linkcode read}. */
export function syncMetadata(): SyncMetadata {
  return {
    frameRateNumerator: 0,
    frameRateDenominator: 0,
    lockingStatus: LockingStatus.NotInUse,
    isDropFrame: false,
    isColorFrame: false,
    currentLocalOffset: 0,
    jumpSeconds: 0,
    timeOfNextJump: 0,
    timeOfNextJam: 0,
    timeOfPreviousJam: 0,
    previousJamLocalOffset: 0,
    isDaylightSaving: false,
    willBeDaylightSaving: false,
    wasDaylightSaving: false,
    hasLeapSecondJump: false,
  };
}

function uint48(v: DataView, o: number): number {
  return v.getUint16(o) * 2 ** 32 + v.getUint32(o + 2);
}

function putUint48(v: DataView, o: number, value: number): void {
  v.setUint16(o, Math.floor(value / 2 ** 32) & 0xffff);
  v.setUint32(o + 2, value % 2 ** 32);
}
