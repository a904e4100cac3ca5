/**
 * Leap seconds in both directions through a grandmaster, a boundary clock and slaves: TAI goes on,
 * UTC is set once and by everybody at midnight.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { millis, nanos, type Timestamp, timestamp } from "../../lib/base/time.ts";
import { seconds } from "../../lib/base/time.ts";
import type { LeapTable } from "../../lib/ptp/leap.ts";
import type { PtpInstance } from "../../lib/ptp/instance.ts";
import { ARB_TIME_PROPERTIES } from "../../lib/ptp/options.ts";
import { Network } from "../../lib/sim/network.ts";
import type { SimNode } from "../../lib/sim/node.ts";
import { addBoundary, addClock, type SimBoundary, type SimClock } from "./ptp_net.ts";
import { LeapClock } from "./leap_clock.ts";

const RATES = { logSyncInterval: -3, logMinDelayReqInterval: -3, logAnnounceInterval: 0 };
/** 2029-12-31T00:00:00Z. */
const DAY = 1_893_369_600;
const MIDNIGHT = DAY + 86_400;
const LEAD = 40;

function table(offset: number): LeapTable {
  return { entries: [[MIDNIGHT - 86_400 * 365, 37], [MIDNIGHT, offset]], expires: MIDNIGHT * 2 };
}

interface Member {
  readonly node: SimNode;
  readonly instance: PtpInstance;
  readonly kernel: LeapClock;
}

function member(c: SimClock | SimBoundary): Member {
  return { node: c.node, instance: c.instance, kernel: c.steered as LeapClock };
}

/** TAI that a member serves, and UTC that its clock shows, ns after midnight's TAI and UTC. */
function read(m: Member): { tai: number; utc: number } {
  const now = m.node.now();
  const t: Timestamp = timestamp();
  m.instance.servedTime(now, t);
  const tai = (t.seconds - MIDNIGHT - 37) * 1e9 + t.nanoseconds;
  m.kernel.readAt(now, t);
  return { tai, utc: (t.seconds - MIDNIGHT) * 1e9 + t.nanoseconds };
}

for (const [name, offset] of [["inserted", 38], ["deleted", 36]] as const) {
  Deno.test(`ptp sim: a second ${name} at midnight: nobody's TAI moves, UTC is set once`, () => {
    const net = new Network({ seed: 1 });
    const a = net.wire("a", { up: { delay: 1500 } });
    const b = net.wire("b", { up: { delay: 1500 } });
    const common = {
      start: [MIDNIGHT - LEAD, 0] as [number, number],
      wrap: (inner: ConstructorParameters<typeof LeapClock>[0]) => new LeapClock(inner),
    };
    const properties = {
      ...ARB_TIME_PROPERTIES,
      ptpTimescale: true,
      currentUtcOffset: 37,
      currentUtcOffsetValid: true,
    };
    const utc = { localTimescale: "utc" as const, timeProperties: properties };
    const gm = member(addClock(net, a, 1, {
      ...common,
      instance: { ...utc, priority1: 1 },
      port: { ...RATES, masterOnly: true },
      oscillator: { ppm: 30 },
    }));
    gm.instance.useLeapTable(table(offset));
    gm.kernel.setLeap(offset > 37 ? 1 : -1); // as its administrator's NTP would
    const bc = member(addBoundary(net, [a, b], 2, { ...common, instance: utc, port: RATES }));
    const slave = member(addClock(net, b, 3, {
      ...common,
      instance: { ...utc, slaveOnly: true },
      port: RATES,
      oscillator: { ppm: -20 },
    }));
    const all = [gm, bc, slave];
    net.run(seconds(LEAD - 5));
    assertEquals(gm.instance.timePropertiesDS.leap61, offset > 37);
    assertEquals(slave.instance.timePropertiesDS.leap59, offset < 37);
    for (const m of [bc, slave]) {
      assertEquals(m.kernel.told, ["tai 37", `leap ${offset > 37 ? 1 : -1}`]);
    }
    let worstTai = 0;
    let last = all.map((m) => read(m).utc);
    const jumps: number[][] = all.map(() => []);
    for (let k = 0; k < 4000; k++) {
      net.runFor(millis(5));
      const now = all.map(read);
      for (const r of now) worstTai = Math.max(worstTai, Math.abs(r.tai - now[0]!.tai));
      now.forEach((r, i) => {
        const jump = r.utc - last[i]! - 5e6;
        if (Math.abs(jump) > 1e5) jumps[i]!.push(jump);
      });
      last = now.map((r) => r.utc);
    }
    ok(worstTai < 3000, `TAI differs by ${worstTai} ns`);
    for (const j of jumps) {
      assertEquals(j.length, 1, `UTC set ${j.length} times: ${j}`);
      ok(Math.abs(j[0]! - (37 - offset) * 1e9) < 2e5, `${j}`);
    }
    for (const m of all) {
      const t = m.instance.timePropertiesDS;
      assertEquals([t.currentUtcOffset, t.leap59, t.leap61], [offset, false, false]);
    }
    for (const m of [bc, slave]) {
      assertEquals(m.kernel.told.slice(2), [`tai ${offset}`, "leap 0"]);
      assertEquals(m.instance.snapshot().refusal, null);
    }
  });
}

Deno.test("ptp sim: a clock that is not told by its kernel is set by the servo after midnight", () => {
  const net = new Network({ seed: 2 });
  const a = net.wire("a", { up: { delay: 1500 } });
  const properties = {
    ...ARB_TIME_PROPERTIES,
    ptpTimescale: true,
    currentUtcOffset: 37,
    currentUtcOffsetValid: true,
  };
  const gm = addClock(net, a, 1, {
    instance: {
      localTimescale: "tai",
      priority1: 1,
      timeProperties: { ...properties, leap61: true },
    },
    port: { ...RATES, masterOnly: true },
    start: [MIDNIGHT - LEAD + 37, 0],
  });
  const slave = addClock(net, a, 2, {
    instance: {
      localTimescale: "utc",
      slaveOnly: true,
      timeProperties: properties,
      kernelLeap: false,
    },
    port: RATES,
    start: [MIDNIGHT - LEAD, 0],
    servo: { maxStep: nanos(2e9) },
  });
  const behind = () =>
    Math.round(net.trueErrorBetween(gm.node, gm.clock, slave.node, slave.clock) / 1e6);
  net.run(seconds(LEAD - 1));
  assertEquals(behind(), 37_000);
  net.runFor(seconds(1.2));
  assertEquals(behind(), 37_000);
  net.runFor(seconds(3));
  assertEquals(behind(), 38_000);
  // The master clears its flag late, and never said 38 in time.
  net.runFor(seconds(20));
  gm.instance.setTimeProperties({ ...properties, currentUtcOffset: 38 });
  net.runFor(seconds(20));
  assertEquals(behind(), 38_000);
  ok(slave.events.filter((e) => e.kind === "state").length <= 4);
});
