/**
 * The sending half of a UDP socket: a run of slots per sendmmsg, segmentation offload, source
 * address, traffic class and transmit-stamp request per packet.
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../lib/base/address.ts";
import { type PacketBatch, SlotKind } from "../lib/base/batch.ts";
import { Arena } from "./arena.ts";
import { Errno } from "./errno.ts";
import {
  CMSGHDR,
  IN6_PKTINFO,
  IN_PKTINFO,
  IOVEC,
  Ip,
  Ipv6,
  MMSGHDR,
  Msg,
  MSGHDR,
  So,
  Sol,
  Udp,
} from "./layout.ts";
import { errno, type Libc, libc } from "./libc.ts";
import { isMulticast, writeLinkAddress, writeSockaddr } from "./sockaddr.ts";
import { enableStamps, transmitRequest } from "./timestamping.ts";
import type { UdpShared } from "./udp_receive.ts";
import type { UdpSocket } from "./udp_socket.ts";

/** Slots per sendmmsg. */
const WIDTH = 64;
/** UDP_MAX_SEGMENTS of the oldest kernels that have it; and so few that joining them saves nothing. */
const MAX_JOINED = 64;
const MIN_JOINED = 8;
const MAX_JOINED_OCTETS = 65_000;
const NAME = 32;
const CONTROL = 128;

/** Memory lent to a link, by number; 0 is not used. */
export type Regions = readonly (Uint8Array<ArrayBuffer> | undefined)[];

/** Writes one socket. Owns an arena. */
export class UdpSender {
  /** The last send was cut short: wait until the socket is writable. */
  isBlocked = false;
  readonly #c: Libc = libc();
  readonly #arena = new Arena(WIDTH * (MMSGHDR.size + IOVEC.size + NAME + CONTROL) + 64);
  readonly #socket: UdpSocket;
  readonly #shared: UdpShared;
  readonly #regions: Regions;
  readonly #headers: number;
  readonly #vectors: number;
  readonly #names: number;
  readonly #controls: number;
  readonly #pointer: Deno.PointerValue;
  readonly #octets = new Uint8Array(16);
  readonly #request: number;
  /** The device takes no segmentation offload. */
  #mustSplit: boolean;
  /** Datagrams already sent of the slot at the front, where it goes one by one. */
  #segmentsSent = 0;
  /** Octets of control messages written for the message under construction. */
  #control = 0;
  /** Of each header being submitted, the slot behind its last. */
  readonly #ends = new Int32Array(WIDTH);

