/**
 * What all decorators need: the datagrams of a slot, regions lent to the link below, and a queue of
 * slots between two links.
 * @module
 */
import { type PacketBatch, PacketBatch as Batch, SlotKind } from "../base/batch.ts";
import type { Link } from "../base/link.ts";

/** Datagrams in slot `i`; 1 where it is not segmented. */
export function datagramCount(batch: PacketBatch, i: number): number {
  const segment = batch.segment[i]!;
  if (segment <= 0 || batch.kind[i] !== SlotKind.Packet) return 1;
  return Math.max(1, Math.ceil(batch.length[i]! / segment));
}

/** First octet of datagram `k` of slot `i`, in the slot's octets. */
export function datagramOffset(batch: PacketBatch, i: number, k: number): number {
  return batch.offset[i]! + k * batch.segment[i]!;
}

/** Octets of datagram `k` of slot `i`. */
export function datagramLength(batch: PacketBatch, i: number, k: number): number {
  const segment = batch.segment[i]!;
  const length = batch.length[i]!;
  return segment <= 0 ? length : Math.min(segment, length - k * segment);
}

/** The regions lent through a decorator, so that it can read the octets of slots that refer to one. */
export class Regions {
  readonly #byNumber: (Uint8Array<ArrayBuffer> | undefined)[] = [];

  /** Lends `region` to `link` and remembers it under the number it got. */
  lend(link: Link, region: Uint8Array<ArrayBuffer>): number {
    const number = link.lend(region);
    this.#byNumber[number] = region;
    return number;
  }

  /** What `offset[i]` of the batch counts in. */
  bytes(batch: PacketBatch, i: number): Uint8Array<ArrayBuffer> {
    const region = batch.region[i]!;
    if (region === 0) return batch.bytes;
    const bytes = this.#byNumber[region];
    if (bytes === undefined) throw new Error(`region ${region} was not lent through this link`);
    return bytes;
  }
}

/** A queue of slots, octets packed one behind the other; it is reset whenever it runs empty. */
export class SlotQueue {
  readonly #batch: PacketBatch;
  #head = 0;
  #end = 0;

  /** @param octets Octets of all slots together, at least twice the largest slot. */
  constructor(slots: number, octets: number) {
    this.#batch = new Batch(slots, Math.ceil(octets / slots));
  }

  get isEmpty(): boolean {
    return this.#head === this.#batch.count;
  }

  /** True where that much can be pushed. */
  fits(slots: number, octets: number): boolean {
    const b = this.#batch;
    return b.count + slots <= b.capacity && this.#end + octets <= b.bytes.length;
  }

  /** Appends `length` octets with the columns of slot `i` of `from`; returns where they now start. */
  push(from: PacketBatch, i: number, bytes: Uint8Array, run: Run): number {
    const b = this.#batch;
    const j = b.open();
    const at = b.offset[j] = this.#end;
    if (from.kind[i] === SlotKind.Packet) {
      b.bytes.set(bytes.subarray(run.at, run.at + run.length), at);
      this.#end += run.length;
    }
    copyColumns(from, i, b, j);
    b.length[j] = run.length;
    b.segment[j] = run.segment;
    return at;
  }

  /** Inverts a bit of what was pushed to `at`. */
  flip(at: number, bit: number): void {
    this.#batch.bytes[at + (bit >>> 3)]! ^= 0x80 >>> (bit & 7);
  }

  /** Gives `link` all it takes; true where nothing is left. */
  sendTo(link: Link): boolean {
    const b = this.#batch;
    while (this.#head < b.count) {
      const n = link.send(b, this.#head);
      if (n === 0) return false;
      this.#head += n;
    }
    this.#reset();
    return true;
  }

  /** Moves slots into `into` while it has room; returns how many. */
  receiveInto(into: PacketBatch): number {
    let n = 0;
    while (this.#head < this.#batch.count && into.hasRoom) {
      into.copyFrom(this.#batch, this.#head++);
      n++;
    }
    if (this.isEmpty) this.#reset();
    return n;
  }

  #reset(): void {
    this.#batch.clear();
    this.#head = 0;
    this.#end = 0;
  }
}

/** Consecutive datagrams of a slot: `length` octets at `at`, `segment` as in a batch. */
export interface Run {
  at: number;
  length: number;
  segment: number;
}

/** Copies the columns that describe a packet, but not where its octets are, nor how many. */
export function copyColumns(from: PacketBatch, i: number, to: PacketBatch, j: number): void {
  to.peer[j] = from.peer[i]!;
  to.local[j] = from.local[i]!;
  to.channel[j] = from.channel[i]!;
  to.kind[j] = from.kind[i]!;
  to.traffic[j] = from.traffic[i]!;
  to.ticket[j] = from.ticket[i]!;
  to.stampSeconds[j] = from.stampSeconds[i]!;
  to.stampNanos[j] = from.stampNanos[i]!;
  to.stampSource[j] = from.stampSource[i]!;
  to.stampInstant[j] = from.stampInstant[i]!;
}
