/**
 * The default servo: an estimator of the master's line over CLOCK_MONOTONIC_RAW, and an actuator that
 * holds the clock to that line.
 *
 * Locked: the offset is within the lock threshold and the bound within five times of it; left only
 * beyond twice of that, or when the master's time jumps. Holdover: locked, but no Sync for four
 * intervals and at least a second; the clock goes on along the extrapolated line and the bound grows.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import {
  type Instant,
  type Nanos,
  nanos,
  NEVER,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";
import { Actuator } from "./actuator.ts";
import type { BankModel } from "./bank_model.ts";
import { DEFAULT_MODEL, Estimator } from "./estimator.ts";
import { Direction } from "./history.ts";
import { type Servo, type ServoRefusal, type ServoSample, ServoState } from "./servo.ts";
import { type StepOptions, StepPolicy, Verdict } from "./step_policy.ts";

/** A frequency and its standard deviation, ppb against raw time. */
export interface KnownFrequency {
  readonly ppb: number;
  readonly sd: number;
}

/** Options of the robust servo; each has a default. */
export interface RobustOptions extends StepOptions {
  /** Largest frequency correction, ppb; the clock's limit. */
  maxPpb?: number;
  /** Locked within this much; 20 us. */
  lockThreshold?: Nanos;
  /** Measures and reports, never touches the clock. */
  freeRunning?: boolean;
  /** Histories the estimator keeps, 1 (plain Kalman filter, quick) to 32; 20. */
  members?: number;
  /** The master's frequency as known from an earlier run; unknown. */
  initialFrequency?: KnownFrequency | undefined;
  /** Departures from the model of oscillators and path. */
  model?: Partial<BankModel>;
  /** Nanoseconds between two corrections in the steady state; 50 ms. */
  steerInterval?: Nanos;
}

/** Standard deviations of the estimate in the bound: steps of frequency have tails far from normal. */
const BOUND_DEVIATIONS = 6;
/** A bound this many lock thresholds wide still counts as locked: a poor path, but a known one. */
const BOUND_FOR_LOCK = 5;
/** Share of the path delay that a symmetric-looking path may hide as asymmetry. */
const ASYMMETRY_SHARE = 0.05;
/** Corrections after a step or jump come this often, ns, for this long, with a shorter time constant. */
const QUICK_INTERVAL = 20e6;
const QUICK_SPAN = 1.5e9;
const QUICK_TAU = 0.06;
const TAU = 0.15;
/** Seconds after the first correction in which it may still be redone as a step. */
const FIRST_SPAN = 1e9;
const HOLDOVER_REPORT = 1e9;

/** See the module's text. */
export class RobustServo implements Servo {
  readonly #estimator: Estimator;
  readonly #actuator: Actuator;
  readonly #policy: StepPolicy;
  readonly #isFree: boolean;
  readonly #lock: number;
  readonly #interval: number;
  readonly #line = timestamp();
  readonly #sample: ServoSample;
  #hasSample = false;
  #state: ServoState = ServoState.Unlocked;
  #next: Instant = NEVER;
  #quickUntil = -Infinity;
  #firstUntil = Infinity;
  #generation = 0;
  #lastForward = 0 as Instant;
  #forwards = 0;
  #syncInterval = 0;
  #isReportDue = false;
  #lastReport = 0;
  #isFinished = false;
  #hasSteered = false;

