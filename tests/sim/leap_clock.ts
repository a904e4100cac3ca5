/**
 * A clock that keeps UTC as Linux does: told of a leap second it sets itself by one second at midnight,
 * a tick late.
 * @module
 */
import type { Clock, ClockPair } from "../../lib/base/clock.ts";
import { difference, type Instant, type Timestamp, timestamp } from "../../lib/base/time.ts";
import type { VirtualClock } from "../../lib/base/virtual_clock.ts";

/** How late a kernel of 250 ticks a second may be. */
const TICK = 3e6;

export class LeapClock implements Clock {
  readonly maxPpb: number;
  /** Every call of setLeap and setTaiOffset. */
  readonly told: string[] = [];
  readonly #inner: VirtualClock;
  readonly #time = timestamp();
  #leap: -1 | 0 | 1 = 0;
  /** From this instant on the clock is `#set` seconds ahead of what is inside. */
  #setAt = Infinity;
  #set = 0;
  #base = 0;

  constructor(inner: VirtualClock) {
    this.#inner = inner;
    this.maxPpb = inner.maxPpb;
  }

  read(into: Timestamp): void {
    this.#inner.read(into);
    throw new Error("unreachable: read with capture or readAt");
  }

  capture(into: ClockPair): void {
    this.#inner.capture(into);
    this.#correct(into.raw, into);
  }

  readAt(raw: Instant, into: Timestamp): void {
    this.#inner.readAt(raw, into);
    this.#correct(raw, into);
  }

  step(seconds: number, nanoseconds: number): void {
    this.#inner.step(seconds, nanoseconds);
  }

  adjustFrequency(ppb: number): void {
    this.#inner.adjustFrequency(ppb);
  }

  frequency(): number {
    return this.#inner.frequency();
  }

  setLeap(leap: -1 | 0 | 1): void {
    this.told.push(`leap ${leap}`);
    this.#leap = leap;
  }

  setTaiOffset(seconds: number): void {
    this.told.push(`tai ${seconds}`);
  }

  #correct(raw: Instant, into: Timestamp): void {
    if (this.#leap !== 0 && this.#setAt === Infinity) this.#plan(raw, into);
    into.seconds += this.#base + (raw >= this.#setAt ? this.#set : 0);
  }

  /** Close to midnight the instant of the setting is fixed. */
  #plan(raw: Instant, reading: Timestamp): void {
    this.#time.seconds = (Math.floor(reading.seconds / 86_400) + 1) * 86_400 -
      (this.#leap < 0 ? 1 : 0);
    this.#time.nanoseconds = 0;
    const left = difference(this.#time, reading);
    if (left > 2e9) return;
    this.#setAt = raw + left + TICK;
    this.#set = -this.#leap;
  }
}
