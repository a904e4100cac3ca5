/**
 * TAI - UTC as it is in force, across leap seconds in both directions (IEEE 1588-2019 7.2.4, 9.4).
 *
 * A master flags the leap second beforehand and changes its offset within two announce intervals of
 * midnight, early or late. Here the offset changes at midnight itself: what says otherwise shortly
 * before or after is not believed. A flag on a day that is not a month's last is ignored, as no leap
 * second was ever inserted elsewhere; so a master that forgets to clear it does no harm.
 *
 * Around midnight a kernel sets its clock a few milliseconds late, and stamps may be from before or
 * after: for a moment nothing is measured or steered, and what is served is told by continuity.
 * @module
 */
import { type Instant, NEVER, type Timestamp } from "../base/time.ts";

export type Leap = -1 | 0 | 1;

const DAY = 86_400;
/** Nothing is measured or steered from so long before midnight, ns, to so long after. */
const PAUSE_BEFORE = 0.5e9;
const MEASURE_AFTER = 1e9;
const STEER_AFTER = 1.5e9;
/** So long after midnight the old offset is not believed any more, ns. */
const STALE = 300e9;
/** So close to midnight the instant of it is not reckoned anew, ns. */
const FROZEN = 10e9;

export class UtcOffset {
  /** TAI - UTC, s. */
  seconds = 0;
  #flag: Leap = 0;
  /** When the leap second is over: in our time, and in TAI seconds. */
  #eventAt: Instant = NEVER;
  #eventTai = 0;
  #lastAt = -Infinity;
  #lastTai = 0;
  /** The offset before the last leap second. */
  #before = NaN;

  /** The leap that comes at the end of this day. */
  get pending(): Leap {
    return this.#eventAt === NEVER ? 0 : this.#flag;
  }

  /** What the grandmaster announces, or we ourselves. */
  announce(offset: number, leap: Leap, now: Instant): void {
    const isStale = now - this.#lastAt < STALE && offset === this.#before;
    if (isStale) return;
    if (this.#eventAt !== NEVER && offset === this.seconds + this.#flag) return;
    this.seconds = offset;
    if (leap === this.#flag) return;
    this.#flag = leap;
    this.#eventAt = NEVER;
  }

  /** TAI was `tai` at `at`: says when midnight is. */
  observe(tai: Readonly<Timestamp>, at: Instant): void {
    if (this.#flag === 0 || Math.abs(this.#eventAt - at) < FROZEN) return;
    const utc = tai.seconds - this.seconds;
    const today = Math.floor(utc / DAY);
    if (!isLastOfMonth(today)) {
      this.#eventAt = NEVER;
      return;
    }
    // With the beginning of 23:59:60, which a UTC clock reads as 23:59:59 once more; or where
    // 23:59:59 is left out.
    const eventUtc = (today + 1) * DAY - (this.#flag < 0 ? 1 : 0);
    this.#eventTai = eventUtc + this.seconds;
    this.#eventAt = at + (this.#eventTai - tai.seconds) * 1e9 - tai.nanoseconds as Instant;
  }

  /** The leap second that has happened by `now` and was not told yet: 1 inserted, -1 deleted. */
  pass(now: Instant): Leap {
    if (now < this.#eventAt) return 0;
    const leap = this.#flag;
    this.#lastAt = this.#eventAt;
    this.#lastTai = this.#eventTai;
    this.#before = this.seconds;
    this.seconds += leap;
    this.#flag = 0;
    this.#eventAt = NEVER;
    return leap;
  }

  /** True near a leap second: no stamp of that moment is to be trusted. */
  isPaused(at: Instant): boolean {
    return this.#eventAt - at < PAUSE_BEFORE || Math.abs(at - this.#lastAt) < MEASURE_AFTER;
  }

  /** True near a leap second: the clock is being set, and must be left alone. */
  mustWait(at: Instant): boolean {
    return this.#eventAt - at < PAUSE_BEFORE || at - this.#lastAt < STEER_AFTER;
  }

  /** When {@linkcode mustWait} is over. */
  waitEnds(): Instant {
    return (this.#eventAt === NEVER ? this.#lastAt : this.#eventAt) + STEER_AFTER as Instant;
  }

  /** True where a leap second is announced: {@linkcode observe} has a use. */
  get wantsTime(): boolean {
    return this.#flag !== 0;
  }

  deadline(): Instant {
    return this.#eventAt;
  }

  /** TAI - UTC of a UTC clock's `reading` at `at`: near a leap second the one that makes TAI go on. */
  of(reading: Readonly<Timestamp>, at: Instant): number {
    const isComing = this.#eventAt - at < STEER_AFTER;
    const isPast = at - this.#lastAt < STEER_AFTER;
    if (!isComing && !isPast) return this.seconds;
    const eventAt = isComing ? this.#eventAt : this.#lastAt;
    const eventTai = isComing ? this.#eventTai : this.#lastTai;
    const before = isComing ? this.seconds : this.#before;
    const after = isComing ? this.seconds + this.#flag : this.seconds;
    const expected = eventTai - reading.seconds + ((at - eventAt) - reading.nanoseconds) * 1e-9;
    return Math.abs(expected - before) <= Math.abs(expected - after) ? before : after;
  }
}

/** True where day number `day` (0: 1970-01-01) is the last of a month. */
export function isLastOfMonth(day: number): boolean {
  return dayOfMonth(day + 1) === 1;
}

/** 1 to 31, in the proleptic Gregorian calendar. */
function dayOfMonth(day: number): number {
  const era = Math.floor((day + 719_468) / 146_097);
  const ofEra = day + 719_468 - era * 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  return ofYear - Math.floor((153 * month + 2) / 5) + 1;
}
