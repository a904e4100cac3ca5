/**
 * Peer delay in virtual time: two ports of a link, and what `auto` makes of every other side.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { millis, seconds } from "../../lib/base/time.ts";
import type { PortOptions } from "../../lib/ptp/options.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import { standardWander } from "../../lib/sim/oscillator.ts";
import { addClock, ALLOW_ANY_STEP, errorBetween, type SimClock } from "./ptp_net.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };

/** A grandmaster and a slave on a cable of `delay` ns a way. */
function link(seed: number, gmPort: Partial<PortOptions>, slavePort: Partial<PortOptions>): {
  net: Network;
  gm: SimClock;
  slave: SimClock;
} {
  const net = new Network({ seed });
  const wire = net.wire("cable", { up: { delay: 3000 } });
  const gm = addClock(net, wire, 1, {
    instance: { priority1: 1 },
    port: { ...RATES, masterOnly: true, ...gmPort },
    oscillator: { ppm: 40, wander: standardWander(seed) },
  });
  const slave = addClock(net, wire, 2, {
    instance: { slaveOnly: true },
    port: { ...RATES, ...slavePort },
    oscillator: { ppm: -35 },
    start: [1_800_000_000, 123_456_789],
    servo: ALLOW_ANY_STEP,
  });
  return { net, gm, slave };
}

function worst(net: Network, a: SimClock, b: SimClock, duration: number): number {
  let max = 0;
  const until = net.now + duration;
  while (net.now < until) {
    net.runFor(millis(7));
    max = Math.max(max, Math.abs(errorBetween(net, a, b)));
  }
  return max;
}

Deno.test("ptp sim: peer delay: the slave locks within 2 us and knows the link", () => {
  const { net, gm, slave } = link(1, { delayMechanism: "p2p" }, { delayMechanism: "p2p" });
  net.run(seconds(10));
  assertEquals(slave.port.state, PortState.Slave);
  ok(worst(net, slave, gm, 30e9) < 2000);
  ok(Math.abs(slave.port.portDS.meanLinkDelay - 3000) < 600, `${slave.port.portDS.meanLinkDelay}`);
  ok(Math.abs(slave.port.peer!.neighborRateRatio - (1 + 75e-6)) < 5e-6);
  assertEquals(gm.port.snapshot().received["Delay_Req"], undefined);
  // Both ends know the link, whoever is master.
  ok(Math.abs(gm.port.portDS.meanLinkDelay - 3000) < 600, `${gm.port.portDS.meanLinkDelay}`);
});

Deno.test("ptp sim: peer delay with exact stamps leaves less than 30 ns", () => {
  const net = new Network({ seed: 2 });
  const wire = net.wire("cable", { up: { delay: 3000 } });
  const port = { ...RATES, delayMechanism: "p2p" } as const;
  const gm = addClock(net, wire, 1, { port: { ...port, masterOnly: true }, stamps: {} });
  const slave = addClock(net, wire, 2, {
    instance: { slaveOnly: true },
    port,
    oscillator: { ppm: 20 },
    stamps: {},
    servo: ALLOW_ANY_STEP,
  });
  net.run(seconds(20));
  ok(worst(net, slave, gm, 10e9) < 30);
});

Deno.test("ptp sim: auto follows a master of either mechanism, and an auto one", () => {
  for (const gmPort of ["e2e", "p2p", "auto"] as const) {
    const { net, gm, slave } = link(3, { delayMechanism: gmPort }, { delayMechanism: "auto" });
    net.run(seconds(15));
    assertEquals(slave.port.state, PortState.Slave, gmPort);
    ok(worst(net, slave, gm, 10e9) < 2500, gmPort);
    const asked = (name: string) => slave.port.snapshot().sent[name] ?? 0;
    if (gmPort === "e2e") ok(asked("Pdelay_Req") < 4 && asked("Delay_Req") > 100);
    if (gmPort === "p2p") ok(asked("Pdelay_Req") > 10 && asked("Delay_Req") < 40);
  }
});

Deno.test("ptp sim: peer delay stands the loss of every tenth message", () => {
  for (const seed of [4, 5]) {
    const { net, gm, slave } = link(seed, { delayMechanism: "p2p" }, { delayMechanism: "p2p" });
    net.run(seconds(20));
    slave.link.up.change({ delay: 3000, loss: 0.1 });
    gm.link.up.change({ delay: 3000, loss: 0.1 });
    ok(worst(net, slave, gm, 30e9) < 3000);
    ok(slave.port.peer!.lost > 0);
  }
});
