/**
 * Axes: where a value stands, and which values are worth a line.
 * @module
 */

/** A labelled place on an axis. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Values to 0 (least) ... 1 (greatest). */
export interface Scale {
  place(value: number): number;
  readonly ticks: readonly Tick[];
  /** `ns`, `us`, `ms`, `s`; of a logarithmic scale "" since each tick says its own. */
  readonly unit: string;
}

const UNITS: readonly (readonly [nanos: number, name: string])[] = [
  [1, "ns"],
  [1e3, "us"],
  [1e6, "ms"],
  [1e9, "s"],
];
const STEPS = [1, 2, 2.5, 5, 10];
/** A span this much wider than what most values fill asks for a logarithmic scale. */
const WIDE = 40;

/** A scale for durations in ns, linear, or logarithmic on both sides of 0 where that shows more. */
export function nanosScale(sorted: Float64Array, hasZero: boolean): Scale {
  const n = sorted.length;
  if (n === 0) return linear(-1, 1, 5);
  const least = sorted[0]!;
  const greatest = sorted[n - 1]!;
  const low = sorted[Math.ceil(0.1 * (n - 1))]!;
  const high = sorted[Math.floor(0.9 * (n - 1))]!;
  const most = Math.max(Math.abs(low), Math.abs(high), 10);
  const all = Math.max(Math.abs(least), Math.abs(greatest));
  // Far from 0 and close together: the place is told by the labels.
  const isFar = Math.min(Math.abs(least), Math.abs(greatest)) > 8 * (greatest - least) &&
    least * greatest > 0;
  if (isFar) return near(least, greatest);
  const isWide = hasZero ? all > WIDE * most : greatest - least > WIDE * (high - low + 10);
  if (hasZero && isWide) return symmetricLog(least, greatest, most / 3);
  const a = hasZero ? Math.min(least, 0) : least;
  const b = hasZero ? Math.max(greatest, 0) : greatest;
  const margin = Math.max((b - a) * 0.06, 1);
  return linear(a - margin, b + margin, 5);
}

/** A linear scale for values of any other unit. */
export function plainScale(sorted: Float64Array, unit: string): Scale {
  const a = sorted[0] ?? -1;
  const b = sorted[sorted.length - 1] ?? 1;
  const margin = Math.max((b - a) * 0.06, Math.abs(b) * 1e-6, 1e-3);
  const step = niceStep((b - a + 2 * margin) / 5);
  const low = a - margin;
  const span = b - a + 2 * margin;
  const ticks: Tick[] = [];
  for (let k = Math.ceil(low / step); k * step <= b + margin; k++) {
    ticks.push({ value: k * step, text: decimal(k * step, step) });
  }
  return { place: (v) => (v - low) / span, ticks, unit };
}

/** A scale for seconds. */
export function secondsScale(from: number, to: number): Scale {
  const span = Math.max(to - from, 1e-6);
  const step = niceStep(span / 8);
  const ticks: Tick[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9; k++) {
    ticks.push({ value: k * step, text: decimal(k * step, step) });
  }
  return { place: (v) => (v - from) / span, ticks, unit: "s" };
}

function linear(a: number, b: number, wanted: number): Scale {
  const step = niceStep((b - a) / wanted);
  const size = Math.max(Math.abs(a), Math.abs(b));
  const [nanos, unit] = UNITS.findLast(([least]) => size >= least * 2 && step >= least / 10) ??
    UNITS[0]!;
  const ticks: Tick[] = [];
  for (let k = Math.ceil(a / step); k * step <= b; k++) {
    ticks.push({ value: k * step, text: decimal(k * step / nanos, step / nanos) });
  }
  return { place: (v) => (v - a) / (b - a), ticks, unit };
}

function near(least: number, greatest: number): Scale {
  const margin = Math.max((greatest - least) * 0.06, 1);
  return linear(least - margin, greatest + margin, 5);
}

function symmetricLog(least: number, greatest: number, small: number): Scale {
  const lin = 10 ** Math.floor(Math.log10(Math.max(small, 1)));
  const bend = (v: number) => Math.sign(v) * Math.log10(1 + Math.abs(v) / lin);
  const a = bend(Math.min(least, -lin));
  const b = bend(Math.max(greatest, lin));
  const margin = (b - a) * 0.04;
  const ticks: Tick[] = [{ value: 0, text: "0" }];
  for (let power = lin; power <= Math.max(-least, greatest) * 1.01; power *= 10) {
    const [nanos, unit] = UNITS.findLast(([one]) => power >= one) ?? UNITS[0]!;
    for (const sign of [1, -1]) {
      const value = sign * power;
      if (bend(value) < a - margin || bend(value) > b + margin) continue;
      ticks.push({ value, text: `${sign > 0 ? "+" : "-"}${power / nanos} ${unit}` });
    }
  }
  return { place: (v) => (bend(v) - a + margin) / (b - a + 2 * margin), ticks, unit: "" };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (STEPS.find((step) => step * power >= rough * 0.999) ?? 10);
}

function decimal(value: number, step: number): string {
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9)));
  const isHalf = Math.abs(step * 10 ** digits % 1) > 1e-6;
  const text = value.toFixed(isHalf ? digits + 1 : digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
