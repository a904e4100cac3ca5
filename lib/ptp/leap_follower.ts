/**
 * Keeps a grandmaster's own time properties in step with a table of leap seconds, by its UTC clock.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { type Instant, NEVER, ORIGIN, timestamp } from "../base/time.ts";
import { leapStateAt, withLeap } from "./leap_schedule.ts";
import type { LeapTable } from "./leap.ts";
import type { InstanceOptions, TimeProperties } from "./options.ts";

/** The clock may have been set meanwhile: the table is looked at so often at least, s. */
const LONGEST = 600;
/** Within this after a change the clock may read a second less than before, s. */
const REPEATED = 5;

export class LeapFollower {
  readonly #options: Readonly<InstanceOptions>;
  readonly #clock: Clock;
  readonly #time = timestamp();
  #table: LeapTable | undefined;
  #deadline: Instant = NEVER;
  /** UTC seconds of the change waited for. */
  #until = Infinity;

  constructor(options: Readonly<InstanceOptions>, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Follows `table` from now on; only a clock that keeps UTC has a use for one. */
  use(table: LeapTable | undefined): void {
    this.#table = table;
    const isUsed = table !== undefined && this.#options.localTimescale === "utc";
    this.#deadline = isUsed ? ORIGIN : NEVER;
    this.#until = Infinity;
  }

  deadline(): Instant {
    return this.#deadline;
  }

  /** The properties from now on, where they have changed. */
  follow(now: Instant): TimeProperties | undefined {
    if (now < this.#deadline || this.#table === undefined) return undefined;
    this.#clock.readAt(now, this.#time);
    const reading = this.#time.seconds + this.#time.nanoseconds * 1e-9;
    // The second of a change may come twice; it counts once.
    const isRepeated = reading < this.#until && reading > this.#until - REPEATED &&
      now - this.#lastDue < 2 * REPEATED * 1e9;
    const utc = isRepeated ? this.#until : reading;
    const state = leapStateAt(this.#table, utc);
    const wait = Math.min(LONGEST, Math.max(0, state.until - reading));
    this.#deadline = now + Math.max(1e6, wait * 1e9) as Instant;
    if (wait < LONGEST) {
      this.#until = state.until;
      this.#lastDue = this.#deadline;
    }
    const before = this.#options.timeProperties;
    const after = withLeap(before, state);
    const isSame = before.currentUtcOffset === after.currentUtcOffset &&
      before.currentUtcOffsetValid === after.currentUtcOffsetValid &&
      before.leap59 === after.leap59 && before.leap61 === after.leap61;
    return isSame ? undefined : after;
  }

  /** When the change waited for is due. */
  #lastDue = Infinity;
}
