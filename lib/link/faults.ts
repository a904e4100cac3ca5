/**
 * What may happen to the datagrams of one direction: the decisions of a {@linkcode FaultLink}.
 * @module
 */
import { PacketBatch, SlotKind } from "../base/batch.ts";
import type { Random } from "../base/random.ts";
import { type Instant, NEVER } from "../base/time.ts";
import {
  copyColumns,
  datagramCount,
  datagramLength,
  datagramOffset,
  type Run,
  type SlotQueue,
} from "./datagrams.ts";

/** The faults of one direction; none if nothing is said. Probabilities are per datagram. */
export interface FaultOptions {
  drop?: number;
  /** Loss in bursts: probability of entering and of leaving a state in which all is lost. */
  burst?: { enter: number; leave: number };
  /** One bit is inverted. */
  corrupt?: number;
  duplicate?: number;
  /**
   * A datagram is held back until `depth` others (1 if left out) have overtaken it, at most `hold`
   * ns (100 ms).
   */
  reorder?: { probability: number; depth?: number; hold?: number };
  /** Longer datagrams are dropped: a path with a small MTU that says nothing. */
  maxLength?: number;
  /** A policer: datagrams above the rate are dropped. `burst` octets may come at once (16 KiB). */
  rate?: { bitsPerSecond: number; burst?: number };
}

/** What was done. */
export interface FaultCounts {
  passed: number;
  dropped: number;
  corrupted: number;
  duplicated: number;
  reordered: number;
  tooLong: number;
  overRate: number;
}

const Fate = { Pass: 0, Drop: 1, Corrupt: 2, Duplicate: 3, Hold: 4 } as const;
type Fate = typeof Fate[keyof typeof Fate];

const HELD = 32;
const HELD_OCTETS = 9216;
const DEFAULT_HOLD = 100e6;
const DEFAULT_BURST = 16_384;
const EMPTY = new PacketBatch(1, 0);

/** Decides on datagrams and moves what is left of them into a queue. */
export class FaultStage {
  readonly counts: FaultCounts = {
    passed: 0,
    dropped: 0,
    corrupted: 0,
    duplicated: 0,
    reordered: 0,
    tooLong: 0,
    overRate: 0,
  };
  readonly #o: FaultOptions;
  readonly #random: Random;
  readonly #held: PacketBatch | undefined;
  /** Of each held datagram: others still to pass, and when it goes at the latest. */
  readonly #after = new Int32Array(HELD);
  readonly #until = new Float64Array(HELD).fill(NEVER);
  #heldCount = 0;
  #inBurst = false;
  #dropNext = 0;
  #tokens: number;
  #filledAt = NaN;
  readonly #run: Run = { at: 0, length: 0, segment: 0 };
  /** The slot at hand and its octets. */
  #batch: PacketBatch = EMPTY;
  #i = 0;
  #bytes: Uint8Array = EMPTY.bytes;

