/**
 * Several PTP instances of different domains on one machine and one network.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { seconds } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import { addClock, ALLOW_ANY_STEP, errorBetween } from "./ptp_net.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };

Deno.test("ptp sim: four domains on one wire do not touch each other", () => {
  const net = new Network({ seed: 1 });
  const wire = net.wire("lan", { up: { delay: 1500 } });
  const pairs = [0, 1, 24, 127].map((domainNumber, k) => {
    const gm = addClock(net, wire, 10 + k, {
      instance: { domainNumber, priority1: 100 - k },
      port: { ...RATES, masterOnly: true },
      start: [1_800_000_000 + 1000 * k, 0],
      oscillator: { ppm: 20 * k - 30 },
    });
    const slave = addClock(net, wire, 20 + k, {
      instance: { domainNumber, slaveOnly: true },
      port: RATES,
      servo: ALLOW_ANY_STEP,
    });
    return { gm, slave, k };
  });
  net.run(seconds(20));
  for (const { gm, slave, k } of pairs) {
    assertEquals(slave.port.state, PortState.Slave);
    assertEquals(slave.instance.parentDS.grandmasterPriority1, 100 - k);
    ok(Math.abs(errorBetween(net, slave, gm)) < 3000);
    ok((slave.port.snapshot().dropped["ForeignDomain"] ?? 0) > 100);
  }
});
