/**
 * A node's oscillator: true time to and from the node's own CLOCK_MONOTONIC_RAW.
 *
 * Piecewise linear and strictly increasing, so both directions are closed forms and inverse to each
 * other up to float64 rounding (under 0.01 ns for a day). Pieces are drawn as time advances and a
 * window of the latest is kept: ask about now, not about an hour ago.
 * @module
 */
import type { Instant, Nanos } from "../base/time.ts";
import { WANDER_PERIOD, WanderProfile } from "../base/wander.ts";

/** How a frequency moves: constant for `period`, then the next value. */
export interface FrequencyProfile {
  /** Nanoseconds of true time that each value holds. */
  readonly period: number;
  /** The frequency of the next period, ppb; called once for each period, in order. */
  next(): number;
}

/** What an oscillator is like; a perfect one if nothing is said. */
export interface OscillatorOptions {
  /** CLOCK_MONOTONIC_RAW at true time 0, ns; 0 if left out. */
  offset?: number;
  /** Constant frequency error, parts per million: positive runs fast. */
  ppm?: number;
  /** On top of it; none if left out. See {@linkcode standardWander}. */
  wander?: FrequencyProfile;
}

/** The wander this project measures with: `base/wander.ts`. */
export function standardWander(seed: number): FrequencyProfile {
  const profile = new WanderProfile(seed);
  return { period: WANDER_PERIOD, next: () => profile.next() };
}

/** Pieces kept; with 250 ms pieces 64 s. */
const HISTORY = 256;

/** True time (ns since the simulation began) to CLOCK_MONOTONIC_RAW and back. */
export class Oscillator {
  readonly #ppb: number;
  readonly #wander: FrequencyProfile | undefined;
  /** Piece `k` of the ring: true and raw start, and its frequency error as a fraction. */
  readonly #start: Float64Array;
  readonly #raw: Float64Array;
  readonly #skew: Float64Array;
  readonly #size: number;
  /** Pieces drawn so far, and the one the last question was about. */
  #drawn = 1;
  #last = 0;
  /**
   * The piece in use, in one cache line: true start and end, raw start, skew; then the question
   * asked last and its answer, as a node asks the same several times while it runs.
   */
  readonly #current = new Float64Array(6).fill(NaN);

  constructor(options: OscillatorOptions = {}) {
    this.#ppb = (options.ppm ?? 0) * 1000;
    this.#wander = options.wander;
    this.#size = this.#wander === undefined ? 1 : HISTORY;
    this.#start = new Float64Array(this.#size);
    this.#raw = new Float64Array(this.#size);
    this.#skew = new Float64Array(this.#size);
    this.#raw[0] = options.offset ?? 0;
    this.#skew[0] = (this.#ppb + (this.#wander?.next() ?? 0)) * 1e-9;
  }

  /** CLOCK_MONOTONIC_RAW of this node at true time `t`. */
  rawAt(t: Nanos): Instant {
    const c = this.#current;
    if (t === c[4]) return c[5]! as Instant;
    if (!(t >= c[0]! && t < c[1]!)) this.#load(this.#pieceOfTrue(t), t);
    const dt = t - c[0]!;
    c[4] = t;
    return c[5] = c[2]! + (dt + dt * c[3]!) as Instant;
  }

  /** The true time at which CLOCK_MONOTONIC_RAW of this node shows `raw`. */
  trueAt(raw: Instant): Nanos {
    const p = this.#pieceOfRaw(raw);
    const skew = this.#skew[p]!;
    const dr = raw - this.#raw[p]!;
    return this.#start[p]! + (dr - dr * (skew / (1 + skew))) as Nanos;
  }

  /** Frequency error at true time `t`, ppb. */
  frequencyAt(t: Nanos): number {
    return this.#skew[this.#pieceOfTrue(t)]! * 1e9;
  }

  #load(p: number, t: number): void {
    const c = this.#current;
    const period = this.#wander === undefined ? Infinity : this.#wander.period;
    c[0] = this.#start[p]!;
    c[1] = t < c[0] ? c[0] : c[0] + period;
    c[2] = this.#raw[p]!;
    c[3] = this.#skew[p]!;
  }

  /** Slot of the piece that holds true time `t`. */
  #pieceOfTrue(t: number): number {
    if (this.#wander === undefined) return 0;
    while (t >= this.#drawn * this.#wander.period) this.#draw();
    let k = Math.min(Math.floor(t / this.#wander.period), this.#drawn - 1);
    if (k < 0) k = 0;
    if (k < this.#drawn - HISTORY) throw new RangeError(`oscillator: ${t} ns is too long ago`);
    this.#last = k;
    return k & HISTORY - 1;
  }

  /** Slot of the piece that holds `raw`: near the last one asked for, as time goes on slowly. */
  #pieceOfRaw(raw: number): number {
    if (this.#wander === undefined) return 0;
    const mask = HISTORY - 1;
    let k = Math.max(this.#last, this.#drawn - HISTORY);
    for (;;) {
      if (k + 1 >= this.#drawn) this.#draw();
      if (raw < this.#raw[k + 1 & mask]!) break;
      k++;
    }
    while (k > 0 && raw < this.#raw[k & mask]!) {
      k--;
      if (k < this.#drawn - HISTORY) throw new RangeError(`oscillator: ${raw} is too long ago`);
    }
    this.#last = k;
    return k & mask;
  }

  #draw(): void {
    const wander = this.#wander!;
    const mask = HISTORY - 1;
    const before = this.#drawn - 1 & mask;
    const next = this.#drawn & mask;
    this.#start[next] = this.#drawn * wander.period;
    this.#raw[next] = this.#raw[before]! + (wander.period + wander.period * this.#skew[before]!);
    this.#skew[next] = (this.#ppb + wander.next()) * 1e-9;
    this.#drawn++;
  }
}
