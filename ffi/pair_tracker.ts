/**
 * How a clock runs against CLOCK_MONOTONIC_RAW, learnt from successive captures, and which of them
 * have a step in between.
 * @module
 */
import type { ClockPair } from "../lib/base/clock.ts";
import type { Instant, Timestamp } from "../lib/base/time.ts";
import { shift } from "../lib/base/time.ts";

/** A clock that moved by more than this plus {@linkcode STEP_RATE} was stepped. */
const STEP_NANOS = 200_000;
/** 1000 ppm: twice what the kernel lets CLOCK_REALTIME be slewed without changing its tick. */
const STEP_RATE = 1e-3;
/** Shortest base line of a rate: a 40 ns bracket over it is 2 ppm. */
const BASE_LINE_NANOS = 20e6;
/** The kernel's tick allows 10 %; more is not a rate. */
const MAX_RATE = 0.11;

/** Remembers the latest pair, the rate, and counts steps. */
export class PairTracker {
  /** Steps seen between two captures. */
  steps = 0;
  /** (clock's rate) / (raw's rate) - 1. */
  rate = 0;
  #raw = NaN;
  #seconds = 0;
  #nanos = 0;
  #anchorRaw = 0;
  #anchorSeconds = 0;
  #anchorNanos = 0;

  /** When the latest pair was taken; NaN before the first. */
  get raw(): Instant {
    return this.#raw as Instant;
  }

  /**
   * Takes a fresh pair.
   * @param stepped True where the caller knows of a step since the last one.
   * @returns false where a step lies between this pair and the previous one: a stamp taken between
   * them cannot be converted.
   */
  update(pair: ClockPair, stepped = false): boolean {
    const isFirst = Number.isNaN(this.#raw);
    const elapsed = pair.raw - this.#raw;
    const shown = (pair.seconds - this.#seconds) * 1e9 + (pair.nanoseconds - this.#nanos);
    const isStep = !isFirst &&
      (stepped || Math.abs(shown - elapsed) > STEP_NANOS + STEP_RATE * elapsed);
    this.#raw = pair.raw;
    this.#seconds = pair.seconds;
    this.#nanos = pair.nanoseconds;
    if (isStep) this.steps++;
    if (isFirst || isStep) this.#anchor(pair);
    else this.#measure(pair);
    return !isStep;
  }

  /** The instant at which the clock showed `seconds.nanos`, going back from the latest pair. */
  instantOf(seconds: number, nanos: number): Instant {
    const ago = (this.#seconds - seconds) * 1e9 + (this.#nanos - nanos);
    return (this.#raw - ago / (1 + this.rate)) as Instant;
  }

  /** What the clock shows at `raw`, extrapolated from the latest pair. */
  readingAt(raw: Instant, into: Timestamp): void {
    into.seconds = this.#seconds;
    into.nanoseconds = this.#nanos;
    shift(into, (raw - this.#raw) * (1 + this.rate), into);
  }

  /** The clock's frequency was changed by `by` (a ratio): the base line begins anew. */
  rateChanged(by: number): void {
    this.rate += by;
    this.#anchorRaw = NaN;
  }

  /** Forgets the pairs, not the rate: after a step by the caller. */
  forget(): void {
    this.#raw = NaN;
  }

  #measure(pair: ClockPair): void {
    if (Number.isNaN(this.#anchorRaw)) {
      this.#anchor(pair);
      return;
    }
    const line = pair.raw - this.#anchorRaw;
    if (line < BASE_LINE_NANOS) return;
    const shown = (pair.seconds - this.#anchorSeconds) * 1e9 +
      (pair.nanoseconds - this.#anchorNanos);
    const rate = (shown - line) / line;
    if (Math.abs(rate) < MAX_RATE) this.rate = rate;
    this.#anchor(pair);
  }

  #anchor(pair: ClockPair): void {
    this.#anchorRaw = pair.raw;
    this.#anchorSeconds = pair.seconds;
    this.#anchorNanos = pair.nanoseconds;
  }
}
