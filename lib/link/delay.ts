/**
 * A link that is farther away than the one below: constant delay and jitter, each direction its own.
 * @module
 */
import type { AddressTable } from "../base/address.ts";
import { PacketBatch, SlotKind, StampSource } from "../base/batch.ts";
import type { Link } from "../base/link.ts";
import type { Random } from "../base/random.ts";
import { earliest, type Instant, NEVER, type Timestamp } from "../base/time.ts";
import { shift } from "../base/time.ts";
import { TimerHeap } from "../base/timers.ts";
import {
  copyColumns,
  datagramCount,
  datagramLength,
  datagramOffset,
  Regions,
} from "./datagrams.ts";

/** The delay of one direction. */
export interface DelayOptions {
  /** Constant part, ns. */
  delay: number;
  /** Mean of an exponential part, ns; none if left out. */
  jitter?: number;
  /** True where jitter may reorder. */
  mayOvertake?: boolean;
}

/** A {@linkcode DelayLink}. */
export interface DelayLinkOptions {
  now: () => Instant;
  random: Random;
  send?: DelayOptions;
  receive?: DelayOptions;
  /** Datagrams under way in each direction, beyond which they are dropped; 1024 if left out. */
  capacity?: number;
  /** Octets of the largest datagram; 2048 if left out. */
  maxDatagram?: number;
}

const DEFAULT_CAPACITY = 1024;
const DEFAULT_DATAGRAM = 2048;
const RETRY = 100e3;
const TICKETS = 64;

/**
 * Delays datagrams, and their stamps with them: a receive stamp moves later by the delay, and a
 * transmit stamp earlier, so that for PTP the delay is part of the path and not of the machine. Let
 * the loop respect {@linkcode DelayLink.deadline}.
 */
export class DelayLink implements Link {
  readonly #inner: Link;
  readonly #now: () => Instant;
  readonly #regions = new Regions();
  readonly #out: DelayLine | undefined;
  readonly #in: DelayLine | undefined;
  #scratch: PacketBatch | undefined;
  #retryAt: number = NEVER;
  /** Delay added to each of the latest packets that asked for a stamp, by ticket. */
  readonly #tickets = new Uint32Array(TICKETS);
  readonly #delays = new Float64Array(TICKETS);
  readonly #time: Timestamp = { seconds: 0, nanoseconds: 0 };

  constructor(inner: Link, options: DelayLinkOptions) {
    this.#inner = inner;
    this.#now = options.now;
    const { send, receive, random } = options;
    this.#out = send && new DelayLine(send, random.derive("send"), options);
    this.#in = receive && new DelayLine(receive, random.derive("receive"), options);
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

  /** Datagrams dropped because too many were under way, or longer than `maxDatagram`. */
  get overflowed(): number {
    return (this.#out?.overflowed ?? 0) + (this.#in?.overflowed ?? 0);
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#regions.lend(this.#inner, region);
  }

  receive(into: PacketBatch): number {
    const now = this.#now();
    this.#sendDue(now);
    const before = into.count;
    if (this.#in === undefined) {
      this.#inner.receive(into);
      for (let i = before; i < into.count; i++) this.#correctStamp(into, i);
      return into.count - before;
    }
    this.#takeIn(now, into);
    while (into.hasRoom && this.#in.take(now)) {
      const i = into.copyFrom(this.#in.batch, this.#in.slot);
      this.#in.free();
      this.#moveStamp(into, i, this.#in.delay);
    }
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    const line = this.#out;
    const now = this.#now();
    if (line === undefined) return this.#inner.send(from, first);
    for (let i = first; i < from.count; i++) {
      const delay = line.enter(now, from, i, this.#regions.bytes(from, i));
      const ticket = from.ticket[i]!;
      if (ticket === 0) continue;
      this.#tickets[ticket % TICKETS] = ticket;
      this.#delays[ticket % TICKETS] = delay;
    }
    this.#sendDue(now);
    return from.count - first;
  }

  close(): void {
    this.#inner.close();
  }

  deadline(): Instant {
    let first = this.#in === undefined ? NEVER : this.#in.deadline();
    if (this.#out !== undefined) {
      first = earliest(first, Math.max(this.#out.deadline(), this.#retryFrom()) as Instant);
    }
    return this.#inner.deadline === undefined ? first : earliest(first, this.#inner.deadline());
  }

  #retryFrom(): number {
    return this.#retryAt === NEVER ? -Infinity : this.#retryAt;
  }

  /** Sends what is due, as far as the link below takes it. */
  #sendDue(now: Instant): void {
    const line = this.#out;
    if (line === undefined) return;
    this.#retryAt = NEVER;
    while (line.take(now)) {
      line.outgoing.clear();
      line.outgoing.copyFrom(line.batch, line.slot);
      if (this.#inner.send(line.outgoing, 0) === 0) {
        line.putBack();
        this.#retryAt = now + RETRY;
        return;
      }
      line.free();
    }
  }

  /** Moves what arrived below into the delay line; stamps and errors go straight up. */
  #takeIn(now: Instant, into: PacketBatch): void {
    const line = this.#in!;
    for (;;) {
      const room = into.capacity - into.count;
      if (room === 0) return;
      const scratch = this.#scratchFor(into.slotSize, room);
      const n = this.#inner.receive(scratch);
      for (let i = 0; i < n; i++) {
        if (scratch.kind[i] === SlotKind.Packet) line.enter(now, scratch, i, scratch.bytes);
        else this.#correctStamp(into, into.copyFrom(scratch, i));
      }
      if (n < scratch.capacity) return;
    }
  }

  /** A transmit stamp was taken after the delay in this link: put the delay onto the wire. */
  #correctStamp(into: PacketBatch, i: number): void {
    const ticket = into.ticket[i]!;
    if (into.kind[i] !== SlotKind.TransmitStamp || this.#tickets[ticket % TICKETS] !== ticket) {
      return;
    }
    this.#moveStamp(into, i, -this.#delays[ticket % TICKETS]!);
  }

  #moveStamp(into: PacketBatch, i: number, by: number): void {
    into.stampInstant[i]! += by;
    if (into.stampSource[i] === StampSource.None) return;
    this.#time.seconds = into.stampSeconds[i]!;
    this.#time.nanoseconds = into.stampNanos[i]!;
    shift(this.#time, Math.round(by), this.#time);
    into.stampSeconds[i] = this.#time.seconds;
    into.stampNanos[i] = this.#time.nanoseconds;
  }

  /** An empty batch of at most 16 slots of that size, so that no more is taken than fits above. */
  #scratchFor(slotSize: number, room: number): PacketBatch {
    const capacity = Math.min(16, room);
    if (this.#scratch?.slotSize !== slotSize || this.#scratch.capacity !== capacity) {
      this.#scratch = new PacketBatch(capacity, slotSize);
    }
    this.#scratch.clear();
    return this.#scratch;
  }
}

/** Datagrams of one direction under way, by the instant they come out. */
class DelayLine {
  readonly batch: PacketBatch;
  readonly outgoing: PacketBatch;
  overflowed = 0;
  /** The slot taken last, and how long it was delayed. */
  slot = -1;
  delay = 0;
  readonly #o: DelayOptions;
  readonly #random: Random;
  readonly #timers: TimerHeap;
  readonly #delay: Float64Array;
  readonly #due: Float64Array;
  readonly #free: Int32Array;
  #freeCount = 0;
  #last = -Infinity;

