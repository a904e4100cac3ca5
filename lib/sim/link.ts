/**
 * A node's network interface: the {@linkcode Link} that protocol cores see in the simulator.
 * @module
 */
import type { AddressHandle, AddressTable } from "../base/address.ts";
import { type PacketBatch, SlotKind, StampSource } from "../base/batch.ts";
import type { Link } from "../base/link.ts";
import type { Random } from "../base/random.ts";
import { copyOctets } from "./packet_pool.ts";
import { type Jitter, type Path, type PathOptions, sample } from "./path.ts";
import type { SimNode } from "./node.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** How an interface stamps; exact to the nanosecond's fraction if nothing is said. */
export interface StampOptions {
  /** A {@linkcode StampSource}; `Software` if left out, `None` for an interface without stamps. */
  source?: StampSource;
  /** Error of receive and of transmit stamps, drawn for each. */
  receiveNoise?: Jitter;
  transmitNoise?: Jitter;
  /** Stamps are multiples of this, ns; not rounded if left out. */
  quantum?: number;
  /** Only channels below this are stamped; all if left out. PTP needs the event channel, 0, alone. */
  channels?: number;
  /** Probability that a transmit stamp never comes. */
  missing?: number;
  /** From departure until the transmit stamp can be read, ns; 1000 if left out. */
  transmitLatency?: number;
}

/** Kernel stamps over a virtual Ethernet pair, as measured: spread 0.4 us, always late. */
export const KERNEL_STAMPS: StampOptions = {
  channels: 1,
  receiveNoise: { kind: "exponential", mean: 400 },
  transmitNoise: { kind: "exponential", mean: 400 },
  quantum: 1,
};

/** A common network card: 8 ns quantum, few nanoseconds of noise. */
export const CARD_STAMPS: StampOptions = {
  source: StampSource.Hardware,
  channels: 1,
  receiveNoise: { kind: "gaussian", sigma: 5 },
  transmitNoise: { kind: "gaussian", sigma: 5 },
  quantum: 8,
};

/** An interface. */
export interface SimLinkOptions {
  /** Literal IPv4, IPv6 or MAC address. */
  address: string;
  /** Channel `k` is bound to port `ports[k]`; `[0]` (frames, no ports) if left out. */
  ports?: readonly number[];
  /** Multicast groups joined on every port. */
  groups?: readonly string[];
  /** Name of its random streams; "NODE/k" if left out. */
  name?: string;
  /** Octets of the largest datagram; 1472 if left out. */
  mtu?: number;
  /** Datagrams a slot may hold; 1 if left out. They are sent one by one. */
  maxSegments?: number;
  stamps?: StampOptions;
  /** From the interface to the wire, and back. Over the wire's own if given. */
  up?: PathOptions;
  down?: PathOptions;
  /** On an isolating wire: the one interface that all others reach. */
  isRoot?: boolean;
}

/** The half of a `Protocol` that is asked first. */
export interface Skimmer {
  ignores(batch: PacketBatch, i: number): boolean;
}

/** What an interface counted. */
export interface SimLinkCounters {
  sent: number;
  received: number;
  /** Datagrams above the mtu, and ones the reader's slot was too small for. */
  tooLong: number;
  /** Destinations nobody on the wire has. */
  unrouted: number;
}

const DEFAULT_MTU = 1472;

/** One interface of one node on one wire. Takes every packet offered: `send` is never short. */
export class SimLink implements Link {
  readonly mtu: number;
  readonly maxSegments: number;
  readonly addresses: AddressTable;
  readonly node: SimNode;
  readonly wire: Wire;
  readonly name: string;
  /** Number among all links of the network. */
  readonly index: number;
  readonly up: Path;
  readonly down: Path;
  readonly isRoot: boolean;
  /** Only links of the same island hear one another; see `Wire.partition`. */
  island = 0;
  /** Asked first whether a packet concerns its node at all; see `Protocol.ignores`. */
  skimmer: Skimmer | undefined;
  isOpen = true;
  readonly counters: SimLinkCounters = { sent: 0, received: 0, tooLong: 0, unrouted: 0 };
  readonly ports: readonly number[];
  /** Our address with each port, by channel. */
  readonly handles: readonly AddressHandle[];
  readonly #world: World;
  readonly #stamps: StampOptions;
  readonly #source: StampSource;
  readonly #stampedChannels: number;
  readonly #random: Random;
  readonly #regions: Uint8Array[] = [];
  #head = -1;
  #tail = -1;

