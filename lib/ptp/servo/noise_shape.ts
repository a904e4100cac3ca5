/**
 * The distribution of the noise of measurements, learnt from what the line leaves unexplained.
 *
 * Kernel stamps are not normally distributed: caches that are warm or cold, a sleeper to be woken or
 * none, make a narrow peak beside a broad shoulder, on whichever side. A measurement in the peak tells
 * much more than one in the shoulder, so the noise is described by a mixture of normal distributions,
 * fitted to the latest residuals by expectation and maximisation. Residuals are lateness: how much longer
 * than the mean path delay a message took, ns, in either direction. Their mean is kept at 0, for it
 * cannot be told from path delay.
 * @module
 */

const COMPONENTS = 4;
const RING = 320;
/** Residuals before the first fit, and between two fits. */
const FIRST_FIT = 64;
const FIT_EVERY = 8;
const FIRST_ROUNDS = 12;
const ROUNDS = 2;
/** A component is never narrower than this share of the whole, nor lighter than so many residuals. */
const NARROWEST = 0.12;
const LIGHTEST = 3;

/** Residuals farther from the median than so many standard deviations are outliers, not noise. */
const BEYOND = 5;
const MEDIAN_TO_SD = 1.4826;

const ascending = (a: number, b: number) => a - b;

/** See the module's text. */
export class NoiseShape {
  readonly #floor: number;
  readonly #ring = new Float64Array(RING);
  readonly #extra = new Float64Array(RING);
  readonly #weight = new Float64Array(COMPONENTS);
  readonly #mean = new Float64Array(COMPONENTS);
  readonly #variance = new Float64Array(COMPONENTS);
  readonly #share = new Float64Array(COMPONENTS);
  readonly #sum = new Float64Array(COMPONENTS);
  readonly #squares = new Float64Array(COMPONENTS);
  readonly #mass = new Float64Array(COMPONENTS);
  readonly #sorted = new Float64Array(RING);
  #median = 0;
  #spread = 0;
  #origin = 0;
  #size = 0;
  #next = 0;
  #sinceFit = 0;
  #isFitted = false;

  /** Variance of the whole, ns^2. */
  variance = 0;
  /** Results of {@linkcode posterior}: density of the residual, mean and variance of the line's part. */
  density = 0;
  shift = 0;
  left = 0;

  /** @param floor Standard deviation below which no component falls, ns. */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** True once enough residuals were seen. */
  get isFitted(): boolean {
    return this.#isFitted;
  }

  /** Forgets all residuals. */
  clear(): void {
    this.#size = 0;
    this.#next = 0;
    this.#sinceFit = 0;
    this.#isFitted = false;
  }