  constructor(o: DelayOptions, random: Random, sizes: DelayLinkOptions) {
    const capacity = sizes.capacity ?? DEFAULT_CAPACITY;
    const slotSize = sizes.maxDatagram ?? DEFAULT_DATAGRAM;
    this.#o = o;
    this.#random = random;
    this.batch = new PacketBatch(capacity, slotSize);
    this.outgoing = new PacketBatch(1, slotSize);
    this.#timers = new TimerHeap(capacity);
    this.#delay = new Float64Array(capacity);
    this.#due = new Float64Array(capacity);
    this.#free = new Int32Array(capacity);
    for (let k = capacity - 1; k >= 0; k--) {
      this.batch.open();
      this.#free[this.#freeCount++] = k;
    }
  }

  deadline(): Instant {
    return this.#timers.deadline();
  }

  /** The datagrams of slot `i` enter; returns the delay of the first. */
  enter(now: Instant, from: PacketBatch, i: number, bytes: Uint8Array): number {
    const n = datagramCount(from, i);
    let first = 0;
    for (let k = 0; k < n; k++) {
      const length = datagramLength(from, i, k);
      if (this.#freeCount === 0 || length > this.batch.slotSize) {
        this.overflowed++;
        continue;
      }
      const slot = this.#free[--this.#freeCount]!;
      const at = datagramOffset(from, i, k);
      this.batch.bytes.set(bytes.subarray(at, at + length), this.batch.offset[slot]!);
      copyColumns(from, i, this.batch, slot);
      this.batch.length[slot] = length;
      this.#delay[slot] = this.#schedule(now, slot);
      if (k === 0) first = this.#delay[slot]!;
    }
    return first;
  }

  /** True where a datagram is due: it is in `slot` then. */
  take(now: Instant): boolean {
    this.slot = this.#timers.take(now);
    if (this.slot < 0) return false;
    this.delay = this.#delay[this.slot]!;
    return true;
  }

  /** The datagram taken last was not wanted: it comes again, in its old place. */
  putBack(): void {
    this.#timers.set(this.slot, this.#due[this.slot]! as Instant);
  }

  /** The datagram taken last was copied. */
  free(): void {
    this.#free[this.#freeCount++] = this.slot;
  }

  #schedule(now: Instant, slot: number): number {
    const { delay, jitter, mayOvertake } = this.#o;
    let at = now + delay + (jitter === undefined ? 0 : this.#random.exponential(jitter));
    // One nanosecond apart: datagrams that come out at one instant would have no order.
    if (mayOvertake !== true) this.#last = at = Math.max(at, this.#last + 1);
    this.#due[slot] = at;
    this.#timers.set(slot, at as Instant);
    return at - now;
  }
}