  constructor(options: FaultOptions, random: Random) {
    this.#o = options;
    this.#random = random;
    this.#held = options.reorder === undefined ? undefined : new PacketBatch(HELD, HELD_OCTETS);
    this.#tokens = options.rate?.burst ?? DEFAULT_BURST;
    if (this.#held !== undefined) { while (this.#held.hasRoom) this.#held.open(); }
  }

  /** Most slots that one slot, and what is released along with it, can become. */
  slotsFor(batch: PacketBatch, i: number): number {
    return 2 * datagramCount(batch, i) + this.#heldCount;
  }

  /** Most octets likewise. */
  octetsFor(batch: PacketBatch, i: number): number {
    return 2 * batch.length[i]! + this.#heldCount * HELD_OCTETS;
  }

  /** Drops the next `count` datagrams, whatever the options say. */
  dropNext(count: number): void {
    this.#dropNext += count;
  }

  /** When a datagram held back goes at the latest. */
  deadline(): Instant {
    if (this.#heldCount === 0) return NEVER;
    let first: number = NEVER;
    for (let k = 0; k < HELD; k++) if (this.#until[k]! < first) first = this.#until[k]!;
    return first as Instant;
  }

  /** Moves held datagrams whose time is up into the queue. */
  release(now: Instant, queue: SlotQueue): void {
    if (this.#heldCount === 0) return;
    for (let k = 0; k < HELD; k++) if (this.#until[k]! <= now) this.#releaseOne(k, queue);
  }

  /** Moves what becomes of slot `i`, whose octets are in `bytes`, into the queue. */
  pass(now: Instant, batch: PacketBatch, i: number, bytes: Uint8Array, queue: SlotQueue): void {
    this.#batch = batch;
    this.#i = i;
    this.#bytes = bytes;
    if (batch.kind[i] !== SlotKind.Packet) {
      this.#push(0, 1, queue);
      return;
    }
    const n = datagramCount(batch, i);
    let first = 0;
    for (let k = 0; k < n; k++) {
      const fate = this.#decide(now, datagramLength(batch, i, k));
      if (fate === Fate.Pass) {
        this.counts.passed++;
        if (this.#heldCount === 0 || !this.#isOneOvertaken()) continue;
        this.#push(first, k + 1 - first, queue);
        this.#releaseOvertaken(queue);
      } else {
        this.#push(first, k - first, queue);
        if (fate !== Fate.Drop && !(fate === Fate.Hold && this.#hold(now, k))) {
          this.#befall(fate, k, queue);
        }
      }
      first = k + 1;
    }
    this.#push(first, n - first, queue);
  }

  #decide(now: Instant, length: number): Fate {
    const o = this.#o;
    const random = this.#random;
    if (o.maxLength !== undefined && length > o.maxLength) {
      this.counts.tooLong++;
      return Fate.Drop;
    }
    if (o.rate !== undefined && !this.#hasTokens(now, length)) {
      this.counts.overRate++;
      return Fate.Drop;
    }
    if (this.#isDropped()) {
      this.counts.dropped++;
      return Fate.Drop;
    }
    if (o.reorder !== undefined && random.chance(o.reorder.probability)) return Fate.Hold;
    if (o.corrupt !== undefined && random.chance(o.corrupt)) return Fate.Corrupt;
    if (o.duplicate !== undefined && random.chance(o.duplicate)) return Fate.Duplicate;
    return Fate.Pass;
  }

  #isDropped(): boolean {
    if (this.#dropNext > 0) {
      this.#dropNext--;
      return true;
    }
    const { burst, drop } = this.#o;
    if (burst !== undefined) {
      if (this.#random.chance(this.#inBurst ? burst.leave : burst.enter)) {
        this.#inBurst = !this.#inBurst;
      }
      if (this.#inBurst) return true;
    }
    return drop !== undefined && this.#random.chance(drop);
  }

  #hasTokens(now: Instant, length: number): boolean {
    const rate = this.#o.rate!;
    const burst = rate.burst ?? DEFAULT_BURST;
    if (this.#filledAt < now) {
      const earned = (now - this.#filledAt) * rate.bitsPerSecond / 8e9;
      this.#tokens = Math.min(burst, this.#tokens + earned);
    }
    this.#filledAt = now;
    if (this.#tokens < length) return false;
    this.#tokens -= length;
    return true;
  }

  /** Datagram `k` of the slot at hand goes on, harmed; or unharmed where it could not be held. */
  #befall(fate: Fate, k: number, queue: SlotQueue): void {
    this.counts.passed++;
    const at = this.#push(k, 1, queue);
    const bits = 8 * datagramLength(this.#batch, this.#i, k);
    if (fate === Fate.Corrupt && bits > 0) {
      this.counts.corrupted++;
      queue.flip(at, this.#random.integer(bits));
    } else if (fate === Fate.Duplicate) {
      this.counts.duplicated++;
      this.#push(k, 1, queue);
    }
    if (this.#heldCount > 0 && this.#isOneOvertaken()) this.#releaseOvertaken(queue);
  }

  /** Pushes `count` datagrams from the `first` on as one slot; returns where its octets start. */
  #push(first: number, count: number, queue: SlotQueue): number {
    if (count <= 0) return -1;
    const batch = this.#batch;
    const i = this.#i;
    const run = this.#run;
    run.at = datagramOffset(batch, i, first);
    const last = first + count - 1;
    run.length = datagramOffset(batch, i, last) + datagramLength(batch, i, last) - run.at;
    run.segment = count === 1 ? 0 : batch.segment[i]!;
    return queue.push(batch, i, this.#bytes, run);
  }

  /** Keeps datagram `k` of the slot at hand; false where there is no room for it. */
  #hold(now: Instant, k: number): boolean {
    const batch = this.#batch;
    const length = datagramLength(batch, this.#i, k);
    const held = this.#held;
    if (held === undefined || this.#heldCount === HELD || length > HELD_OCTETS) return false;
    const slot = this.#until.indexOf(NEVER);
    const at = datagramOffset(batch, this.#i, k);
    held.bytes.set(this.#bytes.subarray(at, at + length), held.offset[slot]!);
    copyColumns(batch, this.#i, held, slot);
    held.length[slot] = length;
    this.#after[slot] = this.#o.reorder?.depth ?? 1;
    this.#until[slot] = now + (this.#o.reorder?.hold ?? DEFAULT_HOLD);
    this.#heldCount++;
    this.counts.reordered++;
    return true;
  }

  /** A datagram passed: true where that was the last one that a held datagram waited for. */
  #isOneOvertaken(): boolean {
    let isOne = false;
    for (let k = 0; k < HELD; k++) {
      if (this.#until[k]! !== NEVER && --this.#after[k]! <= 0) isOne = true;
    }
    return isOne;
  }

  #releaseOvertaken(queue: SlotQueue): void {
    for (let k = 0; k < HELD; k++) {
      if (this.#until[k]! !== NEVER && this.#after[k]! <= 0) this.#releaseOne(k, queue);
    }
  }

  #releaseOne(k: number, queue: SlotQueue): void {
    const held = this.#held!;
    this.#until[k] = NEVER;
    this.#heldCount--;
    this.counts.passed++;
    const run = this.#run;
    run.at = held.offset[k]!;
    run.length = held.length[k]!;
    run.segment = 0;
    queue.push(held, k, held.bytes, run);
  }
}