  constructor(clock: Clock, options: RobustOptions = {}) {
    this.#estimator = new Estimator(options.members ?? 20, { ...DEFAULT_MODEL, ...options.model });
    const { initialFrequency } = options;
    if (initialFrequency !== undefined) this.#estimator.guess(initialFrequency);
    this.#actuator = new Actuator(clock, options.maxPpb ?? Infinity);
    this.#policy = new StepPolicy(options);
    this.#isFree = options.freeRunning ?? false;
    this.#lock = options.lockThreshold ?? 20e3;
    this.#interval = options.steerInterval ?? 50e6;
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

  /** The master's frequency for {@linkcode RobustOptions.initialFrequency}; undefined until locked. */
  knownFrequency(): KnownFrequency | undefined {
    if (this.#state === ServoState.Unlocked) return undefined;
    const estimator = this.#estimator;
    return { ppb: estimator.frequency(estimator.newest), sd: estimator.frequencyDeviation };
  }

  reset(now: Instant): void {
    this.#estimator.reset();
    this.#policy.refusal = undefined;
    this.#state = ServoState.Unlocked;
    this.#forwards = 0;
    this.#firstUntil = Infinity;
    if (this.#hasSteered) this.#letRun(now);
    this.#next = NEVER;
  }

  forward(masterTime: Timestamp, local: Instant): void {
    if (this.#forwards > 0 && local > this.#lastForward) {
      const gap = local - this.#lastForward;
      this.#syncInterval = this.#forwards === 1
        ? gap
        : this.#syncInterval + (gap - this.#syncInterval) / 4;
    }
    this.#forwards++;
    if (local > this.#lastForward) this.#lastForward = local;
    this.#estimator.measure(local, masterTime, Direction.Forward);
    this.#measured(local);
    this.#isReportDue = true;
  }

  reverse(local: Instant, masterTime: Timestamp): void {
    this.#estimator.measure(local, masterTime, Direction.Reverse);
    this.#measured(local);
  }

  linkDelay(delay: Nanos, at: Instant): void {
    this.#estimator.measureDelay(at, delay);
    this.#measured(at);
  }

  leap(seconds: number): void {
    this.#estimator.leap(seconds);
  }

  deadline(): Instant {
    return this.#next;
  }

  steer(now: Instant): void {
    if (now < this.#next || !this.#estimator.isUsable || this.#isFinished) return;
    const raw = this.#actuator.capture();
    this.#estimator.masterAt(raw, this.#line);
    let offset = this.#actuator.offset(this.#line);
    if (!this.#isFree && this.refusal === undefined) offset = this.#correct(raw, offset);
    this.#judgeState(raw, offset);
    this.#report(raw, offset);
    const quick = raw < this.#quickUntil;
    this.#next = raw + (quick ? QUICK_INTERVAL : this.#interval) as Instant;
  }

  finish(now: Instant): void {
    if (this.#hasSteered && !this.#isFinished) this.#letRun(now);
    this.#isFinished = true;
    this.#next = NEVER;
  }

  sample(): ServoSample | undefined {
    if (!this.#hasSample) return undefined;
    this.#hasSample = false;
    return this.#sample;
  }

  /** A measurement is in: the first usable line, and a new one, are acted on at once. */
  #measured(local: Instant): void {
    const estimator = this.#estimator;
    if (!estimator.isUsable) return;
    if (this.#next === NEVER && !this.#isFinished) {
      this.#next = local;
      this.#quickUntil = local + QUICK_SPAN;
    }
    if (estimator.generation === this.#generation) return;
    this.#generation = estimator.generation;
    this.#state = ServoState.Unlocked;
    this.#quickUntil = local + QUICK_SPAN;
    if (!this.#isFinished) this.#next = local;
  }

  /** Steps or slews; returns the offset that remains. */
  #correct(raw: Instant, offset: Nanos): Nanos {
    const isFirst = raw < this.#firstUntil;
    const verdict = this.#policy.judge(offset, this.#line, isFirst);
    if (verdict === Verdict.Refuse) {
      if (this.#hasSteered) this.#letRun(raw);
      return offset;
    }
    if (this.#firstUntil === Infinity) this.#firstUntil = raw + FIRST_SPAN;
    this.#hasSteered = true;
    const ppb = this.#estimator.frequency(raw);
    if (verdict === Verdict.Step) {
      this.#actuator.stepTo(this.#line);
      this.#actuator.follow(ppb, nanos(0), TAU);
      this.#quickUntil = raw + QUICK_SPAN;
      return nanos(0);
    }
    this.#actuator.follow(ppb, offset, raw < this.#quickUntil ? QUICK_TAU : TAU);
    return offset;
  }

  /** The line's frequency alone. */
  #letRun(now: Instant): void {
    if (this.#estimator.isUsable) {
      this.#actuator.follow(this.#estimator.frequency(now), nanos(0), TAU);
    }
  }

  #judgeState(raw: Instant, offset: Nanos): void {
    const isSilent = raw - this.#lastForward > Math.max(1e9, 4 * this.#syncInterval);
    const size = Math.abs(offset);
    const bound = this.#bound(raw);
    if (this.#state === ServoState.Unlocked) {
      const isIn = size < this.#lock && bound < BOUND_FOR_LOCK * this.#lock;
      if (isIn && !isSilent && this.#forwards > 2) this.#state = ServoState.Locked;
    } else if (isSilent) {
      this.#state = ServoState.Holdover;
    } else {
      const isWithin = size < 2 * this.#lock && bound < 2 * BOUND_FOR_LOCK * this.#lock;
      this.#state = isWithin ? ServoState.Locked : ServoState.Unlocked;
    }
  }

  #bound(raw: Instant): Nanos {
    const estimator = this.#estimator;
    return BOUND_DEVIATIONS * estimator.deviation(raw) + this.#actuator.uncertainty +
      ASYMMETRY_SHARE * Math.abs(estimator.meanPathDelay) as Nanos;
  }

  #report(raw: Instant, offset: Nanos): void {
    const isHolding = this.#state === ServoState.Holdover &&
      raw - this.#lastReport >= HOLDOVER_REPORT;
    if (!this.#isReportDue && !isHolding) return;
    this.#isReportDue = false;
    this.#lastReport = raw;
    const sample = this.#sample;
    sample.at = raw;
    sample.offset = offset;
    sample.bound = this.#bound(raw);
    sample.meanPathDelay = this.#estimator.meanPathDelay;
    sample.frequency = this.#actuator.correction;
    sample.state = this.#state;
    this.#hasSample = true;
  }
}
