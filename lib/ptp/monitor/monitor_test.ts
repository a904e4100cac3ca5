import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { delay, portOf, type Said, seen, START, twoStep } from "../../../tests/kit/ptp_talk.ts";
import { Random } from "../../base/random.ts";
import { timestamp } from "../../base/time.ts";
import { Fault } from "../wire/fault.ts";
import { Flag, MessageType } from "../wire/header.ts";
import type { MonitorEvent } from "./event.ts";
import { findings } from "./findings.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";
import { report } from "./report.ts";
import type { Sighting } from "./sighting.ts";

const GM = portOf(1);
const SLAVE = portOf(9);

function watch(all: readonly Sighting[], options: MonitorOptions = {}) {
  const monitor = new Monitor(options);
  const events: MonitorEvent[] = [];
  const inOrder = [...all].sort((a, b) => timeOf(a) - timeOf(b));
  for (const one of inOrder) {
    monitor.take(one);
    for (let e = monitor.event(); e !== undefined; e = monitor.event()) events.push(e);
  }
  return { monitor, events, report: report(monitor) };
}

function timeOf(s: Sighting): number {
  return (s.seconds - START) * 1e9 + s.nanoseconds;
}

/** An Announce each second from `from` to `to` seconds. */
function announces(clock: number, from: number, to: number, said: Said = {}): Sighting[] {
  const all: Sighting[] = [];
  for (let k = from; k < to; k++) {
    all.push(
      seen(k * 1e9 + clock, MessageType.Announce, portOf(clock), {
        sequenceId: k,
        log: 0,
        flags: Flag.PtpTimescale | Flag.CurrentUtcOffsetValid,
        ...said,
      }),
    );
  }
  return all;
}

function changesOf(events: readonly MonitorEvent[]): string[] {
  return events.flatMap((e) =>
    e.kind === "gmChange" ? [`${e.change.to.slice(-2)} ${e.change.cause} ${e.change.text}`] : []
  );
}

Deno.test("Monitor: offset and path delay of the capture's clock, with all corrections", () => {
  const all: Sighting[] = [];
  // The clock is 1.5 ms ahead, the way there takes 2 us, back 2 us; 300 ns of each are corrected.
  for (let k = 0; k < 8; k++) {
    const origin = k * 1e9;
    const [sync, followUp] = twoStep(origin + 2000 + 1.5e6, GM, origin, k);
    all.push(sync!, followUp!);
    const asked = origin + 4e8;
    all.push(...delay(asked + 1.5e6, SLAVE, GM, asked + 2000, k));
  }
  const { events, report } = watch(all);
  const samples = events.filter((e) => e.kind === "sample");
  assertEquals(samples.length, 7); // the last Delay_Req has no Sync after it
  for (const s of samples) assertEquals([s.offset, s.meanPathDelay], [1.5e6, 2000]);
  const master = report.domains[0]?.ports.find((port) => port.path !== null);
  assertEquals([master?.path?.offset, master?.path?.meanPathDelay], [1.5e6, 2000]);
  const slave = report.domains[0]?.ports.find((port) => port.roles.includes("slave"));
  assertEquals([slave?.master, slave?.answered, slave?.unanswered], [master?.portIdentity, 8, 0]);
});

Deno.test("Monitor: corrections of Sync, Follow_Up, Delay_Req and Delay_Resp count once each", () => {
  const all = [0, 1, 2].flatMap((k) => {
    const t = k * 1e9;
    return [
      seen(t + 5000, MessageType.Sync, GM, {
        sequenceId: k,
        flags: Flag.TwoStep,
        correction: 1000,
      }),
      seen(t + 6000, MessageType.FollowUp, GM, { sequenceId: k, stamp: t, correction: 2000 }),
      // Seen with 400 of correction already, which the answer echoes with 600 more behind us.
      seen(t + 5e8, MessageType.DelayReq, SLAVE, { sequenceId: k, correction: 400 }),
      seen(t + 6e8, MessageType.DelayResp, GM, {
        sequenceId: k,
        stamp: t + 5e8 + 2600,
        correction: 1000,
        requester: SLAVE,
      }),
    ];
  });
  const { events } = watch(all);
  const first = events.find((e) => e.kind === "sample");
  assertEquals([first?.offset, first?.meanPathDelay], [0, 2000]);
});

