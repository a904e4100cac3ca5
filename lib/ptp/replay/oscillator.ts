/**
 * What a recorded clock would have shown had nobody steered it, from its readings and from what was done
 * to it: the oscillator alone, for another servo to steer.
 *
 * Between two readings the oscillator is taken to run evenly; beyond the last, as between the last two.
 * A correction counts from the reading or call before it, which is right to a few microseconds of it.
 * @module
 */
import { type Instant, shift, type Timestamp, timestamp } from "../../base/time.ts";

/** Readings closer than this, ns, do not tell a rate: noise of reading would be taken for one. */
const CLOSEST = 20e6;
/** Readings at the end that give the rate beyond it. */
const LAST = 20;

/** See the module. */
export class Oscillator {
  /** Where the record begins: `raw` and what the clock showed. */
  readonly startRaw: Instant;
  readonly start: Readonly<Timestamp>;
  readonly maxPpb: number;
  /** The correction in force at the start, ppb: part of what is steered, not of the oscillator. */
  readonly initialPpb: number;
  readonly #raws: number[] = [];
  /** Oscillator less raw, ns, at each of `raws`. */
  readonly #ahead: number[] = [];
  #cursor = 0;

  /** @param lines A record of `servo/record.ts`. */
  constructor(lines: readonly string[]) {
    const walk = new Walk(lines);
    this.maxPpb = walk.maxPpb;
    this.initialPpb = walk.initialPpb;
    const first = walk.readings[0];
    this.startRaw = (first?.raw ?? 0) as Instant;
    this.start = first === undefined ? timestamp() : timestamp(first.seconds, first.nanoseconds);
    for (const reading of walk.readings) {
      const last = this.#raws[this.#raws.length - 1];
      if (last !== undefined && reading.raw - last < CLOSEST) continue;
      const shown = (reading.seconds - this.start.seconds) * 1e9 +
        (reading.nanoseconds - this.start.nanoseconds) - reading.steered;
      this.#raws.push(reading.raw);
      this.#ahead.push(shown - (reading.raw - this.startRaw));
    }
  }

  /** True where there are readings enough to say anything. */
  get isKnown(): boolean {
    return this.#raws.length > 1;
  }

  /** Oscillator less raw at `raw`, ns, from 0 at the start. */
  aheadAt(raw: Instant): number {
    const n = this.#raws.length;
    if (n < 2) return 0;
    let k = this.#cursor;
    while (k < n - 2 && raw >= this.#raws[k + 1]!) k++;
    while (k > 0 && raw < this.#raws[k]!) k--;
    this.#cursor = k;
    const beyond = raw > this.#raws[n - 1]!;
    const from = beyond ? Math.max(0, n - 1 - LAST) : k;
    const to = beyond ? n - 1 : k + 1;
    const rate = (this.#ahead[to]! - this.#ahead[from]!) / (this.#raws[to]! - this.#raws[from]!);
    const base = beyond ? n - 1 : k;
    return this.#ahead[base]! + rate * (raw - this.#raws[base]!);
  }

  /** What the clock would have shown at `raw`. */
  read(raw: Instant, into: Timestamp): void {
    shift(this.start, raw - this.startRaw + this.aheadAt(raw), into);
  }
}

interface Reading {
  readonly raw: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** What steps and corrections have added since the start, ns. */
  readonly steered: number;
}

/** Goes through a record once. */
class Walk {
  readonly readings: Reading[] = [];
  maxPpb = 500_000;
  initialPpb = 0;
  #steered = 0;
  #ppb = 0;
  #since = NaN;
  #hasPpb = false;

  constructor(lines: readonly string[]) {
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const [letter, ...words] = line.split(" ");
    const [a = NaN, b = NaN, c = NaN] = words.map(Number);
    switch (letter) {
      case "m":
        this.maxPpb = a;
        return;
      case "q":
        if (this.#hasPpb) return;
        this.initialPpb = a;
        this.#ppb = a;
        this.#hasPpb = true;
        return;
      case "f":
        this.#ppb = a;
        this.#hasPpb = true;
        return;
      case "p":
        this.#steered += a * 1e9 + b;
        return;
      case "c":
      case "a":
        this.#advance(a);
        this.readings.push({ raw: a, seconds: b, nanoseconds: c, steered: this.#steered });
        return;
      case "T":
      case "R":
        this.#advance(a);
    }
  }

  /** Corrections act until `raw`. */
  #advance(raw: number): void {
    if (Number.isNaN(this.#since)) this.#since = raw;
    if (raw <= this.#since) return;
    this.#steered += (raw - this.#since) * this.#ppb * 1e-9;
    this.#since = raw;
  }
}
