/**
 * What a slave port hands its measurements to, and what steers the local clock.
 *
 * The port knows messages; the servo knows clocks. Measurements are pairs of a CLOCK_MONOTONIC_RAW
 * instant and a time of the master, both already cleaned of correctionField, delayAsymmetry and the
 * timescale offset, so that a servo compares the master's time with its clock directly.
 * @module
 */
import type { Instant, Nanos, Timestamp } from "../../base/time.ts";

/** How far the servo has got. */
export const ServoState = {
  /** Too few measurements to set the clock. */
  Unlocked: 0,
  /** The clock follows the master within the lock threshold. */
  Locked: 1,
  /** Locked before, measurements have stopped: the clock runs at the last good frequency. */
  Holdover: 2,
} as const;
export type ServoState = typeof ServoState[keyof typeof ServoState];

/** One report of the servo; written about once per Sync. */
export interface ServoSample {
  /** When it holds. */
  at: Instant;
  /** Local clock minus estimated master time. */
  offset: Nanos;
  /** Half-width of the interval around the estimate that should hold the true master time. */
  bound: Nanos;
  /** `<meanPathDelay>` (IEEE 1588-2019 11.3); NaN until measured. */
  meanPathDelay: Nanos;
  /** Frequency correction in force on the clock, ppb. */
  frequency: number;
  state: ServoState;
}

/** Why a servo will not go on; the command names the flag that lifts just this refusal. */
export type ServoRefusal =
  /** The master's date is before 2020: `--accept-epoch`. */
  | { reason: "epoch"; masterSeconds: number }
  /** The clock would have to step by more than the limit: `--allow-step`. */
  | { reason: "step"; offset: Nanos; limit: Nanos };

/** A servo over one {@linkcode Clock}. Synchronous; owns no time source. */
export interface Servo {
  /** Another master, or the master's time jumped: forget phases and refusals, keep the frequency. */
  reset(now: Instant): void;
  /** A Sync: it left the master at `masterTime` (t1) and arrived here at `local` (t2). */
  forward(masterTime: Timestamp, local: Instant): void;
  /** A Delay_Req: it left here at `local` (t3) and arrived at the master at `masterTime` (t4). */
  reverse(local: Instant, masterTime: Timestamp): void;
  /**
   * The delay of the link measured by itself, with peer-to-peer delay (11.4): `<meanLinkDelay>` at
   * `at`, ns of the master. Measurements whose turnaround failed or that stand alone are left out
   * already; noise is not. Such a servo is given no {@linkcode reverse}: `forward` and this are all.
   * The newest value is given again after each {@linkcode reset}.
   */
  linkDelay(delay: Nanos, at: Instant): void;
  /**
   * A leap second has passed: the clock's timescale was set by `seconds` (-1 after an inserted one),
   * by the kernel or not at all yet. What is measured from now on is in the new one; what was
   * measured before moves along, and the line goes on.
   */
  leap(seconds: number): void;
  /** Compares clock and estimate and steers, if that is due at `now`. */
  steer(now: Instant): void;
  /** When {@linkcode steer} is due next. */
  deadline(): Instant;
  readonly state: ServoState;
  /**
   * Leaves the clock alone from now on, at the last good frequency without the part that was
   * correcting its phase; call it before the process ends.
   */
  finish(now: Instant): void;
  /** The newest report not yet taken; the record is overwritten by the next one. */
  sample(): ServoSample | undefined;
  /** Set once the servo refuses to set the clock; it then leaves the clock alone. */
  readonly refusal: ServoRefusal | undefined;
}
