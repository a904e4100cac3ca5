/**
 * Boundary clocks in virtual time: chains, rings, shared segments, random topologies.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { Random } from "../../lib/base/random.ts";
import { millis, seconds } from "../../lib/base/time.ts";
import { PortState as S } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import type { Wire } from "../../lib/sim/wire.ts";
import { type AnyClock, assertOneMasterAWire, assertTree } from "./ptp_invariants.ts";
import {
  addBoundary,
  addClock,
  ALLOW_ANY_STEP,
  errorBetween,
  type SimBoundary,
} from "./ptp_net.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };

function cable(net: Network, name: string): Wire {
  return net.wire(name, { up: { delay: 1500 } });
}

function stateOf(clock: SimBoundary): number[] {
  return clock.ports.map((p) => p.state);
}

Deno.test("ptp sim: GM, two boundary clocks, slave: each follows the one before", () => {
  const net = new Network({ seed: 1 });
  const [a, b, c] = [cable(net, "a"), cable(net, "b"), cable(net, "c")] as const;
  const gm = addClock(net, a, 1, {
    instance: { priority1: 1 },
    port: { ...RATES, masterOnly: true },
    oscillator: { ppm: 20 },
  });
  const one = addBoundary(net, [a, b], 2, {
    port: RATES,
    oscillator: { ppm: -30 },
    start: [1_800_000_000, 5e8],
    servo: ALLOW_ANY_STEP,
  });
  const two = addBoundary(net, [c, b], 3, {
    port: RATES,
    oscillator: { ppm: 45 },
    start: [1_799_999_000, 0],
    servo: ALLOW_ANY_STEP,
  });
  const slave = addClock(net, c, 4, {
    instance: { slaveOnly: true },
    port: RATES,
    start: [1_700_000_000, 0],
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(30));
  assertEquals(stateOf(one), [S.Slave, S.Master]);
  assertEquals(stateOf(two), [S.Master, S.Slave]);
  assertEquals(slave.port.state, S.Slave);
  assertEquals([one, two, slave].map((x) => x.instance.currentDS.stepsRemoved), [1, 2, 3]);
  assertTree([gm, one, two, slave]);
  for (const x of [one, two, slave]) ok(Math.abs(errorBetween(net, x, gm)) < 3000);

  gm.node.stop();
  net.runFor(seconds(15));
  const rest = [one, two, slave];
  assertTree(rest, "after the grandmaster's death");
  net.runFor(seconds(10));
  ok(Math.abs(errorBetween(net, slave, one)) < 3000);
});

Deno.test("ptp sim: a boundary clock forwards the grandmaster's time properties", () => {
  const net = new Network({ seed: 2 });
  const [a, b] = [cable(net, "a"), cable(net, "b")] as const;
  const gm = addClock(net, a, 1, {
    instance: {
      priority1: 1,
      timeProperties: {
        currentUtcOffset: 37,
        currentUtcOffsetValid: true,
        leap59: false,
        leap61: true,
        timeTraceable: true,
        frequencyTraceable: true,
        ptpTimescale: true,
        timeSource: 0x20,
      },
    },
    port: { ...RATES, masterOnly: true },
  });
  addBoundary(net, [a, b], 2, { port: RATES, servo: ALLOW_ANY_STEP });
  const slave = addClock(net, b, 3, {
    instance: { slaveOnly: true },
    port: RATES,
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(15));
  assertEquals(slave.instance.timePropertiesDS, gm.instance.timePropertiesDS);
  assertEquals(slave.instance.parentDS.grandmasterPriority1, 1);
});

Deno.test("ptp sim: a ring of boundary clocks is a tree, heals, and counts no steps to infinity", () => {
  for (const seed of [1, 2, 3]) {
    const net = new Network({ seed });
    const n = 5;
    const wires = Array.from({ length: n }, (_, k) => cable(net, `w${k}`));
    const gm = addClock(net, wires[0]!, 100, {
      instance: { priority1: 1 },
      port: { ...RATES, masterOnly: true },
    });
    const ring = wires.map((wire, k) =>
      addBoundary(net, [wire, wires[(k + 1) % n]!], 1 + k, {
        port: RATES,
        oscillator: { ppm: 10 * k - 20 },
        servo: ALLOW_ANY_STEP,
      })
    );
    const all = [gm, ...ring];
    net.run(seconds(40));
    assertTree(all, `seed ${seed}`);
    assertOneMasterAWire(all, `seed ${seed}`);
    const passive = ring.flatMap((c) => stateOf(c)).filter((s) => s === S.Passive).length;
    assertEquals(passive, 1, "one port breaks the ring");

    // The ring is cut beside the grandmaster's wire: everything goes the other way round.
    const cut = ring.find((c) => c.ports[0]!.state === S.Slave && c.links[0]!.wire === wires[0])!;
    cut.ports[0]!.setEnabled(cut.node.now(), false);
    cut.node.poke();
    net.runFor(seconds(40));
    assertTree(all, `seed ${seed}, cut`);
    for (const c of ring) ok(Math.abs(errorBetween(net, c, gm)) < 5000);

    gm.node.stop();
    net.runFor(seconds(60));
    assertTree(ring, `seed ${seed}, grandmaster gone`);
    for (const c of ring) ok(c.instance.currentDS.stepsRemoved < n);
  }
});

Deno.test("ptp sim: two ports on one segment: the greater number is PASSIVE (9.5.3)", () => {
  const net = new Network({ seed: 4 });
  const lan = cable(net, "lan");
  const both = addBoundary(net, [lan, lan], 1, { port: RATES, servo: ALLOW_ANY_STEP });
  const slave = addClock(net, lan, 2, {
    instance: { slaveOnly: true },
    port: RATES,
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(15));
  assertEquals(stateOf(both), [S.Master, S.Passive]);
  assertEquals(slave.instance.parentDS.parentPortIdentity.port, 1);
  const flaps = both.events.filter((e) => e.kind === "state").length;
  net.runFor(seconds(60));
  assertEquals(both.events.filter((e) => e.kind === "state").length, flaps);

  both.ports[0]!.setEnabled(both.node.now(), false);
  both.node.poke();
  net.runFor(seconds(10));
  assertEquals(stateOf(both), [S.Disabled, S.Master]);
  assertEquals(slave.instance.parentDS.parentPortIdentity.port, 2);
  both.ports[0]!.setEnabled(both.node.now(), true);
  both.node.poke();
  net.runFor(seconds(10));
  assertEquals(stateOf(both), [S.Master, S.Passive]);
});

Deno.test("ptp sim: two ports on one segment under a better master: one SLAVE, one PASSIVE", () => {
  const net = new Network({ seed: 5 });
  const lan = cable(net, "lan");
  const other = cable(net, "other");
  const gm = addClock(net, lan, 9, {
    instance: { priority1: 1 },
    port: { ...RATES, masterOnly: true },
  });
  const bc = addBoundary(net, [lan, lan, other], 1, { port: RATES, servo: ALLOW_ANY_STEP });
  net.run(seconds(15));
  assertEquals(stateOf(bc), [S.Slave, S.Passive, S.Master]);
  // The slave port goes: the other one on the segment takes over, and the clock hardly notices.
  bc.ports[0]!.setEnabled(bc.node.now(), false);
  bc.node.poke();
  let worst = 0;
  for (let k = 0; k < 100; k++) {
    net.runFor(millis(50));
    worst = Math.max(worst, Math.abs(errorBetween(net, bc, gm)));
  }
  assertEquals(stateOf(bc), [S.Disabled, S.Slave, S.Master]);
  ok(worst < 3000, `${worst} ns across the change of the slave port`);
});

Deno.test("ptp sim: random topologies: one grandmaster, no cycles, one master a wire", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const r = new Random(seed, "topology");
    const net = new Network({ seed });
    const wires = Array.from({ length: 3 + r.integer(5) }, (_, k) => cable(net, `w${k}`));
    // A spanning chain of boundary clocks joins all wires; more of them add loops.
    const clocks: AnyClock[] = [];
    let id = 1;
    for (let k = 1; k < wires.length; k++) {
      const pair = [wires[r.integer(k)]!, wires[k]!];
      clocks.push(addBoundary(net, pair, id++, { port: RATES, servo: ALLOW_ANY_STEP }));
    }
    for (let extra = r.integer(4); extra > 0; extra--) {
      const pair = [wires[r.integer(wires.length)]!, wires[r.integer(wires.length)]!];
      clocks.push(addBoundary(net, pair, id++, {
        instance: { priority1: 100 + r.integer(100) },
        port: RATES,
        servo: ALLOW_ANY_STEP,
      }));
    }
    for (let k = r.integer(4); k > 0; k--) {
      clocks.push(addClock(net, wires[r.integer(wires.length)]!, id++, {
        instance: { priority1: r.integer(255) },
        port: RATES,
        servo: ALLOW_ANY_STEP,
      }));
    }
    net.run(seconds(60));
    assertTree(clocks, `seed ${seed}`);
    assertOneMasterAWire(clocks, `seed ${seed}`);
  }
});
