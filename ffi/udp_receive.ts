/**
 * The receiving half of a UDP socket: recvmmsg straight into a batch's slots, control messages into
 * its columns, and the error queue (transmit stamps, ICMP errors).
 * @module
 */
import type { AddressTable } from "../lib/base/address.ts";
import { Family } from "../lib/base/address.ts";
import { type PacketBatch, SlotKind } from "../lib/base/batch.ts";
import { Arena } from "./arena.ts";
import { Errno } from "./errno.ts";
import {
  CMSGHDR,
  ErrorOrigin,
  EXTENDED_ERR,
  IN6_PKTINFO,
  IN_PKTINFO,
  IOVEC,
  Ip,
  Ipv6,
  MMSGHDR,
  Msg,
  MSGHDR,
  PacketOption,
  SCM_TIMESTAMPING_LAYOUT,
  So,
  SOCKADDR_STORAGE_SIZE,
  Sol,
  Udp,
} from "./layout.ts";
import { errno, type Libc, libc } from "./libc.ts";
import { readSockaddr } from "./sockaddr.ts";
import { beginConversion, type Converters, takeStamp, type TicketRing } from "./timestamping.ts";
import type { UdpCounters } from "./udp_counters.ts";
import type { UdpSocket } from "./udp_socket.ts";

/** Datagrams per recvmmsg, and messages of the error queue. */
const WIDTH = 64;
/** Headers: the first WIDTH for datagrams, the others for the error queue. */
const HEADERS = 2 * WIDTH;
const CONTROL = 256;

/** What the two halves of a socket share with their link. */
export interface UdpShared {
  readonly addresses: AddressTable;
  readonly counters: UdpCounters;
  readonly converters: Converters;
  readonly tickets: TicketRing;
  readonly channel: number;
}