Deno.test("Monitor: a clock that drifts 50 ppm between two Syncs gives no error", () => {
  const all: Sighting[] = [];
  const clock = (t: number) => t + t * 50e-6;
  for (let k = 0; k < 6; k++) {
    const origin = k * 1e9;
    all.push(...twoStep(clock(origin + 1000), GM, origin, k));
    const asked = origin + 7e8;
    all.push(...delay(clock(asked), SLAVE, GM, asked + 1000, k));
  }
  const { events, report } = watch(all);
  for (const e of events) {
    if (e.kind !== "sample") continue;
    assert(Math.abs(e.meanPathDelay - 1000) < 1, `${e.meanPathDelay}`);
    assert(Math.abs(e.offset - e.at * 50e-6) < 60, `${e.offset} at ${e.at}`);
  }
  const path = report.domains[0]?.ports[0]?.path;
  const perCaptured = 50_000 / (1 + 50e-6); // the slope is against the capture's own time
  assert(Math.abs((path?.drift ?? 0) - perCaptured) < 0.1, `${path?.drift}`);
});

Deno.test("Monitor: a master on TAI is compared after its UTC offset, one of 1970 in whole seconds", () => {
  for (const [behind, offset, seconds] of [[0, 0, 0], [START, 0, START]] as const) {
    const flags = behind === 0 ? Flag.PtpTimescale | Flag.CurrentUtcOffsetValid : 0;
    const ahead = behind === 0 ? 37e9 : -START * 1e9;
    const all = [0, 1, 2, 3].flatMap((k) => [
      seen(k * 1e9, MessageType.Announce, GM, { sequenceId: k, log: 0, flags }),
      ...twoStep(k * 1e9 + 512, GM, k * 1e9 + ahead, k),
      ...delay(k * 1e9 + 3e8, SLAVE, GM, k * 1e9 + 3e8 + 512 + ahead, k),
    ]);
    const sample = watch(all).events.find((e) => e.kind === "sample");
    assertEquals([sample?.offset, sample?.offsetSeconds], [offset, seconds]);
    assertEquals(sample?.meanPathDelay, 512);
  }
});

Deno.test("Monitor: why a grandmaster changed: a better one, a degraded one, silence", () => {
  const better = watch([
    ...announces(1, 0, 8),
    ...announces(2, 4, 8, { announce: { priority1: 100 } }),
  ]);
  assertEquals(changesOf(better.events), [
    "01 first the first one seen",
    "02 better priority1 100 beats 128",
  ]);
  const degraded = watch([
    ...announces(1, 0, 4, { announce: { clockClass: 6 } }),
    ...announces(1, 4, 9, { announce: { clockClass: 187 } }),
    ...announces(2, 6, 9, { announce: { clockClass: 7 } }),
  ]);
  assertEquals(changesOf(degraded.events).slice(1), ["02 degraded clockClass 6 -> 187"]);
  const change = degraded.events.find((e) => e.kind === "announceChange");
  assertEquals(change?.changes, [{ field: "clockClass", from: "6", to: "187" }]);
  const silent = watch([...announces(1, 0, 3), ...announces(2, 6, 9)]);
  assertEquals(changesOf(silent.events).slice(1), ["02 announceTimeout no Announce for 4.0 s"]);
  assertEquals(silent.events.filter((e) => e.kind === "masterLost").length, 1);
});

Deno.test("Monitor: why a grandmaster changed: one improved, and a boundary clock's upstream", () => {
  const improved = watch([
    ...announces(1, 0, 9, { announce: { clockClass: 6 } }),
    ...announces(2, 0, 4, { announce: { clockClass: 7 } }),
    ...announces(2, 4, 9, { announce: { clockClass: 6, priority2: 1 } }),
  ]);
  const last = changesOf(improved.events).at(-1);
  assertEquals(last, "02 improved priority2 128 -> 1");
  const relayed = watch([
    ...announces(1, 0, 4, { announce: { stepsRemoved: 1, grandmasterIdentity: portOf(0x77) } }),
    ...announces(1, 4, 8, {
      announce: { stepsRemoved: 1, grandmasterIdentity: portOf(0x78), priority1: 200 },
    }),
  ]);
  assertEquals(changesOf(relayed.events).slice(1), [
    "78 upstream priority1 128 -> 200, as relayed",
  ]);
  assertEquals(relayed.report.domains[0]?.ports[0]?.roles, ["boundary"]);
});