  constructor(socket: UdpSocket, shared: UdpShared, regions: Regions, canSegment: boolean) {
    this.#socket = socket;
    this.#shared = shared;
    this.#regions = regions;
    this.#mustSplit = !canSegment;
    this.#request = transmitRequest(socket.stamps);
    const a = this.#arena;
    this.#headers = a.reserve(WIDTH * MMSGHDR.size);
    this.#vectors = a.reserve(WIDTH * IOVEC.size);
    this.#names = a.reserve(WIDTH * NAME);
    this.#controls = a.reserve(WIDTH * CONTROL);
    for (let k = 0; k < WIDTH; k++) {
      const header = this.#headers + k * MMSGHDR.size;
      a.link(header + MSGHDR.iov, this.#vectors + k * IOVEC.size);
      a.setPointer(header + MSGHDR.iovLength, 1);
      a.link(header + MSGHDR.control, this.#controls + k * CONTROL);
    }
    this.#pointer = a.pointer(this.#headers);
  }

  /** Sends slots `first` up to `end` (all of this channel); returns how many were taken. */
  send(from: PacketBatch, first: number, end: number): number {
    this.isBlocked = false;
    let i = first;
    while (i < end && !this.isBlocked) {
      if (from.kind[i] !== SlotKind.Packet) i++;
      else if (this.#mustSplit && isTrain(from, i)) i += this.#sendSplit(from, i);
      else i += this.#sendRun(from, i, this.#runEnd(from, i, end));
    }
    return i - first;
  }

  close(): void {
    this.#arena.close();
  }

  /** The end of the run of slots from `i` that one sendmmsg can take. */
  #runEnd(from: PacketBatch, i: number, end: number): number {
    const limit = Math.min(end, i + WIDTH);
    let j = i + 1;
    while (j < limit && from.kind[j] === SlotKind.Packet) {
      if (this.#mustSplit && isTrain(from, j)) break;
      j++;
    }
    return j;
  }

  #sendRun(from: PacketBatch, i: number, end: number): number {
    let count = this.#fill(from, i, end, !this.#mustSplit);
    for (let tries = 0;; tries++) {
      const n = this.#submit(count);
      if (n > 0) {
        const next = this.#ends[n - 1]!;
        if (next - i > n) this.#countJoined(i, n);
        this.#noteSent(from, i, next);
        if (next < end && this.#wantsStamp(from, next)) this.#restartTickets();
        return next - i;
      }
      const why = errno();
      if (this.#wantsStamp(from, i)) this.#restartTickets();
      if (why === Errno.EAGAIN) {
        this.isBlocked = true;
        return 0;
      }
      const isJoined = this.#ends[0]! > i + 1;
      if ((isJoined || isTrain(from, i)) && refusesSegments(why)) {
        if (why === Errno.EIO || why === Errno.ENOPROTOOPT) this.#mustSplit = true;
        if (!isJoined) return this.#sendSplit(from, i);
        count = this.#fill(from, i, end, false);
        continue;
      }
      // A pending ICMP error fails the next call, whoever it was about: that slot gets a second try.
      if (tries > 0 || !isAboutEarlier(why)) {
        for (let j = i; j < this.#ends[0]!; j++) this.#shared.counters.refuse(why);
        return this.#ends[0]! - i;
      }
    }
  }

  /**
   * Writes the headers of slots `i` up to `end`; equal datagrams to one peer may become the
   * segments of one, which costs the kernel little more than a single datagram.
   * @returns how many headers.
   */
  #fill(from: PacketBatch, i: number, end: number, mayJoin: boolean): number {
    let k = 0;
    for (let j = i; j < end; k++) {
      const next = mayJoin ? joinable(from, j, end) : j + 1;
      this.#prepare(from, j, k, j - i);
      for (let s = j; s < next; s++) this.#aim(from, s, s - i, from.offset[s]!, from.length[s]!);
      this.#arena.setPointer(this.#headers + k * MMSGHDR.size + MSGHDR.iovLength, next - j);
      const segment = isTrain(from, j) ? from.segment[j]! : 0;
      this.#addControls(from, j, k, next > j + 1 ? from.length[j]! : segment);
      this.#ends[k] = next;
      j = next;
    }
    return k;
  }

  /** Sends slot `i` datagram by datagram; 1 when it is through, 0 when the socket is full. */
  #sendSplit(from: PacketBatch, i: number): number {
    const stride = from.segment[i]!;
    const total = Math.ceil(from.length[i]! / stride);
    let tries = 0;
    while (this.#segmentsSent < total) {
      const count = Math.min(WIDTH, total - this.#segmentsSent);
      for (let k = 0; k < count; k++) {
        const start = (this.#segmentsSent + k) * stride;
        const length = Math.min(stride, from.length[i]! - start);
        this.#prepare(from, i, k, k);
        this.#aim(from, i, k, from.offset[i]! + start, length);
        this.#arena.setPointer(this.#headers + k * MMSGHDR.size + MSGHDR.iovLength, 1);
        this.#addControls(from, i, k, 0);
      }
      const n = this.#submit(count);
      if (n > 0) {
        if (this.#wantsStamp(from, i)) this.#restartTickets();
        this.#segmentsSent += n;
        tries = 0;
        continue;
      }
      const why = errno();
      if (why === Errno.EAGAIN) {
        this.isBlocked = true;
        return 0;
      }
      if (tries++ > 0 || !isAboutEarlier(why)) {
        this.#shared.counters.refuse(why);
        this.#segmentsSent++;
      }
    }
    this.#segmentsSent = 0;
    this.#shared.counters.sent++;
    this.#shared.counters.split++;
    return 1;
  }

  /** sendmmsg of the first `count` headers; at most 0 where none went (then errno says why). */
  #submit(count: number): number {
    const flags = Msg.DontWait | Msg.NoSignal;
    return this.#c.sendmmsg(this.#socket.fd, this.#pointer, count, flags);
  }

  #noteSent(from: PacketBatch, first: number, end: number): void {
    this.#shared.counters.sent += end - first;
    if (this.#request === 0) return;
    for (let j = first; j < end; j++) {
      if (from.ticket[j] !== 0) this.#shared.tickets.sent(from.ticket[j]!);
    }
  }

  #countJoined(i: number, n: number): void {
    for (let k = 0; k < n; k++) {
      const slots = this.#ends[k]! - (k === 0 ? i : this.#ends[k - 1]!);
      if (slots > 1) this.#shared.counters.joined += slots;
    }
  }

  #wantsStamp(from: PacketBatch, i: number): boolean {
    return this.#request !== 0 && from.ticket[i] !== 0;
  }

  #restartTickets(): void {
    enableStamps(this.#socket.fd, this.#socket.stamps, this.#socket.name);
    this.#shared.tickets.restart();
  }

  /** Header `k` goes to slot `i`'s peer and begins with vector `v`. */
  #prepare(from: PacketBatch, i: number, k: number, v: number): void {
    const a = this.#arena;
    const header = this.#headers + k * MMSGHDR.size;
    const name = this.#names + k * NAME;
    a.link(header + MSGHDR.iov, this.#vectors + v * IOVEC.size);
    const peer = from.peer[i]!;
    const nameLength = peer === 0 || this.#socket.isConnected ? 0 : this.#writeName(peer, name);
    if (nameLength === 0) a.setPointer(header + MSGHDR.name, 0);
    else a.link(header + MSGHDR.name, name);
    a.words[(header + MSGHDR.nameLength) >> 2] = nameLength;
  }

  /** Points vector `v` at `length` octets of slot `i`. */
  #aim(from: PacketBatch, i: number, v: number, offset: number, length: number): void {
    const a = this.#arena;
    const vector = this.#vectors + v * IOVEC.size;
    a.setPointer(vector + IOVEC.base, this.#addressOf(from, i) + offset);
    a.setPointer(vector + IOVEC.length, length);
  }

  #writeName(peer: AddressHandle, at: number): number {
    const { addresses } = this.#shared;
    const { ethernet } = this.#socket;
    return ethernet === undefined
      ? writeSockaddr(addresses, peer, this.#arena.bytes, at)
      : writeLinkAddress(addresses, peer, this.#arena.bytes, at, ethernet);
  }

  /** The address of the memory that `from.offset[i]` counts in. */
  #addressOf(from: PacketBatch, i: number): number {
    const memory = from.region[i] === 0 ? from.bytes : this.#regions[from.region[i]!];
    if (memory === undefined) throw new Error(`region ${from.region[i]} was not lent to this link`);
    return this.#arena.hold(memory.buffer) + memory.byteOffset;
  }

  #addControls(from: PacketBatch, i: number, k: number, segment: number): void {
    const a = this.#arena;
    const header = this.#headers + k * MMSGHDR.size;
    this.#control = this.#controls + k * CONTROL;
    const start = this.#control;
    if (segment !== 0) {
      a.words[this.#addControl(Sol.Udp, Udp.Segment, 2) >> 2] = segment;
    }
    if (this.#request !== 0 && from.ticket[i] !== 0) {
      a.words[this.#addControl(Sol.Socket, So.Timestamping, 4) >> 2] = this.#request;
    }
    const hasIp = this.#socket.ethernet === undefined;
    if (hasIp && from.traffic[i] !== 0) {
      const level = this.#socket.isIpv6 ? Sol.Ipv6 : Sol.Ip;
      const type = this.#socket.isIpv6 ? Ipv6.TrafficClass : Ip.Tos;
      a.words[this.#addControl(level, type, 4) >> 2] = from.traffic[i]!;
    }
    if (hasIp && from.local[i] !== 0) this.#addSource(this.#shared.addresses, from.local[i]!);
    a.setPointer(header + MSGHDR.controlLength, this.#control - start);
  }

  /** Asks for `local` as the source; a multicast address (that a request came in on) is none. */
  #addSource(table: AddressTable, local: AddressHandle): void {
    const a = this.#arena;
    const family = table.family(local);
    table.copyOctets(local, this.#octets, 0);
    if (isMulticast(family, this.#octets)) return;
    if (family === Family.Ipv4 && !this.#socket.isIpv6) {
      const at = this.#addControl(Sol.Ip, Ip.PacketInfo, IN_PKTINFO.size);
      table.copyOctets(local, a.bytes, at + IN_PKTINFO.local);
    } else if (family === Family.Ipv6 && this.#socket.isIpv6) {
      const at = this.#addControl(Sol.Ipv6, Ipv6.PacketInfo, IN6_PKTINFO.size);
      table.copyOctets(local, a.bytes, at + IN6_PKTINFO.address);
      a.words[(at + IN6_PKTINFO.ifindex) >> 2] = table.scope(local);
    }
  }

  /** Appends a control message with `size` zeroed octets of data; returns where they are. */
  #addControl(level: number, type: number, size: number): number {
    const words = this.#arena.words;
    const at = this.#control;
    const next = at + CMSGHDR.size + ((size + 7) & ~7);
    for (let w = at >> 2; w < next >> 2; w++) words[w] = 0;
    words[at >> 2] = CMSGHDR.size + size;
    words[(at + CMSGHDR.level) >> 2] = level;
    words[(at + CMSGHDR.type) >> 2] = type;
    this.#control = next;
    return at + CMSGHDR.data;
  }
}

/** True where slot `i` holds more than one datagram. */
function isTrain(from: PacketBatch, i: number): boolean {
  return from.segment[i]! > 0 && from.length[i]! > from.segment[i]!;
}

/** The end of the slots from `i` on that may leave as one message; `i + 1` where that saves nothing. */
function joinable(from: PacketBatch, i: number, end: number): number {
  const length = from.length[i]!;
  if (from.segment[i] !== 0 || from.ticket[i] !== 0 || length === 0) return i + 1;
  const most = Math.min(MAX_JOINED, Math.floor(MAX_JOINED_OCTETS / length));
  const limit = Math.min(end, i + most);
  let j = i + 1;
  while (
    j < limit && from.length[j] === length && from.peer[j] === from.peer[i] &&
    from.segment[j] === 0 && from.ticket[j] === 0 && from.local[j] === from.local[i] &&
    from.traffic[j] === from.traffic[i]
  ) j++;
  return j - i < MIN_JOINED ? i + 1 : j;
}

/** The kernel will not cut this slot: no checksum offload, or a segment beyond the path's MTU. */
function refusesSegments(why: number): boolean {
  return why === Errno.EIO || why === Errno.EINVAL || why === Errno.EMSGSIZE ||
    why === Errno.ENOPROTOOPT;
}

/** Errors that may be an ICMP answer to an earlier packet. */
function isAboutEarlier(why: number): boolean {
  return why === Errno.ECONNREFUSED || why === Errno.EHOSTUNREACH || why === Errno.ENETUNREACH ||
    why === Errno.EPROTO || why === Errno.EHOSTDOWN || why === Errno.EMSGSIZE ||
    why === Errno.EACCES || why === Errno.EOPNOTSUPP || why === Errno.ENOPROTOOPT ||
    why === Errno.EINTR;
}
