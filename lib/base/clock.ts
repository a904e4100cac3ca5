/**
 * What a servo steers and a master serves: CLOCK_REALTIME, a PHC, a virtual clock, or a recording.
 * @module
 */
import type { Instant, Timestamp } from "./time.ts";

/** One clock read against CLOCK_MONOTONIC_RAW: at `raw` the clock showed `seconds.nanoseconds`. */
export interface ClockPair extends Timestamp {
  raw: Instant;
  /** Width of the bracket the reading was taken in: the pair is wrong by at most half of it. */
  widthNanos: number;
}

/** A steerable clock. Calls never block; a clock that refuses throws the OS's error. */
export interface Clock {
  /** The reading now. */
  read(into: Timestamp): void;
  /** The narrowest of several raw/clock/raw brackets, taken now. */
  capture(into: ClockPair): void;
  /**
   * The reading at `raw`, an instant within about a second of now: exact for a virtual clock, from
   * the latest capture and the present frequency for one that must be read.
   */
  readAt(raw: Instant, into: Timestamp): void;
  /** Adds a signed amount: `seconds` an integer, `nanoseconds` in (-1e9, 1e9), of equal sign or 0. */
  step(seconds: number, nanoseconds: number): void;
  /** Sets the frequency correction in parts per billion against the undisciplined oscillator. */
  adjustFrequency(ppb: number): void;
  /** The frequency correction in force, ppb. */
  frequency(): number;
  /** The largest magnitude {@linkcode adjustFrequency} takes, ppb. */
  readonly maxPpb: number;
  /** Announces a leap second at the end of the UTC day: 1 inserts, -1 deletes, 0 none. */
  setLeap(leap: -1 | 0 | 1): void;
  /** TAI - UTC in seconds, for clocks that keep both. */
  setTaiOffset(seconds: number): void;
}

/** A pair of zeros, for reuse by the caller. */
export function clockPair(): ClockPair {
  return { raw: 0 as Instant, seconds: 0, nanoseconds: 0, widthNanos: 0 };
}
