/**
 * A segment that interfaces are attached to: a cable between two, a hub of many, or an isolating
 * one (a passive optical network, a private VLAN) whose leaves hear only the root.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import type { SimLink } from "./link.ts";
import { Path, type PathOptions } from "./path.ts";
import type { World } from "./world.ts";

/** A wire. */
export interface WireOptions {
  /** Each interface's way to the wire and from it, unless the interface brings its own. */
  up?: PathOptions;
  down?: PathOptions;
  /** True where leaves hear only the link that `isRoot`, and it hears all. */
  isIsolating?: boolean;
}

/** The links a destination address leads to. */
interface Route {
  readonly links: SimLink[];
}

/** A wire; a datagram goes up its sender's path and down each receiver's. */
export class Wire {
  readonly name: string;
  readonly links: SimLink[] = [];
  readonly #world: World;
  readonly #options: WireOptions;
  readonly #routes = new Map<AddressHandle, Route>();

  /** Made by `Network.wire`. */
  constructor(world: World, name: string, options: WireOptions) {
    this.#world = world;
    this.name = name;
    this.#options = options;
  }

  /** A path with a random stream of its own. */
  path(own: PathOptions | undefined, link: string, direction: "up" | "down"): Path {
    const options = own ?? this.#options[direction] ?? {};
    return new Path(options, this.#world.random(`${this.name}/${link}`, direction));
  }

  attach(link: SimLink): void {
    this.links.push(link);
    for (const handle of link.handles) this.join(handle, link);
  }

  detach(link: SimLink): void {
    remove(this.links, link);
    for (const route of this.#routes.values()) remove(route.links, link);
  }

  /** Datagrams to `destination` (group or own address, with its port) reach `link` from now on. */
  join(destination: AddressHandle, link: SimLink): void {
    const route = this.#routes.get(destination);
    if (route === undefined) this.#routes.set(destination, { links: [link] });
    else if (!route.links.includes(link)) route.links.push(link);
  }

  leave(destination: AddressHandle, link: SimLink): void {
    const route = this.#routes.get(destination);
    if (route !== undefined) remove(route.links, link);
  }

  /**
   * From now on only links of the same group hear one another; links named in none are a group of
   * their own. What is under way still arrives.
   */
  partition(...groups: readonly (readonly SimLink[])[]): void {
    for (const link of this.links) link.island = groups.findIndex((g) => g.includes(link)) + 1;
  }

  /** Everybody hears everybody again. */
  rejoin(): void {
    for (const link of this.links) link.island = 0;
  }

  /**
   * Packet `h` leaves `from` at true time `t`.
   * @returns the departure, when the packet's first bit left.
   */
  transmit(from: SimLink, h: number, t: number): number {
    const { packets } = this.#world;
    const octets = packets.length[h]!;
    const destination = packets.destination[h]!;
    const links = destination === 0 ? this.links : this.#routes.get(destination)?.links;
    const up = from.up;
    const at = up.offer(t, octets);
    if (at !== at) return up.departure;
    if (links === undefined || links.length === 0) {
      from.counters.unrouted++;
      return up.departure;
    }
    const carried = up.isCorrupted ? this.#corrupted(h, up) : h;
    const again = up.isDuplicated;
    for (let k = 0; k < links.length; k++) {
      const to = links[k]!;
      if (!this.#hears(to, from)) continue;
      this.#deliver(to, carried, at, octets);
      if (again) this.#deliver(to, carried, at, octets);
    }
    if (carried !== h) packets.release(carried);
    return up.departure;
  }

  #hears(to: SimLink, from: SimLink): boolean {
    if (to === from || to.island !== from.island) return false;
    return this.#options.isIsolating !== true || to.isRoot || from.isRoot;
  }

  /** Packet `h` goes down to one receiver. */
  #deliver(to: SimLink, h: number, t: number, octets: number): void {
    const { packets } = this.#world;
    const down = to.down;
    const at = down.offer(t, octets);
    if (at !== at) return;
    let arriving = h;
    if (down.isCorrupted) arriving = this.#corrupted(h, down);
    else packets.retain(h);
    this.#world.scheduleArrival(at, to, arriving);
    if (!down.isDuplicated) return;
    packets.retain(arriving);
    this.#world.scheduleArrival(at, to, arriving);
  }

  /** A copy of `h` with one bit inverted. */
  #corrupted(h: number, path: Path): number {
    const { packets } = this.#world;
    const copy = packets.copy(h);
    const bits = packets.length[copy]! * 8;
    if (bits > 0) packets.flipBit(copy, path.random.integer(bits));
    return copy;
  }
}

function remove(links: SimLink[], link: SimLink): void {
  const k = links.indexOf(link);
  if (k >= 0) links.splice(k, 1);
}
