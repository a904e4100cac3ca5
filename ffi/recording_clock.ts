/**
 * A clock that is read but never written: `--free-running`, and tests.
 * @module
 */
import type { Clock, ClockPair } from "../lib/base/clock.ts";
import type { Instant, Timestamp } from "../lib/base/time.ts";

/** One call that a plain clock would have obeyed. */
export type ClockCall =
  | { readonly call: "step"; readonly seconds: number; readonly nanoseconds: number }
  | { readonly call: "adjustFrequency"; readonly ppb: number }
  | { readonly call: "setLeap"; readonly leap: -1 | 0 | 1 }
  | { readonly call: "setTaiOffset"; readonly seconds: number };

const MAX_CALLS = 1000;

/** Passes readings through and keeps the newest 1000 writing calls instead of obeying them. */
export class RecordingClock implements Clock {
  /** Oldest first. */
  readonly calls: ClockCall[] = [];
  readonly maxPpb: number;
  readonly #inner: Clock;
  #ppb: number;

  constructor(inner: Clock) {
    this.#inner = inner;
    this.maxPpb = inner.maxPpb;
    this.#ppb = inner.frequency();
  }

  read(into: Timestamp): void {
    this.#inner.read(into);
  }

  capture(into: ClockPair): void {
    this.#inner.capture(into);
  }

  readAt(raw: Instant, into: Timestamp): void {
    this.#inner.readAt(raw, into);
  }

  step(seconds: number, nanoseconds: number): void {
    this.#note({ call: "step", seconds, nanoseconds });
  }

  adjustFrequency(ppb: number): void {
    this.#ppb = ppb;
    this.#note({ call: "adjustFrequency", ppb });
  }

  /** What was last asked for; the clock itself did not change. */
  frequency(): number {
    return this.#ppb;
  }

  setLeap(leap: -1 | 0 | 1): void {
    this.#note({ call: "setLeap", leap });
  }

  setTaiOffset(seconds: number): void {
    this.#note({ call: "setTaiOffset", seconds });
  }

  #note(call: ClockCall): void {
    if (this.calls.length >= MAX_CALLS) this.calls.splice(0, MAX_CALLS / 2);
    this.calls.push(call);
  }
}
