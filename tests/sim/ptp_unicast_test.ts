/**
 * Negotiated unicast and hybrid mode in virtual time.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { seconds } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { DEFAULT_UNICAST_SERVER } from "../../lib/ptp/unicast/server.ts";
import { Network } from "../../lib/sim/network.ts";
import { addClock, ALLOW_ANY_STEP, errorBetween, type SimClock } from "./ptp_net.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };

function lan(seed: number, loss = 0) {
  const net = new Network({ seed });
  return { net, wire: net.wire("lan", { up: { delay: 1500, loss } }) };
}

/** Slave `k`, which asks masters 1 and 2 (10.0.0.1, 10.0.0.2). */
function addSlave(net: Network, wire: ReturnType<Network["wire"]>, k: number): SimClock {
  return addClock(net, wire, k, {
    instance: { slaveOnly: true },
    port: {
      ...RATES,
      unicastClient: {
        masters: [1, 2].map((m) => net.addresses.internText(`10.0.0.${m}`, 320)),
        logQueryInterval: 0,
        duration: 30,
      },
    },
    oscillator: { ppm: (k * 37) % 100 - 50 },
    start: [1_800_000_000, (k * 77_777_777) % 400_000_000],
    servo: ALLOW_ANY_STEP,
  });
}

function addServer(net: Network, wire: ReturnType<Network["wire"]>, k: number): SimClock {
  return addClock(net, wire, k, {
    instance: { priority1: k },
    port: { ...RATES, masterOnly: true, multicast: false, unicastServer: DEFAULT_UNICAST_SERVER },
    oscillator: { ppm: 10 * k },
  });
}

Deno.test("ptp sim: unicast slaves lock, renew, and go to the second master and back", () => {
  const { net, wire } = lan(1, 0.02);
  const [a, b] = [addServer(net, wire, 1), addServer(net, wire, 2)];
  const slaves = Array.from({ length: 20 }, (_, k) => addSlave(net, wire, 10 + k));
  net.run(seconds(100)); // three renewals
  for (const s of slaves) {
    assertEquals(s.port.state, PortState.Slave);
    ok(Math.abs(errorBetween(net, s, a)) < 4000);
    assertEquals(s.port.snapshot().received["Delay_Req"], undefined, "nothing by multicast");
  }
  const served = a.port.unicast.server!.snapshot();
  assertEquals([served.clients, served.overrun], [20, 0]);
  ok(served.renewed! > 20 * 3 * 3);
  const rest = b.port.unicast.server!.snapshot();
  assertEquals(rest.grantedRate, 20, "the second best only announces");

  a.node.stop();
  net.runFor(seconds(25));
  for (const s of slaves) {
    assertEquals(s.instance.parentDS.grandmasterPriority1, 2);
    assertEquals(s.port.state, PortState.Slave);
    ok(Math.abs(errorBetween(net, s, b)) < 4000);
  }
});

Deno.test("ptp sim: a server that leaves MASTER sends its clients away", () => {
  const { net, wire } = lan(2);
  const [a, b] = [addServer(net, wire, 1), addServer(net, wire, 2)];
  const slave = addSlave(net, wire, 10);
  net.run(seconds(15));
  assertEquals(slave.instance.parentDS.grandmasterPriority1, 1);
  a.port.setEnabled(a.node.now(), false);
  a.node.poke();
  net.runFor(seconds(12));
  assertEquals(slave.instance.parentDS.grandmasterPriority1, 2);
  assertEquals(slave.port.unicast.client!.states(), ["WAIT", "HAVE_SYDY"]);
  ok(Math.abs(errorBetween(net, slave, b)) < 4000);
});

Deno.test("ptp sim: hybrid: Sync by multicast, Delay_Req and Delay_Resp between two", () => {
  const { net, wire } = lan(3);
  const gm = addClock(net, wire, 1, {
    instance: { priority1: 1 },
    port: { ...RATES, masterOnly: true },
  });
  const slaves = [2, 3].map((k) =>
    addClock(net, wire, k, {
      instance: { slaveOnly: true },
      port: { ...RATES, hybridE2e: true },
      servo: ALLOW_ANY_STEP,
    })
  );
  net.run(seconds(20));
  for (const s of slaves) {
    assertEquals(s.port.state, PortState.Slave);
    ok(Math.abs(errorBetween(net, s, gm)) < 3000);
    assertEquals(s.port.snapshot().dropped, {}, "nobody hears the other's requests");
  }
});
