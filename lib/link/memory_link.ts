/**
 * A link without a network: what is sent is kept, what arrives is put in by hand. For tests of
 * cores and decorators.
 * @module
 */
import { AddressTable } from "../base/address.ts";
import { PacketBatch, SlotKind } from "../base/batch.ts";
import type { Link } from "../base/link.ts";

/** One slot that was sent. */
export interface SentSlot {
  octets: Uint8Array;
  segment: number;
  peer: number;
  local: number;
  channel: number;
  traffic: number;
  ticket: number;
}

/** Keeps what is sent; receives what {@linkcode MemoryLink.arriving} holds. */
export class MemoryLink implements Link {
  readonly mtu: number = 65_507;
  readonly maxSegments: number = 64;
  readonly addresses = new AddressTable(256);
  readonly sent: SentSlot[] = [];
  /** Slots to be received; emptied by `receive`. */
  readonly arriving: PacketBatch;
  /** Slots taken by each call of `send`. */
  takes = Infinity;
  isClosed = false;
  readonly #regions: Uint8Array[] = [];
  #next = 0;

  constructor(capacity = 256, slotSize = 2048) {
    this.arriving = new PacketBatch(capacity, slotSize);
  }

  /** A datagram (or, with `segment`, several) to be received next; returns its slot. */
  arrive(octets: Uint8Array, segment = 0): number {
    const i = this.arriving.open();
    this.arriving.bytes.set(octets, this.arriving.offset[i]!);
    this.arriving.length[i] = octets.length;
    this.arriving.segment[i] = segment;
    return i;
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#regions.push(region);
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    while (this.#next < this.arriving.count && into.hasRoom) {
      into.copyFrom(this.arriving, this.#next++);
    }
    if (this.#next === this.arriving.count) {
      this.arriving.clear();
      this.#next = 0;
    }
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    const end = Math.min(from.count, first + this.takes);
    for (let i = first; i < end; i++) {
      if (from.kind[i] !== SlotKind.Packet) continue;
      const bytes = from.region[i] === 0 ? from.bytes : this.#regions[from.region[i]! - 1]!;
      this.sent.push({
        octets: bytes.slice(from.offset[i]!, from.offset[i]! + from.length[i]!),
        segment: from.segment[i]!,
        peer: from.peer[i]!,
        local: from.local[i]!,
        channel: from.channel[i]!,
        traffic: from.traffic[i]!,
        ticket: from.ticket[i]!,
      });
    }
    return end - first;
  }

  close(): void {
    this.isClosed = true;
  }

  /** The octets of every datagram sent, segmented slots cut up. */
  datagrams(): Uint8Array[] {
    return this.sent.flatMap(({ octets, segment }) => {
      if (segment === 0) return [octets];
      const all: Uint8Array[] = [];
      for (let o = 0; o < octets.length; o += segment) all.push(octets.slice(o, o + segment));
      return all;
    });
  }
}
