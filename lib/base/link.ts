/**
 * The interfaces between protocol cores and what carries their packets.
 *
 * The law of the loop (see `drive.ts`): receive all links, feed, expire all, settle what they
 * share, transmit all, take the events, wait.
 * @module
 */
import type { AddressTable } from "./address.ts";
import type { PacketBatch } from "./batch.ts";
import type { Instant } from "./time.ts";

/** UDP socket(s), a TAP, a packet ring, a virtual wire, or a decorator of one. */
export interface Link {
  /** Largest datagram or frame in octets that goes out unsplit. */
  readonly mtu: number;
  /** Datagrams one slot may hold on the way out; 1 without segmentation offload. */
  readonly maxSegments: number;
  /** What the `peer` and `local` columns of this link's batches refer to. */
  readonly addresses: AddressTable;
  /** Registers memory that slots may point into; kept alive until close. Returns its number, 1-255. */
  lend(region: Uint8Array<ArrayBuffer>): number;
  /** Appends what is waiting from `into.count` on. Never blocks; returns slots appended, 0 = none. */
  receive(into: PacketBatch): number;
  /**
   * Sends slots from `first` on; returns how many were taken (a slot goes whole or not at all).
   * Fewer than offered means "wait until writable". Refusals by the network are counted and taken.
   */
  send(from: PacketBatch, first: number): number;
  /** Releases everything; a second call does nothing. */
  close(): void;
  /** Only of links that hold packets back (a delay): when `receive` wants to be called next. */
  deadline?(): Instant;
}

/** A protocol core for one link: synchronous, owns no clock, no socket, no timer. */
export interface Protocol<E> {
  /** Slot `i` of `batch` arrived. The batch is only readable during the call. */
  receive(now: Instant, batch: PacketBatch, i: number): void;
  /**
   * True where slot `i` concerns others alone, is counted as `receive` would have, and done with:
   * none of the other verbs need be called because of it. Left out by cores that hear only what
   * is meant for them.
   */
  ignores?(batch: PacketBatch, i: number): boolean;
  /** Does everything that is due at or before `now`. */
  expire(now: Instant): void;
  /** When `expire` or `transmit` wants to be called next; `NEVER` when idle. O(1). */
  deadline(): Instant;
  /** Opens slots in `out` until it is full or nothing is left to say. */
  transmit(now: Instant, out: PacketBatch): void;
  /** Rare occurrences for the application, oldest first; may allocate. */
  event(): E | undefined;
}

/** What several cores share and decide together (data sets, a bonded group); does no I/O. */
export interface Shared {
  settle(now: Instant): void;
}

/** Waits for descriptors, a timer, a signal or a wake-up. */
export interface Reactor {
  /** Returns when something may be readable (or writable, with `wantWrite`), or `until` has come. */
  wait(until: Instant, wantWrite: boolean): void | Promise<void>;
}
