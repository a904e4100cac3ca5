/**
 * Which measurements of a link's delay stand alone, and the delay that the others agree on.
 * @module
 */
import { type Nanos, nanos } from "../../base/time.ts";

/** Measurements in the median. */
const WINDOW = 9;
/** Measurements before one can stand alone. */
const FEWEST = 4;
/** Off the median by so many median deviations, and by so many ns, it stands alone. */
const BEYOND = 12;
const LEAST = 2000;
/** So many in a row are a new path. */
const NEW_PATH = 3;

/** A running median that tells outliers from news. */
export class LinkFilter {
  readonly #ring = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #count = 0;
  #strays = 0;

  /** Takes a measurement, ns; false where it stands alone and is to be left out. */
  push(delay: number): boolean {
    if (this.#isStray(delay)) {
      this.#strays++;
      if (this.#strays < NEW_PATH) return false;
      this.#count = 0;
    }
    this.#strays = 0;
    this.#ring[this.#count++ % WINDOW] = delay;
    return true;
  }

  /** The median; NaN before the first measurement. */
  get median(): Nanos {
    const n = this.#size;
    return nanos(n === 0 ? NaN : this.#middle(n, (k) => this.#ring[k]!));
  }

  /** Measurements in the median. */
  get count(): number {
    return this.#size;
  }

  clear(): void {
    this.#count = 0;
    this.#strays = 0;
  }

  get #size(): number {
    return Math.min(this.#count, WINDOW);
  }

  #isStray(delay: number): boolean {
    const n = this.#size;
    if (n < FEWEST) return false;
    const median = this.median;
    const spread = this.#middle(n, (k) => Math.abs(this.#ring[k]! - median));
    return Math.abs(delay - median) > Math.max(LEAST, BEYOND * spread);
  }

  #middle(n: number, value: (k: number) => number): number {
    const s = this.#sorted;
    for (let i = 0; i < n; i++) {
      const v = value(i);
      let k = i;
      while (k > 0 && s[k - 1]! > v) {
        s[k] = s[k - 1]!;
        k--;
      }
      s[k] = v;
    }
    const half = n >> 1;
    return n % 2 === 1 ? s[half]! : (s[half - 1]! + s[half]!) / 2;
  }
}
