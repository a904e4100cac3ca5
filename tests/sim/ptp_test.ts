/**
 * PTP clocks in virtual time: the cores of `gm` and `slave` as they run on the wire.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { millis, seconds } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import { standardWander } from "../../lib/sim/oscillator.ts";
import { addClock, ALLOW_ANY_STEP, errorBetween, type SimClock, states } from "./ptp_net.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };

/** A grandmaster that speaks at once and `n` slave-only clocks, each off in phase and frequency. */
function lan(
  seed: number,
  n: number,
  path = {},
): { net: Network; gm: SimClock; slaves: SimClock[] } {
  const net = new Network({ seed });
  const wire = net.wire("lan", { up: { delay: 1500, ...path } });
  const gm = addClock(net, wire, 1, {
    instance: { priority1: 1 },
    port: { ...RATES, masterOnly: true },
    oscillator: { ppm: 30, wander: standardWander(seed) },
  });
  const slaves: SimClock[] = [];
  for (let k = 0; k < n; k++) {
    slaves.push(addClock(net, wire, 2 + k, {
      instance: { slaveOnly: true },
      port: RATES,
      oscillator: { ppm: (k * 37) % 100 - 50 },
      start: [1_800_000_000, (k * 77_777_777) % 400_000_000],
      servo: ALLOW_ANY_STEP,
    }));
  }
  return { net, gm, slaves };
}

/** The largest |error| of `slave` while `duration` passes. */
function worst(net: Network, gm: SimClock, slave: SimClock, duration: number): number {
  let max = 0;
  const until = net.now + duration;
  while (net.now < until) {
    net.runFor(millis(7));
    max = Math.max(max, Math.abs(errorBetween(net, slave, gm)));
  }
  return max;
}

Deno.test("ptp sim: a slave 200 ms and 60 ppm off is within 5 us 300 ms after the second Announce", () => {
  const { net, gm, slaves: [slave] } = lan(1, 1);
  net.run(millis(1300));
  assertEquals(states(slave!), ["1>4 INIT_COMPLETE", "4>8 RS_SLAVE", "8>9 MASTER_CLOCK_SELECTED"]);
  ok(Math.abs(errorBetween(net, slave!, gm)) < 5000);
  net.run(seconds(8));
  ok(worst(net, gm, slave!, 10e9) < 2000);
});

Deno.test("ptp sim: every Delay_Req is answered and no message is dropped on a clean wire", () => {
  const { net, gm, slaves } = lan(2, 3);
  net.run(seconds(20));
  const answered = gm.port.snapshot().sent["Delay_Resp"] ?? 0;
  assertEquals(gm.port.snapshot().received["Delay_Req"], answered);
  assertEquals(gm.port.snapshot().dropped, {});
  for (const slave of slaves) {
    const { dropped, received } = slave.port.snapshot();
    // Of the others' Delay_Req and Delay_Resp, which multicast brings along.
    assertEquals(Object.keys(dropped).sort((a, b) => a < b ? -1 : 1), ["OtherPort", "PortState"]);
    ok((received["Sync"] ?? 0) >= 150);
  }
});

Deno.test("ptp sim: loss of 20 %, duplicates and reordering leave the slave within 10 us", () => {
  const { net, gm, slaves: [slave] } = lan(3, 1, {
    loss: 0.1,
    duplicate: 0.05,
    reorder: { probability: 0.1, by: 500_000 },
  });
  net.run(seconds(15));
  assertEquals(slave!.port.state, PortState.Slave);
  ok(worst(net, gm, slave!, 20e9) < 10_000);
  ok((slave!.port.snapshot().dropped["Duplicate"] ?? 0) > 0);
});

