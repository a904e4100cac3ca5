/**
 * What the demonstration does to the grandmaster's clock, and how the slave is judged for it.
 * @module
 */
import type { Instant, Timestamp } from "../../lib/base/time.ts";

/** A step of the grandmaster's clock. */
export interface PlannedStep {
  /** Seconds after the start. */
  readonly at: number;
  readonly by: Timestamp;
  readonly name: string;
}

/** How long a demonstration runs, and what happens in it. */
export interface Plan {
  readonly seconds: number;
  readonly steps: readonly PlannedStep[];
}

/** The whole demonstration: seconds, ns, ppb. */
export const PLAN = {
  seconds: 18,
  steps: [
    { at: 6, by: { seconds: 2, nanoseconds: 500_000_000 }, name: "+2.5 s" },
    { at: 11, by: { seconds: 0, nanoseconds: -200_000 }, name: "-200 us" },
  ] as readonly PlannedStep[],
  /** Within this the slave counts as locked. */
  limit: 10_000,
  /** It must be so again this many seconds after the start and after each step. */
  patience: 5,
  /** How long the error must stay within the limit to count. */
  hold: 0.5,
  /** Judged at the end. */
  tail: 5,
  /** A step is left out where the end is nearer than this, so that the slave can be judged after it. */
  margin: 7,
  /** What `--duration` may be: the start alone, judged; ten minutes of readings. */
  shortest: 8,
  longest: 600,
  masterPpb: 30_000,
  slavePpb: -20_000,
  slaveOffset: { seconds: -1, nanoseconds: -300_000_000 } as Timestamp,
} as const;

/** The true error at one moment. */
export interface Reading {
  /** Seconds since the start. */
  readonly at: number;
  readonly instant: Instant;
  /** Slave's clock less grandmaster's, ns. */
  readonly error: number;
  /** The slave port's state. */
  readonly state: string;
  readonly meanPathDelay: number;
  readonly frequency: number;
}

/** A running demonstration. */
export interface Trial {
  readonly readings: readonly Reading[];
  readonly io: "ffi" | "deno";
  /** An instant as absolute CLOCK_MONOTONIC_RAW nanoseconds. */
  raw(at: Instant): string;
  run(take: (reading: Reading) => void): Promise<void>;
  close(): void;
}

/** How one thing the slave had to lock after went. */
export interface Lock {
  readonly what: string;
  /** From the start or step; undefined: never. */
  readonly seconds: number | undefined;
  readonly isGood: boolean;
}

/** The verdict of a run; errors in ns. */
export interface DemoVerdict {
  readonly locks: readonly Lock[];
  readonly p99: number;
  readonly rms: number;
  readonly max: number;
  readonly isPassed: boolean;
}

/** The demonstration of a run of `seconds`: the steps that leave time to lock again and be judged. */
export function planOf(seconds: number): Plan {
  return { seconds, steps: PLAN.steps.filter((s) => s.at + PLAN.margin <= seconds) };
}

/** A run's end may come this much early: the command was on its way before the clocks ran. */
const EARLY = 2;

/** Judges a whole run. */
export function judge(readings: readonly Reading[], plan: Plan = PLAN): DemoVerdict {
  const ends = [...plan.steps.map((s) => s.at), Infinity];
  const locks = [lockAfter("start", readings, 0, ends[0]!)];
  plan.steps.forEach((step, k) => {
    locks.push(lockAfter(`step of ${step.name}`, readings, step.at, ends[k + 1]!));
  });
  const end = readings.at(-1)?.at ?? 0;
  const sizes = readings.filter((r) => r.at > end - PLAN.tail)
    .map((r) => Math.abs(r.error)).sort((a, b) => a - b);
  const p99 = sizes[Math.max(0, Math.ceil(sizes.length * 0.99) - 1)] ?? Infinity;
  const rms = Math.sqrt(sizes.reduce((sum, e) => sum + e * e, 0) / sizes.length);
  const isWhole = end >= plan.seconds - EARLY;
  const isPassed = isWhole && p99 < PLAN.limit && locks.every((lock) => lock.isGood);
  return { locks, p99, rms, max: sizes.at(-1) ?? Infinity, isPassed };
}

/** When the error got within the limit for good after `from`, before `to`. */
function lockAfter(what: string, readings: readonly Reading[], from: number, to: number): Lock {
  let since: number | undefined;
  let isBeyond = from === 0;
  for (const r of readings) {
    if (r.at < from || r.at >= to) continue;
    if (Math.abs(r.error) >= PLAN.limit) {
      isBeyond = true;
      since = undefined;
    } else if (isBeyond) since ??= r.at;
    if (since !== undefined && r.at - since >= PLAN.hold) {
      const seconds = since - from;
      return { what, seconds, isGood: seconds <= PLAN.patience };
    }
  }
  return { what, seconds: undefined, isGood: false };
}
