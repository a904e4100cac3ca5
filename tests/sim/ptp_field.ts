/**
 * One grandmaster and many slaves on an access network: what scale tests and benchmarks run.
 * @module
 */
import { Histogram } from "../../lib/base/metrics.ts";
import { KERNEL_STAMPS } from "../../lib/sim/link.ts";
import { Network } from "../../lib/sim/network.ts";
import { fieldOscillator, SimClock, SLAVE_ONLY } from "./ptp_world.ts";

/** A field. */
export interface FieldOptions {
  seed: number;
  slaves: number;
  /** Base-2 logarithm of seconds; every Delay_Resp goes to every slave, so this decides the load. */
  logMinDelayReqInterval: number;
  /** From the wire to an interface, ns; 1000 if left out. */
  delay?: number;
}

/** A grandmaster and its slaves. */
export interface Field {
  readonly net: Network;
  readonly gm: SimClock;
  readonly slaves: SimClock[];
}

/** Builds it: kernel stamps, wandering oscillators up to 50 ppm off, clocks up to 0.3 s off. */
export function field(options: FieldOptions): Field {
  const net = new Network({ seed: options.seed });
  const access = net.wire("access", {
    isIsolating: true,
    up: { delay: 2000, jitter: { kind: "exponential", mean: 300 } },
    down: { delay: options.delay ?? 1000 },
  });
  const port = { logMinDelayReqInterval: options.logMinDelayReqInterval };
  const gm = new SimClock(net, access, {
    id: 1,
    isRoot: true,
    servo: "none",
    oscillator: fieldOscillator(net, 1),
    stamps: KERNEL_STAMPS,
    instance: { priority1: 1 },
    port,
  });
  const slaves = Array.from({ length: options.slaves }, (_, k) =>
    new SimClock(net, access, {
      id: k + 2,
      oscillator: fieldOscillator(net, k + 2),
      offset: (k % 7 - 3) * 1e8,
      stamps: KERNEL_STAMPS,
      instance: SLAVE_ONLY,
      port,
      keepEvents: false,
    }));
  return { net, gm, slaves };
}

/** Magnitude of every slave's true error at this instant. */
export function trueErrors(f: Field): Histogram {
  const h = new Histogram();
  for (const slave of f.slaves) h.record(slave.errorAgainst(f.gm));
  return h;
}
