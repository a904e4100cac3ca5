/**
 * Measurements in a row that the line finds impossible, and what they say together.
 *
 * A single one is an outlier. Several that agree are news: in both directions alike, the master's time
 * has jumped; in one direction only, that direction's delay has changed.
 * @module
 */
import { Direction } from "./history.ts";

/** Suspects of a direction that are looked at together. */
const DEPTH = 5;
/** Suspects that must agree. */
const ENOUGH = 4;
/** In a row in one direction, whether they agree or not: the line itself is wrong. */
const TOO_MANY = 12;
/** Beyond this, ns, no path delay can have changed so much. */
const BEYOND_DELAY = 1e8;

/** What is to be done about the suspects. */
export const Finding = {
  /** Nothing yet. */
  None: 0,
  /** They agree: the line moves as a whole. */
  Shift: 1,
  /** The line is wrong and they do not agree on how: it must be drawn anew. */
  Lost: 2,
} as const;
export type Finding = typeof Finding[keyof typeof Finding];

/** Consecutive suspects of one direction. */
class Row {
  readonly #error = new Float64Array(DEPTH);
  readonly #raw = new Float64Array(DEPTH);
  readonly #sorted = new Float64Array(DEPTH);
  count = 0;
  mean = 0;
  range = 0;
  /** Good measurements since the other direction's row began. */
  goodSince = 0;

  push(error: number, raw: number): void {
    this.#error[this.count % DEPTH] = error;
    this.#raw[this.count % DEPTH] = raw;
    this.count++;
  }

  get #depth(): number {
    return Math.min(this.count, DEPTH);
  }

  /** Sets {@linkcode mean} and {@linkcode range}, without the worst one where there are enough. */
  weigh(): void {
    const n = this.#depth;
    const s = this.#sorted;
    for (let i = 0; i < n; i++) {
      const value = this.#error[i]!;
      let k = i;
      while (k > 0 && s[k - 1]! > value) {
        s[k] = s[k - 1]!;
        k--;
      }
      s[k] = value;
    }
    let first = 0;
    let last = n - 1;
    if (n >= ENOUGH) {
      if (s[last]! - s[first + 1]! < s[last - 1]! - s[first]!) first++;
      else last--;
    }
    let sum = 0;
    for (let i = first; i <= last; i++) sum += s[i]!;
    this.mean = sum / (last - first + 1);
    this.range = s[last]! - s[first]!;
  }

  get since(): number {
    let first = Infinity;
    for (let i = 0; i < this.#depth; i++) first = Math.min(first, this.#raw[i]!);
    return first;
  }
}

/** See the module's text. */
export class Suspects {
  readonly #forward = new Row();
  readonly #reverse = new Row();
  /** The last verdict was about the master's time, both directions alike. */
  isJump = false;

  clear(): void {
    this.#forward.count = 0;
    this.#reverse.count = 0;
    this.#forward.goodSince = 0;
    this.#reverse.goodSince = 0;
  }

  /** A measurement that fits the line. */
  acquit(direction: Direction): void {
    const row = direction === Direction.Forward ? this.#forward : this.#reverse;
    const other = direction === Direction.Forward ? this.#reverse : this.#forward;
    row.count = 0;
    row.goodSince++;
    other.goodSince = 0;
  }

  /** A measurement `error` ns off the line. */
  accuse(direction: Direction, error: number, raw: number): void {
    const row = direction === Direction.Forward ? this.#forward : this.#reverse;
    const other = direction === Direction.Forward ? this.#reverse : this.#forward;
    if (row.count === 0) other.goodSince = 0;
    row.push(error, raw);
    row.goodSince = 0;
  }

  /** @param noise Standard deviation of a measurement, ns. */
  judge(noise: number): Finding {
    const f = this.#forward;
    const r = this.#reverse;
    if (this.#isAgreed(noise)) return Finding.Shift;
    return Math.max(f.count, r.count) >= TOO_MANY ? Finding.Lost : Finding.None;
  }

  #isAgreed(noise: number): boolean {
    const f = this.#forward;
    const r = this.#reverse;
    f.weigh();
    r.weigh();
    const mean = f.count > 0 ? f.mean : r.mean;
    const tolerance = 8 * noise + 1e-3 * Math.abs(mean);
    if (f.count > 0 && f.range > tolerance) return false;
    if (r.count > 0 && r.range > tolerance) return false;
    if (f.count > 0 && r.count > 0) {
      this.isJump = Math.abs(f.mean - r.mean) <= tolerance;
      return f.count + r.count >= (this.isJump ? ENOUGH : 2 * ENOUGH);
    }
    this.isJump = Math.abs(mean) > BEYOND_DELAY;
    if (this.isJump) return f.count + r.count >= 3;
    const [row, other] = f.count > 0 ? [f, r] : [r, f];
    return row.count >= ENOUGH && other.goodSince >= 2;
  }

  /** The earliest of the suspects that were looked at. */
  get since(): number {
    const f = this.#forward;
    const r = this.#reverse;
    return Math.min(f.count > 0 ? f.since : Infinity, r.count > 0 ? r.since : Infinity);
  }

  /** By how much the phase is off, ns: the half of it where one direction alone complains. */
  get phaseShift(): number {
    const f = this.#forward;
    const r = this.#reverse;
    if (!this.isJump) return ((f.count > 0 ? f.mean : 0) + (r.count > 0 ? r.mean : 0)) / 2;
    if (f.count === 0) return r.mean;
    return r.count === 0 ? f.mean : (f.mean + r.mean) / 2;
  }

  /** By how much the path delay is off, ns. */
  get delayShift(): number {
    if (this.isJump) return 0;
    const f = this.#forward;
    const r = this.#reverse;
    return ((r.count > 0 ? r.mean : 0) - (f.count > 0 ? f.mean : 0)) / 2;
  }
}
