/**
 * Reports of a servo as numbers and as a picture.
 * @module
 */
import { type ServoSample, ServoState } from "../../../lib/ptp/servo/servo.ts";
import type { Figure } from "../plot/figure.ts";
import { Series } from "../plot/series.ts";

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

/** Offsets with their bounds, delays and corrections of several servos. */
export function servoFigure(
  head: { readonly title: string; readonly subtitle: string },
  rows: readonly { readonly name: string; readonly samples: readonly ServoSample[] }[],
): Figure {
  const start = Math.min(...rows.map((row) => row.samples[0]?.at ?? Infinity));
  const series = (value: (s: ServoSample) => number) =>
    rows.map((row) => {
      const found = new Series(row.name);
      for (const s of row.samples) {
        if (Number.isFinite(value(s))) found.add((s.at - start) / 1e9, value(s));
      }
      return found;
    });
  const panels = [
    {
      title: "offset of the clock from the master",
      series: series((s) => s.offset),
      bands: series((s) => Math.min(s.bound, 10 * Math.abs(s.offset) + 1e6)),
      hasZero: true,
    },
    { title: "mean path delay", series: series((s) => s.meanPathDelay), hasZero: false },
    {
      title: "frequency correction",
      series: series((s) => s.frequency),
      hasZero: false,
      unit: "ppb" as const,
    },
  ];
  return { ...head, origin: "", panels: panels.filter((one) => one.series.some(hasPoints)) };
}

function hasPoints(series: Series): boolean {
  return series.length > 1;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
