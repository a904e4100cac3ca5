/**
 * One clock made to follow another on the same machine, through a {@linkcode Servo}.
 *
 * The source is read against CLOCK_MONOTONIC_RAW at a fixed interval; a reading is a Sync that took
 * no time: `forward(source + offset, raw)` with a link delay of 0. What the servo cannot know is the
 * bracket the source was read in: half of its width may be a constant error, and is added to the bound.
 * @module
 */
import { type Clock, type ClockPair, clockPair } from "../base/clock.ts";
import {
  difference,
  earliest,
  type Instant,
  type Nanos,
  nanos,
  shift,
  timestamp,
} from "../base/time.ts";
import type { LocalTimescale } from "./options.ts";
import type { BankModel } from "./servo/bank_model.ts";
import { type Servo, type ServoSample, ServoState } from "./servo/servo.ts";

/**
 * For {@linkcode RobustOptions.model}: there is no path whose delay could change, and no queue, so that
 * a reading is as often early as late.
 */
export const NO_PATH: Partial<BankModel> = {
  delayWalk: 0,
  delayStep: 0.01,
  delayStepRate: 1e-6,
  lateSpread: 1,
};

/** A bracket this many times as wide as usual is not used. */
const WIDE = 4;
/** Wide brackets in a row after which they are the usual ones. */
const WIDE_IN_A_ROW = 8;
const WIDTH_GAIN = 0.05;
/** Brackets are never taken to be narrower than this, ns. */
const WIDTH_FLOOR = 20;

/** What follows what. */
export interface ClockSyncOptions {
  /** Only read. */
  readonly source: Pick<Clock, "capture">;
  /** What the servo steers. */
  readonly destination: Pick<Clock, "capture">;
  readonly sourceTimescale: LocalTimescale;
  readonly destinationTimescale: LocalTimescale;
  readonly servo: Servo;
  /** To add to the source's reading for the destination's, ns. */
  readonly offset: Nanos;
  /** Between two readings of the source, ns. */
  readonly interval: Nanos;
}

/** See the module's text. Call {@linkcode expire} at each {@linkcode deadline}. */
export class ClockSync {
  /** Readings handed to the servo. */
  readings = 0;
  /** Readings left out because something came between while the source was read. */
  wide = 0;
  readonly #options: ClockSyncOptions;
  readonly #pair: ClockPair = clockPair();
  readonly #time = timestamp();
  #offset: number;
  #next: Instant;
  #width = 0;
  #wideInARow = 0;

  constructor(options: ClockSyncOptions, now: Instant) {
    this.#options = options;
    this.#offset = options.offset;
    this.#next = now;
  }

  /** What is added to the source's reading, ns. */
  get offset(): Nanos {
    return nanos(this.#offset);
  }

  /** Destination less (source + offset), from one reading of each; changes nothing. */
  apart(): Nanos {
    const { source, destination } = this.#options;
    const other = clockPair();
    source.capture(this.#pair);
    destination.capture(other);
    shift(this.#pair, this.#offset + (other.raw - this.#pair.raw), this.#time);
    return difference(other, this.#time);
  }

  deadline(): Instant {
    return earliest(this.#next, this.#options.servo.deadline());
  }

  expire(now: Instant): void {
    const { servo, interval } = this.#options;
    if (this.#next <= now) {
      this.#measure();
      while (this.#next <= now) this.#next = this.#next + interval as Instant;
    }
    if (servo.deadline() <= now) servo.steer(now);
  }

  /** The servo's newest report not yet taken, its bound that of the two clocks' readings together. */
  sample(): ServoSample | undefined {
    const sample = this.#options.servo.sample();
    if (sample === undefined) return undefined;
    return { ...sample, bound: nanos(sample.bound + this.#width / 2) };
  }

  /**
   * A leap second has passed, +1 for an inserted one: whichever of the two keeps UTC was set by the
   * kernel, and what lies between them has grown or shrunk by a second.
   */
  leap(by: -1 | 1): void {
    const { sourceTimescale, destinationTimescale, servo } = this.#options;
    if (sourceTimescale === "tai" && destinationTimescale === "utc") {
      this.#offset -= by * 1e9;
      servo.leap(-by);
    } else if (sourceTimescale === "utc" && destinationTimescale === "tai") {
      this.#offset += by * 1e9;
    }
  }

  get isLocked(): boolean {
    return this.#options.servo.state === ServoState.Locked;
  }

  #measure(): void {
    const { source, servo } = this.#options;
    const pair = this.#pair;
    source.capture(pair);
    if (!this.#isNarrow(pair.widthNanos)) return;
    shift(pair, this.#offset, this.#time);
    servo.linkDelay(nanos(0), pair.raw);
    servo.forward(this.#time, pair.raw);
    this.readings++;
  }

  #isNarrow(width: number): boolean {
    const usual = Math.max(WIDTH_FLOOR, this.#width);
    if (this.readings > 0 && width > WIDE * usual && ++this.#wideInARow < WIDE_IN_A_ROW) {
      this.wide++;
      return false;
    }
    const isNew = this.readings === 0 || this.#wideInARow >= WIDE_IN_A_ROW;
    this.#width = isNew ? width : this.#width + WIDTH_GAIN * (width - this.#width);
    this.#wideInARow = 0;
    return true;
  }
}
