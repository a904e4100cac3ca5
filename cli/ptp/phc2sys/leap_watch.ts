/**
 * A leap second under `rptp ptp phc2sys`: the kernel sets the system clock, the servo must not set it back.
 * @module
 */
import type { Timestamp } from "../../../lib/base/time.ts";
import { timestamp } from "../../../lib/base/time.ts";
import { leapBetween } from "../../../lib/ptp/clock_offset.ts";
import type { ClockSync } from "../../../lib/ptp/clock_sync.ts";

/**
 * Call {@linkcode check} before each steering: a servo that compares the clock 20 times a second would
 * take away within 50 ms what the kernel has done.
 */
export class LeapWatch {
  readonly #sync: Pick<ClockSync, "leap">;
  readonly #tai: () => number;
  readonly #utc: (into: Timestamp) => void;
  readonly #now = timestamp();
  #before: number;

  /**
   * @param tai The kernel's TAI offset now.
   * @param utc Reads the system clock.
   */
  constructor(sync: Pick<ClockSync, "leap">, tai: () => number, utc: (into: Timestamp) => void) {
    this.#sync = sync;
    this.#tai = tai;
    this.#utc = utc;
    this.#before = tai();
  }

  check(): void {
    const before = this.#before;
    const after = this.#tai();
    if (after === before) return;
    this.#before = after;
    this.#utc(this.#now);
    const by = leapBetween(before, after, this.#now.seconds);
    if (by !== 0) this.#sync.leap(by);
  }
}
