/**
 * A link that counts what goes through it.
 * @module
 */
import type { AddressTable } from "../base/address.ts";
import { type PacketBatch, SlotKind } from "../base/batch.ts";
import type { Link } from "../base/link.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { datagramCount } from "./datagrams.ts";

/** Rates are means over at least this, ns. */
const WINDOW = 1e9;

/** Packets, octets and rates of one direction; a segmented slot counts as its datagrams. */
export class Meter {
  packets = 0;
  octets = 0;
  /** Slots that held them: packets / slots tells how well segmentation works. */
  slots = 0;
  /** Over the last full second or more; 0 before. */
  packetsPerSecond = 0;
  bitsPerSecond = 0;
  #windowAt = NaN;
  #packetsThen = 0;
  #octetsThen = 0;

  count(batch: PacketBatch, i: number): void {
    if (batch.kind[i] !== SlotKind.Packet) return;
    this.slots++;
    this.packets += datagramCount(batch, i);
    this.octets += batch.length[i]!;
  }

  /** Closes the window where it is over. */
  roll(now: Instant): void {
    if (now - this.#windowAt < WINDOW) return;
    const seconds = (now - this.#windowAt) / 1e9;
    if (seconds > 0) {
      this.packetsPerSecond = (this.packets - this.#packetsThen) / seconds;
      this.bitsPerSecond = (this.octets - this.#octetsThen) * 8 / seconds;
    }
    this.#windowAt = now;
    this.#packetsThen = this.packets;
    this.#octetsThen = this.octets;
  }
}

/** Counts slots that were taken by the link below, and slots that came from it. */
export class MeterLink implements Link {
  readonly sent = new Meter();
  readonly received = new Meter();
  readonly #inner: Link;
  readonly #now: () => Instant;

  constructor(inner: Link, now: () => Instant) {
    this.#inner = inner;
    this.#now = now;
    this.#roll();
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

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#inner.lend(region);
  }

  receive(into: PacketBatch): number {
    const first = into.count;
    const n = this.#inner.receive(into);
    this.#roll();
    for (let i = first; i < first + n; i++) this.received.count(into, i);
    return n;
  }

  send(from: PacketBatch, first: number): number {
    const n = this.#inner.send(from, first);
    this.#roll();
    for (let i = first; i < first + n; i++) this.sent.count(from, i);
    return n;
  }

  close(): void {
    this.#inner.close();
  }

  deadline(): Instant {
    return this.#inner.deadline === undefined ? NEVER : this.#inner.deadline();
  }

  #roll(): void {
    const now = this.#now();
    this.sent.roll(now);
    this.received.roll(now);
  }
}
