/**
 * Figures of a row of numbers without keeping it: count, mean, standard deviation, extremes; and of
 * a line through the newest points.
 * @module
 */

/** Count, mean, deviation (Welford), least and greatest. */
export class Moments {
  count = 0;
  mean = 0;
  least = Infinity;
  greatest = -Infinity;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
  }

  /** Standard deviation; 0 below two values. */
  get deviation(): number {
    return this.count < 2 ? 0 : Math.sqrt(this.#squares / (this.count - 1));
  }
}

/** Points of the line. */
const LENGTH = 512;

/** A least-squares line through the newest 512 points. */
export class Trend {
  readonly #x = new Float64Array(LENGTH);
  readonly #y = new Float64Array(LENGTH);
  #count = 0;

  add(x: number, y: number): void {
    const k = this.#count++ % LENGTH;
    this.#x[k] = x;
    this.#y[k] = y;
  }

  clear(): void {
    this.#count = 0;
  }

  get count(): number {
    return Math.min(this.#count, LENGTH);
  }

  /** Slope and the standard deviation around the line; NaN below three points. */
  fit(): { slope: number; deviation: number; span: number } {
    const n = this.count;
    if (n < 3) return { slope: NaN, deviation: NaN, span: 0 };
    const oldest = this.#count > LENGTH ? this.#count % LENGTH : 0;
    const x0 = this.#x[oldest]!;
    const y0 = this.#y[oldest]!;
    let mx = 0;
    let my = 0;
    for (let k = 0; k < n; k++) {
      mx += (this.#x[k]! - x0) / n;
      my += (this.#y[k]! - y0) / n;
    }
    let xx = 0;
    let xy = 0;
    let yy = 0;
    let greatest = -Infinity;
    for (let k = 0; k < n; k++) {
      const dx = this.#x[k]! - x0 - mx;
      const dy = this.#y[k]! - y0 - my;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      greatest = Math.max(greatest, this.#x[k]! - x0);
    }
    if (xx === 0) return { slope: NaN, deviation: NaN, span: 0 };
    const slope = xy / xx;
    return { slope, deviation: Math.sqrt(Math.max(0, yy - slope * xy) / (n - 2)), span: greatest };
  }
}
