/**
 * Time as plain numbers: instants and durations in nanoseconds, wall-clock readings as two fields.
 *
 * An {@linkcode Instant} counts CLOCK_MONOTONIC_RAW nanoseconds since one origin that the process
 * takes at its start; a float64 holds it exactly (to 1 ns) for 104 days, and to 1/64 ns for a day.
 * A {@linkcode Timestamp} is a reading of some clock (PTP, UTC, a PHC) since that clock's epoch:
 * subtract two of them before scaling, never turn one into a single number.
 * @module
 */

declare const instantBrand: unique symbol;
declare const nanosBrand: unique symbol;

/** CLOCK_MONOTONIC_RAW nanoseconds since the process's origin; may carry a fraction. */
export type Instant = number & { readonly [instantBrand]: true };

/** A duration in nanoseconds; may be negative and may carry a fraction. */
export type Nanos = number & { readonly [nanosBrand]: true };

/** A clock reading: `seconds` is an integer, `nanoseconds` lies in [0, 1e9) and may carry a fraction. */
export interface Timestamp {
  seconds: number;
  nanoseconds: number;
}

/** Later than every instant: the deadline of a core that is idle. */
export const NEVER = Infinity as Instant;

/** The origin itself. */
export const ORIGIN = 0 as Instant;

const NANOS_PER_SECOND = 1e9;

/** `value` nanoseconds since the origin. */
export function instant(value: number): Instant {
  return value as Instant;
}

/** `value` nanoseconds. */
export function nanos(value: number): Nanos {
  return value as Nanos;
}

/** `value` microseconds. */
export function micros(value: number): Nanos {
  return value * 1e3 as Nanos;
}

/** `value` milliseconds. */
export function millis(value: number): Nanos {
  return value * 1e6 as Nanos;
}

/** `value` seconds. */
export function seconds(value: number): Nanos {
  return value * NANOS_PER_SECOND as Nanos;
}

/** The instant `duration` after `from`. */
export function after(from: Instant, duration: Nanos): Instant {
  return from + duration as Instant;
}

/** How long `later` is after `earlier`; negative where it is before. */
export function between(earlier: Instant, later: Instant): Nanos {
  return later - earlier as Nanos;
}

/** The earlier of two instants. */
export function earliest(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

/** A reading of zero, for reuse by the caller. */
export function timestamp(secondsPart = 0, nanosecondsPart = 0): Timestamp {
  return { seconds: secondsPart, nanoseconds: nanosecondsPart };
}

/** `a - b`, exact to the nanosecond while the two lie within 104 days of each other. */
export function difference(a: Timestamp, b: Timestamp): Nanos {
  return (a.seconds - b.seconds) * NANOS_PER_SECOND + (a.nanoseconds - b.nanoseconds) as Nanos;
}

/** Writes `from + duration` into `into` (which may be `from`), with `nanoseconds` in [0, 1e9). */
export function shift(from: Timestamp, duration: number, into: Timestamp): void {
  const total = from.nanoseconds + duration;
  let carry = Math.floor(total / NANOS_PER_SECOND);
  let rest = total - carry * NANOS_PER_SECOND;
  if (rest >= NANOS_PER_SECOND) { // total was a tiny negative number that rounded up to 1e9
    rest = 0;
    carry++;
  }
  into.seconds = from.seconds + carry;
  into.nanoseconds = rest;
}

/** Copies `from` into `into`. */
export function assign(from: Timestamp, into: Timestamp): void {
  into.seconds = from.seconds;
  into.nanoseconds = from.nanoseconds;
}

/** The reading as a decimal count of nanoseconds since its epoch, for JSON: `"1700000000000000001"`. */
export function decimalNanos(t: Timestamp): string {
  let secondsPart = t.seconds;
  let rest = Math.round(t.nanoseconds);
  if (rest >= NANOS_PER_SECOND) {
    secondsPart++;
    rest -= NANOS_PER_SECOND;
  }
  return (BigInt(secondsPart) * 1_000_000_000n + BigInt(rest)).toString();
}