/** Reads one socket. Owns an arena. */
export class UdpReceiver {
  readonly #c: Libc = libc();
  readonly #arena = new Arena(
    HEADERS * (MMSGHDR.size + IOVEC.size + SOCKADDR_STORAGE_SIZE + CONTROL) + 64,
  );
  readonly #socket: UdpSocket;
  readonly #shared: UdpShared;
  readonly #headers: number;
  readonly #vectors: number;
  readonly #names: number;
  readonly #controls: number;
  readonly #pointer: Deno.PointerValue;
  readonly #errorPointer: Deno.PointerValue;
  /** The batch, first slot and slots that the vectors point into now. */
  #batch: PacketBatch | undefined;
  #first = 0;
  #aimed = 0;
  /** Headers the kernel has written to since they were last prepared. */
  #dirty = WIDTH;
  #dirtyErrors = WIDTH;
  #drops = 0;
  #isConverting = false;

  constructor(socket: UdpSocket, shared: UdpShared) {
    this.#socket = socket;
    this.#shared = shared;
    const a = this.#arena;
    this.#headers = a.reserve(HEADERS * MMSGHDR.size);
    this.#vectors = a.reserve(HEADERS * IOVEC.size);
    this.#names = a.reserve(HEADERS * SOCKADDR_STORAGE_SIZE);
    this.#controls = a.reserve(HEADERS * CONTROL);
    for (let k = 0; k < HEADERS; k++) {
      const header = this.#headers + k * MMSGHDR.size;
      a.link(header + MSGHDR.name, this.#names + k * SOCKADDR_STORAGE_SIZE);
      a.link(header + MSGHDR.iov, this.#vectors + k * IOVEC.size);
      a.setPointer(header + MSGHDR.iovLength, k < WIDTH ? 1 : 0);
      a.link(header + MSGHDR.control, this.#controls + k * CONTROL);
    }
    this.#pointer = a.pointer(this.#headers);
    this.#errorPointer = a.pointer(this.#headers + WIDTH * MMSGHDR.size);
  }

  /** Appends waiting stamps, errors and datagrams to `into`; returns how many slots. */
  receive(into: PacketBatch): number {
    const before = into.count;
    this.#isConverting = false;
    if (this.#shared.tickets.outstanding > 0) this.readErrors(into);
    while (into.count < into.capacity) {
      const room = Math.min(WIDTH, into.capacity - into.count);
      const n = this.#read(into, room);
      if (n === 0) {
        this.readErrors(into);
        break;
      }
      this.#append(into, n);
      if (n < room) break;
    }
    return into.count - before;
  }

  /** Appends what the error queue holds, as far as there is room. */
  readErrors(into: PacketBatch): void {
    const flags = Msg.ErrorQueue | Msg.DontWait;
    while (into.count < into.capacity) {
      const room = Math.min(WIDTH, into.capacity - into.count);
      this.#prepareErrors(room);
      const n = this.#c.recvmmsg(this.#socket.fd, this.#errorPointer, room, flags, null);
      for (let k = WIDTH; k < WIDTH + n; k++) this.#takeError(into, k);
      this.#dirtyErrors = Math.max(this.#dirtyErrors, n);
      if (n < room) return;
    }
  }

  close(): void {
    this.#arena.close();
    this.#batch = undefined;
  }

  /** Datagrams read into the slots from `into.count` on. */
  #read(into: PacketBatch, room: number): number {
    this.#aim(into, room);
    this.#prepare(room);
    // Each pending ICMP error fails one call and is then gone; the datagrams behind it are not.
    for (let tries = 0; tries < 4; tries++) {
      const n = this.#c.recvmmsg(this.#socket.fd, this.#pointer, room, Msg.DontWait, null);
      if (n >= 0) {
        this.#dirty = Math.max(this.#dirty, n);
        return n;
      }
      const why = errno();
      if (why === Errno.EAGAIN || why === Errno.EBADF) return 0;
      if (why === Errno.ENETDOWN) { // an Ethernet socket is told so once; an IP socket never is
        this.#appendFailure(into, why, 0);
        return 0;
      }
    }
    return 0;
  }

  /** Points the vectors at the slots from `into.count` on. */
  #aim(into: PacketBatch, room: number): void {
    if (this.#batch === into && this.#first === into.count && this.#aimed >= room) return;
    const a = this.#arena;
    const base = a.hold(into.bytes.buffer) + into.bytes.byteOffset;
    for (let k = 0; k < room; k++) {
      const vector = this.#vectors + k * IOVEC.size;
      a.setPointer(vector + IOVEC.base, base + (into.count + k) * into.slotSize);
      a.setPointer(vector + IOVEC.length, into.slotSize);
    }
    this.#batch = into;
    this.#first = into.count;
    this.#aimed = room;
  }

  #prepare(room: number): void {
    const n = Math.min(room, this.#dirty);
    this.#makeRoom(0, n);
    if (n >= this.#dirty) this.#dirty = 0;
  }

  #prepareErrors(room: number): void {
    const n = Math.min(room, this.#dirtyErrors);
    this.#makeRoom(WIDTH, WIDTH + n);
    if (n >= this.#dirtyErrors) this.#dirtyErrors = 0;
  }

  /** Headers `first` up to `end` say again how long their names and controls may be. */
  #makeRoom(first: number, end: number): void {
    const words = this.#arena.words;
    for (let k = first; k < end; k++) {
      const header = (this.#headers + k * MMSGHDR.size) >> 2;
      words[header + (MSGHDR.nameLength >> 2)] = SOCKADDR_STORAGE_SIZE;
      words[header + (MSGHDR.controlLength >> 2)] = CONTROL;
    }
  }

  #append(into: PacketBatch, n: number): void {
    const first = into.count;
    const words = this.#arena.words;
    for (let k = 0; k < n; k++) {
      const header = this.#headers + k * MMSGHDR.size;
      if ((words[(header + MSGHDR.flags) >> 2]! & Msg.Truncated) !== 0) {
        this.#shared.counters.truncated++;
        continue;
      }
      const length = words[(header + MMSGHDR.length) >> 2]!;
      const i = into.open();
      if (i !== first + k) { // a truncated one before it was left out
        const from = (first + k) * into.slotSize;
        into.bytes.copyWithin(into.offset[i]!, from, from + length);
      }
      into.length[i] = length;
      into.channel[i] = this.#shared.channel;
      into.peer[i] = readSockaddr(
        this.#shared.addresses,
        this.#arena.bytes,
        this.#names + k * SOCKADDR_STORAGE_SIZE,
      );
      this.#readControls(into, i, header, this.#controls + k * CONTROL);
    }
    this.#shared.counters.received += into.count - first;
  }

  #readControls(into: PacketBatch, i: number, header: number, control: number): void {
    const words = this.#arena.words;
    const end = control + words[(header + MSGHDR.controlLength) >> 2]!;
    for (let at = control; at + CMSGHDR.size <= end;) {
      const length = words[at >> 2]!;
      if (length < CMSGHDR.size) return;
      const level = words[(at + CMSGHDR.level) >> 2]!;
      const type = words[(at + CMSGHDR.type) >> 2]!;
      this.#readControl(into, i, level, type, at + CMSGHDR.data);
      at += (length + 7) & ~7;
    }
  }

  #readControl(into: PacketBatch, i: number, level: number, type: number, at: number): void {
    const { bytes, words } = this.#arena;
    const { addresses, converters } = this.#shared;
    if (level === Sol.Socket) {
      if (type === So.Timestamping) {
        if (!this.#isConverting) {
          this.#isConverting = true;
          beginConversion(converters);
        }
        takeStamp(words, at, into, i, converters);
      } else if (type === So.ReceiveQueueOverflow) {
        this.#noteDrops(words[at >> 2]!);
      }
    } else if (level === Sol.Ip) {
      if (type === Ip.PacketInfo) {
        const octets = at + IN_PKTINFO.destination;
        into.local[i] = addresses.intern(Family.Ipv4, bytes, octets, this.#socket.port);
      } else if (type === Ip.Tos) into.traffic[i] = bytes[at]!;
    } else if (level === Sol.Ipv6) {
      if (type === Ipv6.PacketInfo) this.#takeLocalIpv6(into, i, at);
      else if (type === Ipv6.TrafficClass) into.traffic[i] = words[at >> 2]!;
    } else if (level === Sol.Udp && type === Udp.Gro) {
      const size = words[at >> 2]!;
      into.segment[i] = into.length[i]! > size ? size : 0;
    }
  }

  #takeLocalIpv6(into: PacketBatch, i: number, at: number): void {
    const { bytes, words } = this.#arena;
    const isScoped = bytes[at] === 0xfe && (bytes[at + 1]! & 0xc0) === 0x80;
    const scope = isScoped ? words[(at + IN6_PKTINFO.ifindex) >> 2]! : 0;
    into.local[i] = this.#shared.addresses.intern(Family.Ipv6, bytes, at, this.#socket.port, scope);
  }

  #noteDrops(total: number): void {
    this.#shared.counters.overflowed += (total - this.#drops) >>> 0;
    this.#drops = total >>> 0;
  }

  /** One message of the error queue: a transmit stamp or an error becomes a slot. */
  #takeError(into: PacketBatch, k: number): void {
    const { words, bytes } = this.#arena;
    const header = this.#headers + k * MMSGHDR.size;
    const control = this.#controls + k * CONTROL;
    const end = control + words[(header + MSGHDR.controlLength) >> 2]!;
    let stamp = 0;
    let failure = 0;
    for (let at = control; at + CMSGHDR.size <= end;) {
      const length = words[at >> 2]!;
      if (length < CMSGHDR.size) break;
      const level = words[(at + CMSGHDR.level) >> 2]!;
      const type = words[(at + CMSGHDR.type) >> 2]!;
      const data = at + CMSGHDR.data;
      if (level === Sol.Socket && type === So.Timestamping) {
        if (length >= CMSGHDR.size + SCM_TIMESTAMPING_LAYOUT.size) stamp = data;
      } else if (
        (level === Sol.Ip && type === Ip.ReceiveError) ||
        (level === Sol.Ipv6 && type === Ipv6.ReceiveError) ||
        (level === Sol.Packet && type === PacketOption.TransmitTimestamp)
      ) failure = data;
      at += (length + 7) & ~7;
    }
    if (failure === 0) return;
    if (bytes[failure + EXTENDED_ERR.origin] === ErrorOrigin.Timestamping) {
      if (stamp !== 0) this.#appendStamp(into, failure, stamp);
    } else {
      this.#appendError(into, failure, this.#names + k * SOCKADDR_STORAGE_SIZE);
    }
  }

  #appendStamp(into: PacketBatch, failure: number, stamp: number): void {
    const { words } = this.#arena;
    const { converters, counters, tickets, channel } = this.#shared;
    const ticket = tickets.take(words[(failure + EXTENDED_ERR.extra) >> 2]! >>> 0);
    if (ticket === 0) {
      counters.strayStamps++;
      return;
    }
    if (!this.#isConverting) {
      this.#isConverting = true;
      beginConversion(converters);
    }
    const i = into.open();
    into.kind[i] = SlotKind.TransmitStamp;
    into.channel[i] = channel;
    into.ticket[i] = ticket;
    takeStamp(words, stamp, into, i, converters);
    counters.stamps++;
  }

  #appendError(into: PacketBatch, failure: number, name: number): void {
    const { words, bytes } = this.#arena;
    const peer = readSockaddr(this.#shared.addresses, bytes, name);
    this.#appendFailure(into, words[(failure + EXTENDED_ERR.errno) >> 2]!, peer);
  }

  #appendFailure(into: PacketBatch, why: number, peer: number): void {
    const i = into.open();
    into.kind[i] = SlotKind.LinkError;
    into.channel[i] = this.#shared.channel;
    into.length[i] = why;
    into.peer[i] = peer;
    this.#shared.counters.linkErrors++;
  }
}
