/**
 * A clock made of arithmetic: a piecewise-linear function of CLOCK_MONOTONIC_RAW.
 *
 * Within a piece time(raw') = time + (raw' - raw)(1 + ppb/1e9). A piece starts with every step and
 * every change of frequency, at a whole nanosecond of raw and of time, so that the numbers handed to
 * `onChange` are, printed as integers, the very ones the clock computes with: whoever reads them can
 * tell the clock's time at any instant. What rounding a piece's start takes away is kept and given
 * back to the next piece, so that a clock steered 50 times a second does not walk away from the
 * integral of its frequency; it shows at a start as a jump of less than 1 ns.
 * @module
 */
import type { Clock, ClockPair } from "./clock.ts";
import { type Instant, shift, type Timestamp, timestamp } from "./time.ts";

/** Told of every piece: at `raw` the clock shows `seconds.nanoseconds` and runs `ppb` fast. */
export type PieceListener = (
  raw: Instant,
  seconds: number,
  nanoseconds: number,
  ppb: number,
) => void;

/** How a {@linkcode VirtualClock} starts. */
export interface VirtualClockOptions {
  /** CLOCK_MONOTONIC_RAW. */
  now: () => Instant;
  /** The reading at the start; rounded to whole nanoseconds. */
  start: Timestamp;
  /** Frequency of the undisciplined oscillator against raw, ppb; 0 if left out. */
  oscillatorPpb?: number;
  /** Largest correction {@linkcode VirtualClock.adjustFrequency} takes, ppb; 500,000 if left out. */
  maxPpb?: number;
  onChange?: PieceListener;
}

/** The kernel's limit for a frequency word, ppb. */
const DEFAULT_MAX_PPB = 500_000;

/** A {@linkcode Clock} that touches nothing: its oscillator is raw, off by a settable frequency. */
export class VirtualClock implements Clock {
  readonly maxPpb: number;
  readonly #now: () => Instant;
  readonly #onChange: PieceListener | undefined;
  readonly #time = timestamp();
  #raw: Instant;
  #carry = 0;
  #oscillator: number;
  #correction = 0;
  #ppb: number;
  #leap: -1 | 0 | 1 = 0;
  #taiOffset = 0;

  constructor(options: VirtualClockOptions) {
    this.#now = options.now;
    this.#onChange = options.onChange;
    this.maxPpb = options.maxPpb ?? DEFAULT_MAX_PPB;
    this.#oscillator = options.oscillatorPpb ?? 0;
    this.#ppb = this.#oscillator;
    this.#raw = Math.round(options.now()) as Instant;
    shift(options.start, 0, this.#time);
    this.#roundTime();
    this.#carry = 0;
    this.#tell();
  }

  read(into: Timestamp): void {
    this.readAt(this.#now(), into);
  }

  capture(into: ClockPair): void {
    const raw = this.#now();
    this.readAt(raw, into);
    into.raw = raw;
    into.widthNanos = 0;
  }

  readAt(raw: Instant, into: Timestamp): void {
    const elapsed = raw - this.#raw;
    shift(this.#time, elapsed + elapsed * this.#ppb * 1e-9, into);
  }

  step(seconds: number, nanoseconds: number): void {
    this.#beginPiece();
    this.#time.seconds += seconds;
    shift(this.#time, nanoseconds, this.#time);
    this.#roundTime();
    this.#tell();
  }

  adjustFrequency(ppb: number): void {
    this.#change(this.#oscillator, Math.max(-this.maxPpb, Math.min(this.maxPpb, ppb)));
  }

  frequency(): number {
    return this.#correction;
  }

  /** Frequency of the undisciplined oscillator against raw, ppb: what wander moves. */
  oscillator(): number {
    return this.#oscillator;
  }

  /** Sets the frequency of the undisciplined oscillator against raw, ppb. */
  setOscillator(ppb: number): void {
    this.#change(ppb, this.#correction);
  }

  /** Calls `listener` with the piece in force, as {@linkcode VirtualClockOptions.onChange} was. */
  describe(listener: PieceListener): void {
    listener(this.#raw, this.#time.seconds, this.#time.nanoseconds, this.#ppb);
  }

  /** The leap announced by {@linkcode setLeap}; a virtual clock has no UTC day to apply it in. */
  get leap(): -1 | 0 | 1 {
    return this.#leap;
  }

  get taiOffset(): number {
    return this.#taiOffset;
  }

  setLeap(leap: -1 | 0 | 1): void {
    this.#leap = leap;
  }

  setTaiOffset(seconds: number): void {
    this.#taiOffset = seconds;
  }

  #change(oscillator: number, correction: number): void {
    if (oscillator === this.#oscillator && correction === this.#correction) return;
    this.#beginPiece();
    this.#oscillator = oscillator;
    this.#correction = correction;
    this.#ppb = oscillator + correction;
    this.#tell();
  }

  /** Moves the piece's start to now, rounded, without changing the clock by more than 1 ns. */
  #beginPiece(): void {
    const raw = Math.round(this.#now()) as Instant;
    this.readAt(raw, this.#time);
    this.#raw = raw;
    shift(this.#time, this.#carry, this.#time);
    this.#roundTime();
  }

  /** Whole nanoseconds; the rest goes to the carry. */
  #roundTime(): void {
    const whole = Math.round(this.#time.nanoseconds);
    this.#carry = this.#time.nanoseconds - whole;
    this.#time.nanoseconds = whole;
    shift(this.#time, 0, this.#time);
  }

  #tell(): void {
    if (this.#onChange !== undefined) this.describe(this.#onChange);
  }
}
