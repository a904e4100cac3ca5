/**
 * Ordinary clocks of lib/ptp in the simulated network: convergence, the best master clock algorithm
 * over failures, and what a path does to the offset.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { Histogram } from "../../lib/base/metrics.ts";
import { nanos, seconds } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { KERNEL_STAMPS } from "../../lib/sim/link.ts";
import { Network } from "../../lib/sim/network.ts";
import type { PathOptions } from "../../lib/sim/path.ts";
import type { WireOptions } from "../../lib/sim/wire.ts";
import { fieldOscillator, SimClock, SLAVE_ONLY } from "./ptp_world.ts";

/** A grandmaster and a slave, `forward` from master to slave and `backward` back. */
function masterAndSlave(seed: number, o: {
  forward: PathOptions;
  backward: PathOptions;
  isField: boolean;
  servo?: "robust" | "pi" | "linreg";
}) {
  const net = new Network({ seed });
  const master = net.wire("cable", { up: o.forward });
  const port = { logSyncInterval: -3, logAnnounceInterval: 0, logMinDelayReqInterval: -3 };
  const field = (id: number) => o.isField ? fieldOscillator(net, id) : { ppm: 12 * id };
  const stamps = o.isField ? { stamps: KERNEL_STAMPS } : {};
  const gm = new SimClock(net, master, {
    id: 1,
    oscillator: field(1),
    servo: "none",
    instance: { priority1: 1 },
    port,
    ...stamps,
  });
  const slave = new SimClock(net, master, {
    id: 2,
    oscillator: field(2),
    offset: 2.3e8,
    instance: SLAVE_ONLY,
    port,
    ...(o.servo === undefined ? {} : { servo: o.servo }),
    ...stamps,
  });
  slave.link.up.change(o.backward);
  return { net, gm, slave };
}

/** Magnitudes of the slave's true error, each 10 ms of true time until `end` s. */
function errors(net: Network, slave: SimClock, gm: SimClock, end: number): Histogram {
  const h = new Histogram();
  net.every(1e7, () => {
    h.record(slave.errorAgainst(gm));
    return net.now < end * 1e9;
  });
  net.run(seconds(end));
  return h;
}

const LAN: PathOptions = { delay: 5000, jitter: { kind: "exponential", mean: 500 } };

Deno.test("slave: locks onto a wandering grandmaster and stays within a microsecond", () => {
  for (const seed of [1, 2, 3]) {
    const { net, gm, slave } = masterAndSlave(seed, { forward: LAN, backward: LAN, isField: true });
    net.run(seconds(15));
    assertEquals(slave.port.state, PortState.Slave);
    const h = errors(net, slave, gm, 60);
    assert(h.quantile(0.99) < 1000, `seed ${seed}: p99 ${h.quantile(0.99)} ns, rms ${h.rms}`);
    const samples = slave.events.filter((e) => e.kind === "sample").map((e) => e.sample);
    const late = samples.slice(-100);
    const inside = late.filter((s) => Math.abs(s.offset) <= s.bound).length;
    assert(inside === late.length, `the servo's own offset leaves its bound: ${inside} inside`);
  }
});

Deno.test("slave: a path asymmetry of a shows as an error of a/2 and nothing else", () => {
  for (const asymmetry of [600, -400]) {
    const { net, gm, slave } = masterAndSlave(4, {
      forward: { delay: 10_000 + asymmetry },
      backward: { delay: 10_000 },
      isField: false,
    });
    net.run(seconds(30));
    const h = errors(net, slave, gm, 40);
    const error = slave.errorAgainst(gm);
    assert(Math.abs(error - -asymmetry / 2) < 5, `${error} ns for an asymmetry of ${asymmetry}`);
    assert(Math.abs(h.quantile(0.5) - Math.abs(asymmetry / 2)) < 10, `${h.quantile(0.5)}`);
  }
});

Deno.test("slave: delayAsymmetry takes a known asymmetry out", () => {
  const net = new Network({ seed: 5 });
  const cable = net.wire("cable", {});
  const port = { logSyncInterval: -3, logAnnounceInterval: 0, logMinDelayReqInterval: -3 };
  const gm = new SimClock(net, cable, { id: 1, servo: "none", instance: { priority1: 1 }, port });
  const slave = new SimClock(net, cable, {
    id: 2,
    oscillator: { ppm: 20 },
    instance: SLAVE_ONLY,
    // 7.4.2: master to slave less the mean of both ways.
    port: { ...port, delayAsymmetry: nanos(400) },
  });
  gm.link.up.change({ delay: 10_800 });
  slave.link.up.change({ delay: 10_000 });
  net.run(seconds(40));
  assert(Math.abs(slave.errorAgainst(gm)) < 5, `${slave.errorAgainst(gm)} ns`);
});

Deno.test("slave: a fifth of all messages lost, duplicated or reordered does not unlock it", () => {
  const bad: PathOptions = {
    ...LAN,
    loss: 0.2,
    duplicate: 0.1,
    reorder: { probability: 0.1, by: 300_000 },
  };
  const { net, gm, slave } = masterAndSlave(6, { forward: bad, backward: bad, isField: true });
  net.run(seconds(30));
  const h = errors(net, slave, gm, 90);
  assertEquals(slave.port.state, PortState.Slave);
  assert(h.quantile(0.99) < 5000, `p99 ${h.quantile(0.99)} ns`);
});

