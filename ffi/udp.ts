/**
 * UDP over one or more sockets as a {@linkcode Link}: a socket per channel (PTP: 0 event, 1 general).
 *
 * ```ts
 * const link = UdpLink.open({ sockets: [{ address: "0.0.0.0", port: 319, stamps: "software" }] });
 * const reactor = new AsyncReactor([link]);
 * ```
 *
 * `peer` out: the destination's handle in {@linkcode UdpLink.addresses}; 0 only on a connected
 * socket. `local` out: 0, or the source address; a multicast one is ignored, so that a reply may
 * copy the request's. `traffic` out: 0 leaves the socket's default. A `ticket` other than 0 asks
 * for a transmit stamp on sockets opened with `stamps`.
 *
 * An ICMP error arrives as a `LinkError` slot: `length` is the errno, `peer` who was not reached.
 * @module
 */
import { AddressTable } from "../lib/base/address.ts";
import type { PacketBatch } from "../lib/base/batch.ts";
import type { Link } from "../lib/base/link.ts";
import { SystemClock } from "./clock.ts";
import { closeDescriptor } from "./libc.ts";
import { interfaceByName } from "./netif.ts";
import type { Pollable } from "./pollable.ts";
import { awaitKernelStamps } from "./stamp_start.ts";
import { type Converters, StampConverter, type SteppedClock, TicketRing } from "./timestamping.ts";
import { UdpCounters } from "./udp_counters.ts";
import { UdpReceiver } from "./udp_receive.ts";
import { UdpSender } from "./udp_send.ts";
import {
  hasSegmentation,
  openUdpSocket,
  type UdpSocket,
  type UdpSocketOptions,
} from "./udp_socket.ts";

/** UDP_MAX_SEGMENTS of the oldest kernels that have it. */
const MAX_SEGMENTS = 64;
const MAX_REGIONS = 255;
/** 1500 octets of Ethernet less an IPv4 and a UDP header. */
const DEFAULT_MTU = 1472;
const IPV4_HEADERS = 20 + 8;
const IPV6_HEADERS = 40 + 8;
const MAX_PACKET = 65535;

/** How a link is made. */
export interface UdpLinkOptions {
  /** Socket k is channel k. */
  readonly sockets: readonly UdpSocketOptions[];
  /** A table to share with other links; a fresh one if left out. */
  readonly addresses?: AddressTable;
  /**
   * Octets of the largest datagram that goes out unsplit. If left out: what the first socket's
   * device takes, 1472 without a device.
   */
  readonly mtu?: number;
  /** The PHC of the interface: what hardware stamps are converted by. */
  readonly hardwareClock?: SteppedClock;
}

/** One channel. */
interface Channel {
  readonly socket: UdpSocket;
  readonly receiver: UdpReceiver;
  readonly sender: UdpSender;
  readonly tickets: TicketRing;
}

/** The MTU of the socket's device less the headers. */
function datagramMtu(socket: UdpSocketOptions | undefined): number {
  if (socket?.device === undefined) return DEFAULT_MTU;
  const { mtu } = interfaceByName(socket.device);
  const headers = socket.address?.includes(":") === true ? IPV6_HEADERS : IPV4_HEADERS;
  return Math.min(mtu, MAX_PACKET) - headers;
}

/** See the module. */
export class UdpLink implements Link, Pollable {
  readonly mtu: number;
  readonly maxSegments = MAX_SEGMENTS;
  readonly addresses: AddressTable;
  readonly counters = new UdpCounters();
  readonly #converters: Converters;
  readonly #channels: Channel[] = [];
  readonly #fds: number[] = [];
  readonly #regions: (Uint8Array<ArrayBuffer> | undefined)[] = [undefined];
  #isClosed = false;

  private constructor(options: UdpLinkOptions) {
    this.mtu = options.mtu ?? datagramMtu(options.sockets[0]);
    this.addresses = options.addresses ?? new AddressTable();
    this.#converters = {
      software: new StampConverter(new SystemClock()),
      hardware: options.hardwareClock === undefined
        ? undefined
        : new StampConverter(options.hardwareClock),
    };
  }

  /**
   * Opens all sockets.
   * @throws OsError naming the call and the address; none stays open then.
   */
  static open(options: UdpLinkOptions): UdpLink {
    const link = new UdpLink(options);
    try {
      for (const socket of options.sockets) link.#add(socket);
      if (options.sockets.some((s) => (s.stamps ?? "none") !== "none")) awaitKernelStamps();
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    if (this.#regions.length > MAX_REGIONS) throw new Error("255 regions are lent already");
    return this.#regions.push(region) - 1;
  }

  receive(into: PacketBatch): number {
    let n = 0;
    for (let k = 0; k < this.#channels.length && into.count < into.capacity; k++) {
      n += this.#channels[k]!.receiver.receive(into);
    }
    return n;
  }

  send(from: PacketBatch, first: number): number {
    let i = first;
    while (i < from.count) {
      const channel = this.#channels[from.channel[i]!];
      let end = i + 1;
      while (end < from.count && from.channel[end] === from.channel[i]) end++;
      if (channel === undefined) throw new Error(`channel ${from.channel[i]} has no socket`);
      const n = channel.sender.send(from, i, end);
      i += n;
      if (i < end) break;
    }
    return i - first;
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(k: number): boolean {
    return this.#channels[k]?.sender.isBlocked ?? false;
  }

  /** The port that channel k is bound to. */
  port(k: number): number {
    return this.#channels[k]?.socket.port ?? 0;
  }

  /** The address and port that channel k is bound to, as text. */
  name(k: number): string {
    return this.#channels[k]?.socket.name ?? "";
  }

  /** Stamps refused because CLOCK_REALTIME or the PHC was stepped around them. */
  get refusedStamps(): number {
    return this.#converters.software.refused + (this.#converters.hardware?.refused ?? 0);
  }

  /** Tickets whose transmit stamp never came. */
  get lostStamps(): number {
    return this.#channels.reduce((sum, channel) => sum + channel.tickets.lost, 0);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const fd of this.#fds) closeDescriptor(fd);
    for (const channel of this.#channels) {
      channel.receiver.close();
      channel.sender.close();
    }
    this.#channels.length = 0;
    this.#fds.length = 0;
    this.#regions.length = 1;
  }

  #add(options: UdpSocketOptions): void {
    const socket = openUdpSocket(options);
    this.#fds.push(socket.fd); // from here on close() closes it
    const tickets = new TicketRing();
    const shared = {
      addresses: this.addresses,
      counters: this.counters,
      converters: this.#converters,
      tickets,
      channel: this.#channels.length,
    };
    const receiver = new UdpReceiver(socket, shared);
    const sender = new UdpSender(socket, shared, this.#regions, hasSegmentation(socket.fd));
    this.#channels.push({ socket, receiver, sender, tickets });
  }
}
