/**
 * What a grandmaster with a UTC clock announces around leap seconds, from a table of them
 * (IEEE 1588-2019 9.4): the flag during the last twelve hours, the new offset from midnight on.
 * @module
 */
import { type LeapTable, taiOffsetAt } from "./leap.ts";
import type { TimeProperties } from "./options.ts";
import type { Leap } from "./utc_offset.ts";

/** The flag is set so long before midnight, s. */
const NOTICE = 43_200;

/** The leap part of time properties at some moment. */
export interface LeapState {
  currentUtcOffset: number;
  /** False outside of the table. */
  currentUtcOffsetValid: boolean;
  leap: Leap;
  /** UTC seconds at which it changes next; Infinity where the table knows of no change. */
  until: number;
}

/** What holds at `utcSeconds`. */
export function leapStateAt(table: LeapTable, utcSeconds: number): LeapState {
  const now = taiOffsetAt(utcSeconds, table);
  const next = table.entries.find(([since]) => since > utcSeconds);
  const state: LeapState = {
    currentUtcOffset: now.seconds,
    currentUtcOffsetValid: now.isCertain,
    leap: 0,
    until: utcSeconds < table.expires ? table.expires : Infinity,
  };
  if (next === undefined) return state;
  const [since, offset] = next;
  // A deleted second ends the day one second early.
  const event = offset < now.seconds ? since - 1 : since;
  const isNear = utcSeconds >= since - NOTICE;
  state.until = Math.min(state.until, isNear ? event : since - NOTICE);
  if (isNear && utcSeconds < event) state.leap = offset > now.seconds ? 1 : -1;
  if (utcSeconds >= event) state.currentUtcOffset = offset;
  if (utcSeconds >= event) state.until = Math.max(since, state.until);
  return state;
}

/** `t` with the leap state of that moment. */
export function withLeap(t: Readonly<TimeProperties>, state: LeapState): TimeProperties {
  return {
    ...t,
    currentUtcOffset: state.currentUtcOffset,
    currentUtcOffsetValid: state.currentUtcOffsetValid,
    leap59: state.leap < 0,
    leap61: state.leap > 0,
  };
}
