/**
 * How noisy one direction of the path is, without a model of the clocks.
 *
 * Three successive measurements (t0,z0) (t1,z1) (t2,z2) leave r = z1 - z0 - (z2 - z0) u with
 * u = (t1 - t0)/(t2 - t0): no phase, no frequency, hardly any wander. For independent noise of
 * standard deviation s the variance of r is s^2 (1 + u^2 + (1 - u)^2). The estimate is a low quantile of
 * |r| so scaled over a window, which outliers do not move, times what makes it right for normal noise.
 * @module
 */

const WINDOW = 32;
/** Entries of the window that hold the prior at the start. */
const PRIOR_ENTRIES = 3;
/** Three measurements make an entry, so that 15 % of outliers spoil 39 % of the entries. */
const QUANTILE = 0.3;
/** Standard deviation over that quantile of |r| of a normal distribution. */
const QUANTILE_TO_SD = 2.5954;

/** Standard deviation of the noise of one direction, ns. */
export class NoiseTrack {
  readonly #floor: number;
  readonly #ring = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #size = 0;
  #next = 0;
  #points = 0;
  #t0 = 0;
  #z0 = 0;
  #t1 = 0;
  #z1 = 0;

  /** Never below `floor`; near `prior` until a handful of measurements is in. */
  constructor(prior: number, floor: number) {
    this.#floor = floor;
    for (let i = 0; i < PRIOR_ENTRIES; i++) this.#insert(prior / QUANTILE_TO_SD);
  }

  /** The anchor has moved: later measurements are not comparable with earlier ones. */
  cut(): void {
    this.#points = 0;
  }

  /** A measurement `z` ns at `t` s. */
  push(t: number, z: number): void {
    if (this.#points >= 2 && t > this.#t0) {
      const u = (this.#t1 - this.#t0) / (t - this.#t0);
      const r = this.#z1 - this.#z0 - (z - this.#z0) * u;
      this.#insert(Math.abs(r) / Math.sqrt(1 + u * u + (1 - u) * (1 - u)));
    }
    this.#points++;
    this.#t0 = this.#t1;
    this.#z0 = this.#z1;
    this.#t1 = t;
    this.#z1 = z;
  }

  get sigma(): number {
    // The place between two entries, so that a window of any length gives the same quantile.
    const at = QUANTILE * (this.#size - 1);
    const i = Math.floor(at);
    const low = this.#sorted[i]!;
    const high = this.#sorted[Math.min(i + 1, this.#size - 1)]!;
    return Math.max(this.#floor, QUANTILE_TO_SD * (low + (at - i) * (high - low)));
  }

  /** Into the ring, in place of the oldest where it is full, and into the sorted copy. */
  #insert(value: number): void {
    const s = this.#sorted;
    let n = this.#size;
    if (n === WINDOW) {
      const old = this.#ring[this.#next]!;
      let i = 0;
      while (s[i]! < old) i++;
      s.copyWithin(i, i + 1, n);
      n--;
    }
    let i = n;
    while (i > 0 && s[i - 1]! > value) {
      s[i] = s[i - 1]!;
      i--;
    }
    s[i] = value;
    this.#size = n + 1;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % WINDOW;
  }
}
