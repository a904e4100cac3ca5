/**
 * UDP by `Deno.listenDatagram`: the portable link, for systems without FFI.
 *
 * The same interface as `udp.ts` with less behind it: time stamps are this process's own
 * (`StampSource.User`, tens of microseconds late), `local` and `traffic` stay 0, one datagram per
 * slot, and multicasts leave by the interface the system's routes choose. One receive per socket is
 * always pending and feeds a bounded queue, so waiting takes {@linkcode DenoReactor}.
 * @module
 */
import { AddressTable } from "../lib/base/address.ts";
import { type PacketBatch, SlotKind, StampSource } from "../lib/base/batch.ts";
import type { Link, Reactor } from "../lib/base/link.ts";
import type { Instant } from "../lib/base/time.ts";
import { rawNow } from "./raw_clock.ts";

const MAX_QUEUED = 1024;
const MAX_IN_FLIGHT = 64;
const MAX_DATAGRAM = 65536;
const DEFAULT_MTU = 1472;

/** How one socket is made. */
export interface DenoSocketOptions {
  /** Literal to bind to, `0.0.0.0` if left out. */
  readonly address?: string;
  readonly port?: number;
  readonly reuse?: boolean;
  /** Groups to join; IPv4 by an interface's address, IPv6 by its index. */
  readonly join?: readonly {
    readonly group: string;
    readonly interfaceAddress?: string;
    readonly interfaceIndex?: number;
  }[];
  readonly multicastLoop?: boolean;
  readonly multicastTtl?: number;
}

/** How a link is made. */
export interface DenoUdpOptions {
  /** Socket k is channel k. */
  readonly sockets: readonly DenoSocketOptions[];
  readonly addresses?: AddressTable;
  readonly mtu?: number;
}

interface Arrival {
  readonly kind: SlotKind;
  readonly channel: number;
  readonly octets: Uint8Array;
  readonly peer: number;
  readonly ticket: number;
  readonly instant: Instant;
  /** Milliseconds since 1970. */
  readonly wallMillis: number;
}

/** See the module. */
export class DenoUdpLink implements Link {
  readonly mtu: number;
  readonly maxSegments = 1;
  readonly addresses: AddressTable;
  /** Datagrams dropped because nobody read the queue. */
  overflowed = 0;
  /** Datagrams larger than a slot: dropped. */
  truncated = 0;
  /** Datagrams the system did not take. */
  refused = 0;
  /** Called whenever something arrives or a send ends; the reactor sets it. */
  notify: (() => void) | undefined;
  readonly #sockets: Deno.DatagramConn[] = [];
  readonly #queue: Arrival[] = [];
  readonly #regions: (Uint8Array<ArrayBuffer> | undefined)[] = [undefined];
  #head = 0;
  #inFlight = 0;
  #isClosed = false;

  private constructor(options: DenoUdpOptions) {
    this.mtu = options.mtu ?? DEFAULT_MTU;
    this.addresses = options.addresses ?? new AddressTable();
  }

  /** Opens all sockets. @throws what Deno throws; none stays open then. */
  static async open(options: DenoUdpOptions): Promise<DenoUdpLink> {
    const link = new DenoUdpLink(options);
    try {
      for (const socket of options.sockets) await link.#add(socket);
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#regions.push(region) - 1;
  }

  /** True while arrivals wait to be read. */
  get hasArrivals(): boolean {
    return this.#head < this.#queue.length;
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    while (this.#head < this.#queue.length && into.count < into.capacity) {
      const arrival = this.#queue[this.#head++]!;
      if (arrival.octets.length > into.slotSize) this.truncated++;
      else this.#append(into, arrival);
    }
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    }
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    let i = first;
    while (i < from.count && this.#inFlight < MAX_IN_FLIGHT) {
      if (from.kind[i] === SlotKind.Packet) this.#sendSlot(from, i);
      i++;
    }
    return i - first;
  }

  /** The port that channel k is bound to. */
  port(k: number): number {
    const address = this.#sockets[k]?.addr;
    return address?.transport === "udp" ? address.port : 0;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
    this.#queue.length = 0;
    this.#head = 0;
    this.notify?.();
  }

