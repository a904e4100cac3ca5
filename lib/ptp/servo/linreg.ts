/**
 * The adaptive linear-regression servo, after linuxptp's description of its own.
 *
 * Points (local time of the free-running oscillator, master time) are regressed over the last 4, 8, 16,
 * 32 and 64; the window whose one-step predictions have been best (mean absolute error smoothed by
 * 0.02, the larger window within 5 %) sets the frequency to its slope, plus its intercept spread over
 * half the window (over one interval for a window of 4).
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import type { Instant } from "../../base/time.ts";
import { type Decision, OffsetServo, type OffsetServoOptions } from "./offset_servo.ts";

const LARGEST = 64;
const SIZES = [4, 8, 16, 32, 64] as const;
const ERROR_GAIN = 0.02;
const WARM_UP = 10;
const TIE = 1.05;

/** See the module's text. */
export class LinregServo extends OffsetServo {
  readonly #x = new Float64Array(LARGEST);
  readonly #y = new Float64Array(LARGEST);
  readonly #slope = new Float64Array(SIZES.length);
  readonly #intercept = new Float64Array(SIZES.length);
  readonly #error = new Float64Array(SIZES.length);
  readonly #updates = new Int32Array(SIZES.length);
  #count = 0;
  #lastLocal = 0;
  #x0 = 0;
  /** Clock's progress beyond the free-running oscillator's, ns. */
  #corrected = 0;
  #size = 0;
  #ppb: number;

  constructor(clock: Clock, options: OffsetServoOptions = {}) {
    super(clock, options);
    this.#ppb = clock.frequency();
  }

  /** y is master less oscillator: -offset plus all that the corrections have added. */
  protected override next(
    offset: number,
    local: Instant,
    interval: number,
    decision: Decision,
  ): void {
    if (this.#count === 0) this.#x0 = local;
    else this.#corrected += (local - this.#lastLocal) / 1e9 * this.clock.frequency();
    this.#lastLocal = local;
    const i = this.#count++ % LARGEST;
    this.#x[i] = (local - this.#x0) / 1e9;
    this.#y[i] = this.#corrected - offset;
    this.#score(this.#x[i]!, this.#y[i]!);
    this.#regress();
    decision.ppb = this.#ppb;
    decision.isLocked = false;
    if (this.#count < SIZES[0]) return;
    decision.wantStep = this.#count === SIZES[0];
    decision.isLocked = !decision.wantStep;
    this.#choose();
    const size = SIZES[this.#size]!;
    const spread = size <= 4 ? 1 : size / 2;
    // The intercept is the line at the newest point; the clock stands at `corrected` there.
    const behind = decision.wantStep ? 0 : this.#intercept[this.#size]! - this.#corrected;
    this.#ppb = this.#slope[this.#size]! + behind / (interval > 0 ? interval : 1) / spread;
    this.#ppb = Math.max(-this.maxPpb, Math.min(this.maxPpb, this.#ppb));
    decision.ppb = this.#ppb;
  }

  protected override stepped(offset: number): void {
    this.#corrected -= offset;
  }

  protected override forget(): void {
    this.#count = 0;
    this.#corrected = 0;
    this.#error.fill(0);
    this.#updates.fill(0);
  }

  protected override plainFrequency(): number {
    return this.#slope[this.#size]!;
  }

  /** How well each window foretold the new point. */
  #score(x: number, y: number): void {
    const before = this.#x[(this.#count + LARGEST - 2) % LARGEST]!;
    for (let k = 0; k < SIZES.length; k++) {
      if (this.#count - 1 < SIZES[k]!) return;
      const e = Math.abs(this.#intercept[k]! + this.#slope[k]! * (x - before) - y);
      const n = ++this.#updates[k]!;
      if (n === 1) this.#error[k] = e;
      else this.#error[k]! += (e - this.#error[k]!) * Math.max(ERROR_GAIN, n < WARM_UP ? 1 / n : 0);
    }
  }

  #regress(): void {
    const newest = (this.#count - 1) % LARGEST;
    const x0 = this.#x[newest]!;
    const y0 = this.#y[newest]!;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let sxy = 0;
    let n = 0;
    for (let k = 0; k < SIZES.length; k++) {
      const size = SIZES[k]!;
      if (this.#count < size) return;
      for (; n < size; n++) {
        const i = (this.#count - 1 - n) % LARGEST;
        const x = this.#x[i]! - x0;
        const y = this.#y[i]! - y0;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
      }
      const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
      this.#slope[k] = slope;
      this.#intercept[k] = y0 + (sy - slope * sx) / n;
    }
  }

  #choose(): void {
    let best = 0;
    for (let k = 1; k < SIZES.length; k++) {
      if (this.#updates[k]! < WARM_UP) break;
      if (this.#error[k]! < this.#error[best]! * TIE) best = k;
    }
    this.#size = best;
  }
}
