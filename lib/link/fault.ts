/**
 * A link that harms what goes through it, on purpose and reproducibly.
 * @module
 */
import type { AddressTable } from "../base/address.ts";
import { PacketBatch } from "../base/batch.ts";
import type { Link } from "../base/link.ts";
import type { Random } from "../base/random.ts";
import { after, earliest, type Instant, type Nanos, NEVER } from "../base/time.ts";
import { Regions, SlotQueue } from "./datagrams.ts";
import { type FaultCounts, type FaultOptions, FaultStage } from "./faults.ts";

/** A {@linkcode FaultLink}. */
export interface FaultLinkOptions {
  now: () => Instant;
  random: Random;
  /** Faults of what the core sends, and of what it receives. */
  send?: FaultOptions;
  receive?: FaultOptions;
}

/** Slots that one call takes from the link below. */
const BATCH = 16;
/** Datagrams the kernel puts into one slot at most (UDP_GRO). */
const MAX_GRO = 64;
const SEND_SLOTS = 1024;
const SEND_OCTETS = 1 << 20;
/** When the link below refused something: how soon to try again. */
const RETRY = 100e3 as Nanos;

/**
 * Drops, corrupts, duplicates, reorders and polices datagrams. A segmented slot is split where one
 * of its datagrams is touched, and goes on in one piece where none is. Transmit stamps and link
 * errors pass.
 */
export class FaultLink implements Link {
  readonly #inner: Link;
  readonly #now: () => Instant;
  readonly #regions = new Regions();
  readonly #out: FaultStage;
  readonly #in: FaultStage;
  readonly #isSending: boolean;
  readonly #isReceiving: boolean;
  #outQueue: SlotQueue | undefined;
  #inQueue: SlotQueue | undefined;
  #scratch: PacketBatch | undefined;
  #retryAt: Instant = NEVER;

  constructor(inner: Link, options: FaultLinkOptions) {
    this.#inner = inner;
    this.#now = options.now;
    this.#out = new FaultStage(options.send ?? {}, options.random.derive("send"));
    this.#in = new FaultStage(options.receive ?? {}, options.random.derive("receive"));
    this.#isSending = options.send !== undefined;
    this.#isReceiving = options.receive !== undefined;
  }

  get mtu(): number {
    return this.#inner.mtu;
  }

  get maxSegments(): number {
    return this.#inner.maxSegments;
  }

  get addresses(): AddressTable {
    return this.#inner.addresses;
  }

  /** What was done to datagrams sent. */
  get sent(): FaultCounts {
    return this.#out.counts;
  }

  /** What was done to datagrams received. */
  get received(): FaultCounts {
    return this.#in.counts;
  }

  /** Drops the next `count` datagrams that the core sends; needs `send` options, be they empty. */
  dropNextSent(count = 1): void {
    this.#out.dropNext(count);
  }

  /** Drops the next `count` datagrams that arrive; needs `receive` options, be they empty. */
  dropNextReceived(count = 1): void {
    this.#in.dropNext(count);
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#regions.lend(this.#inner, region);
  }

  receive(into: PacketBatch): number {
    if (this.#isSending) this.#flush();
    if (!this.#isReceiving) return this.#inner.receive(into);
    const scratch = this.#scratchFor(into.slotSize);
    const queue = this.#inQueue!;
    const before = into.count;
    for (;;) {
      queue.receiveInto(into);
      if (!into.hasRoom || !queue.isEmpty) break;
      const now = this.#now();
      this.#in.release(now, queue);
      scratch.clear();
      const n = this.#inner.receive(scratch);
      for (let i = 0; i < n; i++) this.#in.pass(now, scratch, i, scratch.bytes, queue);
      if (queue.isEmpty && n === 0) break;
    }
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    if (!this.#isSending) return this.#inner.send(from, first);
    const queue = this.#outQueue ??= new SlotQueue(SEND_SLOTS, SEND_OCTETS);
    this.#flush();
    const now = this.#now();
    let i = first;
    for (; i < from.count; i++) {
      if (
        !this.#fits(queue, from, i) && !(queue.sendTo(this.#inner) && this.#fits(queue, from, i))
      ) {
        break;
      }
      this.#out.pass(now, from, i, this.#regions.bytes(from, i), queue);
    }
    this.#flush();
    return i - first;
  }

  close(): void {
    this.#inner.close();
  }

  deadline(): Instant {
    let first = earliest(this.#out.deadline(), this.#in.deadline());
    first = earliest(first, this.#retryAt);
    return this.#inner.deadline === undefined ? first : earliest(first, this.#inner.deadline());
  }

  #fits(queue: SlotQueue, from: PacketBatch, i: number): boolean {
    return queue.fits(this.#out.slotsFor(from, i), this.#out.octetsFor(from, i));
  }

  /** Sends what is queued and what was held long enough. */
  #flush(): void {
    const queue = this.#outQueue;
    if (queue === undefined) return;
    if (queue.isEmpty) this.#out.release(this.#now(), queue);
    this.#retryAt = queue.sendTo(this.#inner) ? NEVER : after(this.#now(), RETRY);
  }

  /** Batch and queue for slots of that size. */
  #scratchFor(slotSize: number): PacketBatch {
    if (this.#scratch !== undefined && this.#scratch.slotSize >= slotSize) return this.#scratch;
    const octets = 2 * BATCH * slotSize + (1 << 19);
    this.#inQueue = new SlotQueue(2 * BATCH * MAX_GRO + 64, octets);
    return this.#scratch = new PacketBatch(BATCH, slotSize);
  }
}
