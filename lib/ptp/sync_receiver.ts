/**
 * Pairs Sync with Follow_Up, in either order, and one-step Sync with nothing (9.5.4, 9.5.5, 11.2).
 * @module
 */
import { between, type Instant, shift, type Timestamp, timestamp } from "../base/time.ts";
import { intervalOf, sane } from "./interval.ts";
import { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import { Flag, isCorrectionTooBig } from "./wire/header.ts";
import * as message from "./wire/message.ts";
import * as wire from "./wire/timestamp.ts";

/** Timestamps from here on are refused: the year 2106, beyond every epoch in use. */
export const SECONDS_LIMIT = 2 ** 32;
/** Nothing is outstanding: no 16-bit sequenceId is equal to it. */
const NONE = -1;
/** A half older than this many sync intervals, and than a second, has lost its other half. */
const MAX_AGE_INTERVALS = 2;
const MIN_AGE = 1e9;

/** Why the timestamp and correction of a message cannot be computed with; `None` if they can. */
export function checkTime(m: Received): Reason {
  if (isCorrectionTooBig(m.view, m.offset)) return Reason.CorrectionTooBig;
  return wire.seconds(m.view, m.offset + message.TIMESTAMP) >= SECONDS_LIMIT
    ? Reason.SecondsTooBig
    : Reason.None;
}

/** One master's Sync stream. After a call that returns true the pair is in the fields. */
export class SyncReceiver {
  /** t1 with all corrections: when the Sync would have left had the path no residence time. */
  readonly masterTime: Timestamp = timestamp();
  /** t2: when it arrived. */
  localTime = NaN as Instant;
  /** `logMessageInterval` of the newest Sync, where it is sane. */
  logSyncInterval = 0;
  /** Why the last message completed no pair; `None` also where it waits for its other half. */
  reason: Reason = Reason.None;
  /** Syncs whose Follow_Up had not come when the next Sync did. */
  mismatchedSyncs = 0;
  /** Follow_Ups whose Sync had not come when the next Follow_Up did. */
  mismatchedFollowUps = 0;

  readonly #time = timestamp();
  #syncId = NONE;
  #syncCorrection = 0;
  #syncStamp = NaN as Instant;
  #syncAt = 0 as Instant;
  #followUpId = NONE;
  readonly #followUpTime = timestamp();
  #followUpAt = 0 as Instant;
  #doneId = NONE;
  #doneAt = 0 as Instant;

  /** Another master. */
  reset(): void {
    this.#syncId = NONE;
    this.#followUpId = NONE;
    this.#doneId = NONE;
  }

  /** Takes a Sync; true where a pair is complete. */
  sync(m: Received): boolean {
    this.reason = this.#checkSync(m);
    if (this.reason !== Reason.None) return false;
    this.logSyncInterval = sane(m.logMessageInterval, -10, 10, this.logSyncInterval);
    if ((m.flags & Flag.TwoStep) === 0) {
      wire.read(m.view, m.offset + message.TIMESTAMP, this.#time);
      return this.#complete(m, m.stamp, m.correction);
    }
    if (this.#followUpId === m.sequenceId && this.#isFresh(this.#followUpAt, m.at)) {
      this.#time.seconds = this.#followUpTime.seconds;
      this.#time.nanoseconds = this.#followUpTime.nanoseconds;
      this.#followUpId = NONE;
      return this.#complete(m, m.stamp, m.correction);
    }
    if (this.#syncId !== NONE) this.mismatchedSyncs++;
    this.#syncId = m.sequenceId;
    this.#syncCorrection = m.correction;
    this.#syncStamp = m.stamp;
    this.#syncAt = m.at;
    return false;
  }

  /** Takes a Follow_Up; true where a pair is complete. */
  followUp(m: Received): boolean {
    this.reason = this.#checkFollowUp(m);
    if (this.reason !== Reason.None) return false;
    wire.read(m.view, m.offset + message.TIMESTAMP, this.#time);
    if (this.#syncId === m.sequenceId && this.#isFresh(this.#syncAt, m.at)) {
      this.#syncId = NONE;
      return this.#complete(m, this.#syncStamp, m.correction + this.#syncCorrection);
    }
    if (this.#followUpId !== NONE) this.mismatchedFollowUps++;
    this.#followUpId = m.sequenceId;
    shift(this.#time, m.correction, this.#followUpTime);
    this.#followUpAt = m.at;
    return false;
  }

  #checkSync(m: Received): Reason {
    if (m.stamp !== m.stamp) return Reason.MissingStamp;
    if (isCorrectionTooBig(m.view, m.offset)) return Reason.CorrectionTooBig;
    if (this.#isDuplicate(this.#syncId, this.#syncAt, m)) return Reason.Duplicate;
    return (m.flags & Flag.TwoStep) === 0 ? checkTime(m) : Reason.None;
  }

  #checkFollowUp(m: Received): Reason {
    const reason = checkTime(m);
    if (reason !== Reason.None) return reason;
    return this.#isDuplicate(this.#followUpId, this.#followUpAt, m)
      ? Reason.Duplicate
      : Reason.None;
  }

  /** The same half is waiting already, or the pair was complete a moment ago. */
  #isDuplicate(id: number, at: Instant, m: Received): boolean {
    return (id === m.sequenceId && this.#isFresh(at, m.at)) ||
      (this.#doneId === m.sequenceId && this.#isFresh(this.#doneAt, m.at));
  }

  #isFresh(at: Instant, now: Instant): boolean {
    const limit = Math.max(MIN_AGE, MAX_AGE_INTERVALS * intervalOf(this.logSyncInterval));
    return between(at, now) <= limit;
  }

  #complete(m: Received, stamp: Instant, correction: number): true {
    shift(this.#time, correction, this.masterTime);
    this.localTime = stamp;
    this.#doneId = m.sequenceId;
    this.#doneAt = m.at;
    return true;
  }
}
