/**
 * What lies between the readings of two clocks that keep the same time in different timescales, and
 * how to recognise that it was applied once too often or not at all.
 *
 * CLOCK_REALTIME keeps UTC, a PTP hardware clock the PTP timescale, which is TAI (IEEE 1588-2019
 * 7.2.1): UTC = TAI - `<currentUtcOffset>`.
 * @module
 */
import type { Nanos } from "../base/time.ts";
import type { LocalTimescale } from "./options.ts";

/** How far from a whole `<currentUtcOffset>` two clocks may be for it to be taken as the cause, ns. */
const TOLERANCE = 0.5e9;
const SECONDS_PER_DAY = 86_400;
/** How far from a day's end, s, a change of the kernel's TAI offset is a leap second. */
const LEAP_WINDOW = 60;

/** Why two clocks are so far apart, where `<currentUtcOffset>` is the reason. */
export const OffsetCause = {
  /** They show the same: an offset was added, but both keep one timescale. */
  SameTimescale: "sameTimescale",
  /** One keeps TAI, the other UTC, and no offset was added. */
  NoOffset: "noOffset",
  /** Twice the offset lies between them: it has been applied before. */
  AppliedTwice: "appliedTwice",
} as const;
export type OffsetCause = typeof OffsetCause[keyof typeof OffsetCause];

/** Seconds to add to the source's reading for the destination's. */
export function offsetBetween(
  source: LocalTimescale,
  destination: LocalTimescale,
  currentUtcOffset: number,
): number {
  if (source === "tai" && destination === "utc") return -currentUtcOffset;
  if (source === "utc" && destination === "tai") return currentUtcOffset;
  return 0;
}

/**
 * The cause of `apart`, or `undefined` where that is not about one `<currentUtcOffset>`.
 * @param apart Destination less (source + `applied`), ns.
 * @param applied Seconds that were added to the source's reading.
 */
export function offsetCause(
  apart: Nanos,
  applied: number,
  currentUtcOffset: number,
): OffsetCause | undefined {
  const isOne = Math.abs(Math.abs(apart) - currentUtcOffset * 1e9) < TOLERANCE;
  if (!isOne || currentUtcOffset === 0) return undefined;
  if (applied === 0) return OffsetCause.NoOffset;
  return Math.sign(apart) === -Math.sign(applied)
    ? OffsetCause.SameTimescale
    : OffsetCause.AppliedTwice;
}

/**
 * The leap second (1 inserted, -1 deleted) by which the kernel's TAI offset went from `before` to
 * `after`; 0 where somebody corrected a wrong offset instead.
 * @param utcSeconds The system clock now.
 */
export function leapBetween(before: number, after: number, utcSeconds: number): -1 | 0 | 1 {
  const by = after - before;
  const ofDay = ((utcSeconds % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  const isNearMidnight = ofDay < LEAP_WINDOW || ofDay >= SECONDS_PER_DAY - LEAP_WINDOW;
  return isNearMidnight && (by === 1 || by === -1) ? by : 0;
}