  /** Made by `SimNode.link`. */
  constructor(world: World, node: SimNode, wire: Wire, options: SimLinkOptions) {
    this.#world = world;
    this.node = node;
    this.wire = wire;
    this.index = world.links.length;
    this.name = options.name ?? `${node.name}/${node.links.length}`;
    this.mtu = Math.min(options.mtu ?? DEFAULT_MTU, world.packets.slotSize);
    this.maxSegments = options.maxSegments ?? 1;
    this.addresses = world.addresses;
    this.ports = options.ports ?? [0];
    this.handles = this.ports.map((port) => this.#handle(options.address, port));
    this.isRoot = options.isRoot === true;
    this.#stamps = options.stamps ?? {};
    this.#source = this.#stamps.source ?? StampSource.Software;
    this.#stampedChannels = this.#stamps.channels ?? Infinity;
    this.#random = world.random(this.name, "stamps");
    this.up = wire.path(options.up, this.name, "up");
    this.down = wire.path(options.down, this.name, "down");
    world.links.push(this);
    wire.attach(this);
    for (const group of options.groups ?? []) this.join(group);
  }

  /** Joins a multicast group on every port. */
  join(group: string): void {
    for (const port of this.ports) this.wire.join(this.#handle(group, port), this);
  }

  /** Leaves a multicast group on every port. */
  leave(group: string): void {
    for (const port of this.ports) this.wire.leave(this.#handle(group, port), this);
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    return this.#regions.push(region);
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    while (this.#head >= 0 && into.hasRoom) {
      const d = this.#head;
      this.#head = this.#world.deliveries.next[d]!;
      if (this.#head < 0) this.#tail = -1;
      this.#open(d, into);
      this.#world.deliveries.give(d);
    }
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    for (let i = first; i < from.count; i++) {
      const region = from.region[i]!;
      const bytes = region === 0 ? from.bytes : this.#regions[region - 1]!;
      const length = from.length[i]!;
      const step = from.segment[i]! === 0 ? length : from.segment[i]!;
      const start = from.offset[i]!;
      let o = 0;
      do {
        this.#sendOne(bytes, start + o, Math.min(step, length - o), from, i);
        o += step;
      } while (o < length);
    }
    return from.count - first;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.skimmer = undefined;
    this.wire.detach(this);
    this.drop();
  }

  /** True where something waits to be received. */
  get isReadable(): boolean {
    return this.#head >= 0;
  }

  /** Forgets what waits to be received. */
  drop(): void {
    const { deliveries, packets } = this.#world;
    for (let d = this.#head; d >= 0;) {
      const next = deliveries.next[d]!;
      if (deliveries.packet[d]! >= 0) packets.release(deliveries.packet[d]!);
      deliveries.give(d);
      d = next;
    }
    this.#head = this.#tail = -1;
  }

  /** The network: true where packet `h`, in slot 0 of `batch`, is no concern of this node. */
  skims(batch: PacketBatch, h: number): boolean {
    const { skimmer } = this;
    if (skimmer === undefined || this.#head >= 0 || !skimmer.ignores(batch, 0)) return false;
    this.counters.received++;
    this.node.note(this.#world.now, this.#world.packets.hash[h]!);
    return true;
  }

  /** The network: packet `h`, of which this link owns one reference, arrives at true time `t`. */
  accept(h: number, t: number): void {
    const port = this.#world.packets.port[h]!;
    const channel = port < 0 ? -1 - port : Math.max(0, this.ports.indexOf(port));
    const stamp = this.#stamp(t, channel, this.#stamps.receiveNoise);
    this.#append(this.#world.deliveries.take(h, channel, 0, stamp));
  }

  /** The network: the transmit stamp in entry `d` can be read. */
  acceptStamp(d: number): void {
    this.#append(d);
  }

  #append(d: number): void {
    if (this.#tail < 0) this.#head = d;
    else this.#world.deliveries.next[this.#tail] = d;
    this.#tail = d;
  }

  #sendOne(bytes: Uint8Array, at: number, length: number, from: PacketBatch, i: number): void {
    if (length > this.mtu) {
      this.counters.tooLong++;
      return;
    }
    const { packets, addresses } = this.#world;
    const h = packets.put(bytes, at, length);
    const channel = from.channel[i]!;
    const destination = from.peer[i]!;
    packets.source[h] = from.local[i]! !== 0 ? from.local[i]! : this.handles[channel] ?? 0;
    packets.destination[h] = destination;
    packets.port[h] = destination === 0 ? -1 - channel : addresses.port(destination);
    packets.traffic[h] = from.traffic[i]!;
    this.counters.sent++;
    this.node.note(this.#world.now, packets.hash[h]!);
    const departure = this.wire.transmit(this, h, this.#world.now);
    packets.release(h);
    if (from.ticket[i]! !== 0) this.#sendStamp(departure, channel, from.ticket[i]!);
  }

  #sendStamp(departure: number, channel: number, ticket: number): void {
    if (this.#random.chance(this.#stamps.missing ?? 0)) return;
    const stamp = this.#stamp(departure, channel, this.#stamps.transmitNoise);
    if (stamp !== stamp) return;
    const d = this.#world.deliveries.take(-1, channel, ticket, stamp);
    this.#world.scheduleStamp(departure + (this.#stamps.transmitLatency ?? 1000), this, d);
  }

  /** The interface's stamp of true time `t`, an Instant; NaN where it takes none. */
  #stamp(t: number, channel: number, noise: Jitter | undefined): number {
    if (this.#source === StampSource.None || channel >= this.#stampedChannels) return NaN;
    const raw = this.node.rawAt(t) + sample(noise, this.#random);
    const quantum = this.#stamps.quantum;
    return quantum === undefined ? raw : Math.round(raw / quantum) * quantum;
  }

  /** Writes queue entry `d` into a new slot. */
  #open(d: number, into: PacketBatch): void {
    const { deliveries, packets } = this.#world;
    const h = deliveries.packet[d]!;
    if (h >= 0 && packets.length[h]! > into.slotSize) {
      this.counters.tooLong++;
      packets.release(h);
      return;
    }
    const i = into.open();
    const stamp = deliveries.stamp[d]!;
    into.channel[i] = deliveries.channel[d]!;
    if (stamp === stamp) {
      const whole = Math.floor(stamp / 1e9);
      into.stampInstant[i] = stamp;
      into.stampSeconds[i] = whole;
      into.stampNanos[i] = stamp - whole * 1e9;
      into.stampSource[i] = this.#source;
    }
    if (h < 0) {
      into.kind[i] = SlotKind.TransmitStamp;
      into.ticket[i] = deliveries.ticket[d]!;
      return;
    }
    this.counters.received++;
    copyOctets(
      packets.bytes,
      h * packets.slotSize,
      into.bytes,
      into.offset[i]!,
      packets.length[h]!,
    );
    into.length[i] = packets.length[h]!;
    into.peer[i] = packets.source[h]!;
    into.local[i] = packets.destination[h]! !== 0
      ? packets.destination[h]!
      : this.handles[into.channel[i]!] ?? 0;
    into.traffic[i] = packets.traffic[h]!;
    packets.release(h);
  }

  #handle(address: string, port: number): AddressHandle {
    const handle = this.addresses.internText(address, port);
    if (handle === 0) throw new Error(`sim: ${address} is no address`);
    this.addresses.retain(handle);
    return handle;
  }
}
