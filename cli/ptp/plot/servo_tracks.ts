/**
 * The reports of a servo over time in bounded memory, and the figure of them.
 * @module
 */
import type { Servo, ServoSample } from "../../../lib/ptp/servo/servo.ts";
import type { Figure } from "./figure.ts";
import { Series } from "./series.ts";

/** Collects reports. */
export class ServoTracks {
  readonly offset: Series;
  /** Half-widths around {@linkcode offset}, point by point. */
  readonly bound: Series;
  readonly delay: Series;
  readonly frequency: Series;
  #start = NaN;

  constructor(name: string) {
    this.offset = new Series(name);
    this.bound = new Series(name);
    this.delay = new Series(name);
    this.frequency = new Series(name);
  }

  /** Instant of the first report, from which times count; NaN before it. */
  get start(): number {
    return this.#start;
  }

  /** @param start From which times count; the first report where it is left out. */
  add(s: ServoSample, start?: number): void {
    if (Number.isNaN(this.#start)) this.#start = start ?? s.at;
    const at = (s.at - this.#start) / 1e9;
    this.offset.add(at, s.offset);
    // A bound that says nothing yet would fill the picture.
    this.bound.add(at, Math.min(s.bound, 10 * Math.abs(s.offset) + 1e6));
    this.delay.add(at, s.meanPathDelay);
    this.frequency.add(at, s.frequency);
  }
}

/** Has `servo` tell `take` each report that somebody takes. */
export function tapSamples(servo: Servo, take: (sample: ServoSample) => void): Servo {
  const inner = servo.sample.bind(servo);
  servo.sample = () => {
    const sample = inner();
    if (sample !== undefined) take(sample);
    return sample;
  };
  return servo;
}

/** Offsets with their bounds, delays and corrections of one or several servos. */
export function servoFigure(
  head: { readonly title: string; readonly subtitle: string; readonly origin: string },
  rows: readonly ServoTracks[],
): Figure {
  const panels = [
    {
      title: "offset of the clock from the master",
      series: rows.map((row) => row.offset),
      bands: rows.map((row) => row.bound),
      hasZero: true,
    },
    { title: "mean path delay", series: rows.map((row) => row.delay), hasZero: false },
    {
      title: "frequency correction",
      series: rows.map((row) => row.frequency),
      hasZero: false,
      unit: "ppb",
    },
  ];
  return { ...head, panels: panels.filter((one) => one.series.some((s) => s.length > 1)) };
}
