/**
 * A bank of Kalman filters over one master line: the same measurements, different histories.
 *
 * Each member carries the state
 *   x  phase: master time less raw time, less an anchor, ns
 *   f  its rate, ns/s = ppb
 *   a  the rate of that, ppb/s, forgotten with a time constant (temperature turns round)
 *   d  path delay, ns
 * with its covariance, and the probability that its history is the right one. Between measurements
 * x, f and a integrate, f walks randomly, a and d walk randomly. A measurement is
 *   forward:  t1 - t2 = x - d + noise        reverse:  t4 - t3 = x + d + noise
 * with x taken at the local stamp. One member believes the frequency never jumped; each of the others
 * branched off at some moment since, with the variance of a frequency step added. Bayes' rule weighs
 * them by how well they predict, so that the bank is as calm as the calm filter and follows a step as
 * fast as the evidence allows; the spread between its members is part of its variance.
 *
 * Noise has outliers: a measurement is one of them with a small probability, in which case its density
 * is flat; the less likely the whole bank finds it, the larger the variance it is used with.
 * @module
 */

import type { BankModel, BankPrior } from "./bank_model.ts";
import {
  AA,
  AD,
  BIRTH,
  DD,
  FA,
  FD,
  FF,
  KIND,
  MemberKind,
  Members,
  STEPPED,
  STRIDE,
  WEIGHT,
  XA,
  XD,
  XF,
  XX,
} from "./bank_members.ts";
import type { NoiseShape } from "./noise_shape.ts";

/** Standard deviation of a phase of which only the first measurement, at the anchor, is known, ns. */
const PHASE_SD = 1e8;
/**
 * The power of a measurement's likelihood in the weights of the members, below 1: noise is correlated, and
 * measurements that err alike are not as much evidence as if each had erred by itself.
 */
const EVIDENCE = 0.7;
/** A step counts once it has been believed for so many seconds; after so many more it is forgotten. */
const STEP_PROVEN = 8;
const STEP_MEMORY = 200;
/** The flat density of an outlier: one in this many standard deviations. */
const OUTLIER_WIDTH = 30;

/** See the module's text. All instants are seconds since the owner's anchor. */
export class Bank {
  readonly #members: Members;
  readonly #model: BankModel;
  readonly #m: Float64Array;
  readonly #c = new Float64Array(4);
  readonly #likelihood: Float64Array;
  #at = 0;
  #steps = 0;
  #stepSeconds = 0;
  #stepRate: number;
  /** The coefficient of the phase in a measurement: 0 where only the path delay is measured. */
  #ofPhase = 1;

  /** Standard deviation of a measurement, ns: the scale of {@linkcode BankModel.delayWalk}. */
  noise = 500;
  /** What drift is multiplied with where the line is run on beyond the last measurement. */
  driftTrust = 1;
  /** Mixture of the members, at {@linkcode at}: read only. */
  x = 0;
  f = 0;
  a = 0;
  d = 0;
  xx = 0;
  xf = 0;
  ff = 0;
  fa = 0;
  xa = 0;
  aa = 0;
  dd = 0;
  /** Innovation of the last measurement against the mixture before it, ns, and its variance. */
  innovation = 0;
  innovationVariance = 1;
  /** Probability that the last measurement was no outlier. */
  inlier = 1;

  /** @param capacity Members at most; 1 makes a plain Kalman filter without step detection. */
  constructor(model: BankModel, capacity: number) {
    this.#model = model;
    this.#stepRate = model.stepRate;
    this.#members = new Members(capacity);
    this.#m = this.#members.m;
    this.#likelihood = new Float64Array(capacity);
  }

  /** The instant of the states, s. */
  get at(): number {
    return this.#at;
  }

  get members(): number {
    return this.#members.count;
  }

  /** Forgets all members. */
  clear(at: number): void {
    this.#members.count = 0;
    this.#at = at;
  }

