/**
 * What the classic servos share: one offset per Sync, from the clock itself.
 *
 * Stamps are read on the clock being steered. Delay is the median of the last ten
 * ((t2 - t3) + (t4 - t1))/2, each made of the newest Sync and the newest Delay_Req; offset is
 * t2 - t1 - delay. The clock is set once per Sync by {@linkcode OffsetServo.next}.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import {
  assign,
  difference,
  type Instant,
  type Nanos,
  nanos,
  NEVER,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";
import { type Servo, type ServoRefusal, type ServoSample, ServoState } from "./servo.ts";
import { type StepOptions, StepPolicy, Verdict } from "./step_policy.ts";

/** Options of the classic servos. */
export interface OffsetServoOptions extends StepOptions {
  maxPpb?: number;
  /** Measurements in the median of the path delay; 10. */
  delayFilterLength?: number;
}

/** A frequency to set, ppb, and whether the offset is to be stepped away first. */
export interface Decision {
  ppb: number;
  wantStep: boolean;
  isLocked: boolean;
}

/** Base of `pi` and `linreg`: the measuring half. */
export abstract class OffsetServo implements Servo {
  protected readonly clock: Clock;
  protected readonly maxPpb: number;
  readonly #policy: StepPolicy;
  readonly #delays: Float64Array;
  readonly #sorted: Float64Array;
  readonly #t1 = timestamp();
  readonly #t2 = timestamp();
  readonly #t3 = timestamp();
  readonly #decision: Decision = { ppb: 0, wantStep: false, isLocked: false };
  readonly #sample: ServoSample;
  #delayCount = 0;
  #hasSync = false;
  #lastSync = 0;
  #interval = 0;
  #isFirst = true;
  #hasSample = false;
  #isFinished = false;
  #squares = 0;
  #state: ServoState = ServoState.Unlocked;
  #next: Instant = NEVER;

  constructor(clock: Clock, options: OffsetServoOptions) {
    this.clock = clock;
    this.maxPpb = Math.min(options.maxPpb ?? Infinity, clock.maxPpb);
    this.#policy = new StepPolicy(options);
    const length = options.delayFilterLength ?? 10;
    this.#delays = new Float64Array(length);
    this.#sorted = new Float64Array(length);
    this.#sample = {
      at: 0 as Instant,
      offset: nanos(0),
      bound: nanos(Infinity),
      meanPathDelay: nanos(NaN),
      frequency: clock.frequency(),
      state: ServoState.Unlocked,
    };
  }

  get state(): ServoState {
    return this.#state;
  }

  get refusal(): ServoRefusal | undefined {
    return this.#policy.refusal;
  }

  /**
   * One offset, clock less master, ns, measured at `local` with Syncs `interval` s apart; writes what
   * to do into `decision`.
   */
  protected abstract next(
    offset: number,
    local: Instant,
    interval: number,
    decision: Decision,
  ): void;
  /** The clock was stepped by `-offset`. */
  protected abstract stepped(offset: number): void;
  /** Another master. */
  protected abstract forget(): void;
  /** Frequency without the part that corrects phase, ppb. */
  protected abstract plainFrequency(): number;

  reset(_now: Instant): void {
    this.#policy.refusal = undefined;
    this.#hasSync = false;
    this.#delayCount = 0;
    this.#isFirst = true;
    this.#state = ServoState.Unlocked;
    this.forget();
  }

  forward(masterTime: Timestamp, local: Instant): void {
    if (this.#isFinished) return;
    if (this.#hasSync && local > this.#lastSync) {
      const gap = (local - this.#lastSync) / 1e9;
      this.#interval = this.#interval === 0 ? gap : this.#interval + (gap - this.#interval) / 8;
    }
    assign(masterTime, this.#t1);
    this.clock.readAt(local, this.#t2);
    this.#hasSync = true;
    this.#lastSync = local;
    this.#next = local + Math.max(1e9, 4e9 * this.#interval) as Instant;
    if (this.#delayCount === 0 || this.refusal !== undefined) return;
    const offset = difference(this.#t2, this.#t1) - this.#delay() as Nanos;
    this.#act(offset, local);
  }

  reverse(local: Instant, masterTime: Timestamp): void {
    if (!this.#hasSync) return;
    this.clock.readAt(local, this.#t3);
    const there = difference(this.#t2, this.#t1);
    const back = difference(masterTime, this.#t3);
    const n = this.#delays.length;
    this.#delays[this.#delayCount++ % n] = (there + back) / 2;
  }

  linkDelay(delay: Nanos, _at: Instant): void {
    const n = this.#delays.length;
    this.#delays[this.#delayCount++ % n] = delay;
  }

  /** The Sync before is in the old timescale; offsets are in neither. */
  leap(_seconds: number): void {
    this.#hasSync = false;
  }

  /** Nothing but the watch over silence: these servos steer when a Sync comes. */
  steer(now: Instant): void {
    if (now < this.#next) return;
    this.#next = NEVER;
    if (this.#state === ServoState.Locked) this.#state = ServoState.Holdover;
  }

  deadline(): Instant {
    return this.#next;
  }

  finish(_now: Instant): void {
    if (this.#state !== ServoState.Unlocked) this.clock.adjustFrequency(this.plainFrequency());
    this.#isFinished = true;
    this.#next = NEVER;
  }

  sample(): ServoSample | undefined {
    if (!this.#hasSample) return undefined;
    this.#hasSample = false;
    return this.#sample;
  }

  #act(offset: Nanos, local: Instant): void {
    const decision = this.#decision;
    const verdict = this.#policy.judge(offset, this.#t1, this.#isFirst);
    if (verdict !== Verdict.Refuse) {
      decision.wantStep = false;
      this.next(offset, local, this.#interval, decision);
      this.#state = decision.isLocked ? ServoState.Locked : ServoState.Unlocked;
      const isJump = verdict === Verdict.Step && (decision.wantStep || !this.#isFirst);
      if (isJump) this.#stepBy(-offset);
      if (decision.wantStep || isJump) this.#isFirst = false;
      this.clock.adjustFrequency(Math.max(-this.maxPpb, Math.min(this.maxPpb, decision.ppb)));
    }
    this.#report(offset, local);
  }

  #stepBy(nanoseconds: number): void {
    const seconds = Math.trunc(nanoseconds / 1e9);
    this.clock.step(seconds, Math.round(nanoseconds - seconds * 1e9));
    this.#hasSync = false;
    this.stepped(-nanoseconds);
  }

  #report(offset: Nanos, local: Instant): void {
    const sample = this.#sample;
    this.#squares += (Math.min(offset * offset, 1e12) - this.#squares) / 16;
    sample.at = local;
    sample.offset = offset;
    sample.bound = 4.5 * Math.sqrt(this.#squares) as Nanos;
    sample.meanPathDelay = this.#delay() as Nanos;
    sample.frequency = this.clock.frequency();
    sample.state = this.#state;
    this.#hasSample = true;
  }

  #delay(): number {
    const n = Math.min(this.#delayCount, this.#delays.length);
    const s = this.#sorted;
    for (let i = 0; i < n; i++) {
      const value = this.#delays[i]!;
      let k = i;
      while (k > 0 && s[k - 1]! > value) {
        s[k] = s[k - 1]!;
        k--;
      }
      s[k] = value;
    }
    const half = n >> 1;
    return n % 2 === 1 ? s[half]! : (s[half - 1]! + s[half]!) / 2;
  }
}
