/**
 * PTP clocks in the simulated network: the very instances, ports and servos of the commands, on
 * simulated links and virtual clocks.
 * @module
 */
import type { Link } from "../../lib/base/link.ts";
import { type Instant, type Nanos, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import type { PtpEvent } from "../../lib/ptp/event.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import {
  DEFAULT_INSTANCE,
  type Destinations,
  type InstanceOptions,
  type PortOptions,
} from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { LinregServo } from "../../lib/ptp/servo/linreg.ts";
import { PiServo } from "../../lib/ptp/servo/pi.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import type { SimLink, StampOptions } from "../../lib/sim/link.ts";
import type { Network } from "../../lib/sim/network.ts";
import type { SimNode } from "../../lib/sim/node.ts";
import { type OscillatorOptions, standardWander } from "../../lib/sim/oscillator.ts";
import type { Wire } from "../../lib/sim/wire.ts";

/** Ports and group of PTP over UDP/IPv4 (IEEE 1588-2019 Annex C). */
const EVENT_PORT = 319;
const GENERAL_PORT = 320;
const GROUP = "224.0.1.129";

/** One ordinary clock. */
export interface ClockOptions {
  /** Number of the clock: its address 10.x.y.z and its identity. */
  id: number;
  oscillator?: OscillatorOptions;
  /** Reading of its clock at the start, ns after 1 000 000 000 s. */
  offset?: number;
  servo?: "robust" | "pi" | "linreg" | "none";
  stamps?: StampOptions;
  instance?: Partial<InstanceOptions>;
  port?: Partial<PortOptions>;
  isRoot?: boolean;
  /** Puts decorators around the interface. */
  decorate?: (link: SimLink, node: SimNode) => Link;
  /** Keep events; counting them is all that 1,000 clocks need. */
  keepEvents?: boolean;
}

/** A running ordinary clock with all that a test may ask. */
export class SimClock {
  readonly node: SimNode;
  readonly link: SimLink;
  readonly clock: VirtualClock;
  readonly instance: PtpInstance;
  readonly port: PtpPort;
  readonly events: PtpEvent[] = [];
  readonly #network: Network;
  readonly #decorated: Link;

  constructor(network: Network, wire: Wire, options: ClockOptions) {
    const { id } = options;
    this.#network = network;
    this.node = network.node(`clock${id}`, { oscillator: options.oscillator ?? {} });
    this.link = this.node.link(wire, {
      address: `10.${id >>> 16 & 255}.${id >>> 8 & 255}.${id & 255}`,
      ports: [EVENT_PORT, GENERAL_PORT],
      groups: [GROUP],
      isRoot: options.isRoot === true,
      ...(options.stamps === undefined ? {} : { stamps: options.stamps }),
    });
    this.#decorated = options.decorate?.(this.link, this.node) ?? this.link;
    const start = timestamp(1e9, 0);
    start.seconds += Math.floor((options.offset ?? 0) / 1e9);
    start.nanoseconds = (options.offset ?? 0) - Math.floor((options.offset ?? 0) / 1e9) * 1e9;
    this.clock = new VirtualClock({ now: this.node.now, start });
    const servo = makeServo(options.servo ?? "robust", this.clock);
    this.instance = new PtpInstance({
      ...DEFAULT_INSTANCE,
      clockIdentity: { high: 0x020000ff, low: (0xfe000000 | id) >>> 0 },
      ...options.instance,
    }, {
      clock: this.clock,
      random: this.node.random("ptp"),
      ...(servo === undefined ? {} : { servo }),
    });
    this.port = this.instance.addPort(options.port ?? {}, destinations(this.link));
    this.start(options.keepEvents !== false);
  }

  /** Runs the instance: at first, and again after `node.stop()` as after a pulled plug. */
  start(keepEvents = true): void {
    this.node.start({
      lanes: [this.#network.lane(this.#decorated, this.port)],
      shared: this.instance,
      take: (event: PtpEvent) => {
        if (keepEvents) this.events.push(event);
      },
    });
  }

  /** Reading less that of `other` at the present true instant. */
  errorAgainst(other: SimClock): Nanos {
    return this.#network.trueErrorBetween(this.node, this.clock, other.node, other.clock);
  }

  /** The grandmaster this clock believes in, low half of its identity. */
  get grandmaster(): number {
    return this.instance.parentDS.grandmasterIdentity.low;
  }

  get identity(): number {
    return this.instance.defaultDS.clockIdentity.low;
  }

  get now(): Instant {
    return this.node.now();
  }
}

/** An oscillator as every clock of a field test has: own offset, up to 50 ppm, wander. */
export function fieldOscillator(network: Network, id: number): OscillatorOptions {
  const random = network.random(`clock${id}`, "oscillator");
  return {
    offset: random.between(1e9, 1e12),
    ppm: random.between(-50, 50),
    wander: standardWander(random.uint32()),
  };
}

/** What a slave-only clock of the field tests is. */
export const SLAVE_ONLY: Partial<InstanceOptions> = {
  slaveOnly: true,
  clockQuality: { clockClass: 255, clockAccuracy: 0xfe, offsetScaledLogVariance: 0xffff },
};

function makeServo(kind: string, clock: VirtualClock): Servo | undefined {
  if (kind === "none") return undefined;
  if (kind === "pi") return new PiServo(clock, { allowStep: true, acceptEpoch: true });
  if (kind === "linreg") return new LinregServo(clock, { allowStep: true, acceptEpoch: true });
  return new RobustServo(clock, { allowStep: true, acceptEpoch: true });
}

function destinations(link: SimLink): Destinations {
  const { addresses } = link;
  return {
    addresses,
    event: addresses.internText(GROUP, EVENT_PORT),
    general: addresses.internText(GROUP, GENERAL_PORT),
    peerEvent: 0,
    peerGeneral: 0,
  };
}
