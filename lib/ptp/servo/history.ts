/**
 * Measurements as they came, newest last, in typed columns; the oldest make room.
 * @module
 */
import type { Timestamp } from "../../base/time.ts";

/** The coefficient of path delay in a measurement. */
export const Direction = { Forward: -1, Reverse: 1 } as const;
export type Direction = typeof Direction[keyof typeof Direction];

/** A ring of measurements as they came; typed columns. */
export class History {
  readonly raw: Float64Array;
  readonly seconds: Float64Array;
  readonly nanoseconds: Float64Array;
  readonly direction: Int8Array;
  readonly #capacity: number;
  count = 0;
  #first = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.raw = new Float64Array(capacity);
    this.seconds = new Float64Array(capacity);
    this.nanoseconds = new Float64Array(capacity);
    this.direction = new Int8Array(capacity);
  }

  clear(): void {
    this.count = 0;
    this.#first = 0;
  }

  /** Forgets what was measured before `raw`. */
  dropBefore(raw: number): void {
    while (this.count > 0 && this.raw[this.#first]! < raw) {
      this.#first = (this.#first + 1) % this.#capacity;
      this.count--;
    }
  }

  /** Writes the master's time of a slot. */
  master(slot: number, into: Timestamp): void {
    into.seconds = this.seconds[slot]!;
    into.nanoseconds = this.nanoseconds[slot]!;
  }

  /** Slot of the `i`th measurement, oldest first. */
  slot(i: number): number {
    return (this.#first + i) % this.#capacity;
  }

  /** Moves every master time by whole seconds. */
  leap(seconds: number): void {
    for (let i = 0; i < this.count; i++) this.seconds[this.slot(i)]! += seconds;
  }

  push(raw: number, master: Timestamp, direction: Direction): void {
    if (this.count === this.#capacity) {
      this.#first = (this.#first + 1) % this.#capacity;
      this.count--;
    }
    const i = this.slot(this.count++);
    this.raw[i] = raw;
    this.seconds[i] = master.seconds;
    this.nanoseconds[i] = master.nanoseconds;
    this.direction[i] = direction;
  }
}
