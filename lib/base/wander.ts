/**
 * Wander, wherever this project says it: how a real oscillator's frequency moves, seeded.
 *
 * The sum of a random walk of 1e-9 per square root of a second, a sine of 1 ppm amplitude over 10
 * minutes (temperature; it starts at its steepest, 10.5 ppb/s) and a step of 100 ppb, up or down,
 * each 30 s. The frequency is constant for 250 ms at a time. A seed means the same profile on every
 * machine and in every version: the generator is part of the definition and therefore lives here.
 * @module
 */
import { type Instant, NEVER, type Timestamp } from "./time.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Nanoseconds between two updates of the frequency. */
export const WANDER_PERIOD = 250e6;

const RANDOM_WALK_PPB = 1;
const SINE_PPB = 1000;
const SINE_SECONDS = 600;
const STEP_PPB = 100;
const UPDATES_PER_STEP = 120;
const PERIOD_SECONDS = WANDER_PERIOD / 1e9;

/** A step of the clock's time, `at` nanoseconds after its start. */
export interface TimeStep {
  /** Signed: `seconds` an integer, `nanoseconds` in (-1e9, 1e9), of equal sign or 0. */
  by: Timestamp;
  at: number;
}

/** The frequency profile of one seed, update by update. */
export class WanderProfile {
  #state: number;
  #walk = 0;
  #steps = 0;
  #updates = 0;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** The frequency of the next {@linkcode WANDER_PERIOD}, ppb; the first is 0. */
  next(): number {
    const k = this.#updates++;
    if (k > 0) {
      this.#walk += RANDOM_WALK_PPB * Math.sqrt(PERIOD_SECONDS) * this.#gaussian();
      if (k % UPDATES_PER_STEP === 0) this.#steps += this.#uniform() < 0.5 ? -STEP_PPB : STEP_PPB;
    }
    const phase = 2 * Math.PI * k * PERIOD_SECONDS / SINE_SECONDS;
    return this.#walk + this.#steps + SINE_PPB * Math.sin(phase);
  }

  /** Box and Muller; the second variate is not kept, so that each call draws the same number. */
  #gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#uniform()));
    return radius * Math.cos(2 * Math.PI * this.#uniform());
  }

  /** In [0, 1): a Weyl sequence through a 32-bit mixing function. */
  #uniform(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000;
  }
}

/** What a clock is to go through. */
export interface WanderPlan {
  /** Frequency of the oscillator apart from wander, ppb. */
  ppb: number;
  /** No wander if left out. */
  seed?: number;
  /** Instead of the wander of `seed`: called for each {@linkcode WANDER_PERIOD} in order, gives ppb. */
  profile?: { next(): number };
  /** In any order. */
  steps: readonly TimeStep[];
}

/**
 * Moves a {@linkcode VirtualClock} through its plan. Call {@linkcode expire} at each
 * {@linkcode deadline}: a change takes effect when it is called, never in the past.
 */
export class WanderingClock {
  readonly clock: VirtualClock;
  readonly #start: Instant;
  readonly #ppb: number;
  readonly #profile: { next(): number } | undefined;
  readonly #steps: readonly TimeStep[];
  #updates = 0;
  #stepped = 0;

  constructor(clock: VirtualClock, plan: WanderPlan, start: Instant) {
    this.clock = clock;
    this.#start = start;
    this.#ppb = plan.ppb;
    this.#profile = plan.profile ??
      (plan.seed === undefined ? undefined : new WanderProfile(plan.seed));
    this.#steps = [...plan.steps].sort((a, b) => a.at - b.at);
    clock.setOscillator(plan.ppb);
    this.expire(start);
  }

  /** When the clock changes next; NEVER without wander once the last step is done. */
  deadline(): Instant {
    const update = this.#profile === undefined
      ? NEVER
      : this.#start + this.#updates * WANDER_PERIOD;
    const step = this.#steps[this.#stepped];
    return Math.min(update, step === undefined ? NEVER : this.#start + step.at) as Instant;
  }

  /** Applies all that is due at or before `now`. */
  expire(now: Instant): void {
    this.#expireFrequency(now);
    for (;;) {
      const step = this.#steps[this.#stepped];
      if (step === undefined || this.#start + step.at > now) return;
      this.#stepped++;
      this.clock.step(step.by.seconds, step.by.nanoseconds);
    }
  }

  #expireFrequency(now: Instant): void {
    if (this.#profile === undefined) return;
    let ppb = NaN;
    while (this.#start + this.#updates * WANDER_PERIOD <= now) {
      ppb = this.#profile.next();
      this.#updates++;
    }
    if (!Number.isNaN(ppb)) this.clock.setOscillator(this.#ppb + ppb);
  }
}
