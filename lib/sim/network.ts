/**
 * A network in virtual time: nodes, wires, and the one calendar that moves them.
 *
 * True time is nanoseconds since the simulation began, a float64. Everything random is drawn from
 * streams named by (seed, node or link, purpose): the same seed gives the same events, and another
 * node more does not disturb what the others draw.
 *
 * ```ts
 * const net = new Network({ seed: 1 });
 * const lan = net.wire("lan", { up: { delay: 500 } });
 * const node = net.node("gm", { oscillator: { ppm: 3 } });
 * const link = node.link(lan, { address: "10.0.0.1", ports: [319, 320], groups: ["224.0.1.129"] });
 * node.startCore(net.lane(link, core));
 * net.run(seconds(60));
 * ```
 * @module
 */
import { AddressTable } from "../base/address.ts";
import { PacketBatch } from "../base/batch.ts";
import type { Clock } from "../base/clock.ts";
import { type Lane, lane } from "../base/drive.ts";
import type { Link, Protocol } from "../base/link.ts";
import { Random } from "../base/random.ts";
import { difference, type Nanos, timestamp } from "../base/time.ts";
import { EventHeap } from "./event_heap.ts";
import { SimLink } from "./link.ts";
import { type NodeOptions, SimNode } from "./node.ts";
import { copyOctets, DeliveryPool, mix, PacketPool } from "./packet_pool.ts";
import { Wire, type WireOptions } from "./wire.ts";
import type { Fan, World } from "./world.ts";

/** A network. */
export interface NetworkOptions {
  seed: number;
  /** Octets of the largest datagram anywhere; 2048 if left out. */
  maxDatagram?: number;
  /** Addresses remembered; 65536 if left out. */
  addresses?: number;
}

/** Kinds of event, the high bits of the calendar's first integer. */
const Kind = { Arrival: 0, Stamp: 1, Wake: 2, Call: 3, Fan: 4 } as const;
const KIND_SHIFT = 28;
const INDEX_MASK = (1 << KIND_SHIFT) - 1;

/** Slots of the batches that all lanes of a network share. */
const SHARED_SLOTS = 16;

/** A simulated network. */
export class Network {
  readonly seed: number;
  readonly addresses: AddressTable;
  readonly nodes: SimNode[] = [];
  readonly wires: Wire[] = [];
  readonly #names = new Set<string>();
  readonly #heap = new EventHeap();
  readonly #world: World;
  readonly #calls: ((() => void) | undefined)[] = [];
  readonly #freeCalls: number[] = [];
  readonly #fans: (Fan | undefined)[] = [];
  readonly #freeFans: number[] = [];
  readonly #inbox: PacketBatch;
  readonly #outbox: PacketBatch;
  /** The packet that fans out at present. */
  readonly #presented: PacketBatch;
  readonly #a = timestamp();
  readonly #b = timestamp();
  #events = 0;

  constructor(options: NetworkOptions) {
    this.seed = options.seed;
    this.addresses = new AddressTable(options.addresses ?? 65_536);
    const slotSize = options.maxDatagram ?? 2048;
    this.#inbox = new PacketBatch(SHARED_SLOTS, slotSize);
    this.#outbox = new PacketBatch(SHARED_SLOTS, slotSize);
    this.#presented = new PacketBatch(1, slotSize);
    this.#world = this.#makeWorld(slotSize);
  }

  /** True time now. */
  get now(): Nanos {
    return this.#world.now as Nanos;
  }

  /** Events handled so far: arrivals at each node, stamps, wake-ups, calls. */
  get events(): number {
    return this.#events;
  }

  /** Packets under way or waiting to be received. */
  get packetsUnderWay(): number {
    return this.#world.packets.size;
  }

