/**
 * Announce, 64 octets (IEEE 1588-2019 13.5).
 * @module
 */
import type { ClockIdentity } from "./identity.ts";
import { readClock, writeClock } from "./identity.ts";

export const ANNOUNCE_LENGTH = 64;
/** Where `grandmasterIdentity` stands, for comparisons in place. */
export const GRANDMASTER_IDENTITY = 53;

/** `timeSource` values (Table 6). */
export const TimeSource = {
  AtomicClock: 0x10,
  Gnss: 0x20,
  TerrestrialRadio: 0x30,
  SerialTimeCode: 0x39,
  Ptp: 0x40,
  Ntp: 0x50,
  HandSet: 0x60,
  Other: 0x90,
  InternalOscillator: 0xa0,
} as const;

/** `clockAccuracy` values that name a bound (Table 5), in nanoseconds; 0xFE is unknown. */
export const CLOCK_ACCURACY_NANOS: Readonly<Record<number, number>> = {
  0x17: 1e-3,
  0x18: 2.5e-3,
  0x19: 10e-3,
  0x1a: 25e-3,
  0x1b: 100e-3,
  0x1c: 250e-3,
  0x1d: 1,
  0x1e: 2.5,
  0x1f: 10,
  0x20: 25,
  0x21: 100,
  0x22: 250,
  0x23: 1e3,
  0x24: 2.5e3,
  0x25: 10e3,
  0x26: 25e3,
  0x27: 100e3,
  0x28: 250e3,
  0x29: 1e6,
  0x2a: 2.5e6,
  0x2b: 10e6,
  0x2c: 25e6,
  0x2d: 100e6,
  0x2e: 250e6,
  0x2f: 1e9,
  0x30: 10e9,
};

/** Signed seconds, TAI - UTC. */
export function currentUtcOffset(v: DataView, o: number): number {
  return v.getInt16(o + 44);
}

export function grandmasterPriority1(v: DataView, o: number): number {
  return v.getUint8(o + 47);
}

export function grandmasterClockClass(v: DataView, o: number): number {
  return v.getUint8(o + 48);
}

export function grandmasterClockAccuracy(v: DataView, o: number): number {
  return v.getUint8(o + 49);
}

/** `offsetScaledLogVariance` of the grandmaster. */
export function grandmasterVariance(v: DataView, o: number): number {
  return v.getUint16(o + 50);
}

export function grandmasterPriority2(v: DataView, o: number): number {
  return v.getUint8(o + 52);
}

export function grandmasterIdentity(v: DataView, o: number, into: ClockIdentity): void {
  readClock(v, o + GRANDMASTER_IDENTITY, into);
}

export function stepsRemoved(v: DataView, o: number): number {
  return v.getUint16(o + 61);
}

/** See {@linkcode TimeSource}. */
export function timeSource(v: DataView, o: number): number {
  return v.getUint8(o + 63);
}

/** What {@linkcode writeBody} puts after the header. */
export interface AnnounceBody {
  currentUtcOffset: number;
  priority1: number;
  clockClass: number;
  clockAccuracy: number;
  offsetScaledLogVariance: number;
  priority2: number;
  grandmasterIdentity: Readonly<ClockIdentity>;
  stepsRemoved: number;
  timeSource: number;
}

/** Writes octets 34 to 63; originTimestamp is 0, which 13.5.2 allows. */
export function writeBody(v: DataView, o: number, b: Readonly<AnnounceBody>): void {
  v.setUint32(o + 34, 0);
  v.setUint32(o + 38, 0);
  v.setUint16(o + 42, 0);
  v.setInt16(o + 44, b.currentUtcOffset);
  v.setUint8(o + 46, 0);
  v.setUint8(o + 47, b.priority1);
  v.setUint8(o + 48, b.clockClass);
  v.setUint8(o + 49, b.clockAccuracy);
  v.setUint16(o + 50, b.offsetScaledLogVariance);
  v.setUint8(o + 52, b.priority2);
  writeClock(v, o + GRANDMASTER_IDENTITY, b.grandmasterIdentity);
  v.setUint16(o + 61, b.stepsRemoved);
  v.setUint8(o + 63, b.timeSource);
}
