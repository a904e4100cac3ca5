/**
 * Intervals as base-2 logarithms of seconds, and timers that do not drift.
 * @module
 */
import type { Random } from "../base/random.ts";
import type { Instant, Nanos } from "../base/time.ts";

/** `logMessageInterval` of messages that have none. */
export const NO_INTERVAL = 0x7f;

/** 2^log seconds. */
export function intervalOf(log: number): Nanos {
  return 2 ** log * 1e9 as Nanos;
}

/** `log` where it is within `low` and `high`, else `otherwise`. */
export function sane(log: number, low: number, high: number, otherwise: number): number {
  return log >= low && log <= high ? log : otherwise;
}

/** The next instant after `now` on the grid that `at` and `interval` span. */
export function nextOnGrid(at: Instant, interval: Nanos, now: Instant): Instant {
  const next = at + interval;
  if (next > now) return next as Instant;
  return at + (Math.floor((now - at) / interval) + 1) * interval as Instant;
}

/**
 * announceReceiptTimeoutInterval (7.7.3.1), stretched by up to one announce interval at random so
 * that not all slaves of a lost master become masters at once (9.2.6.12).
 */
export function announceTimeout(count: number, log: number, random: Random): Nanos {
  return (count + random.uniform()) * intervalOf(log) as Nanos;
}