  /** A member with unknown phase; the caller sees that weights sum to 1. */
  add(prior: BankPrior): void {
    const members = this.#members;
    if (members.count >= members.capacity) return;
    const m = this.#m;
    const o = STRIDE * members.count++;
    m.fill(0, o, o + STRIDE);
    m[o + 1] = prior.frequency;
    m[o + 2] = prior.drift;
    m[o + 3] = prior.delay;
    m[o + XX] = PHASE_SD * PHASE_SD;
    m[o + FF] = prior.frequencySd * prior.frequencySd;
    m[o + AA] = prior.driftSd * prior.driftSd;
    m[o + DD] = prior.delaySd * prior.delaySd;
    m[o + WEIGHT] = prior.weight;
    m[o + BIRTH] = this.#at;
    m[o + KIND] = MemberKind.Drifting;
    m[o + STEPPED] = -Infinity;
    this.#mix();
  }

  /** Carries all members on to `at`; does nothing for an instant before theirs. */
  predict(at: number): void {
    const h = at - this.#at;
    if (h <= 0) return;
    this.#at = at;
    const tau = this.#model.driftSeconds;
    const keep = Math.exp(-h / tau);
    // The integrals of a decaying drift; their series where the difference would lose digits.
    const small = h < 1e-3 * tau;
    const g = small ? h - h * h / (2 * tau) : tau * (1 - keep);
    const k = small ? h * h / 2 : tau * (h - g);
    for (let i = 0; i < this.#members.count; i++) this.#predictMember(STRIDE * i, h, keep, g, k);
    this.#mix();
  }

  /**
   * One measurement `z` with noise of standard deviation `sigma`, taken at `at`; an instant before
   * {@linkcode at} is reached by running the line backwards.
   * @param sign -1 forward, +1 reverse: the coefficient of the path delay.
   */
  update(at: number, z: number, sign: number, sigma: number): void {
    this.predict(at);
    const back = at - this.#at; // 0 or negative
    const back2 = back * back / 2;
    this.#weigh(z, sign, sigma, back, back2);
    const spread = this.#spread(sign * this.innovation, sigma);
    const r = spread * spread / Math.max(this.inlier, 1e-3);
    for (let i = 0; i < this.#members.count; i++) {
      this.#updateMember(STRIDE * i, z, sign, r, back, back2);
    }
    this.#mix();
  }

  /**
   * The path delay by itself, `d` with a standard deviation of `sigma`, ns; what is known of the phase
   * moves with it as far as it was reckoned from the delay.
   */
  measureDelay(at: number, d: number, sigma: number): void {
    this.predict(at);
    this.#ofPhase = 0;
    this.#weigh(d, 1, sigma, 0, 0);
    const r = sigma * sigma / Math.max(this.inlier, 1e-3);
    for (let i = 0; i < this.#members.count; i++) this.#updateMember(STRIDE * i, d, 1, r, 0, 0);
    this.#ofPhase = 1;
    this.#mix();
  }

  /**
   * Like {@linkcode update} with noise of a known shape, its variance multiplied by `widen`.
   * Each member takes from the measurement what it says to a line known as well as that member's.
   */
  updateShaped(at: number, z: number, sign: number, shape: NoiseShape, widen: number): void {
    this.predict(at);
    const m = this.#m;
    const back = at - this.#at;
    const back2 = back * back / 2;
    const outlier = this.#model.outlier;
    const whole = widen * shape.variance;
    let good = 0;
    let mean = 0;
    let square = 0;
    let bestVariance = Infinity;
    for (let i = 0; i < this.#members.count; i++) {
      bestVariance = Math.min(bestVariance, this.#project(STRIDE * i, sign, back, back2));
    }
    const flat = outlier / (OUTLIER_WIDTH * Math.sqrt(bestVariance + whole));
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      const v = this.#project(o, sign, back, back2);
      const late = sign * (z - this.#expected(o, sign, back, back2));
      shape.posterior(late, v, widen);
      const fair = (1 - outlier) * shape.density;
      const inlier = fair / (fair + flat);
      const w = m[o + WEIGHT]!;
      good += w * fair;
      mean += w * sign * late;
      square += w * (v + whole + late * late);
      m[o + WEIGHT] = w * (fair + flat) ** EVIDENCE;
      const shift = inlier * shape.shift;
      const left = inlier * (shape.left + shape.shift * shape.shift) + (1 - inlier) * v;
      this.#shiftMember(o, sign * shift / v, (left - shift * shift - v) / (v * v));
    }
    this.innovation = mean;
    this.innovationVariance = square - mean * mean;
    this.inlier = good / (good + flat);
    this.#members.normalise();
    this.#mix();
  }

  /** How the innovation of a measurement would stand, without using it: in standard deviations. */
  surprise(at: number, z: number, sign: number, sigma: number): number {
    this.predict(at);
    const back = at - this.#at;
    let least = Infinity;
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      const v = this.#project(o, sign, back, back * back / 2) + sigma * sigma;
      if (this.#m[o + WEIGHT]! < 1e-3) continue;
      const e = Math.abs(z - this.#expected(o, sign, back, back * back / 2)) / Math.sqrt(v);
      if (e < least) least = e;
    }
    return least;
  }

  /** Branches off members whose frequency jumped during the last `span` seconds; drops poor ones. */
  branch(span: number): void {
    const members = this.#members;
    if (members.capacity < 2 || members.count === 0) return;
    const { step, largeStep, largeStepRate, delayStep, delayStepRate } = this.#model;
    const { driftSd, driftChangeRate } = this.#model;
    members.merge();
    this.#learnSteps(span);
    members.spawn(this.#at, step, 0, 1 - Math.exp(-this.#stepRate * span));
    members.spawn(this.#at, largeStep, 0, 1 - Math.exp(-largeStepRate * span));
    members.spawn(this.#at, 0, delayStep * this.noise, 1 - Math.exp(-delayStepRate * span));
    members.turn(this.#at, driftSd, 1 - Math.exp(-driftChangeRate * span));
    members.normalise();
    this.#mix();
  }

  /** A member whose frequency may be off by `sd`, with a probability of `share`. */
  doubt(sd: number, share: number): void {
    if (this.#members.capacity < 2) return;
    this.#members.spawn(this.#at, sd, 0, share);
    this.#members.normalise();
    this.#mix();
  }

  /** Phase of the mixture at `at` (at or after {@linkcode at}), ns. */
  phase(at: number): number {
    const h = at - this.#at;
    const tau = this.#model.driftSeconds;
    const g = tau * (1 - Math.exp(-h / tau));
    return this.x + this.f * h + this.driftTrust * this.a * tau * (h - g);
  }

  /** Frequency of the mixture at `at`, ppb. */
  frequency(at: number): number {
    const tau = this.#model.driftSeconds;
    return this.f + this.driftTrust * this.a * tau * (1 - Math.exp((this.#at - at) / tau));
  }

  /** Variance of {@linkcode phase}, with the steps that may have happened since, ns^2. */
  phaseVariance(at: number): number {
    const h = Math.max(0, at - this.#at);
    const { walk, driftWalk, step } = this.#model;
    const h3 = h * h * h;
    const k = h * h / 2;
    const unseen = (walk + step * step * this.#stepRate) * h3 / 3 + driftWalk * h3 * h * h / 20;
    return this.xx + 2 * h * this.xf + h * h * this.ff + 2 * k * this.xa + 2 * h * k * this.fa +
      k * k * this.aa + unseen;
  }

  /** Moves phase and path delay of every member by so many ns, each known to `sd` only. */
  shift(phase: number, delay: number, sd: number): void {
    const m = this.#m;
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      m[o]! += phase;
      m[o + 3]! += delay;
      m[o + XX]! += sd * sd;
      m[o + DD]! += sd * sd;
    }
    this.#mix();
  }

  /** The rate of steps: those of the last minutes, and one in the time that the model gives it. */
  #learnSteps(span: number): void {
    const keep = Math.exp(-span / STEP_MEMORY);
    const to = this.#at - STEP_PROVEN;
    this.#steps = keep * this.#steps + this.#members.stepped(to - span, to);
    this.#stepSeconds = keep * this.#stepSeconds + span;
    this.#stepRate = (1 + this.#steps) / (1 / this.#model.stepRate + this.#stepSeconds);
  }

  #predictMember(o: number, h: number, keep: number, g: number, k: number): void {
    const m = this.#m;
    const { walk, delayWalk } = this.#model;
    const driftWalk = m[o + KIND] === MemberKind.Drifting ? this.#model.driftWalk : 0;
    m[o]! += h * m[o + 1]! + k * m[o + 2]!;
    m[o + 1]! += g * m[o + 2]!;
    m[o + 2]! *= keep;
    const xf = m[o + XF]!;
    const xa = m[o + XA]!;
    const ff = m[o + FF]!;
    const fa = m[o + FA]!;
    const aa = m[o + AA]!;
    const fd = m[o + FD]!;
    const ad = m[o + AD]!;
    const h2 = h * h;
    const h3 = h2 * h;
    const row = xa + h * fa + k * aa;
    m[o + XX]! += 2 * h * xf + 2 * k * xa + h2 * ff + 2 * h * k * fa + k * k * aa +
      walk * h3 / 3 + driftWalk * h3 * h2 / 20;
    m[o + XF] = xf + h * ff + k * fa + g * row + walk * h2 / 2 + driftWalk * h2 * h2 / 8;
    m[o + XA] = keep * row + driftWalk * h3 / 6;
    m[o + XD]! += h * fd + k * ad;
    m[o + FF] = ff + 2 * g * fa + g * g * aa + walk * h + driftWalk * h3 / 3;
    m[o + FA] = keep * (fa + g * aa) + driftWalk * h2 / 2;
    m[o + FD] = fd + g * ad;
    m[o + AA] = keep * keep * aa + driftWalk * h;
    m[o + AD] = keep * ad;
    m[o + DD]! += delayWalk * delayWalk * this.noise * this.noise * h;
  }

  #expected(o: number, sign: number, back: number, back2: number): number {
    const m = this.#m;
    const p = this.#ofPhase;
    return p * m[o]! + back * m[o + 1]! + back2 * m[o + 2]! + sign * m[o + 3]!;
  }

  /** Covariance of the state with the measurement into `#c`; returns the measurement's variance. */
  #project(o: number, sign: number, back: number, back2: number): number {
    const m = this.#m;
    const c = this.#c;
    const p = this.#ofPhase;
    c[0] = p * m[o + XX]! + back * m[o + XF]! + back2 * m[o + XA]! + sign * m[o + XD]!;
    c[1] = p * m[o + XF]! + back * m[o + FF]! + back2 * m[o + FA]! + sign * m[o + FD]!;
    c[2] = p * m[o + XA]! + back * m[o + FA]! + back2 * m[o + AA]! + sign * m[o + AD]!;
    c[3] = p * m[o + XD]! + back * m[o + FD]! + back2 * m[o + AD]! + sign * m[o + DD]!;
    return p * c[0] + back * c[1] + back2 * c[2] + sign * c[3];
  }

  /**
   * Standard deviation of the side of a two-piece normal distribution that `late` lies on, ns; the two
   * average `sigma`, and the passage between them is smooth.
   */
  #spread(late: number, sigma: number): number {
    const ratio = this.#model.lateSpread;
    const early = 2 * sigma / (1 + ratio);
    return early * (1 + (ratio - 1) / (1 + Math.exp(-late / (0.3 * early))));
  }

  /** Weighs the members by their likelihood of `z`, and tells how likely it is no outlier. */
  #weigh(z: number, sign: number, sigma: number, back: number, back2: number): void {
    const m = this.#m;
    const likelihood = this.#likelihood;
    const outlier = this.#model.outlier;
    let good = 0;
    let mean = 0;
    let variance = 0;
    let bestVariance = Infinity;
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      const v = this.#project(o, sign, back, back2) + sigma * sigma;
      const e = z - this.#expected(o, sign, back, back2);
      const p = Math.exp(-e * e / (2 * v)) / Math.sqrt(2 * Math.PI * v);
      likelihood[i] = p;
      const w = m[o + WEIGHT]!;
      good += w * p;
      mean += w * e;
      variance += w * (v + e * e);
      if (v < bestVariance) bestVariance = v;
    }
    this.innovation = mean;
    this.innovationVariance = variance - mean * mean;
    const flat = outlier / (OUTLIER_WIDTH * Math.sqrt(bestVariance));
    this.inlier = (1 - outlier) * good / ((1 - outlier) * good + flat);
    for (let i = 0; i < this.#members.count; i++) {
      m[STRIDE * i + WEIGHT]! *= (1 - outlier) * likelihood[i]! + flat;
    }
    this.#members.normalise();
  }

  #updateMember(
    o: number,
    z: number,
    sign: number,
    r: number,
    back: number,
    back2: number,
  ): void {
    const v = this.#project(o, sign, back, back2) + r;
    this.#shiftMember(o, (z - this.#expected(o, sign, back, back2)) / v, -1 / v);
  }

  /** Moves a member along the covariance in `#c`: the state by `e` of it, its own by `v` of its square. */
  #shiftMember(o: number, e: number, v: number): void {
    const m = this.#m;
    const c0 = this.#c[0]!;
    const c1 = this.#c[1]!;
    const c2 = this.#c[2]!;
    const c3 = this.#c[3]!;
    m[o]! += c0 * e;
    m[o + 1]! += c1 * e;
    m[o + 2]! += c2 * e;
    m[o + 3]! += c3 * e;
    m[o + XX]! += c0 * c0 * v;
    m[o + XF]! += c0 * c1 * v;
    m[o + XA]! += c0 * c2 * v;
    m[o + XD]! += c0 * c3 * v;
    m[o + FF]! += c1 * c1 * v;
    m[o + FA]! += c1 * c2 * v;
    m[o + FD]! += c1 * c3 * v;
    m[o + AA]! += c2 * c2 * v;
    m[o + AD]! += c2 * c3 * v;
    m[o + DD]! += c3 * c3 * v;
  }

  /** Moments of the mixture. */
  #mix(): void {
    const m = this.#m;
    let x = 0;
    let f = 0;
    let a = 0;
    let d = 0;
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      const w = m[o + WEIGHT]!;
      x += w * m[o]!;
      f += w * m[o + 1]!;
      a += w * m[o + 2]!;
      d += w * m[o + 3]!;
    }
    let xx = 0;
    let xf = 0;
    let xa = 0;
    let ff = 0;
    let fa = 0;
    let aa = 0;
    let dd = 0;
    for (let i = 0; i < this.#members.count; i++) {
      const o = STRIDE * i;
      const w = m[o + WEIGHT]!;
      const ex = m[o]! - x;
      const ef = m[o + 1]! - f;
      const ea = m[o + 2]! - a;
      const ed = m[o + 3]! - d;
      xx += w * (m[o + XX]! + ex * ex);
      xf += w * (m[o + XF]! + ex * ef);
      xa += w * (m[o + XA]! + ex * ea);
      ff += w * (m[o + FF]! + ef * ef);
      fa += w * (m[o + FA]! + ef * ea);
      aa += w * (m[o + AA]! + ea * ea);
      dd += w * (m[o + DD]! + ed * ed);
    }
    this.x = x;
    this.f = f;
    this.a = a;
    this.d = d;
    this.xx = xx;
    this.xf = xf;
    this.xa = xa;
    this.ff = ff;
    this.fa = fa;
    this.aa = aa;
    this.dd = dd;
  }
}
