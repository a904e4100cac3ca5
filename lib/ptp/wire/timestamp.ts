/**
 * `Timestamp`, 10 octets: 48 bits of seconds, 32 bits of nanoseconds (IEEE 1588-2019 5.3.3).
 * @module
 */
import type { Timestamp } from "../../base/time.ts";
import { Fault } from "./fault.ts";

export const TIMESTAMP_LENGTH = 10;
const NANOS_PER_SECOND = 1_000_000_000;

/** `Fault.Nanoseconds` where the nanoseconds are 1e9 or more. Needs 10 readable octets. */
export function check(v: DataView, o: number): Fault {
  return v.getUint32(o + 6) >= NANOS_PER_SECOND ? Fault.Nanoseconds : Fault.None;
}

/** 48 bits, exact. */
export function seconds(v: DataView, o: number): number {
  return v.getUint16(o) * 0x1_0000_0000 + v.getUint32(o + 2);
}

/** 0 to 999,999,999 after {@linkcode check}. */
export function nanoseconds(v: DataView, o: number): number {
  return v.getUint32(o + 6);
}

/** Both fields into `into`. */
export function read(v: DataView, o: number, into: Timestamp): void {
  into.seconds = seconds(v, o);
  into.nanoseconds = nanoseconds(v, o);
}

/**
 * Writes `t` with its nanoseconds rounded down. Seconds are taken modulo 2^48.
 * @returns the fraction of a nanosecond left out, [0, 1): it belongs in a correctionField.
 */
export function write(v: DataView, o: number, t: Readonly<Timestamp>): number {
  const whole = Math.floor(t.nanoseconds);
  const high = Math.floor(t.seconds / 0x1_0000_0000);
  v.setUint16(o, high & 0xffff);
  v.setUint32(o + 2, t.seconds - high * 0x1_0000_0000);
  v.setUint32(o + 6, whole);
  return t.nanoseconds - whole;
}
