/**
 * The best master clock algorithm over random networks of ordinary and boundary clocks: after
 * convergence, the grandmaster's death, a partition and its end, every island has one grandmaster,
 * its best clock, and a tree of parents below it; and then nothing changes any more.
 * @module
 */
import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { Random } from "../../lib/base/random.ts";
import { seconds } from "../../lib/base/time.ts";
import { isFollowing } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import type { Wire } from "../../lib/sim/wire.ts";
import { type AnyClock, assertSettled, isRoot, sharedWires } from "./ptp_invariants.ts";
import { addBoundary, addClock, ALLOW_ANY_STEP } from "./ptp_net.ts";

const GRAPHS = 240;
const PARTS = 4;
/** Announce interval 1 s: so long after anything has happened the network has settled. */
const SETTLE = 60;
const QUIET = 15;
const PORT = { logAnnounceInterval: 0, logSyncInterval: 0, logMinDelayReqInterval: 0 };

/** Worse than all others by its own data set, too. */
const SLAVE_ONLY = { slaveOnly: true, priority1: 255 };

interface Graph {
  readonly net: Network;
  readonly wires: readonly Wire[];
  readonly clocks: readonly AnyClock[];
}

/** Up to 7 wires and 16 clocks; boundary clocks of 2 to 4 ports, some with two on one wire. */
function graph(seed: number): Graph {
  const r = new Random(seed, "topology");
  const net = new Network({ seed });
  const loss = r.chance(0.3) ? { loss: 0.002 } : {};
  const wires = Array.from(
    { length: 1 + r.integer(7) },
    (_, k) => net.wire(`w${k}`, { up: { delay: 500 + r.integer(5000), ...loss } }),
  );
  // Without either, the Announce of a dead grandmaster go round in a mesh until stepsRemoved is 255.
  const against = r.chance(0.5) ? { pathTrace: true } : { maxStepsRemoved: 16 };
  const any = () => wires[r.integer(wires.length)]!;
  const common = () => ({
    port: PORT,
    servo: ALLOW_ANY_STEP,
    servoKind: "pi",
    oscillator: { ppm: r.between(-50, 50) },
    instance: { ...against, priority1: r.chance(0.5) ? 128 : r.integer(255) },
  } as const);
  const clocks: AnyClock[] = [];
  for (let k = 1; k < wires.length; k++) {
    // Most wires are joined to the ones before; the others may be islands.
    if (r.chance(0.1)) continue;
    const joined = [wires[r.integer(k)]!, wires[k]!];
    clocks.push(addBoundary(net, joined, clocks.length + 1, common()));
  }
  for (let more = r.integer(4); more > 0; more--) {
    const joined = Array.from({ length: 2 + r.integer(3) }, any);
    clocks.push(addBoundary(net, joined, clocks.length + 1, common()));
  }
  for (let more = 1 + r.integer(6); more > 0; more--) {
    const o = common();
    const instance = { ...o.instance, ...(r.chance(0.4) ? SLAVE_ONLY : {}) };
    clocks.push(addClock(net, any(), clocks.length + 1, { ...o, instance }));
  }
  return { net, wires, clocks };
}

/** Changes of state so far, but for those between UNCALIBRATED and SLAVE, which the servo makes. */
function changes(g: Graph): number {
  let n = 0;
  for (const c of g.clocks) {
    for (const e of c.events) {
      if (e.kind === "state" && !(isFollowing(e.from) && isFollowing(e.to))) n++;
    }
  }
  return n;
}

/** Lets the network settle, judges it, and that it stays as it is. */
function settle(g: Graph, isQuiet: boolean, why: string): void {
  g.net.runFor(seconds(SETTLE));
  assertSettled(g.clocks, why);
  const before = changes(g);
  g.net.runFor(seconds(QUIET));
  assertSettled(g.clocks, `${why}, later`);
  if (isQuiet) assertEquals(changes(g), before, `${why}: states go on changing`);
}

function trial(seed: number): void {
  const g = graph(seed);
  const r = new Random(seed, "events");
  const isQuiet = g.wires.every((w) => w.links.every((l) => l.up.options.loss === undefined));
  settle(g, isQuiet, `graph ${seed}`);

  const masters = g.clocks.filter((c) => isRoot(c.instance) && !c.instance.options.slaveOnly);
  masters[r.integer(masters.length)]?.node.stop();
  settle(g, isQuiet, `graph ${seed}, a grandmaster gone`);

  const shared = sharedWires(g.wires);
  const wire = shared[r.integer(shared.length)];
  if (wire === undefined) return;
  const some = wire.links.filter(() => r.chance(0.5));
  wire.partition(some, wire.links.filter((l) => !some.includes(l)));
  settle(g, isQuiet, `graph ${seed}, ${wire.name} in two`);
  wire.rejoin();
  settle(g, isQuiet, `graph ${seed}, ${wire.name} whole again`);
}

for (let part = 0; part < PARTS; part++) {
  const first = 1 + part * GRAPHS / PARTS;
  const last = (part + 1) * GRAPHS / PARTS;
  Deno.test(`topology: random graphs ${first} to ${last} settle, alone, cut and rejoined`, () => {
    for (let seed = first; seed <= last; seed++) trial(seed);
  });
}
