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

/** The links a destination leads to; replaced and never changed, as a fan-out may be under way. */
type Route = readonly SimLink[];

/** What {@linkcode Wire} needs to know of a datagram that has come up. */
interface Delivery {
  readonly at: number;
  readonly octets: number;
  /** It came twice. */
  readonly again: boolean;
  /** Only to links of this route. */
  readonly within: Route | undefined;
}

/** A wire; a datagram goes up its sender's path and down each receiver's. */
export class Wire {
  readonly name: string;
  /** All links attached, in order; replaced and never changed. */
  links: Route = [];
  #roots: Route = [];
  #isPartitioned = false;
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
    this.links = [...this.links, link];
    if (link.isRoot) this.#roots = [...this.#roots, link];
    for (const handle of link.handles) this.join(handle, link);
  }

  detach(link: SimLink): void {
    this.links = without(this.links, link);
    this.#roots = without(this.#roots, link);
    for (const destination of this.#routes.keys()) this.leave(destination, link);
  }

  /** Datagrams to `destination` (group or own address, with its port) reach `link` from now on. */
  join(destination: AddressHandle, link: SimLink): void {
    const route = this.#routes.get(destination) ?? [];
    if (!route.includes(link)) this.#routes.set(destination, [...route, link]);
  }

  leave(destination: AddressHandle, link: SimLink): void {
    const route = this.#routes.get(destination);
    if (route !== undefined) this.#routes.set(destination, without(route, link));
  }

  /**
   * From now on only links of the same group hear one another; links named in none are a group of
   * their own. What is under way still arrives.
   */
  partition(...groups: readonly (readonly SimLink[])[]): void {
    for (const link of this.links) link.island = groups.findIndex((g) => g.includes(link)) + 1;
    this.#isPartitioned = true;
  }

  /** Everybody hears everybody again. */
  rejoin(): void {
    for (const link of this.links) link.island = 0;
    this.#isPartitioned = false;
  }

  /**
   * Packet `h` leaves `from` at true time `t`.
   * @returns the departure, when the packet's first bit left.
   */
  transmit(from: SimLink, h: number, t: number): number {
    const { packets } = this.#world;
    const octets = packets.length[h]!;
    const destination = packets.destination[h]!;
    const route = destination === 0 ? this.links : this.#routes.get(destination);
    const up = from.up;
    const at = up.offer(t, octets);
    if (at !== at) return up.departure;
    if (route === undefined || route.length === 0) {
      from.counters.unrouted++;
      return up.departure;
    }
    const carried = up.isCorrupted ? this.#corrupted(h, up) : h;
    // Leaves of an isolating wire need not be asked where a leaf is the sender.
    const isLeaf = this.#options.isIsolating === true && !from.isRoot;
    const again = up.isDuplicated;
    if (isLeaf) this.#spread(from, this.#roots, carried, { at, octets, again, within: route });
    else if (again || !this.#fan(from, route, carried, at)) {
      this.#spread(from, route, carried, { at, octets, again, within: undefined });
    }
    if (carried !== h) packets.release(carried);
    return up.departure;
  }

  /**
   * Delivers to all of a route by a single event, where they are equally far and nothing may happen
   * on the way: the cheap case that large networks are made of. False where it is not that case.
   */
  #fan(from: SimLink, route: Route, h: number, t: number): boolean {
    if (this.#isPartitioned || route.length < 2) return false;
    const delay = route[0]!.down.constant;
    if (delay !== delay) return false;
    for (let k = 1; k < route.length; k++) if (route[k]!.down.constant !== delay) return false;
    this.#world.packets.retain(h);
    this.#world.scheduleFan(t + delay, { route, from, packet: h });
    for (let k = 0; k < route.length; k++) {
      if (route[k] !== from) route[k]!.down.counters.carried++;
    }
    return true;
  }

  /** Delivers to each link for itself. */
  #spread(from: SimLink, links: Route, h: number, d: Delivery): void {
    for (let k = 0; k < links.length; k++) {
      const to = links[k]!;
      if (!this.#hears(to, from)) continue;
      if (d.within !== undefined && !isIn(d.within, to)) continue;
      this.#deliver(to, h, d.at, d.octets);
      if (d.again) this.#deliver(to, h, d.at, d.octets);
    }
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

function without(links: Route, link: SimLink): Route {
  return links.filter((l) => l !== link);
}

/** True where the link is in the route; the root is often its first. */
function isIn(route: Route, link: SimLink): boolean {
  return route[0] === link || route.includes(link);
}