  /** Adds a wire. */
  wire(name: string, options: WireOptions = {}): Wire {
    const wire = new Wire(this.#world, name, options);
    this.wires.push(wire);
    return wire;
  }

  /** Adds a node. Names are unique: they name its random streams. */
  node(name: string, options: NodeOptions = {}): SimNode {
    if (this.#names.has(name)) throw new Error(`sim: two nodes named ${name}`);
    this.#names.add(name);
    const node = new SimNode(this.#world, name, this.nodes.length, options);
    this.nodes.push(node);
    return node;
  }

  /**
   * A lane for a node of this network. Lanes straight on a {@linkcode SimLink} share one pair of
   * batches, which is sound as such a link takes everything at once; a decorated link gets its own.
   */
  lane<E>(link: Link, core: Protocol<E>): Lane<E> {
    if (!(link instanceof SimLink)) {
      return lane(link, core, { capacity: SHARED_SLOTS, slotSize: this.#inbox.slotSize });
    }
    return { link, core, inbox: this.#inbox, outbox: this.#outbox, sent: 0 };
  }

  /** The random stream of (seed, name, purpose). */
  random(name: string, purpose = ""): Random {
    return new Random(this.seed, name, purpose);
  }

  /** Calls `action` at true time `at`, or now where that has passed. */
  at(at: number, action: () => void): void {
    const k = this.#freeCalls.pop() ?? this.#calls.length;
    this.#calls[k] = action;
    this.#push(Math.max(at, this.#world.now), Kind.Call, k, 0);
  }

  /** Calls `action` each `period` ns of true time, first at `first`; until it returns false. */
  every(
    period: number,
    action: () => boolean | void,
    first: number = this.#world.now + period,
  ): void {
    this.at(first, () => {
      if (action() !== false) this.every(period, action, first + period);
    });
  }

  /** Handles all events at or before true time `until`. */
  run(until: Nanos): void {
    const heap = this.#heap;
    const world = this.#world;
    while (heap.next <= until) {
      heap.pop();
      world.now = heap.time;
      this.#events++;
      this.#handle(heap.a, heap.b);
    }
    world.now = Math.max(world.now, until);
  }

  /** Goes on for `duration` ns of true time. */
  runFor(duration: Nanos): void {
    this.run(this.#world.now + duration as Nanos);
  }

  /** Runs until `isDone` (asked each `step` ns of true time) or `limit`; true where it was done. */
  runUntil(isDone: () => boolean, limit: Nanos, step = 1e6): boolean {
    while (!isDone()) {
      if (this.#world.now >= limit) return false;
      this.run(Math.min(this.#world.now + step, limit) as Nanos);
    }
    return true;
  }

  /** 64 bits, as hex, over every packet that any node sent or received, with its time. */
  hash(): string {
    let low = 0;
    let high = this.nodes.length;
    for (const node of this.nodes) {
      low = mix(low, node.hash);
      high = mix(mix(high, low), node.hash);
    }
    return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
  }

  /** Reading of `clockA` (on `nodeA`) minus that of `clockB` (on `nodeB`), at this true instant. */
  trueErrorBetween(nodeA: SimNode, clockA: Clock, nodeB: SimNode, clockB: Clock): Nanos {
    clockA.readAt(nodeA.now(), this.#a);
    clockB.readAt(nodeB.now(), this.#b);
    return difference(this.#a, this.#b);
  }

  #handle(a: number, b: number): void {
    const index = a & INDEX_MASK;
    switch (a >>> KIND_SHIFT) {
      case Kind.Arrival:
        this.#arrival(index, b);
        break;
      case Kind.Stamp:
        this.#stamp(index, b);
        break;
      case Kind.Wake:
        this.nodes[index]!.wake(this.#world.now);
        break;
      case Kind.Fan:
        this.#fan(index);
        break;
      default: {
        const action = this.#calls[index]!;
        this.#calls[index] = undefined;
        this.#freeCalls.push(index);
        action();
      }
    }
  }

  #arrival(index: number, h: number): void {
    this.#accept(this.#world.links[index]!, h);
  }

  /** A packet reaches all of a route at one instant. */
  #fan(index: number): void {
    const { route, from, packet } = this.#fans[index]!;
    this.#fans[index] = undefined;
    this.#freeFans.push(index);
    const { packets } = this.#world;
    this.#present(packet);
    for (let k = 0; k < route.length; k++) {
      const link = route[k]!;
      if (link === from || link.skims(this.#presented, packet)) continue;
      packets.retain(packet);
      this.#accept(link, packet);
    }
    packets.release(packet);
    this.#events += route.length - 2;
  }

  /** Puts a packet where it can be looked at by many. */
  #present(h: number): void {
    const { packets } = this.#world;
    const into = this.#presented;
    into.clear();
    const i = into.open();
    into.length[i] = packets.length[h]!;
    copyOctets(packets.bytes, h * packets.slotSize, into.bytes, 0, packets.length[h]!);
  }

  #accept(link: SimLink, h: number): void {
    const { packets, now } = this.#world;
    const node = link.node;
    if (!link.isOpen || !node.isRunning) {
      packets.release(h);
      return;
    }
    node.note(now, packets.hash[h]!);
    link.accept(h, now);
    node.arrived(now);
  }

  #stamp(index: number, d: number): void {
    const link = this.#world.links[index]!;
    if (!link.isOpen || !link.node.isRunning) {
      this.#world.deliveries.give(d);
      return;
    }
    link.acceptStamp(d);
    link.node.arrived(this.#world.now);
  }

  #push(at: number, kind: number, index: number, b: number): void {
    this.#heap.push(at, kind * (INDEX_MASK + 1) + index, b);
  }

  #makeWorld(slotSize: number): World {
    return {
      now: 0,
      addresses: this.addresses,
      packets: new PacketPool(slotSize),
      deliveries: new DeliveryPool(),
      links: [],
      random: (name, purpose) => this.random(name, purpose),
      scheduleArrival: (at, link, h) => this.#push(at, Kind.Arrival, link.index, h),
      scheduleFan: (at, fan) => {
        const k = this.#freeFans.pop() ?? this.#fans.length;
        this.#fans[k] = fan;
        this.#push(at, Kind.Fan, k, 0);
      },
      scheduleStamp: (at, link, d) => this.#push(at, Kind.Stamp, link.index, d),
      scheduleWake: (at, node) => this.#push(at, Kind.Wake, node.index, 0),
    };
  }
}
