/**
 * Which of the first measurements are outliers, judged together and without regard to their order.
 *
 * A filter trusts its first measurements because it knows nothing else. So once a few are in, a line is
 * laid through them that up to a quarter of outliers do not move: the median of the slopes of all pairs of
 * one direction (Theil and Sen), then the median of what is left in each direction. What lies beyond
 * five standard deviations of that is marked. Used at the start only; allocates.
 * @module
 */
import { Direction } from "./history.ts";

const BEYOND = 5;
const MEDIAN_TO_SD = 1.4826;
const FEWEST = 4;

/** Measurements in columns: seconds, nanoseconds, direction. */
export interface Measurements {
  t: Float64Array;
  z: Float64Array;
  direction: Int8Array;
}

/** 1 for each outlier; `noise` is the least standard deviation assumed, ns. */
export function markOutliers(m: Measurements, noise: number): Uint8Array {
  const marks = new Uint8Array(m.t.length);
  const slope = pairSlope(m);
  if (Number.isNaN(slope)) return marks;
  markDirection(m, slope, Direction.Forward, noise, marks);
  markDirection(m, slope, Direction.Reverse, noise, marks);
  return marks;
}

/** Median slope over all pairs within a direction, ns/s. */
function pairSlope(m: Measurements): number {
  const slopes: number[] = [];
  for (let i = 0; i < m.t.length; i++) {
    for (let j = 0; j < i; j++) {
      const dt = m.t[i]! - m.t[j]!;
      if (m.direction[i] === m.direction[j] && dt !== 0) slopes.push((m.z[i]! - m.z[j]!) / dt);
    }
  }
  return median(slopes);
}

function markDirection(
  m: Measurements,
  slope: number,
  direction: Direction,
  noise: number,
  marks: Uint8Array,
): void {
  const rest: number[] = [];
  for (let i = 0; i < m.t.length; i++) {
    if (m.direction[i] === direction) rest.push(m.z[i]! - slope * m.t[i]!);
  }
  if (rest.length < FEWEST) return;
  const middle = median(rest);
  const spread = MEDIAN_TO_SD * median(rest.map((r) => Math.abs(r - middle)));
  const limit = BEYOND * Math.max(noise, spread);
  for (let i = 0; i < m.t.length; i++) {
    if (m.direction[i] !== direction) continue;
    if (Math.abs(m.z[i]! - slope * m.t[i]! - middle) > limit) marks[i] = 1;
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}