  async #add(options: DenoSocketOptions): Promise<void> {
    const socket = Deno.listenDatagram({
      transport: "udp",
      hostname: options.address ?? "0.0.0.0",
      port: options.port ?? 0,
      reuseAddress: options.reuse ?? false,
      loopback: options.multicastLoop ?? false,
    });
    const channel = this.#sockets.push(socket) - 1;
    for (const { group, interfaceAddress, interfaceIndex } of options.join ?? []) {
      if (group.includes(":")) {
        const membership = await socket.joinMulticastV6(group, interfaceIndex ?? 0);
        await membership.setLoopback(options.multicastLoop ?? false);
      } else {
        const membership = await socket.joinMulticastV4(group, interfaceAddress ?? "0.0.0.0");
        await membership.setLoopback(options.multicastLoop ?? false);
        if (options.multicastTtl !== undefined) await membership.setTTL(options.multicastTtl);
      }
    }
    this.#pump(socket, channel);
  }

  /** Keeps one receive pending until the link is closed. */
  async #pump(socket: Deno.DatagramConn, channel: number): Promise<void> {
    const buffer = new Uint8Array(MAX_DATAGRAM);
    while (!this.#isClosed) {
      try {
        const [octets, from] = await socket.receive(buffer);
        this.#arrived(channel, octets.slice(), from);
      } catch (error) {
        if (this.#isClosed || error instanceof Deno.errors.BadResource) return;
        // An ICMP error of an earlier packet, reported by some systems on receive: it is consumed.
        this.refused++;
      }
    }
  }

  #arrived(channel: number, octets: Uint8Array, from: Deno.Addr): void {
    if (from.transport !== "udp") return;
    this.#enqueue({
      kind: SlotKind.Packet,
      channel,
      octets,
      peer: this.addresses.internText(from.hostname, from.port),
      ticket: 0,
      instant: rawNow(),
      wallMillis: performance.timeOrigin + performance.now(),
    });
  }

  #enqueue(arrival: Arrival): void {
    if (this.#queue.length - this.#head >= MAX_QUEUED) this.overflowed++;
    else this.#queue.push(arrival);
    this.notify?.();
  }

  #append(into: PacketBatch, arrival: Arrival): void {
    const i = into.open();
    into.kind[i] = arrival.kind;
    into.channel[i] = arrival.channel;
    into.bytes.set(arrival.octets, into.offset[i]!);
    into.length[i] = arrival.octets.length;
    into.peer[i] = arrival.peer;
    into.ticket[i] = arrival.ticket;
    const seconds = Math.floor(arrival.wallMillis / 1e3);
    into.stampSeconds[i] = seconds;
    into.stampNanos[i] = Math.min(
      999_999_999,
      Math.round((arrival.wallMillis - seconds * 1e3) * 1e6),
    );
    into.stampSource[i] = StampSource.User;
    into.stampInstant[i] = arrival.instant;
  }

  #sendSlot(from: PacketBatch, i: number): void {
    const channel = from.channel[i]!;
    const memory = from.region[i] === 0 ? from.bytes : this.#regions[from.region[i]!];
    const socket = this.#sockets[channel];
    if (socket === undefined || memory === undefined) throw new Error("no such channel or region");
    const start = from.offset[i]!;
    const length = from.length[i]!;
    const stride = from.segment[i]! > 0 ? from.segment[i]! : length;
    const peer = from.peer[i]!;
    const hostname = this.addresses.hostText(peer);
    const address = { transport: "udp", hostname, port: this.addresses.port(peer) } as const;
    for (let at = 0; at === 0 || at < length; at += Math.max(1, stride)) {
      const end = Math.min(length, at + stride);
      this.#dispatch(socket, memory.slice(start + at, start + end), address);
    }
    if (from.ticket[i] !== 0) this.#stampSent(channel, peer, from.ticket[i]!);
  }

  #dispatch(socket: Deno.DatagramConn, octets: Uint8Array, to: Deno.NetAddr): void {
    this.#inFlight++;
    socket.send(octets, to).catch(() => {
      this.refused++;
    }).finally(() => {
      this.#inFlight--;
      this.notify?.();
    });
  }

  #stampSent(channel: number, peer: number, ticket: number): void {
    this.#enqueue({
      kind: SlotKind.TransmitStamp,
      channel,
      octets: new Uint8Array(0),
      peer,
      ticket,
      instant: rawNow(),
      wallMillis: performance.timeOrigin + performance.now(),
    });
  }
}

/** Waits for {@linkcode DenoUdpLink}s by promises and timers. */
export class DenoReactor implements Reactor {
  readonly #links: readonly DenoUdpLink[];
  #end: (() => void) | undefined;
  #isWoken = false;

  constructor(links: readonly DenoUdpLink[]) {
    this.#links = links;
    for (const link of links) link.notify = () => this.wake();
  }

  /** Always gives the isolate's other work a turn, as the receives need it. */
  async wait(until: Instant, _wantWrite: boolean): Promise<void> {
    const isReady = this.#isWoken || this.#links.some((link) => link.hasArrivals);
    const millis = isReady ? 0 : Math.max(0, (until - rawNow()) / 1e6);
    await new Promise<void>((resolve) => {
      const timer = millis < 2 ** 31 ? setTimeout(resolve, Math.ceil(millis)) : undefined;
      if (isReady) return;
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = undefined;
    this.#isWoken = false;
  }

  /** Ends the wait that is going on, or shortens the next one. */
  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }

  close(): void {
    for (const link of this.#links) link.notify = undefined;
    this.wake();
  }
}
