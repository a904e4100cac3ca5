/**
 * Sync and Follow_Up of one master brought together, whichever comes first, and counted where one of
 * them never comes (IEEE 1588-2019 9.5.9, 9.5.10).
 * @module
 */
import { seq16 } from "../../base/seq.ts";

/** Syncs that may wait for their Follow_Up at a time. */
const SLOTS = 8;

/** A Sync that is complete: when it left the master, and when it was seen. */
export interface CompleteSync {
  /** t1 with all corrections, on the master's timescale. */
  originSeconds: number;
  originNanos: number;
  /** t2, ns since the first message; and the clock's reading then. */
  at: number;
  seenSeconds: number;
  seenNanos: number;
}

interface Slot {
  sequenceId: number;
  hasSync: boolean;
  hasFollowUp: boolean;
  at: number;
  seenSeconds: number;
  seenNanos: number;
  syncCorrection: number;
  originSeconds: number;
  originNanos: number;
}

/** See the module. */
export class SyncPairs {
  /** Two-step Syncs whose Follow_Up did not come before eight more Syncs. */
  missingFollowUps = 0;
  /** Follow_Ups whose Sync was not seen. */
  orphanFollowUps = 0;
  /** The newest complete one, overwritten by the next. */
  readonly complete: CompleteSync = {
    originSeconds: 0,
    originNanos: 0,
    at: 0,
    seenSeconds: 0,
    seenNanos: 0,
  };
  readonly #slots: Slot[] = [];
  #newest = -1;

  constructor() {
    for (let k = 0; k < SLOTS; k++) this.#slots.push(emptySlot());
  }

  /** A two-step Sync; true where its Follow_Up was there already. */
  sync(
    sequenceId: number,
    seen: { at: number; seconds: number; nanoseconds: number },
    correction: number,
  ): boolean {
    const slot = this.#slot(sequenceId);
    slot.hasSync = true;
    slot.at = seen.at;
    slot.seenSeconds = seen.seconds;
    slot.seenNanos = seen.nanoseconds;
    slot.syncCorrection = correction;
    return slot.hasFollowUp && this.#finish(slot);
  }

  /** A Follow_Up with its own correction; true where its Sync was there already. */
  followUp(sequenceId: number, seconds: number, nanoseconds: number, correction: number): boolean {
    const slot = this.#slot(sequenceId);
    if (slot.hasFollowUp) return false;
    slot.hasFollowUp = true;
    slot.originSeconds = seconds;
    slot.originNanos = nanoseconds + correction;
    return slot.hasSync && this.#finish(slot);
  }

  /** Forgets what waits: the sender has begun anew. */
  clear(): void {
    for (const slot of this.#slots) slot.sequenceId = -1;
    this.#newest = -1;
  }

  #slot(sequenceId: number): Slot {
    const slot = this.#slots[sequenceId % SLOTS]!;
    if (slot.sequenceId === sequenceId) return slot;
    const isNewer = this.#newest < 0 || seq16.distance(this.#newest, sequenceId) > 0;
    if (slot.sequenceId >= 0) {
      if (slot.hasSync && !slot.hasFollowUp) this.missingFollowUps++;
      if (slot.hasFollowUp && !slot.hasSync) this.orphanFollowUps++;
    }
    if (isNewer) this.#newest = sequenceId;
    slot.sequenceId = sequenceId;
    slot.hasSync = false;
    slot.hasFollowUp = false;
    return slot;
  }

  #finish(slot: Slot): boolean {
    const complete = this.complete;
    complete.originSeconds = slot.originSeconds;
    complete.originNanos = slot.originNanos + slot.syncCorrection;
    complete.at = slot.at;
    complete.seenSeconds = slot.seenSeconds;
    complete.seenNanos = slot.seenNanos;
    return true;
  }
}

function emptySlot(): Slot {
  return {
    sequenceId: -1,
    hasSync: false,
    hasFollowUp: false,
    at: 0,
    seenSeconds: 0,
    seenNanos: 0,
    syncCorrection: 0,
    originSeconds: 0,
    originNanos: 0,
  };
}
