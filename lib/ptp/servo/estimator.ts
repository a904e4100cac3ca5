/**
 * The master's time as a line over CLOCK_MONOTONIC_RAW, from measurements in both directions.
 *
 * Works on (raw, master time) pairs alone and knows nothing of the clock being steered, so that no
 * correction of the clock feeds back into what is measured. The line is a {@linkcode Bank}; this file
 * keeps its anchor, tells how noisy each direction is, runs the first measurements again once the noise
 * is known, and recognises a master whose time has jumped: several measurements in a row that the bank
 * finds impossible and that agree with each other.
 * @module
 */
import {
  assign,
  difference,
  type Instant,
  type Nanos,
  shift,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";
import { Bank } from "./bank.ts";
import type { BankModel } from "./bank_model.ts";
import { Foresight } from "./foresight.ts";
import { Direction, History } from "./history.ts";
import { NoiseTrack } from "./noise.ts";
import { markOutliers } from "./outliers.ts";
import { Shapes } from "./shapes.ts";
import { Finding, Suspects } from "./suspects.ts";

/** Measurements of either direction kept to be run again. */
const HISTORY = 64;
/** Noise, ns, until measured; and what it is never taken to be below. */
const NOISE_PRIOR = 600;
const NOISE_FLOOR = 10;
/** A measurement this many standard deviations off is suspect. */
const SUSPECT = 5;
/** Seconds between two chances for a frequency step. */
const BRANCH_SECONDS = 1;
/** Half-lives: weight of a measurement in the mean of squared normalised innovations. */
const CONSISTENCY_GAIN = 0.02;

/** Numbers of measurements after which the start is looked at again. */
const REPLAY_AT: readonly number[] = [6, 8, 10, 13, 16, 20, 26, 32, 48];

/** Probability that a shift of the line is due to a wrong frequency. */
const DOUBT = 0.05;
/** Measurements before one can be suspect: until then frequency may well be wrong instead. */
const SETTLED = 32;

const FREQUENCY_SD = 150_000;
const DRIFT_SD = 7;
const DELAY_SD = 3e7;
/** Measurements of the link's delay in its running mean. */
const LINK_MEAN = 16;

/** The wander of base/wander.ts as the bank sees it; path delay walks 0.15 of its noise in a second. */
export const DEFAULT_MODEL: BankModel = {
  walk: 1.5,
  driftWalk: 0.25,
  driftSeconds: 150,
  driftSd: 5,
  driftChangeRate: 1 / 200,
  delayWalk: 0.15,
  step: 110,
  stepRate: 1 / 40,
  largeStep: 3000,
  largeStepRate: 1e-4,
  delayStep: 2,
  delayStepRate: 1 / 50,
  lateSpread: 2,
  outlier: 0.01,
};

/** See the module's text. */
export class Estimator {
  readonly #bank: Bank;
  readonly #anchor = timestamp();
  #anchorRaw = 0;
  #anchored = false;
  readonly #history = new History(HISTORY);
  readonly #suspects = new Suspects();
  readonly #foresight = new Foresight();
  readonly #driftSeconds: number;
  readonly #scratch = timestamp();
  readonly #noiseForward = new NoiseTrack(NOISE_PRIOR, NOISE_FLOOR);
  readonly #noiseReverse = new NoiseTrack(NOISE_PRIOR, NOISE_FLOOR);
  readonly #shapes = new Shapes(this.#noiseForward, this.#noiseReverse);
  #sinceStart = 0;
  #replayedForward = NOISE_PRIOR;
  #replayedReverse = NOISE_PRIOR;
  #forwards = 0;
  #reverses = 0;
  #links = 0;
  #linkDelay = 0;
  #linkVariance = 0;
  #branched = 0;
  #consistency = 1;
  #frequencyPrior = 0;
  #frequencySd = FREQUENCY_SD;
  #driftPrior = 0;
  #delayPrior = 0;
  #delaySd = DELAY_SD;
  #lastRaw = 0;
  #lineBegan = 0;
  #generation = 0;
  #jump = 0 as Nanos;

  /** @param members Histories kept by the bank; 1 for a plain Kalman filter. */
  constructor(members: number, model: BankModel = DEFAULT_MODEL) {
    this.#bank = new Bank(model, members);
    this.#driftSeconds = model.driftSeconds;
  }

  /** True once phase and delay have been measured: {@linkcode masterAt} means something. */
  get isUsable(): boolean {
    return this.#forwards > 0 && (this.#reverses > 0 || this.#links > 0);
  }

  /** Counts new lines: another master, or the master's time jumped. */
  get generation(): number {
    return this.#generation;
  }

  /** By how much the master's time jumped last, ns; 0 before. */
  get jump(): Nanos {
    return this.#jump;
  }

  get meanPathDelay(): Nanos {
    return (this.isUsable ? this.#bank.d : NaN) as Nanos;
  }

  /** Standard deviation of the noise of one measurement, forward, ns. */
  get forwardNoise(): number {
    return this.#noiseForward.sigma;
  }

  get reverseNoise(): number {
    return this.#noiseReverse.sigma;
  }

  /** Local stamp of the newest measurement. */
  get newest(): Instant {
    return this.#lastRaw as Instant;
  }

  /** The frequency to begin with, before any measurement. */
  guess(frequency: { readonly ppb: number; readonly sd: number }): void {
    this.#frequencyPrior = frequency.ppb;
    this.#frequencySd = Math.min(FREQUENCY_SD, frequency.sd);
  }

  /** Another master: the frequency is kept as a guess, phase and delay are forgotten. */
  reset(): void {
    this.#keepFrequency();
    this.#delayPrior = 0;
    this.#delaySd = DELAY_SD;
    this.#links = 0;
    this.#anchored = false;
    this.#history.clear();
    this.#suspects.clear();
    this.#noiseForward.cut();
    this.#noiseReverse.cut();
    this.#foresight.cut();
    this.#sinceStart = 0;
    this.#generation++;
    this.#forwards = 0;
    this.#reverses = 0;
  }

  /** A Sync (forward) or Delay_Req (reverse), stamped here at `raw` and by the master. */
  measure(raw: Instant, master: Timestamp, direction: Direction): void {
    if (!this.#anchored) this.#anchorAt(raw, master);
    const t = this.#time(raw);
    const z = this.#z(raw, master);
    const noise = direction === Direction.Forward ? this.#noiseForward : this.#noiseReverse;
    noise.push(t, z);
    this.#sinceStart++;
    this.#history.push(raw, master, direction);
    if (raw > this.#lastRaw) this.#lastRaw = raw;
    if (this.#isSuspect(t, z, direction)) {
      const expected = this.#bank.phase(t) + direction * this.#bank.d;
      this.#suspects.accuse(direction, z - expected, raw);
      const sigma = Math.max(this.#noiseForward.sigma, this.#noiseReverse.sigma);
      const finding = this.#suspects.judge(sigma);
      if (finding === Finding.Shift) this.#shift(sigma);
      else if (finding === Finding.Lost) this.#restart(sigma);
      return;
    }
    this.#suspects.acquit(direction);
    this.#use(t, z, direction);
    if (REPLAY_AT.includes(this.#sinceStart)) this.#replayIfNewsOfNoise();
  }

  /** The path delay measured by itself, at `raw`, ns. Whatever is begun anew begins with the mean. */
  measureDelay(raw: Instant, delay: Nanos): void {
    const n = Math.min(++this.#links, LINK_MEAN);
    const error = delay - this.#linkDelay;
    this.#linkDelay += error / n;
    if (n === 1) this.#linkVariance = NOISE_PRIOR * NOISE_PRIOR;
    else this.#linkVariance += (error * error * (n - 1) / n - this.#linkVariance) / n;
    const sigma = Math.max(NOISE_FLOOR, Math.sqrt(this.#linkVariance));
    this.#delayPrior = this.#linkDelay;
    this.#delaySd = Math.max(NOISE_FLOOR, sigma / Math.sqrt(n));
    if (this.#anchored) this.#bank.measureDelay(this.#time(raw), delay, sigma);
  }

  /** The timescale was set by whole seconds: the line moves along. */
  leap(seconds: number): void {
    this.#anchor.seconds += seconds;
    this.#history.leap(seconds);
  }

  /** Writes the master's time at `raw`. */
  masterAt(raw: Instant, into: Timestamp): void {
    const elapsed = raw - this.#anchorRaw;
    shift(this.#anchor, elapsed + this.#bank.phase(elapsed * 1e-9), into);
  }

  /** Frequency of the master against raw at `raw`, ppb. */
  frequency(raw: Instant): number {
    return this.#bank.frequency(this.#time(raw));
  }

  /** Standard deviation of {@linkcode masterAt}, ns. */
  deviation(raw: Instant): Nanos {
    return Math.sqrt(Math.max(0, this.#bank.phaseVariance(this.#time(raw)))) as Nanos;
  }

  /** Standard deviation of {@linkcode frequency} at the newest measurement, ppb. */
  get frequencyDeviation(): number {
    return Math.sqrt(this.#bank.ff);
  }

  #time(raw: number): number {
    return (raw - this.#anchorRaw) * 1e-9;
  }

  #z(raw: number, master: Timestamp): number {
    return difference(master, this.#anchor) - (raw - this.#anchorRaw);
  }

  #anchorAt(raw: number, master: Timestamp): void {
    this.#anchored = true;
    this.#lineBegan = raw;
    this.#anchorRaw = raw;
    assign(master, this.#anchor);
    this.#noiseForward.cut();
    this.#noiseReverse.cut();
    this.#begin();
  }

  /** An empty bank at the anchor with the priors in force. */
  #begin(): void {
    const bank = this.#bank;
    this.#forwards = 0;
    this.#reverses = 0;
    this.#branched = 0;
    bank.clear(0);
    const prior = {
      weight: 1,
      frequency: this.#frequencyPrior,
      frequencySd: this.#frequencySd,
      drift: this.#driftPrior,
      driftSd: DRIFT_SD,
      delay: this.#delayPrior,
      delaySd: this.#delaySd,
    };
    bank.add(prior);
    if (this.#frequencySd >= FREQUENCY_SD) return;
    prior.weight = 0.1;
    prior.frequencySd = FREQUENCY_SD;
    bank.add(prior); // used where the kept frequency was another master's
  }

  #keepFrequency(): void {
    if (this.#forwards < 2) return;
    this.#frequencyPrior = this.#bank.f;
    this.#driftPrior = this.#bank.a;
    this.#frequencySd = Math.max(300, 2 * Math.sqrt(this.#bank.ff));
  }

  #use(t: number, z: number, direction: Direction): void {
    const bank = this.#bank;
    const span = t - this.#branched;
    if (span >= BRANCH_SECONDS) {
      bank.branch(span);
      this.#branched = t;
    }
    const isForward = direction === Direction.Forward;
    const noise = isForward ? this.#noiseForward.sigma : this.#noiseReverse.sigma;
    bank.noise = (this.#noiseForward.sigma + this.#noiseReverse.sigma) / 2;
    const widen = Math.max(1, this.#consistency);
    const shape = this.#shapes.of(direction);
    if (shape === undefined) bank.update(t, z, direction, noise * Math.sqrt(widen));
    else bank.updateShaped(t, z, direction, shape, widen);
    if (isForward) this.#forwards++;
    else this.#reverses++;
    if (this.#sinceStart < 16) return;
    this.#shapes.observe(bank, t, z, direction);
    this.#foresee();
    const square = Math.min(9, bank.innovation * bank.innovation / bank.innovationVariance);
    this.#consistency += CONSISTENCY_GAIN *
      (square * Math.max(1, this.#consistency) - this.#consistency);
  }

  #isSuspect(t: number, z: number, direction: Direction): boolean {
    if (!this.isUsable || this.#sinceStart < SETTLED) return false;
    const noise = direction === Direction.Forward ? this.#noiseForward : this.#noiseReverse;
    return this.#bank.surprise(t, z, direction, noise.sigma) > SUSPECT;
  }

  /** Moves the line to where the suspects say it is; frequency and all else known of it stays. */
  #shift(sigma: number): void {
    const jump = this.#suspects.phaseShift;
    const sd = 2 * sigma + 1e-9 * Math.abs(jump);
    this.#bank.shift(0, this.#suspects.delayShift, sd);
    // Or the frequency was wrong since the line began, and the phase has followed it.
    const since = (this.#suspects.since - this.#lineBegan) * 1e-9;
    this.#bank.doubt(Math.min(FREQUENCY_SD, Math.abs(jump) / Math.max(0.1, since)), DOUBT);
    // The phase moves with the anchor: the jump may be too large for a float64 of nanoseconds.
    shift(this.#anchor, Math.round(jump), this.#anchor);
    this.#renew(jump);
    this.#history.clear();
    this.#sinceStart = Infinity;
  }

  /** A new line from the suspects alone: nothing but the path delay is taken over. */
  #restart(sigma: number): void {
    const h = this.#history;
    this.#frequencyPrior = this.#bank.f;
    this.#frequencySd = FREQUENCY_SD;
    if (this.#links === 0) {
      this.#delayPrior = this.#bank.d;
      this.#delaySd = Math.max(1e5, 10 * sigma);
    }
    h.dropBefore(this.#suspects.since);
    this.#renew(this.#suspects.phaseShift);
    this.#sinceStart = h.count;
    h.master(h.slot(0), this.#scratch);
    this.#anchorAt(h.raw[h.slot(0)]!, this.#scratch);
    this.#replay(this.#markOutliers());
  }

  #renew(jump: number): void {
    this.#jump = jump as Nanos;
    this.#generation++;
    this.#lineBegan = this.#lastRaw;
    this.#suspects.clear();
    this.#noiseForward.cut();
    this.#noiseReverse.cut();
    this.#foresight.cut();
  }

  #foresee(): void {
    const bank = this.#bank;
    this.#foresight.observe(bank.at, bank.x, bank.f, bank.a, this.#driftSeconds);
    bank.driftTrust = this.#foresight.weight;
  }

  /** Runs the first measurements again where more is known of the noise, or some were outliers. */
  #replayIfNewsOfNoise(): void {
    const forward = this.#noiseForward.sigma / this.#replayedForward;
    const reverse = this.#noiseReverse.sigma / this.#replayedReverse;
    const outliers = this.#markOutliers();
    const isNews = Math.max(forward, reverse, 1 / forward, 1 / reverse) > 1.4;
    if (!isNews && !outliers.includes(1)) return;
    this.#begin();
    this.#replay(outliers);
  }

  #markOutliers(): Uint8Array {
    const h = this.#history;
    const t = new Float64Array(h.count);
    const z = new Float64Array(h.count);
    const direction = new Int8Array(h.count);
    for (let i = 0; i < h.count; i++) {
      const k = h.slot(i);
      h.master(k, this.#scratch);
      t[i] = this.#time(h.raw[k]!);
      z[i] = this.#z(h.raw[k]!, this.#scratch);
      direction[i] = h.direction[k]!;
    }
    const noise = Math.min(this.#noiseForward.sigma, this.#noiseReverse.sigma);
    return markOutliers({ t, z, direction }, noise);
  }

  #replay(outliers: Uint8Array): void {
    this.#replayedForward = this.#noiseForward.sigma;
    this.#replayedReverse = this.#noiseReverse.sigma;
    this.#consistency = 1;
    const h = this.#history;
    for (let i = 0; i < h.count; i++) {
      if (outliers[i] === 1) continue;
      const k = h.slot(i);
      h.master(k, this.#scratch);
      const raw = h.raw[k]!;
      this.#use(this.#time(raw), this.#z(raw, this.#scratch), h.direction[k] as Direction);
    }
  }
}