Deno.test("ptp sim: transmit stamps that get lost cost Syncs, not the port", () => {
  const net = new Network({ seed: 4 });
  const wire = net.wire("lan", { up: { delay: 1500 } });
  const gm = addClock(net, wire, 1, {
    port: { ...RATES, masterOnly: true },
    stamps: { missing: 0.2 },
  });
  const slave = addClock(net, wire, 2, {
    instance: { slaveOnly: true },
    port: RATES,
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(60));
  assertEquals(slave.port.state, PortState.Slave);
  ok(gm.port.syncSender.missed > 50);
  assertEquals(gm.events.filter((e) => e.kind === "fault"), []);
});

Deno.test("ptp sim: the GM dies, the second best takes over, the first returns", () => {
  const net = new Network({ seed: 5 });
  const wire = net.wire("lan", { up: { delay: 1500 } });
  const clocks = [1, 2, 3, 4].map((k) =>
    addClock(net, wire, k, {
      instance: { priority1: 100 + k },
      port: RATES,
      oscillator: { ppm: 5 * k },
      servo: ALLOW_ANY_STEP,
    })
  );
  const masters = () => clocks.filter((c) => c.port.state === PortState.Master).length;
  net.run(seconds(12));
  assertEquals(clocks.map((c) => c.port.state), [6, 9, 9, 9]);
  clocks[0]!.node.stop();
  net.runFor(seconds(7));
  assertEquals(clocks.slice(1).map((c) => c.port.state), [6, 9, 9]);
  assertEquals(masters(), 2, "the dead one's state stands still");
  const reborn = addClock(net, wire, 9, {
    instance: { priority1: 1 },
    port: RATES,
    servo: ALLOW_ANY_STEP,
  });
  net.runFor(seconds(8));
  assertEquals(reborn.port.state, PortState.Master);
  assertEquals(clocks.slice(1).map((c) => c.port.state), [9, 9, 9]);
});

Deno.test("ptp sim: a partition has one master a side, and one again after it", () => {
  const net = new Network({ seed: 6 });
  const wire = net.wire("lan", { up: { delay: 1500 } });
  const clocks = [1, 2, 3, 4, 5, 6].map((k) =>
    addClock(net, wire, k, { port: RATES, servo: ALLOW_ANY_STEP })
  );
  const masters = () => clocks.flatMap((c, k) => c.port.state === PortState.Master ? [k] : []);
  net.run(seconds(12));
  assertEquals(masters(), [0]);
  wire.partition([0, 1, 2].map((k) => clocks[k]!.link), [3, 4, 5].map((k) => clocks[k]!.link));
  net.runFor(seconds(7));
  assertEquals(masters(), [0, 3]);
  wire.rejoin();
  net.runFor(seconds(5));
  assertEquals(masters(), [0]);
});

Deno.test("ptp sim: path asymmetry a is an offset of a/2", () => {
  const net = new Network({ seed: 7 });
  const wire = net.wire("lan", { up: { delay: 0 } });
  const port = { ...RATES, masterOnly: true };
  const gm = addClock(net, wire, 1, { port, stamps: {} });
  const slave = addClock(net, wire, 2, {
    instance: { slaveOnly: true },
    port: RATES,
    stamps: {},
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(5));
  const before = errorBetween(net, slave, gm);
  ok(Math.abs(before) < 20, `${before}`);
  const far = new Network({ seed: 7 });
  const farWire = far.wire("lan", { down: { delay: 0 } });
  const farGm = addClock(far, farWire, 1, { port, stamps: {}, up: { delay: 20_000 } });
  const farSlave = addClock(far, farWire, 2, {
    instance: { slaveOnly: true },
    port: RATES,
    stamps: {},
    servo: ALLOW_ANY_STEP,
  });
  far.run(seconds(10));
  const error = errorBetween(far, farSlave, farGm);
  ok(Math.abs(error + 10_000) < 100, `${error}`);
});

Deno.test("ptp sim: one seed gives one hash, another seed another", () => {
  const run = (seed: number) => {
    const { net } = lan(seed, 5, { jitter: { kind: "exponential", mean: 300 } });
    net.run(seconds(10));
    return `${net.hash()} ${net.events}`;
  };
  assertEquals(run(8), run(8));
  ok(run(8) !== run(9));
});
