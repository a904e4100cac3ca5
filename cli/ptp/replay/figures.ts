/**
 * Reports of a servo as numbers.
 * @module
 */
import { type ServoSample, ServoState } from "../../../lib/ptp/servo/servo.ts";

/** How a servo did, after it had locked. */
export interface ServoFigures {
  readonly samples: number;
  /** Seconds from the first report until it first was locked; null where it never was. */
  readonly lockedAfter: number | null;
  /** Offsets after that (of all where it never locked), ns. */
  readonly rms: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly meanPathDelay: number | null;
  readonly frequency: number | null;
}

/** Seconds after locking that do not count: the clock is still coming in. */
const SETTLING = 2;

/** Figures of `samples`; offsets of `judged` where those are given. */
export function figuresOf(
  samples: readonly ServoSample[],
  judged: readonly ServoSample[] = samples,
): ServoFigures {
  const first = samples[0];
  const locked = samples.find((s) => s.state === ServoState.Locked);
  const from = locked === undefined ? -Infinity : locked.at + SETTLING * 1e9;
  const late = judged.filter((s) => s.at >= from);
  const counted = (late.length > 0 ? late : judged).map((s) => Math.abs(s.offset))
    .sort((a, b) => a - b);
  const last = samples[samples.length - 1];
  const n = counted.length;
  const squares = counted.reduce((sum, value) => sum + value * value, 0);
  return {
    samples: samples.length,
    lockedAfter: locked === undefined || first === undefined ? null : (locked.at - first.at) / 1e9,
    rms: n === 0 ? null : Math.sqrt(squares / n),
    p99: counted[Math.min(n - 1, Math.floor(0.99 * n))] ?? null,
    max: counted[n - 1] ?? null,
    meanPathDelay: finite(last?.meanPathDelay),
    frequency: finite(last?.frequency),
  };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
