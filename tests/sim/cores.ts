/**
 * Small protocol cores for tests of the simulator and of link decorators.
 * @module
 */
import { PacketBatch, SlotKind } from "../../lib/base/batch.ts";
import type { Protocol } from "../../lib/base/link.ts";
import { type Instant, NEVER } from "../../lib/base/time.ts";

/** One packet or stamp that a {@linkcode Beacon} saw. */
export interface Seen {
  /** The node's own instant. */
  now: number;
  stamp: number;
  kind: SlotKind;
  /** First four octets; the ticket of a stamp. */
  number: number;
  length: number;
  peer: number;
  local: number;
  channel: number;
}

/** Sends numbered datagrams at fixed instants and remembers all that arrives. */
export class Beacon implements Protocol<Seen> {
  readonly seen: Seen[] = [];
  readonly sentAt: number[] = [];
  destination = 0;
  channel = 0;
  octets = 64;
  wantsStamps = false;
  #next: Instant;
  #left: number;
  readonly #period: number;
  #events = 0;
  #isDue = false;

  /** @param count How many datagrams, the first at `first`, then each `period` ns. */
  constructor(count = 0, period = 1e6, first = 0) {
    this.#left = count;
    this.#period = period;
    this.#next = first as Instant;
  }

  receive(now: Instant, batch: PacketBatch, i: number): void {
    const isPacket = batch.kind[i] === SlotKind.Packet;
    this.seen.push({
      now,
      stamp: batch.stampInstant[i]!,
      kind: batch.kind[i] as SlotKind,
      number: isPacket ? batch.view.getUint32(batch.offset[i]!) : batch.ticket[i]!,
      length: batch.length[i]!,
      peer: batch.peer[i]!,
      local: batch.local[i]!,
      channel: batch.channel[i]!,
    });
  }

  expire(now: Instant): void {
    this.#isDue = this.#left > 0 && this.#next <= now;
  }

  deadline(): Instant {
    return this.#left > 0 ? this.#next : NEVER;
  }

  transmit(now: Instant, out: PacketBatch): void {
    if (!this.#isDue || !out.hasRoom) return;
    const i = out.open();
    out.view.setUint32(out.offset[i]!, this.sentAt.length);
    out.length[i] = this.octets;
    out.peer[i] = this.destination;
    out.channel[i] = this.channel;
    if (this.wantsStamps) out.ticket[i] = this.sentAt.length + 1;
    this.sentAt.push(now);
    this.#left--;
    this.#next = this.#next + this.#period as Instant;
    this.#isDue = this.#left > 0 && this.#next <= now;
  }

  event(): Seen | undefined {
    return this.seen[this.#events] === undefined ? undefined : this.seen[this.#events++];
  }

  /** The numbers that arrived, in order of arrival. */
  numbers(): number[] {
    return this.seen.filter((s) => s.kind === SlotKind.Packet).map((s) => s.number);
  }
}

/** Sends every datagram back to where it came from, on the same channel. */
export class Echo implements Protocol<never> {
  readonly #held = new PacketBatch(256, 2048);
  #next = 0;
  returned = 0;

  receive(_now: Instant, batch: PacketBatch, i: number): void {
    if (batch.kind[i] === SlotKind.Packet && this.#held.hasRoom) this.#held.copyFrom(batch, i);
  }

  expire(): void {}

  deadline(): Instant {
    return NEVER;
  }

  transmit(_now: Instant, out: PacketBatch): void {
    while (this.#next < this.#held.count && out.hasRoom) {
      const j = out.copyFrom(this.#held, this.#next++);
      out.local[j] = 0;
      this.returned++;
    }
    if (this.#next < this.#held.count) return;
    this.#held.clear();
    this.#next = 0;
  }

  event(): undefined {
    return undefined;
  }
}