Deno.test("Monitor: two grandmasters at once are a finding, one after the other are not", () => {
  const codes = (all: Sighting[]) => findings(watch(all).report).map((one) => one.code);
  const both = codes([...announces(1, 0, 8), ...announces(2, 0, 8)]);
  assert(both.includes("severalGrandmasters"), String(both));
  const later = codes([...announces(1, 0, 3), ...announces(2, 8, 12)]);
  assert(!later.includes("severalGrandmasters"), String(later));
});

Deno.test("Monitor: loss, repetition, wrap and a new start of sequenceId are told apart", () => {
  const ids = [65534, 65535, 0, 0, 3, 4, 2, 5, 40_000, 40_001];
  const all = ids.map((sequenceId, k) =>
    seen(k * 1e9, MessageType.Sync, GM, { sequenceId, log: 0, stamp: k * 1e9 })
  );
  const row = watch(all).report.domains[0]?.ports[0]?.streams[0];
  assertEquals([row?.count, row?.duplicates, row?.missing, row?.late, row?.restarts], [
    10,
    1,
    1, // 1 and 2 were missing, 2 came late
    1,
    1,
  ]);
});

Deno.test("Monitor: Follow_Ups that never come, and such that come before their Sync", () => {
  const all: Sighting[] = [];
  for (let k = 0; k < 30; k++) {
    const at = (k + 1) * 1e9;
    const [sync, followUp] = twoStep(at, GM, at - 100, k);
    all.push(sync!);
    if (k % 10 !== 3) {
      const early = seen(at - 1000, MessageType.FollowUp, GM, {
        sequenceId: k,
        stamp: at - 100,
      });
      all.push(k % 2 === 0 && k > 0 ? early : followUp!);
    }
  }
  const { monitor, report } = watch(all);
  const port = report.domains[0]?.ports[0];
  assertEquals([port?.missingFollowUps, port?.orphanFollowUps], [2, 0]); // 3 and 13; 23 may come yet
  // Relative to whole seconds: the first one was sent in the second before.
  const { path } = [...monitor.tables.ports][0]!;
  assertEquals([path?.forwards, path?.lastForward], [27, -999_999_900]);
});

Deno.test("Monitor: peer delay seen at the requester, one-step and two-step", () => {
  const peer = portOf(5);
  const all = [0, 1, 2, 3].flatMap((k) => {
    const t = k * 1e9;
    const isTwoStep = k % 2 === 0;
    const common = { sequenceId: k, requester: SLAVE };
    const residence = 40_000;
    const response = seen(t + residence + 700, MessageType.PdelayResp, peer, {
      ...common,
      stamp: isTwoStep ? t + 9e9 : t,
      flags: isTwoStep ? Flag.TwoStep : 0,
      ...(isTwoStep ? {} : { correction: residence }),
    });
    const followUp = seen(t + 1e6, MessageType.PdelayRespFollowUp, peer, {
      ...common,
      stamp: t + 9e9 + residence,
    });
    const request = seen(t, MessageType.PdelayReq, SLAVE, { sequenceId: k, log: 0 });
    return isTwoStep ? [request, response, followUp] : [request, response];
  });
  const [pair] = watch(all).report.pairs;
  assertEquals([pair?.exchanges, pair?.delay, pair?.residence], [4, 350, 40_000]);
});

function negotiationTlv(type: number, message: number, log: number, duration: number): number[] {
  const isGrant = type === 5;
  const body = [message << 4, log & 0xff, 0, 0, duration >> 8, duration & 0xff];
  return [0, type, 0, isGrant ? 8 : 6, ...body, ...(isGrant ? [0, 1] : [])];
}