Deno.test("slave: inverted bits are dropped or harmless, and the clock stays locked", () => {
  const bad: PathOptions = { ...LAN, corrupt: 0.02 };
  const { net, gm, slave } = masterAndSlave(7, { forward: bad, backward: bad, isField: true });
  net.run(seconds(30));
  const h = errors(net, slave, gm, 90);
  // UDP's checksum would have dropped these; a core must survive them all the same.
  assert(h.quantile(0.5) < 2000, `median ${h.quantile(0.5)} ns`);
  assert(Object.keys(slave.port.faults.snapshot()).length > 0);
});

/** Clocks 1, 2, 3 that may all be grandmaster, 1 the best. */
function three(seed: number, options: WireOptions = { up: LAN }) {
  const net = new Network({ seed });
  const lan = net.wire("lan", options);
  const clocks = [1, 2, 3].map((id) =>
    new SimClock(net, lan, {
      id,
      oscillator: fieldOscillator(net, id),
      stamps: KERNEL_STAMPS,
      offset: id * 1e6,
      instance: { priority1: 100 + id },
      port: { logAnnounceInterval: 0, logSyncInterval: -2, logMinDelayReqInterval: -2 },
    })
  );
  return { net, lan, clocks: clocks as [SimClock, SimClock, SimClock] };
}

/** States of the ports of running clocks, and whom they take for grandmaster (by number). */
function view(clocks: readonly SimClock[]) {
  return clocks.map((c) => [stateName(c), c.grandmaster & 0xff]);
}

function stateName(c: SimClock): string {
  return Object.entries(PortState).find(([, value]) => value === c.port.state)?.[0] ?? "";
}

Deno.test("BMCA: of three clocks the best is master and the others follow it", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { net, clocks } = three(seed);
    net.run(seconds(20));
    assertEquals(view(clocks), [["Master", 1], ["Slave", 1], ["Slave", 1]], `seed ${seed}`);
    for (const c of clocks.slice(1)) {
      assert(Math.abs(c.errorAgainst(clocks[0])) < 3000, `${c.errorAgainst(clocks[0])} ns`);
    }
  }
});

Deno.test("BMCA: the grandmaster dies: exactly one new one, and the old one back is taken again", () => {
  for (const seed of [1, 2, 3]) {
    const { net, clocks } = three(seed);
    const [a, b, c] = clocks;
    net.run(seconds(20));
    a.node.stop();
    // announceReceiptTimeout 3 plus up to one interval at random, then qualification.
    net.run(seconds(20 + 3 + 1 + 3));
    assertEquals(view([b, c]), [["Master", 2], ["Slave", 2]], `seed ${seed}`);
    const steps = c.events.filter((e) => e.kind === "state").length;
    net.run(seconds(60));
    assertEquals(view([b, c]), [["Master", 2], ["Slave", 2]]);
    assertEquals(c.events.filter((e) => e.kind === "state").length, steps, "states flap");
    assert(Math.abs(c.errorAgainst(b)) < 3000, `${c.errorAgainst(b)} ns`);
    a.start();
    net.run(seconds(75));
    assertEquals(view(clocks), [["Master", 1], ["Slave", 1], ["Slave", 1]], `seed ${seed}, back`);
  }
});

Deno.test("BMCA: never two masters hear each other for longer than an announce timeout", () => {
  const { net, clocks } = three(9, { up: { ...LAN, loss: 0.05 } });
  let longest = 0;
  let since = NaN;
  net.every(1e7, () => {
    const masters = clocks.filter((c) => c.node.isRunning && c.port.state === PortState.Master);
    if (masters.length < 2) since = NaN;
    else if (Number.isNaN(since)) since = net.now;
    else longest = Math.max(longest, net.now - since);
  });
  for (let k = 0; k < 6; k++) {
    const dies = clocks[k % 2]!;
    net.at((20 + 30 * k) * 1e9, () => dies.node.stop());
    net.at((35 + 30 * k) * 1e9, () => dies.start());
  }
  net.run(seconds(220));
  assertEquals(view(clocks), [["Master", 1], ["Slave", 1], ["Slave", 1]]);
  assert(longest < 4e9, `two masters for ${longest / 1e9} s`);
});

Deno.test("BMCA: a network parted has two grandmasters, and one again when it is joined", () => {
  const { net, lan, clocks } = three(10);
  const [a, b, c] = clocks;
  net.run(seconds(20));
  lan.partition([a.link], [b.link, c.link]);
  net.run(seconds(40));
  assertEquals(view(clocks), [["Master", 1], ["Master", 2], ["Slave", 2]]);
  lan.rejoin();
  net.run(seconds(55));
  assertEquals(view(clocks), [["Master", 1], ["Slave", 1], ["Slave", 1]]);
  net.run(seconds(70));
  for (const x of [b, c]) assert(Math.abs(x.errorAgainst(a)) < 3000, `${x.errorAgainst(a)} ns`);
});

Deno.test("BMCA: a quiet network stays as it is for an hour", () => {
  const { net, clocks } = three(11);
  net.run(seconds(30));
  const count = () => clocks.map((c) => c.events.filter((e) => e.kind === "state").length);
  const before = count();
  net.run(seconds(3600));
  assertEquals(count(), before);
  assertEquals(view(clocks), [["Master", 1], ["Slave", 1], ["Slave", 1]]);
});
