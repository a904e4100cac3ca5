/**
 * A link that writes what goes through it into a pcap file, one record a datagram.
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../base/address.ts";
import { type PacketBatch, SlotKind, StampSource } from "../base/batch.ts";
import type { Link } from "../base/link.ts";
import { type Instant, NEVER, type Timestamp, timestamp } from "../base/time.ts";
import { PcapWriter } from "../capture/pcap.ts";
import { datagramCount, datagramLength, datagramOffset, Regions } from "./datagrams.ts";
import { type Packing, putHeaders } from "./headers.ts";

/** A {@linkcode TapLink}. */
export interface TapLinkOptions {
  /** Takes the file, piece by piece; the octets are only valid during the call. */
  write: (octets: Uint8Array<ArrayBuffer>) => void;
  /** The time of records without a kernel or card stamp, since the Unix epoch. */
  clock: (into: Timestamp) => void;
  /**
   * `ip`: raw IP packets (LINKTYPE_RAW), made from `peer` and `local`; `ethernet`: the same behind an
   * Ethernet header with made-up addresses; `frames`: the link carries Ethernet frames, written as
   * they are. `ip` if left out.
   */
  format?: "ip" | "ethernet" | "frames";
  /** Our address on a channel, where a slot that is sent does not name it; none if left out. */
  local?: (channel: number) => AddressHandle;
  /** Octets of a datagram kept; all if left out. */
  snaplen?: number;
  /** When `write` is called: after each batch (if left out), or when 256 KiB have gathered. */
  flush?: "batch" | "full";
}

/** LINKTYPE_RAW and LINKTYPE_ETHERNET. */
const RAW = 101;
const ETHERNET = 1;

const BUFFER = 1 << 18;
/** Ethernet, IPv6 and UDP headers. */
const MAX_HEADERS = 62;
const MAX_RECORD = 65_535 + MAX_HEADERS;

/** Writes datagrams that arrive from the link below, and those that it takes. */
export class TapLink implements Link {
  readonly #inner: Link;
  readonly #o: TapLinkOptions;
  readonly #packing: Packing | undefined;
  readonly #regions = new Regions();
  readonly #writer: PcapWriter;
  readonly #record = new Uint8Array(MAX_RECORD);
  readonly #view = new DataView(this.#record.buffer);
  readonly #stamp = { seconds: 0, nanoseconds: 0, caplen: 0, len: 0 };
  readonly #time = timestamp();
  /** Datagrams written. */
  records = 0;

  constructor(inner: Link, options: TapLinkOptions) {
    this.#inner = inner;
    this.#o = options;
    const format = options.format ?? "ip";
    this.#packing = format === "frames"
      ? undefined
      : { addresses: inner.addresses, withEthernet: format === "ethernet", identification: 0 };
    const linktype = format === "ip" ? RAW : ETHERNET;
    this.#writer = new PcapWriter({ linktype }, BUFFER);
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
    for (let i = first; i < first + n; i++) this.#recordSlot(into, i, false);
    this.#endBatch(n);
    return n;
  }

  send(from: PacketBatch, first: number): number {
    const n = this.#inner.send(from, first);
    for (let i = first; i < first + n; i++) this.#recordSlot(from, i, true);
    this.#endBatch(n);
    return n;
  }

  /** Writes what has gathered; the file header even where there was no packet. */
  flush(): void {
    const octets = this.#writer.pending();
    if (octets.length > 0) this.#o.write(octets);
    this.#writer.clear();
  }

  close(): void {
    this.flush();
    this.#inner.close();
  }

  deadline(): Instant {
    return this.#inner.deadline === undefined ? NEVER : this.#inner.deadline();
  }

  #endBatch(slots: number): void {
    if (slots > 0 && this.#o.flush !== "full") this.flush();
  }

  #recordSlot(batch: PacketBatch, i: number, isSent: boolean): void {
    if (batch.kind[i] !== SlotKind.Packet) return;
    this.#readTime(batch, i);
    const bytes = isSent ? this.#regions.bytes(batch, i) : batch.bytes;
    const n = datagramCount(batch, i);
    for (let k = 0; k < n; k++) {
      const length = datagramLength(batch, i, k);
      this.#recordOne(batch, i, bytes, { at: datagramOffset(batch, i, k), length, isSent });
    }
  }

  #readTime(batch: PacketBatch, i: number): void {
    const source = batch.stampSource[i];
    if (source === StampSource.Software || source === StampSource.Hardware) {
      this.#time.seconds = batch.stampSeconds[i]!;
      this.#time.nanoseconds = batch.stampNanos[i]!;
    } else {
      this.#o.clock(this.#time);
    }
    this.#stamp.seconds = this.#time.seconds;
    this.#stamp.nanoseconds = Math.min(999_999_999, Math.floor(this.#time.nanoseconds));
  }

  #recordOne(
    batch: PacketBatch,
    i: number,
    bytes: Uint8Array,
    one: { at: number; length: number; isSent: boolean },
  ): void {
    const record = this.#record;
    const kept = Math.min(one.length, this.#o.snaplen ?? one.length, MAX_RECORD - MAX_HEADERS);
    let headers = 0;
    if (this.#packing !== undefined) {
      let ours = batch.local[i]!;
      const peer = batch.peer[i]!;
      if (ours === 0) ours = this.#o.local?.(batch.channel[i]!) ?? 0;
      // The payload first, at the place it gets, so that the checksum can cover it.
      headers = headersLength(this.addresses, peer, this.#packing.withEthernet);
      record.set(bytes.subarray(one.at, one.at + kept), headers);
      putHeaders(this.#view, this.#packing, {
        source: one.isSent ? ours : peer,
        destination: one.isSent ? peer : ours,
        traffic: batch.traffic[i]!,
        length: one.length,
        kept,
        family: this.addresses.family(peer) === Family.Ipv6 ? Family.Ipv6 : Family.Ipv4,
      });
    } else {
      record.set(bytes.subarray(one.at, one.at + kept), 0);
    }
    this.#stamp.caplen = headers + kept;
    this.#stamp.len = headers + one.length;
    if (!this.#writer.append(this.#stamp, record, 0)) {
      this.flush();
      this.#writer.append(this.#stamp, record, 0);
    }
    this.records++;
  }
}

function headersLength(addresses: AddressTable, peer: AddressHandle, ethernet: boolean): number {
  return (ethernet ? 14 : 0) + (addresses.family(peer) === Family.Ipv6 ? 40 : 20) + 8;
}