Deno.test("Monitor: unicast contracts are requested, granted, refused, and run out", () => {
  const target = [...new Uint8Array(10).fill(0xff)];
  const signal = (at: number, from: number, to: number, tlvs: number[]) => {
    const s = seen(at, MessageType.Signaling, portOf(from), { tlvs, to });
    const id = from === 9 ? target : octetsOf(9);
    id.forEach((octet, k) => s.view.setUint8(s.offset + 34 + k, octet));
    return s;
  };
  const { monitor, report: last } = watch([
    signal(0, 9, 1, negotiationTlv(4, MessageType.Sync, -4, 60)),
    signal(1e6, 1, 9, negotiationTlv(5, MessageType.Sync, -4, 60)),
    signal(2e6, 9, 1, negotiationTlv(4, MessageType.Announce, 0, 60)),
    signal(3e6, 1, 9, negotiationTlv(5, MessageType.Announce, 0, 0)),
  ]);
  const [sync, announce] = last.negotiations;
  assertEquals(
    [sync?.message, sync?.state, sync?.logInterval, sync?.duration, sync?.grants],
    ["Sync", "granted", -4, 60, 1],
  );
  assertEquals([announce?.message, announce?.state, announce?.denials], ["Announce", "denied", 1]);
  monitor.advance(70e9);
  assertEquals(report(monitor).negotiations[0]?.state, "expired");
  assert(findings(last).some((one) => one.code === "denied"));
});

function octetsOf(clock: number): number[] {
  return [0, 0x11, 0x22, 0, 0, 0, 0, clock, 0, 1];
}

Deno.test("Monitor: memory is bounded however many identities come", () => {
  const limits = { domains: 4, ports: 50, streams: 60, pairs: 5, negotiations: 5 };
  const monitor = new Monitor({ limits });
  for (let k = 0; k < 5000; k++) {
    const type = k % 2 === 0 ? MessageType.Announce : MessageType.DelayReq;
    monitor.take(
      seen(k * 1e5, type, portOf(k % 1700 + 1), { sequenceId: k, domain: k % 7, log: 0 }),
    );
    while (monitor.event() !== undefined);
  }
  const { tables } = monitor;
  assertEquals([tables.domains.size, tables.ports.size, tables.streams.size], [4, 50, 60]);
  assert(monitor.overflow > 0);
  for (const domain of tables.domains.values()) {
    for (const port of domain.announcers) {
      assertEquals(tables.findPort(domain, port.identity), port);
    }
  }
});

Deno.test("Monitor: malformed messages are counted by fault and never thrown", () => {
  const random = new Random(3, "monitor");
  const monitor = new Monitor();
  const types = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13];
  const n = 30_000;
  let read = 0;
  for (let k = 0; k < n; k++) {
    const type = types[random.uint32() % types.length]!;
    const tlvs = random.uint32() % 2 === 0 ? negotiationTlv(random.uint32() % 10, 0, 0, 1) : [];
    const s = seen(k * 1e6, type, portOf(random.uint32() % 5), { sequenceId: k, tlvs, to: 3 });
    for (let m = random.uint32() % 4; m > 0; m--) {
      s.view.setUint8(s.offset + random.uint32() % s.length, random.uint32() & 0xff);
    }
    s.length -= random.uint32() % 5 === 0 ? random.uint32() % s.length : 0;
    if (monitor.take(s) === Fault.None) read++;
    while (monitor.event() !== undefined);
  }
  const faults = monitor.faults.reduce((sum, one) => sum + one, 0);
  assertEquals(read + faults + monitor.version1, n);
  assertEquals(monitor.messages, read);
  assert(faults > n / 10 && read > n / 10, `${faults} ${read}`);
  JSON.stringify(report(monitor));
});

Deno.test("Monitor: intervals come from the monotonic time where there is one", () => {
  const all = [0, 1, 2, 3].map((k) => {
    const step = k >= 2 ? 3600e9 : 0; // the capture's clock is set by an hour
    const s = seen(k * 1e9 + step, MessageType.Sync, GM, { sequenceId: k, log: 0, stamp: k * 1e9 });
    s.monotonic = 77 + k * 1e9;
    return s;
  });
  const { monitor, report } = watch(all);
  const row = report.domains[0]?.ports[0]?.streams[0];
  assertEquals([row?.mean, row?.jitter, report.span], [1e9, 0, 3e9]);
  const time = timestamp();
  monitor.timeOf(1e9, time);
  assertEquals(time, { seconds: START + 1, nanoseconds: 0 });
});

Deno.test("Monitor: only the domain that was asked for", () => {
  const { monitor, report } = watch(
    [...announces(1, 0, 3), ...announces(2, 0, 3, { domain: 5 })],
    { domain: 5 },
  );
  assertEquals([report.domains.map((one) => one.domain), monitor.ignored], [[5], 3]);
});
