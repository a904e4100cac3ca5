/**
 * Makes a clock follow a line: compares the two locally, many times a second, and sets the frequency.
 *
 * The comparison has no network in it and is nearly free of noise. With e = clock - line the clock's
 * rate is set to the line's less e/tau, so that an error decays with time constant tau and a line that
 * moves by tens of nanoseconds with each measurement is followed smoothly. The undisciplined
 * oscillator's own rate is whatever explains the clock's progress beside the correction in force,
 * averaged over about a second.
 * @module
 */
import { type Clock, type ClockPair, clockPair } from "../../base/clock.ts";
import {
  assign,
  difference,
  type Instant,
  type Nanos,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";

/** Weight of a new rate in the oscillator's average once that has settled. */
const RATE_GAIN = 0.05;
/** A change of rate beyond this, ppb, is somebody stepping the clock. */
const IMPLAUSIBLE_RATE = 5e6;
/** Comparisons in brackets wider than this are used for phase but not for rate. */
const WIDE_BRACKET = 1000;

/** See the module's text. */
export class Actuator {
  readonly #clock: Clock;
  readonly #maxPpb: number;
  readonly #pair: ClockPair = clockPair();
  readonly #before: ClockPair = clockPair();
  readonly #step = timestamp();
  #hasBefore = false;
  #oscillator = 0;
  #rates = 0;
  #correction: number;

  /** @param maxPpb Largest correction, ppb; the clock's own limit holds as well. */
  constructor(clock: Clock, maxPpb: number) {
    this.#clock = clock;
    this.#maxPpb = Math.min(maxPpb, clock.maxPpb);
    this.#correction = clock.frequency();
  }

  /** Correction in force, ppb. */
  get correction(): number {
    return this.#correction;
  }

  /** Half the bracket of the last comparison, ns. */
  get uncertainty(): number {
    return this.#pair.widthNanos / 2;
  }

  /** Reads the clock; returns the raw instant of the reading. */
  capture(): Instant {
    const pair = this.#pair;
    const before = this.#before;
    this.#clock.capture(pair);
    if (this.#hasBefore) this.#learnRate();
    before.raw = pair.raw;
    before.widthNanos = pair.widthNanos;
    assign(pair, before);
    this.#hasBefore = true;
    return pair.raw;
  }

  /** The last reading less `line`, the line's time at the same instant. */
  offset(line: Timestamp): Nanos {
    return difference(this.#pair, line);
  }

  /** Steps the clock so that the last reading would have been `line`. */
  stepTo(line: Timestamp): void {
    const step = this.#step;
    step.seconds = line.seconds - this.#pair.seconds;
    step.nanoseconds = line.nanoseconds - this.#pair.nanoseconds;
    if (step.seconds > 0 && step.nanoseconds < 0) {
      step.seconds--;
      step.nanoseconds += 1e9;
    } else if (step.seconds < 0 && step.nanoseconds > 0) {
      step.seconds++;
      step.nanoseconds -= 1e9;
    }
    this.#clock.step(step.seconds, step.nanoseconds);
    this.#hasBefore = false;
  }

  /** Sets the rate: the line's, `ppb` against raw, less what takes `offset` away within `tau` s. */
  follow(ppb: number, offset: Nanos, tau: number): void {
    const limit = this.#maxPpb;
    const wanted = ppb - this.#oscillator - offset / tau;
    this.#correction = Math.max(-limit, Math.min(limit, wanted));
    this.#clock.adjustFrequency(this.#correction);
  }

  /** Forgets what the oscillator was seen to do. */
  forget(): void {
    this.#hasBefore = false;
  }

  #learnRate(): void {
    const pair = this.#pair;
    const before = this.#before;
    const elapsed = pair.raw - before.raw;
    if (elapsed < 1e6 || Math.max(pair.widthNanos, before.widthNanos) > WIDE_BRACKET) return;
    const rate = (difference(pair, before) - elapsed) / elapsed * 1e9 - this.#correction;
    if (Math.abs(rate - this.#oscillator) > IMPLAUSIBLE_RATE) return;
    this.#rates++;
    this.#oscillator += Math.max(RATE_GAIN, 1 / this.#rates) * (rate - this.#oscillator);
  }
}
