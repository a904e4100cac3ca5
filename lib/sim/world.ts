/**
 * What nodes, links and wires need of the network they are part of.
 * @module
 */
import type { AddressTable } from "../base/address.ts";
import type { Random } from "../base/random.ts";
import type { SimLink } from "./link.ts";
import type { SimNode } from "./node.ts";
import type { DeliveryPool, PacketPool } from "./packet_pool.ts";

/** One datagram on its way to all links of a route but its sender. */
export interface Fan {
  readonly route: readonly SimLink[];
  readonly from: SimLink;
  readonly packet: number;
}

/** The inside of a `Network`. */
export interface World {
  /** True time, ns since the simulation began. */
  now: number;
  readonly addresses: AddressTable;
  readonly packets: PacketPool;
  readonly deliveries: DeliveryPool;
  readonly links: SimLink[];
  /** The stream of (the network's seed, name, purpose). */
  random(name: string, purpose: string): Random;
  /** Packet `h`, of which a reference is handed over, arrives at `link` at true time `at`. */
  scheduleArrival(at: number, link: SimLink, h: number): void;
  /** The fan's packet, of which a reference is handed over, arrives at true time `at`. */
  scheduleFan(at: number, fan: Fan): void;
  /** Transmit stamp entry `d` reaches `link` at true time `at`. */
  scheduleStamp(at: number, link: SimLink, d: number): void;
  /** `node.wake` is called at true time `at`. */
  scheduleWake(at: number, node: SimNode): void;
}
