/**
 * Two machines and one cable: the smallest world, for tests of one protocol's two ends.
 * @module
 */
import { Network, type NetworkOptions } from "./network.ts";
import type { SimLink, SimLinkOptions } from "./link.ts";
import type { NodeOptions, SimNode } from "./node.ts";
import type { PathOptions } from "./path.ts";
import type { Wire } from "./wire.ts";

/** A pair. */
export interface PairOptions extends NetworkOptions {
  /** What a datagram from a to b meets, and from b to a; `forward` both ways if left out. */
  forward?: PathOptions;
  backward?: PathOptions;
  a?: NodeOptions;
  b?: NodeOptions;
  /** Overrides of both interfaces; a is 10.0.0.1, b 10.0.0.2, port 5000. */
  link?: Partial<SimLinkOptions>;
}

/** Nodes `a` and `b` with one interface each on one cable. */
export class Pair {
  readonly network: Network;
  readonly wire: Wire;
  readonly a: SimNode;
  readonly b: SimNode;
  readonly linkA: SimLink;
  readonly linkB: SimLink;

  constructor(options: PairOptions) {
    this.network = new Network(options);
    this.wire = this.network.wire("cable");
    this.a = this.network.node("a", options.a);
    this.b = this.network.node("b", options.b);
    const forward = options.forward ?? {};
    const common = { ports: [5000], ...options.link };
    this.linkA = this.a.link(this.wire, { ...common, address: "10.0.0.1", up: forward });
    this.linkB = this.b.link(this.wire, {
      ...common,
      address: "10.0.0.2",
      up: options.backward ?? forward,
    });
  }

  /** The handle that a's core sends to in order to reach b, and the reverse. */
  get addressOfA(): number {
    return this.linkA.handles[0]!;
  }

  get addressOfB(): number {
    return this.linkB.handles[0]!;
  }
}
