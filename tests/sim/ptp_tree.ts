/**
 * A large network as they are built: one grandmaster, boundary clocks in a tree, and under each a
 * segment of ordinary clocks. What scale tests and benchmarks run.
 * @module
 */
import { Histogram } from "../../lib/base/metrics.ts";
import { nanos, timestamp } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { isSameClock } from "../../lib/ptp/wire/identity.ts";
import { Network } from "../../lib/sim/network.ts";
import { mix } from "../../lib/sim/packet_pool.ts";
import {
  addBoundary,
  addClock,
  ALLOW_ANY_STEP,
  errorBetween,
  type SimBoundary,
  type SimClock,
} from "./ptp_net.ts";
import { fieldOscillator, SLAVE_ONLY } from "./ptp_world.ts";

/** A tree. */
export interface TreeOptions {
  seed: number;
  /** Boundary clocks; number k hangs on the segment of number (k - 1) / fanOut, of the grandmaster 0. */
  boundaries: number;
  /** Boundary clocks on a segment; 3 if left out. */
  fanOut?: number;
  /** All clocks together: what is left are slaves, spread over the segments. */
  clocks: number;
  /** Base-2 logarithms of seconds; the default profile's if left out. */
  logSyncInterval?: number;
  logAnnounceInterval?: number;
  logMinDelayReqInterval?: number;
  /** Delay_Req and Delay_Resp from one to the other alone; true if left out. */
  isHybrid?: boolean;
  /** Of the slaves; boundary clocks have the robust one. "robust" if left out. */
  slaveServo?: "robust" | "pi" | "linreg";
}

/** What {@linkcode tree} has built. */
export interface Tree {
  readonly net: Network;
  readonly gm: SimClock;
  readonly boundaries: readonly SimBoundary[];
  readonly slaves: readonly SimClock[];
}

/** One member is enough to follow, and few corrections: both are tried by tests of their own. */
const SERVO = { ...ALLOW_ANY_STEP, members: 1, steerInterval: nanos(250e6) };

/**
 * Builds it: wandering oscillators up to 50 ppm off, clocks up to 0.3 s off, kernel stamps,
 * queues on the way up. Segments are access networks: slaves hear the boundary clock above them
 * and not one another.
 */
export function tree(o: TreeOptions): Tree {
  const net = new Network({ seed: o.seed, maxDatagram: 256 });
  const fanOut = o.fanOut ?? 3;
  const port = {
    logSyncInterval: o.logSyncInterval ?? 0,
    logAnnounceInterval: o.logAnnounceInterval ?? 1,
    logMinDelayReqInterval: o.logMinDelayReqInterval ?? 0,
    hybridE2e: o.isHybrid !== false,
  };
  const segments = Array.from({ length: o.boundaries + 1 }, (_, k) =>
    net.wire(`segment${k}`, {
      isIsolating: true,
      up: { delay: 2000, jitter: { kind: "exponential", mean: 300 } },
      down: { delay: 1000 },
    }));
  const gm = addClock(net, segments[0]!, 1, {
    isRoot: true,
    instance: { priority1: 1 },
    port,
    servo: SERVO,
    oscillator: fieldOscillator(net, 1),
  });
  const boundaries = Array.from(
    { length: o.boundaries },
    (_, k) =>
      addBoundary(net, [segments[Math.floor(k / fanOut)]!, segments[k + 1]!], k + 2, {
        roots: [false, true],
        port,
        servo: SERVO,
        oscillator: fieldOscillator(net, k + 2),
        start: startOf(k),
      }),
  );
  const first = o.boundaries + 2;
  const slaves = Array.from(
    { length: o.clocks - first + 1 },
    (_, k) =>
      addClock(net, segments[1 + k % o.boundaries]!, first + k, {
        instance: SLAVE_ONLY,
        port,
        servo: SERVO,
        servoKind: o.slaveServo ?? "robust",
        oscillator: fieldOscillator(net, first + k),
        start: startOf(k),
        keepEvents: false,
      }),
  );
  return { net, gm, boundaries, slaves };
}

function startOf(k: number): [number, number] {
  return [1_800_000_000, 5e8 + (k % 7 - 3) * 1e8];
}

/** Magnitude of every clock's true error at this instant. */
export function errorsOf(t: Tree): Histogram {
  const h = new Histogram();
  for (const c of [...t.boundaries, ...t.slaves]) h.record(Math.abs(errorBetween(t.net, c, t.gm)));
  return h;
}

/** Every packet of the run with its time, and what every clock shows at this instant. */
export function hashOf(t: Tree): string {
  const reading = timestamp();
  let h = 0;
  for (const c of [t.gm, ...t.boundaries, ...t.slaves]) {
    c.clock.readAt(c.node.now(), reading);
    bits[0] = reading.nanoseconds;
    h = mix(mix(mix(h, reading.seconds), words[0]!), words[1]!);
  }
  return t.net.hash() + (h >>> 0).toString(16).padStart(8, "0");
}

/** A float64 as two integers. */
const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);

/** Clocks that do not follow the grandmaster, each by a port in SLAVE. */
export function astray(t: Tree): number {
  const { clockIdentity } = t.gm.instance.defaultDS;
  return [...t.boundaries, ...t.slaves].filter((c) =>
    !isSameClock(c.instance.parentDS.grandmasterIdentity, clockIdentity) ||
    !c.instance.ports.some((p) => p.state === PortState.Slave)
  ).length;
}
