/**
 * PTP clocks in the simulator: nodes with a virtual clock, a servo and an instance each.
 * @module
 */
import type { Clock } from "../../lib/base/clock.ts";
import { type Nanos, nanos, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import type { PtpEvent } from "../../lib/ptp/event.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { DEFAULT_INSTANCE, type InstanceOptions, type PortOptions } from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { LinregServo } from "../../lib/ptp/servo/linreg.ts";
import { PiServo } from "../../lib/ptp/servo/pi.ts";
import { type RobustOptions, RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { KERNEL_STAMPS, type SimLink, type StampOptions } from "../../lib/sim/link.ts";
import type { Network } from "../../lib/sim/network.ts";
import type { SimNode } from "../../lib/sim/node.ts";
import { type OscillatorOptions } from "../../lib/sim/oscillator.ts";
import type { PathOptions } from "../../lib/sim/path.ts";
import type { Wire } from "../../lib/sim/wire.ts";

/** One ordinary clock and everything it is made of. */
export interface SimClock {
  node: SimNode;
  link: SimLink;
  clock: VirtualClock;
  /** The clock as the instance has it. */
  steered: Clock;
  instance: PtpInstance;
  port: PtpPort;
  events: PtpEvent[];
}

export interface SimClockOptions {
  instance?: Partial<InstanceOptions>;
  port?: Partial<PortOptions>;
  servo?: RobustOptions;
  /** "robust" if left out; the others are linuxptp's, and cost a fraction. */
  servoKind?: "robust" | "pi" | "linreg";
  oscillator?: OscillatorOptions;
  /** What the instance and its servo see of the clock; the clock itself if left out. */
  wrap?: (inner: VirtualClock) => Clock;
  /** The clock's reading at its start, seconds and nanoseconds. */
  start?: [number, number];
  stamps?: StampOptions;
  /** From the interface to the wire; the wire's own if left out. */
  up?: PathOptions;
  /** Keep every event; otherwise all but samples. */
  hasSamples?: boolean;
  /** Keep events at all; true if left out. */
  keepEvents?: boolean;
  /** On an isolating wire: the one interface that all others reach. */
  isRoot?: boolean;
  /** Likewise, of each port of a boundary clock. */
  roots?: readonly boolean[];
}

const EVENT_PORT = 319;
const GENERAL_PORT = 320;
const GROUP = "224.0.1.129";
const PEER_GROUP = "224.0.0.107";

/** Adds an ordinary clock to `wire` and starts it. The `k`th one has identity and address `k`. */
export function addClock(net: Network, wire: Wire, k: number, o: SimClockOptions = {}): SimClock {
  const node = net.node(`clock${k}`, { oscillator: o.oscillator ?? {} });
  const link = node.link(wire, {
    address: `10.${k >>> 16}.${(k >>> 8) & 255}.${k & 255}`,
    ports: [EVENT_PORT, GENERAL_PORT],
    groups: [GROUP, PEER_GROUP],
    stamps: o.stamps ?? KERNEL_STAMPS,
    isRoot: o.isRoot === true,
    ...(o.up === undefined ? {} : { up: o.up }),
  });
  const [seconds, nanoseconds] = o.start ?? [1_800_000_000, 0];
  const clock = new VirtualClock({ now: node.now, start: timestamp(seconds, nanoseconds) });
  const steered = o.wrap?.(clock) ?? clock;
  const clockIdentity = { high: 0x020000ff, low: 0xfe000000 + k };
  const instance = new PtpInstance(
    { ...DEFAULT_INSTANCE, clockIdentity, ...o.instance },
    { clock: steered, servo: servoOf(steered, o), random: node.random("ptp") },
  );
  const port = instance.addPort(o.port ?? {}, destinations(net));
  const events: PtpEvent[] = [];
  node.start({
    lanes: [net.lane(link, port)],
    shared: instance,
    take: (e: PtpEvent) => {
      if (o.keepEvents === false) return;
      if (o.hasSamples === true || e.kind !== "sample") events.push(e);
    },
  });
  return { node, link, clock, steered, instance, port, events };
}

function servoOf(clock: Clock, o: SimClockOptions): Servo {
  switch (o.servoKind) {
    case "pi":
      return new PiServo(clock, o.servo);
    case "linreg":
      return new LinregServo(clock, o.servo);
    default:
      return new RobustServo(clock, o.servo);
  }
}

/** `a`'s reading less `b`'s, now. */
export function errorBetween(
  net: Network,
  a: SimClock | SimBoundary,
  b: SimClock | SimBoundary,
): Nanos {
  return net.trueErrorBetween(a.node, a.clock, b.node, b.clock);
}

/** The state changes among `events`, as `"LISTENING>UNCALIBRATED RS_SLAVE"` would be: numbers. */
export function states(c: SimClock): string[] {
  return c.events.flatMap((e) => e.kind === "state" ? [`${e.from}>${e.to} ${e.cause}`] : []);
}

export const ALLOW_ANY_STEP: RobustOptions = {
  allowStep: true,
  acceptEpoch: true,
  maxStep: nanos(Infinity),
};

/** A boundary clock: one port on each wire. */
export interface SimBoundary {
  node: SimNode;
  links: SimLink[];
  clock: VirtualClock;
  /** The clock as the instance has it. */
  steered: Clock;
  instance: PtpInstance;
  ports: PtpPort[];
  events: PtpEvent[];
}

/** Adds a boundary clock with a port on each of `wires`, in order, and starts it. */
export function addBoundary(
  net: Network,
  wires: readonly Wire[],
  k: number,
  o: SimClockOptions = {},
): SimBoundary {
  const node = net.node(`clock${k}`, { oscillator: o.oscillator ?? {} });
  const links = wires.map((wire, w) =>
    node.link(wire, {
      address: `10.${k >>> 8}.${k & 255}.${w + 1}`,
      ports: [EVENT_PORT, GENERAL_PORT],
      groups: [GROUP, PEER_GROUP],
      stamps: o.stamps ?? KERNEL_STAMPS,
      isRoot: o.roots?.[w] === true,
    })
  );
  const [seconds, nanoseconds] = o.start ?? [1_800_000_000, 0];
  const clock = new VirtualClock({ now: node.now, start: timestamp(seconds, nanoseconds) });
  const steered = o.wrap?.(clock) ?? clock;
  const instance = new PtpInstance(
    {
      ...DEFAULT_INSTANCE,
      clockIdentity: { high: 0x020000ff, low: 0xfe000000 + k },
      ...o.instance,
    },
    { clock: steered, servo: new RobustServo(steered, o.servo), random: node.random("ptp") },
  );
  const ports = links.map(() => instance.addPort(o.port ?? {}, destinations(net)));
  const events: PtpEvent[] = [];
  node.start({
    lanes: links.map((link, n) => net.lane(link, ports[n]!)),
    shared: instance,
    take: (e: PtpEvent) => {
      if (o.keepEvents === false) return;
      if (o.hasSamples === true || e.kind !== "sample") events.push(e);
    },
  });
  return { node, links, clock, steered, instance, ports, events };
}

function destinations(net: Network) {
  const { addresses } = net;
  return {
    addresses,
    event: addresses.internText(GROUP, EVENT_PORT),
    general: addresses.internText(GROUP, GENERAL_PORT),
    peerEvent: addresses.internText(PEER_GROUP, EVENT_PORT),
    peerGeneral: addresses.internText(PEER_GROUP, GENERAL_PORT),
  };
}
