/**
 * A link that hands every packet that goes through it on as an Ethernet frame with its time stamp: of
 * a sent one, as soon as the kernel has told it.
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../../../lib/base/address.ts";
import { type PacketBatch, SlotKind, StampSource } from "../../../lib/base/batch.ts";
import type { Link } from "../../../lib/base/link.ts";
import { type Instant, NEVER, type Timestamp, timestamp } from "../../../lib/base/time.ts";
import { Way } from "../../../lib/capture/pcapng_writer.ts";
import {
  datagramCount,
  datagramLength,
  datagramOffset,
  Regions,
} from "../../../lib/link/datagrams.ts";
import { type Packing, putHeaders } from "../../../lib/link/headers.ts";

/** A packet to be recorded; `octets` is only valid during the call. */
export type FrameSink = (at: Readonly<Timestamp>, octets: Uint8Array, way: Way) => void;

/** A {@linkcode RecordLink}. */
export interface RecordLinkOptions {
  readonly take: FrameSink;
  /** The time of packets that nobody stamped. */
  readonly clock: (into: Timestamp) => void;
  /** Our own address on a channel. */
  readonly local: (channel: number) => AddressHandle;
  /** Of packets that stand behind an Ethernet header alone; 0 over UDP. */
  readonly etherType: number;
}

/** Sent packets that may wait for their stamp; the oldest goes without when there are more. */
const WAITING = 64;
/** Ethernet, IPv6 and UDP headers. */
const MAX_HEADERS = 62;
const ETHERNET = 14;
const MAC = 6;

interface Waiting {
  readonly ticket: number;
  readonly octets: Uint8Array;
  readonly at: Timestamp;
}

/** See the module. */
export class RecordLink implements Link {
  readonly #inner: Link;
  readonly #o: RecordLinkOptions;
  readonly #regions = new Regions();
  readonly #packing: Packing;
  readonly #frame = new Uint8Array(65_535 + MAX_HEADERS);
  readonly #view = new DataView(this.#frame.buffer);
  readonly #time = timestamp();
  readonly #waiting: Waiting[] = [];

  constructor(inner: Link, options: RecordLinkOptions) {
    this.#inner = inner;
    this.#o = options;
    this.#packing = { addresses: inner.addresses, withEthernet: true, identification: 0 };
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
    return this.#regions.lend(this.#inner, region);
  }

  receive(into: PacketBatch): number {
    const first = into.count;
    const n = this.#inner.receive(into);
    for (let i = first; i < first + n; i++) {
      if (into.kind[i] === SlotKind.TransmitStamp) this.#stamped(into, i);
      else if (into.kind[i] === SlotKind.Packet) this.#received(into, i);
    }
    return n;
  }

  send(from: PacketBatch, first: number): number {
    const n = this.#inner.send(from, first);
    for (let i = first; i < first + n; i++) {
      if (from.kind[i] === SlotKind.Packet) this.#sent(from, i);
    }
    return n;
  }

  deadline(): Instant {
    return this.#inner.deadline?.() ?? NEVER;
  }

  close(): void {
    for (const one of this.#waiting) this.#o.take(one.at, one.octets, Way.Outbound);
    this.#waiting.length = 0;
    this.#inner.close();
  }

  #received(batch: PacketBatch, i: number): void {
    if (!this.#readStamp(batch, i)) this.#o.clock(this.#time);
    const local = batch.local[i] || this.#o.local(batch.channel[i] ?? 0);
    const ends = { source: batch.peer[i] ?? 0, destination: local };
    for (let k = 0; k < datagramCount(batch, i); k++) {
      const length = this.#build(batch, i, k, batch.bytes, ends);
      this.#o.take(this.#time, this.#frame.subarray(0, length), Way.Inbound);
    }
  }

  #sent(batch: PacketBatch, i: number): void {
    const bytes = this.#regions.bytes(batch, i);
    const local = batch.local[i] || this.#o.local(batch.channel[i] ?? 0);
    const ends = { source: local, destination: batch.peer[i] ?? 0 };
    this.#o.clock(this.#time);
    const ticket = batch.ticket[i] ?? 0;
    for (let k = 0; k < datagramCount(batch, i); k++) {
      const length = this.#build(batch, i, k, bytes, ends);
      if (ticket === 0) {
        this.#o.take(this.#time, this.#frame.subarray(0, length), Way.Outbound);
        continue;
      }
      this.#waiting.push({ ticket, octets: this.#frame.slice(0, length), at: { ...this.#time } });
    }
    while (this.#waiting.length > WAITING) {
      const oldest = this.#waiting.shift();
      if (oldest !== undefined) this.#o.take(oldest.at, oldest.octets, Way.Outbound);
    }
  }

  /** The kernel's stamp of a packet that was sent. */
  #stamped(batch: PacketBatch, i: number): void {
    const k = this.#waiting.findIndex((one) => one.ticket === batch.ticket[i]);
    const [found] = k < 0 ? [] : this.#waiting.splice(k, 1);
    if (found === undefined) return;
    const isKnown = this.#readStamp(batch, i);
    this.#o.take(isKnown ? this.#time : found.at, found.octets, Way.Outbound);
  }

  #readStamp(batch: PacketBatch, i: number): boolean {
    const source = batch.stampSource[i];
    if (source !== StampSource.Software && source !== StampSource.Hardware) return false;
    this.#time.seconds = batch.stampSeconds[i] ?? 0;
    this.#time.nanoseconds = batch.stampNanos[i] ?? 0;
    return true;
  }

  /** Writes datagram `k` of slot `i` as a frame; returns its length. */
  #build(
    batch: PacketBatch,
    i: number,
    k: number,
    bytes: Uint8Array,
    ends: { readonly source: AddressHandle; readonly destination: AddressHandle },
  ): number {
    const at = datagramOffset(batch, i, k);
    const length = datagramLength(batch, i, k);
    if (this.#o.etherType !== 0) return this.#buildPlain(bytes.subarray(at, at + length), ends);
    const isSix = this.addresses.family(ends.source) === Family.Ipv6 ||
      this.addresses.family(ends.destination) === Family.Ipv6;
    const headers = isSix ? MAX_HEADERS : MAX_HEADERS - 20;
    this.#frame.set(bytes.subarray(at, at + length), headers);
    putHeaders(this.#view, this.#packing, {
      ...ends,
      traffic: batch.traffic[i] ?? 0,
      length,
      kept: length,
      family: isSix ? Family.Ipv6 : Family.Ipv4,
    });
    return headers + length;
  }

  #buildPlain(
    octets: Uint8Array,
    ends: { readonly source: AddressHandle; readonly destination: AddressHandle },
  ): number {
    this.#frame.fill(0, 0, ETHERNET);
    this.#putMac(0, ends.destination);
    this.#putMac(MAC, ends.source);
    this.#view.setUint16(12, this.#o.etherType);
    this.#frame.set(octets, ETHERNET);
    return ETHERNET + octets.length;
  }

  #putMac(at: number, handle: AddressHandle): void {
    if (this.addresses.family(handle) === Family.Mac) {
      this.addresses.copyOctets(handle, this.#frame, at);
    }
  }
}
