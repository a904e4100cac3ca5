/**
 * PATH_TRACE TLV: the clocks an Announce has passed (IEEE 1588-2019 16.2).
 * @module
 */
import { type ClockIdentity, isClockAt, readClock } from "./identity.ts";
import * as message from "./message.ts";
import * as tlv from "./tlv.ts";
import { TlvType } from "./tlv.ts";

const IDENTITY_LENGTH = 8;

/** Identities in the TLV at `t`. */
export function count(v: DataView, t: number): number {
  return Math.floor(tlv.length(v, t) / IDENTITY_LENGTH);
}

/** The `k`th identity, the grandmaster's first. */
export function identity(v: DataView, t: number, k: number, into: ClockIdentity): void {
  readClock(v, tlv.value(t) + k * IDENTITY_LENGTH, into);
}

/** True where `clock` is in the list. */
export function includes(v: DataView, t: number, clock: Readonly<ClockIdentity>): boolean {
  const n = count(v, t);
  for (let k = 0; k < n; k++) {
    if (isClockAt(v, tlv.value(t) + k * IDENTITY_LENGTH, clock)) return true;
  }
  return false;
}

/** True where the Announce `m` has a path trace with `clock` in it: it goes in a circle. */
export function hasPassed(
  m: { readonly view: DataView; readonly offset: number },
  clock: Readonly<ClockIdentity>,
): boolean {
  const end = message.end(m.view, m.offset);
  for (let t = message.firstTlv(m.view, m.offset); t < end; t = tlv.next(m.view, t)) {
    if (tlv.type(m.view, t) === TlvType.PATH_TRACE && includes(m.view, t, clock)) return true;
  }
  return false;
}