  /** A residual, ns, that holds `extra` ns^2 of the line's own variance besides noise. */
  push(residual: number, extra: number): void {
    this.#ring[this.#next] = residual;
    this.#extra[this.#next] = extra;
    this.#next = (this.#next + 1) % RING;
    if (this.#size < RING) this.#size++;
    if (++this.#sinceFit < (this.#isFitted ? FIT_EVERY : FIRST_FIT)) return;
    this.#sinceFit = 0;
    this.#survey();
    let rounds = ROUNDS;
    if (!this.#isFitted) {
      this.#start();
      this.#isFitted = true;
      rounds = FIRST_ROUNDS;
    }
    for (let k = 0; k < rounds; k++) this.#fit();
    this.#sumUp();
  }

  /**
   * What a residual `r` says of a line that was known to `variance` ns^2: its density, and mean and variance of
   * the line's part in it. `widen` multiplies the components' variances.
   */
  posterior(r: number, variance: number, widen: number): void {
    let density = 0;
    let shift = 0;
    let square = 0;
    for (let k = 0; k < COMPONENTS; k++) {
      const noise = widen * this.#variance[k]!;
      const total = variance + noise;
      const e = r + this.#origin - this.#mean[k]!;
      const p = this.#weight[k]! * Math.exp(-e * e / (2 * total)) / Math.sqrt(2 * Math.PI * total);
      const m = e * variance / total;
      density += p;
      shift += p * m;
      square += p * (variance * noise / total + m * m);
    }
    this.density = density;
    if (!(density > 1e-300)) {
      this.shift = 0;
      this.left = variance;
      return;
    }
    this.shift = shift / density;
    this.left = Math.max(0, square / density - this.shift * this.shift);
  }

  /** Median and robust standard deviation of the residuals. */
  #survey(): void {
    const sorted = this.#sorted;
    const half = this.#size >> 1;
    sorted.fill(Infinity);
    for (let i = 0; i < this.#size; i++) sorted[i] = this.#ring[i]!;
    sorted.sort(ascending);
    this.#median = sorted[half]!;
    for (let i = 0; i < this.#size; i++) sorted[i] = Math.abs(this.#ring[i]! - this.#median);
    sorted.sort(ascending);
    this.#spread = Math.max(this.#floor, MEDIAN_TO_SD * sorted[half]!);
  }

  /** Components side by side over the middle of the residuals. */
  #start(): void {
    for (let k = 0; k < COMPONENTS; k++) {
      this.#weight[k] = 1 / COMPONENTS;
      this.#mean[k] = this.#median + this.#spread * (2 * k / (COMPONENTS - 1) - 1);
      this.#variance[k] = this.#spread * this.#spread / 4;
    }
  }

  /** One round of expectation and maximisation. */
  #fit(): void {
    this.#mass.fill(0);
    this.#sum.fill(0);
    this.#squares.fill(0);
    for (let i = 0; i < this.#size; i++) {
      const r = this.#ring[i]!;
      if (Math.abs(r - this.#median) < BEYOND * this.#spread) this.#assign(r, this.#extra[i]!);
    }
    let whole = COMPONENTS * LIGHTEST;
    for (let k = 0; k < COMPONENTS; k++) whole += this.#mass[k]!;
    const spread = this.#spread * this.#spread;
    const least = Math.max(this.#floor * this.#floor, NARROWEST * NARROWEST * spread);
    for (let k = 0; k < COMPONENTS; k++) {
      const mass = this.#mass[k]! + LIGHTEST;
      const mean = (this.#sum[k]! + LIGHTEST * this.#mean[k]!) / mass;
      this.#weight[k] = mass / whole;
      this.#mean[k] = mean;
      const variance = (this.#squares[k]! + LIGHTEST * (spread / 4 + mean * mean)) / mass -
        mean * mean;
      this.#variance[k] = Math.max(least, variance);
    }
  }

  /** Adds a residual, less the line's likely part in it, to the sums of the components. */
  #assign(r: number, extra: number): void {
    const share = this.#share;
    let total = 0;
    for (let k = 0; k < COMPONENTS; k++) {
      const v = this.#variance[k]! + extra;
      const e = r - this.#mean[k]!;
      share[k] = this.#weight[k]! * Math.exp(-e * e / (2 * v)) / Math.sqrt(v);
      total += share[k]!;
    }
    if (!(total > 1e-300)) return;
    for (let k = 0; k < COMPONENTS; k++) {
      const s = share[k]! / total;
      const v = this.#variance[k]! + extra;
      const noise = this.#mean[k]! + (r - this.#mean[k]!) * this.#variance[k]! / v;
      this.#mass[k]! += s;
      this.#sum[k]! += s * noise;
      this.#squares[k]! += s * (noise * noise + extra * this.#variance[k]! / v);
    }
  }

  /** Mean and variance of the mixture; the mean is what residuals are handed in less of. */
  #sumUp(): void {
    let mean = 0;
    let square = 0;
    for (let k = 0; k < COMPONENTS; k++) {
      mean += this.#weight[k]! * this.#mean[k]!;
      square += this.#weight[k]! * (this.#variance[k]! + this.#mean[k]! * this.#mean[k]!);
    }
    this.#origin = mean;
    this.variance = square - mean * mean;
  }
}
