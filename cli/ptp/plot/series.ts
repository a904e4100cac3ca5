/**
 * A row of values over time in bounded memory: when it is full, neighbours are put together, and
 * what stays of them is their least and their greatest value.
 * @module
 */

/** Points kept at most; half of it after a merge. */
const CAPACITY = 4096;

/** See the module. Times must not go back. */
export class Series {
  readonly name: string;
  readonly at: number[] = [];
  readonly least: number[] = [];
  readonly greatest: number[] = [];
  /** Values per point; a power of two. */
  #width = 1;
  #open = 0;

  constructor(name: string) {
    this.name = name;
  }

  get length(): number {
    return this.at.length;
  }

  add(at: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const last = this.at.length - 1;
    if (this.#open > 0 && last >= 0) {
      this.least[last] = Math.min(this.least[last]!, value);
      this.greatest[last] = Math.max(this.greatest[last]!, value);
      this.#open--;
      return;
    }
    if (this.at.length >= CAPACITY) this.#merge();
    this.at.push(at);
    this.least.push(value);
    this.greatest.push(value);
    this.#open = this.#width - 1;
  }

  /** All least and greatest values, in ascending order. */
  sorted(): Float64Array {
    return Float64Array.from([...this.least, ...this.greatest]).sort((a, b) => a - b);
  }

  #merge(): void {
    const half = this.at.length >> 1;
    for (let k = 0; k < half; k++) {
      this.at[k] = this.at[2 * k]!;
      this.least[k] = Math.min(this.least[2 * k]!, this.least[2 * k + 1]!);
      this.greatest[k] = Math.max(this.greatest[2 * k]!, this.greatest[2 * k + 1]!);
    }
    this.at.length = half;
    this.least.length = half;
    this.greatest.length = half;
    this.#width *= 2;
  }
}
