import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import {
  build,
  MASTER,
  type MessageFields,
  ms,
  OTHER,
  OWN_PORT,
  PtpBench,
  sampleAt,
} from "../../tests/kit/ptp_bench.ts";
import { instant, seconds } from "../base/time.ts";
import { Reason } from "./reason.ts";
import { ServoState } from "./servo/servo.ts";
import { PortState as S } from "./state.ts";
import * as announce from "./wire/announce.ts";
import * as header from "./wire/header.ts";
import { Flag, MessageType as M } from "./wire/header.ts";
import { isPortAt, portIdentity } from "./wire/identity.ts";
import * as message from "./wire/message.ts";
import * as wire from "./wire/timestamp.ts";

const SECOND = 1e9;

/** "type sequenceId" of what the port sent. */
function types(bench: PtpBench): number[] {
  return bench.take().map((m) => m.type);
}

function slaveBench(): PtpBench {
  const bench = new PtpBench({ slaveOnly: true });
  bench.follow();
  return bench;
}

function masterBench(port = {}): PtpBench {
  const bench = new PtpBench({}, { masterOnly: true, ...port });
  bench.turn();
  return bench;
}

function sync(bench: PtpBench, sequenceId: number, more: MessageFields = {}): void {
  bench.message({ type: M.Sync, sequenceId, flags: Flag.TwoStep, ...more });
}

function followUp(bench: PtpBench, sequenceId: number, more: MessageFields = {}): void {
  bench.message({ type: M.FollowUp, sequenceId, time: [5000, 100], ...more });
}

// States

Deno.test("PtpPort: INITIALIZING to LISTENING at once, MASTER after 3 to 4 silent intervals", () => {
  const bench = new PtpBench();
  assertEquals(bench.port.state, S.Listening);
  bench.pass(3 * SECOND - 1);
  assertEquals(bench.port.state, S.Listening);
  bench.pass(SECOND + 2);
  assertEquals(bench.port.state, S.Master);
  const causes = bench.takeEvents().flatMap((e) => e.kind === "state" ? [e.cause] : []);
  assertEquals(causes, ["INIT_COMPLETE", "ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES"]);
});

Deno.test("PtpPort: a master sends Announce and Sync the moment it becomes one", () => {
  const bench = masterBench();
  assertEquals(bench.port.state, S.Master);
  assertEquals(types(bench), [M.Announce, M.Sync]);
});

Deno.test("PtpPort: intervals do not drift when turns come late", () => {
  const bench = masterBench({ logSyncInterval: -3, logAnnounceInterval: 0 });
  bench.stampAfter = 1000;
  const start = bench.now;
  bench.take();
  for (let k = 0; k < 80; k++) {
    bench.now = instant(start + (k + 1) * 125e6 + 3e6); // always 3 ms late
    bench.turn();
    bench.now = instant(bench.now + 2000);
    bench.turn();
  }
  const sent = bench.take();
  assertEquals(sent.filter((m) => m.type === M.Sync).length, 80);
  assertEquals(sent.filter((m) => m.type === M.Announce).length, 10);
});

Deno.test("PtpPort: two Announce within four intervals are followed, one is not", () => {
  const bench = new PtpBench();
  bench.message({ type: M.Announce, sequenceId: 1 });
  assertEquals(bench.port.state, S.Listening);
  bench.pass(SECOND);
  bench.message({ type: M.Announce, sequenceId: 2 });
  assertEquals(bench.port.state, S.Uncalibrated);
  assertEquals(isSame(bench, MASTER), true);
});

Deno.test("PtpPort: two Announce more than four intervals apart are not followed", () => {
  const bench = new PtpBench({ slaveOnly: true });
  bench.message({ type: M.Announce, sequenceId: 1 });
  bench.pass(4 * SECOND + 2);
  bench.message({ type: M.Announce, sequenceId: 2 });
  assertEquals(bench.port.state, S.Listening);
});

Deno.test("PtpPort: the same Announce twice is one", () => {
  const bench = new PtpBench();
  bench.message({ type: M.Announce, sequenceId: 1 });
  bench.message({ type: M.Announce, sequenceId: 1 });
  assertEquals(bench.port.state, S.Listening);
  assertEquals(bench.dropped(Reason.Duplicate), 1);
});

Deno.test("PtpPort: UNCALIBRATED to SLAVE and back as the servo's lock comes and goes", () => {
  const bench = slaveBench();
  bench.servo.state = ServoState.Locked;
  bench.turn();
  assertEquals(bench.port.state, S.Slave);
  bench.servo.take();
  bench.servo.state = ServoState.Holdover;
  bench.turn();
  assertEquals(bench.port.state, S.Uncalibrated);
  assertEquals(bench.servo.take(), [], "the same master: the servo goes on");
});

Deno.test("PtpPort: a silent master is left after the timeout; slave-only goes to LISTENING", () => {
  const bench = slaveBench();
  bench.pass(3 * SECOND - 1);
  assertEquals(bench.port.state, S.Uncalibrated);
  bench.pass(SECOND + 2);
  assertEquals(bench.port.state, S.Listening);
  assertEquals(isSame(bench, OWN_PORT), false);
  assertEquals(bench.instance.parentDS.parentPortIdentity.port, 0, "its own grandmaster");
});

Deno.test("PtpPort: a silent master is followed by the second best at once, not by MASTER", () => {
  const bench = new PtpBench();
  let id = 0;
  const speak = (source: typeof MASTER, priority1: number) =>
    bench.message({ type: M.Announce, source, sequenceId: id++, announce: { priority1 } });
  speak(MASTER, 1);
  speak(OTHER, 2);
  bench.pass(SECOND);
  speak(MASTER, 1);
  speak(OTHER, 2);
  assertEquals(isSame(bench, MASTER), true);
  bench.takeEvents();
  for (let k = 0; k < 5; k++) {
    bench.pass(SECOND);
    speak(OTHER, 2);
  }
  assertEquals(isSame(bench, OTHER), true);
  assertEquals(
    bench.takeEvents().flatMap((e) => e.kind === "state" ? [`${e.from}>${e.to}`] : []),
    [`${S.Uncalibrated}>${S.Uncalibrated}`],
  );
});

Deno.test("PtpPort: syncReceiptTimeout: a master that announces but sends no Sync is left", () => {
  const bench = new PtpBench({ slaveOnly: true }, { syncReceiptTimeout: 3 });
  bench.follow();
  const announceOnce = (k: number) => bench.message({ type: M.Announce, sequenceId: 300 + k });
  for (let k = 0; k < 8; k++) {
    announceOnce(k);
    bench.pass(SECOND / 2);
  }
  assertEquals(bench.port.state, S.Uncalibrated, "nothing is missed before the first Sync");
  bench.message({ type: M.Sync, sequenceId: 1, log: -1 });
  bench.pass(SECOND);
  announceOnce(8);
  assertEquals(bench.port.state, S.Uncalibrated);
  bench.pass(SECOND / 2 + 1);
  assertEquals(bench.port.state, S.Listening);
});

Deno.test("PtpPort: one lost Announce, even two, do not unseat the master", () => {
  const bench = slaveBench();
  bench.pass(2.9 * SECOND);
  bench.message({ type: M.Announce, sequenceId: 104 });
  bench.pass(2.9 * SECOND);
  assertEquals(bench.port.state, S.Uncalibrated);
});

Deno.test("PtpPort: a master yields to a better one and is master again after it", () => {
  const bench = new PtpBench();
  bench.pass(4.1 * SECOND);
  assertEquals(bench.port.state, S.Master);
  bench.follow();
  assertEquals(bench.port.state, S.Uncalibrated);
  bench.take();
  bench.pass(2 * SECOND);
  assertEquals(types(bench).filter((t) => t === M.Sync || t === M.Announce), []);
  bench.pass(2.1 * SECOND);
  assertEquals(bench.port.state, S.Master);
  assertEquals(bench.instance.currentDS.stepsRemoved, 0);
});

Deno.test("PtpPort: a worse master is not followed; RS_MASTER passes through PRE_MASTER", () => {
  const bench = new PtpBench();
  bench.follow(MASTER, { priority1: 200 });
  assertEquals(bench.port.state, S.Master);
  const path = bench.takeEvents().flatMap((e) => e.kind === "state" ? [e.to] : []);
  assertEquals(path, [S.Listening, S.PreMaster, S.Master]);
});

Deno.test("PtpPort: class 6 is PASSIVE before a better master and MASTER when that is silent", () => {
  const bench = new PtpBench({
    clockQuality: { clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0x4e5d },
  });
  bench.follow(MASTER, { priority1: 1 });
  assertEquals(bench.port.state, S.Passive);
  assertEquals(bench.port.decision, "P1");
  bench.take();
  bench.pass(2 * SECOND);
  assertEquals(types(bench), []);
  bench.pass(2.1 * SECOND);
  assertEquals(bench.port.state, S.Master);
});

Deno.test("PtpPort: a change of the parent's Announce changes the data sets, not the state", () => {
  const bench = slaveBench();
  bench.takeEvents();
  bench.servo.take();
  bench.message({
    type: M.Announce,
    sequenceId: 102,
    flags: Flag.Leap61,
    announce: { clockClass: 7, stepsRemoved: 3 },
  });
  assertEquals(bench.instance.parentDS.grandmasterClockQuality.clockClass, 7);
  assertEquals(bench.instance.currentDS.stepsRemoved, 4);
  assertEquals(bench.instance.timePropertiesDS.leap61, true);
  const [event] = bench.takeEvents();
  assertEquals(event?.kind === "parent" ? event.changed : undefined, [
    "clockClass",
    "leap61",
    "stepsRemoved",
  ]);
  assertEquals(bench.servo.take(), []);
});

Deno.test("PtpPort: DISABLED is silent and deaf until it is enabled", () => {
  const bench = masterBench();
  bench.port.setEnabled(bench.now, false);
  bench.take();
  bench.pass(5 * SECOND);
  assertEquals(types(bench), []);
  bench.message({ type: M.DelayReq });
  assertEquals(bench.dropped(Reason.PortState), 1);
  bench.port.setEnabled(bench.now, true);
  bench.turn();
  bench.turn();
  assertEquals(bench.port.state, S.Master);
});

Deno.test("PtpPort: setLink() keeps it FAULTY while the interface is down, and no longer", () => {
  const bench = new PtpBench();
  bench.port.setLink(bench.now, false);
  bench.turn();
  assertEquals(bench.port.state, S.Faulty);
  const fault = bench.takeEvents().find((e) => e.kind === "fault");
  assertEquals([fault?.reason, fault?.resetAfter], ["link", Infinity]);
  bench.take();
  bench.pass(60e9);
  assertEquals([bench.port.state, bench.take().length], [S.Faulty, 0]);
  bench.port.setEnabled(bench.now, false);
  bench.port.setEnabled(bench.now, true);
  bench.pass(1e9);
  assertEquals(bench.port.state, S.Faulty);
  bench.port.setLink(bench.now, true);
  bench.turn();
  assertEquals(bench.port.state, S.Listening);
});

Deno.test("PtpPort: a link that goes while the port is FAULTY already holds it there", () => {
  const bench = new PtpBench();
  bench.port.fail(bench.now, "management");
  bench.port.setLink(bench.now, false);
  bench.pass(60e9);
  assertEquals(bench.port.state, S.Faulty);
  bench.port.setLink(bench.now, true);
  bench.turn();
  assertEquals(bench.port.state, S.Listening);
});

Deno.test("PtpPort: FAULTY initializes again after the reset interval", () => {
  const bench = slaveBench();
  bench.port.fail(bench.now, "link");
  bench.turn();
  assertEquals(bench.port.state, S.Faulty);
  assertEquals(bench.instance.parentDS.parentPortIdentity.port, 0);
  bench.pass(seconds(4));
  assertEquals(bench.port.state, S.Listening);
});

// Master

Deno.test("PtpPort: Follow_Up waits for the stamp and carries the served time of it", () => {
  const bench = masterBench();
  const first = bench.take().find((m) => m.type === M.Sync)!;
  assertEquals(header.hasFlag(first.view, 0, Flag.TwoStep), true);
  bench.pass(ms(100));
  assertEquals(types(bench), []);
  bench.stamp(first.ticket, 1_500_000.25);
  const [reply] = bench.take();
  assertEquals(reply?.type, M.FollowUp);
  assertEquals(reply?.sequenceId, first.sequenceId);
  assertEquals(reply?.channel, 1);
  assertEquals(wire.seconds(reply!.view, message.TIMESTAMP), 1_800_000_000);
  assertEquals(wire.nanoseconds(reply!.view, message.TIMESTAMP), 1_500_000);
  assertEquals(header.correctionField(reply!.view, 0), 0.25);
});

Deno.test("PtpPort: on the PTP timescale a clock that keeps UTC serves TAI", () => {
  const bench = new PtpBench({
    localTimescale: "utc",
    timeProperties: {
      currentUtcOffset: 37,
      currentUtcOffsetValid: true,
      leap59: false,
      leap61: true,
      timeTraceable: true,
      frequencyTraceable: true,
      ptpTimescale: true,
      timeSource: 0x50,
    },
  }, { masterOnly: true });
  bench.turn();
  const [said, first] = bench.take();
  assertEquals(
    header.flagField(said!.view, 0),
    Flag.PtpTimescale | Flag.CurrentUtcOffsetValid | Flag.Leap61 | Flag.TimeTraceable |
      Flag.FrequencyTraceable,
  );
  assertEquals(announce.currentUtcOffset(said!.view, 0), 37);
  bench.stamp(first!.ticket, 0);
  assertEquals(wire.seconds(bench.take()[0]!.view, message.TIMESTAMP), 1_800_000_037);
});

Deno.test("PtpPort: Delay_Req is answered with its identity, sequenceId and correction", () => {
  const bench = masterBench();
  bench.take();
  bench.message({
    type: M.DelayReq,
    source: OTHER,
    sequenceId: 0xfffe,
    correction: -3.5,
  }, 2_000_000.25);
  const [reply] = bench.take();
  assertEquals(reply?.type, M.DelayResp);
  assertEquals(reply?.sequenceId, 0xfffe);
  assertEquals(isPortAt(reply!.view, message.REQUESTING_PORT_IDENTITY, OTHER), true);
  assertEquals(wire.nanoseconds(reply!.view, message.TIMESTAMP), 2_000_000);
  assertEquals(header.correctionField(reply!.view, 0), -3.75, "less the fraction of t4");
  assertEquals(header.logMessageInterval(reply!.view, 0), 0);
  assertEquals(bench.addresses.text(reply!.peer), "224.0.1.129:320");
});

Deno.test("PtpPort: a unicast Delay_Req is answered to its sender's port 320 alone", () => {
  const bench = masterBench();
  bench.take();
  const peer = bench.addresses.internText("192.0.2.7", 319);
  bench.message({ type: M.DelayReq, source: OTHER, flags: Flag.Unicast }, bench.now, peer);
  const [reply] = bench.take();
  assertEquals(bench.addresses.text(reply!.peer), "192.0.2.7:320");
  assertEquals(header.hasFlag(reply!.view, 0, Flag.Unicast), true);
  assertEquals(header.logMessageInterval(reply!.view, 0), 0x7f);
});

Deno.test("PtpPort: a batch with one slot still carries everything, in order", () => {
  const bench = new PtpBench({}, { masterOnly: true }, 1);
  bench.turn();
  for (let k = 0; k < 5; k++) {
    bench.octets(build({ type: M.DelayReq, source: OTHER, sequenceId: k }));
  }
  bench.turn();
  assertEquals(types(bench), [M.Announce, M.Sync, ...new Array(5).fill(M.DelayResp)]);
});

Deno.test("PtpPort: a burst beyond the queue is counted, the rest is answered", () => {
  const bench = masterBench();
  bench.take();
  for (let k = 0; k < 1100; k++) {
    bench.octets(build({ type: M.DelayReq, source: portIdentity(9, k, 1), sequenceId: k }));
  }
  bench.turn();
  assertEquals(bench.take().length, 1024);
  assertEquals(bench.dropped(Reason.ResponseQueueFull), 76);
});

Deno.test("PtpPort: one source's flood of Delay_Req is answered at its limit, the others all", () => {
  const bench = masterBench({ maxDelayReqRate: 100 });
  bench.take();
  let polite = 0;
  for (let k = 0; k < 20_000; k++) {
    bench.octets(build({ type: M.DelayReq, source: OTHER, sequenceId: k & 0xffff }));
    if (k % 100 === 0) {
      bench.octets(build({ type: M.DelayReq, source: portIdentity(7, k / 100, 1) }));
      polite++;
    }
    if (k % 50 === 0) bench.pass(5e6);
  }
  bench.turn();
  const answers = bench.take().filter((m) => m.type === M.DelayResp);
  const flooder = answers.filter((m) => isPortAt(m.view, message.REQUESTING_PORT_IDENTITY, OTHER));
  assertEquals(answers.length - flooder.length, polite);
  ok(flooder.length >= 200 && flooder.length < 250, `${flooder.length} in 2 s`);
  assertEquals(bench.dropped(Reason.RateExceeded), 20_000 - flooder.length);
});

// Late and missing transmit stamps

Deno.test("PtpPort: one missing stamp costs one Follow_Up and no state", () => {
  const bench = masterBench();
  bench.pass(1.5 * SECOND); // the first Sync's stamp never comes
  const syncs = bench.take().filter((m) => m.type === M.Sync);
  assertEquals(syncs.length, 2);
  assertEquals(bench.port.state, S.Master);
  const missed = bench.takeEvents().filter((e) => e.kind === "stampMissed");
  assertEquals(missed.length, 1);
  bench.stamp(syncs[1]!.ticket, bench.now);
  assertEquals(types(bench), [M.FollowUp]);
});

Deno.test("PtpPort: a stamp that comes after the next Sync gives no Follow_Up", () => {
  const bench = masterBench();
  bench.pass(1.2 * SECOND);
  const [first] = bench.take().filter((m) => m.type === M.Sync);
  bench.stamp(first!.ticket, bench.now);
  assertEquals(types(bench), []);
  assertEquals(bench.dropped(Reason.LateStamp), 1);
});

Deno.test("PtpPort: stamps 500 ms late at 8 Sync/s slow the Syncs down, each with Follow_Up", () => {
  const bench = masterBench({ logSyncInterval: -3 });
  bench.stampAfter = 500e6;
  bench.pass(20 * SECOND);
  assertEquals(bench.port.state, S.Master);
  bench.take();
  bench.pass(20 * SECOND);
  const sent = bench.take();
  const syncs = sent.filter((m) => m.type === M.Sync).length;
  const follows = sent.filter((m) => m.type === M.FollowUp).length;
  ok(syncs >= 30, `${syncs}`);
  ok(Math.abs(syncs - follows) <= 1, `${syncs} ${follows}`);
});

Deno.test("PtpPort: eight misses in a row are a fault; the port recovers by itself", () => {
  const bench = masterBench();
  bench.stampAfter = 1000;
  bench.pass(2 * SECOND);
  bench.stampAfter = undefined;
  bench.pass(8.5 * SECOND);
  assertEquals(bench.port.state, S.Master);
  bench.pass(1 * SECOND);
  assertEquals(bench.port.state, S.Faulty);
  const fault = bench.takeEvents().find((e) => e.kind === "fault");
  assertEquals(fault?.kind === "fault" ? fault.reason : undefined, "transmitStamps");
  bench.stampAfter = 1000;
  bench.take();
  bench.pass(5 * SECOND);
  assertEquals(bench.port.state, S.Master);
  ok(types(bench).includes(M.FollowUp));
});

// Slave

Deno.test("PtpPort: the first Delay_Req leaves with the choice of a master", () => {
  const bench = slaveBench();
  const requests = bench.take();
  assertEquals(requests.map((m) => m.type), [M.DelayReq]);
  assertEquals(header.logMessageInterval(requests[0]!.view, 0), 0x7f);
  assertEquals(bench.addresses.text(requests[0]!.peer), "224.0.1.129:319");
});

Deno.test("PtpPort: Delay_Req come at random with the interval as mean, never two intervals apart", () => {
  const bench = slaveBench();
  let id = 102;
  for (let k = 0; k < 2000; k++) {
    bench.pass(SECOND);
    bench.message({ type: M.Announce, sequenceId: id++ & 0xffff });
  }
  const at = bench.take().map((m) => m.at);
  const gaps = at.slice(1).map((t, k) => t - at[k]!);
  ok(Math.max(...gaps) <= 2 * SECOND);
  ok(Math.abs(at.length - 2000) < 120, `${at.length}`);
});

Deno.test("PtpPort: two-step Sync: corrections of Sync and Follow_Up are added to t1", () => {
  const bench = slaveBench();
  bench.servo.take();
  sync(bench, 7, { correction: 10.5 });
  followUp(bench, 7, { correction: 20.25 });
  assertEquals(bench.servo.take(), [`forward 5000.000000130.75 ${bench.now}`]);
});

Deno.test("PtpPort: Follow_Up before its Sync makes the same measurement", () => {
  const bench = slaveBench();
  bench.servo.take();
  followUp(bench, 7, { correction: 20.25 });
  sync(bench, 7, { correction: 10.5 });
  assertEquals(bench.servo.take(), [`forward 5000.000000130.75 ${bench.now}`]);
});

Deno.test("PtpPort: one-step Sync is complete by itself", () => {
  const bench = slaveBench();
  bench.servo.take();
  bench.message({ type: M.Sync, sequenceId: 3, time: [6000, 5], correction: 1 }, 123.5);
  assertEquals(bench.servo.take(), ["forward 6000.000000006 123.5"]);
});

Deno.test("PtpPort: Delay_Resp: t3 from the stamp, t4 less the correction, either first", () => {
  const bench = slaveBench();
  bench.servo.take();
  const [first] = bench.take();
  bench.stamp(first!.ticket, 777);
  const response: MessageFields = {
    type: M.DelayResp,
    sequenceId: first!.sequenceId,
    time: [5000, 900],
    correction: 100,
  };
  bench.message(response);
  assertEquals(bench.servo.take(), ["reverse 777 5000.000000800"]);
  bench.pass(2 * SECOND);
  const second = bench.take().at(-1)!;
  bench.message({ ...response, sequenceId: second.sequenceId });
  assertEquals(bench.servo.take(), []);
  bench.stamp(second.ticket, 888);
  assertEquals(bench.servo.take(), ["reverse 888 5000.000000800"]);
});

Deno.test("PtpPort: delayAsymmetry moves both directions as 11.6 says", () => {
  const bench = new PtpBench({ slaveOnly: true }, { delayAsymmetry: ms(0.001) });
  bench.follow();
  bench.servo.take();
  const [request] = bench.take();
  sync(bench, 7);
  followUp(bench, 7);
  bench.stamp(request!.ticket, 5);
  bench.message({ type: M.DelayResp, sequenceId: request!.sequenceId, time: [5000, 0] });
  assertEquals(bench.servo.take(), [
    `forward 5000.000001100 ${bench.now}`,
    "reverse 5 5000.000001000",
  ]);
});

Deno.test("PtpPort: logMinDelayReqInterval of Delay_Resp is adopted within -10 and 22 only", () => {
  const bench = slaveBench();
  const answer = (log: number) => {
    bench.pass(3 * SECOND / 2 ** 3);
    bench.message({ type: M.Announce, sequenceId: 1000 + log });
    const request = bench.take().at(-1);
    if (request === undefined) return;
    bench.message({ type: M.DelayResp, sequenceId: request.sequenceId, log, time: [1, 0] });
  };
  answer(-3);
  assertEquals(bench.port.portDS.logMinDelayReqInterval, -3);
  for (const bad of [-11, 23, 127, -128]) {
    answer(bad);
    assertEquals(bench.port.portDS.logMinDelayReqInterval, -3, `${bad}`);
  }
  bench.pass(5 * SECOND);
  assertEquals(bench.port.state, S.Listening);
  assertEquals(bench.port.portDS.logMinDelayReqInterval, 0, "forgotten with its master");
});

Deno.test("PtpPort: sequenceIds wrap in both directions", () => {
  const bench = slaveBench();
  bench.servo.take();
  for (const id of [0xfffe, 0xffff, 0, 1]) {
    sync(bench, id);
    followUp(bench, id);
    bench.pass(SECOND / 8);
  }
  assertEquals(bench.servo.take().length, 4);
  const master = masterBench({ logSyncInterval: -7 });
  master.stampAfter = 1000;
  master.pass(600 * SECOND);
  const ids = master.take().filter((m) => m.type === M.Sync).map((m) => m.sequenceId);
  ok(ids.length > 0x10000);
  assertEquals(ids.every((id, k) => k === 0 || id === (ids[k - 1]! + 1 & 0xffff)), true);
});

Deno.test("PtpPort: what a master sent before it was chosen is fed to the servo with the choice", () => {
  const bench = new PtpBench({ slaveOnly: true });
  bench.message({ type: M.Announce, sequenceId: 1 });
  for (let k = 0; k < 8; k++) {
    bench.pass(SECOND / 8);
    sync(bench, k);
    followUp(bench, k);
  }
  assertEquals(bench.servo.take(), []);
  bench.message({ type: M.Announce, sequenceId: 2 });
  const calls = bench.servo.take();
  assertEquals(calls[0], "reset");
  assertEquals(calls.filter((c) => c.startsWith("forward")).length, 8);
});

Deno.test("PtpPort: what another master sent is not", () => {
  const bench = new PtpBench({ slaveOnly: true });
  bench.message({ type: M.Announce, sequenceId: 1 });
  for (let k = 0; k < 8; k++) {
    bench.pass(SECOND / 8);
    sync(bench, k, { source: OTHER });
    followUp(bench, k, { source: OTHER });
  }
  bench.message({ type: M.Announce, sequenceId: 2 });
  assertEquals(bench.servo.take(), ["reset"]);
});

Deno.test("PtpPort: a new master resets the servo and is asked for the delay at once", () => {
  const bench = slaveBench();
  bench.take();
  bench.servo.take();
  let id = 500;
  for (let k = 0; k < 2; k++) {
    bench.pass(SECOND / 2);
    bench.message({ type: M.Announce, sequenceId: id++ });
    bench.take();
    bench.message({
      type: M.Announce,
      source: OTHER,
      sequenceId: id++,
      announce: { priority1: 2 },
    });
  }
  assertEquals(isSame(bench, OTHER), true);
  assertEquals(bench.servo.take(), ["reset"]);
  assertEquals(types(bench), [M.DelayReq]);
});

// Timescale

const PTP_VALID = Flag.PtpTimescale | Flag.CurrentUtcOffsetValid;

Deno.test("PtpPort: a clock that keeps UTC takes a PTP master's time less its valid offset", () => {
  const bench = new PtpBench({ slaveOnly: true, localTimescale: "utc" });
  bench.follow(MASTER, {}, PTP_VALID);
  bench.servo.take();
  sync(bench, 1);
  followUp(bench, 1);
  assertEquals(bench.servo.take(), [`forward 4963.000000100 ${bench.now}`]);
});

Deno.test("PtpPort: a clock that keeps TAI, or nothing in particular, takes it as it is", () => {
  for (const localTimescale of ["tai", "arb"] as const) {
    const bench = new PtpBench({ slaveOnly: true, localTimescale });
    bench.follow(MASTER, {}, PTP_VALID);
    bench.servo.take();
    sync(bench, 1);
    followUp(bench, 1);
    assertEquals(bench.servo.take(), [`forward 5000.000000100 ${bench.now}`]);
  }
});

Deno.test("PtpPort: an arbitrary timescale is refused by a clock that keeps UTC, once, by name", () => {
  const bench = new PtpBench({ slaveOnly: true, localTimescale: "utc" });
  bench.follow(MASTER, {}, 0);
  bench.servo.take();
  sync(bench, 1);
  followUp(bench, 1);
  bench.pass(SECOND);
  assertEquals(bench.servo.take(), []);
  const refusals = bench.takeEvents().flatMap((e) => e.kind === "refusal" ? [e.refusal] : []);
  assertEquals(refusals, [{ reason: "arb" }]);
  assertEquals(bench.instance.snapshot().refusal, { reason: "arb" });
});

Deno.test("PtpPort: acceptArb lifts just this refusal", () => {
  const bench = new PtpBench({ slaveOnly: true, localTimescale: "utc", acceptArb: true });
  bench.follow(MASTER, {}, 0);
  bench.servo.take();
  sync(bench, 1);
  followUp(bench, 1);
  assertEquals(bench.servo.take(), [`forward 5000.000000100 ${bench.now}`]);
});

Deno.test("PtpPort: a PTP master without valid offset needs an offset of our own", () => {
  const bench = new PtpBench({ slaveOnly: true, localTimescale: "utc" });
  bench.follow(MASTER, { currentUtcOffset: 0 }, Flag.PtpTimescale);
  assertEquals(bench.instance.snapshot().refusal, { reason: "utcOffset" });
  bench.instance.setTimeProperties({
    ...bench.instance.options.timeProperties,
    currentUtcOffsetValid: true,
  });
  bench.turn();
  assertEquals(bench.instance.snapshot().refusal, null);
  bench.servo.take();
  sync(bench, 1);
  followUp(bench, 1);
  assertEquals(bench.servo.take(), [`forward 4963.000000100 ${bench.now}`]);
});

Deno.test("PtpPort: the servo's refusal and reports become events", () => {
  const bench = slaveBench();
  bench.takeEvents();
  bench.servo.refusal = { reason: "epoch", masterSeconds: 5 };
  bench.servo.pending = sampleAt(bench.now, 42, ServoState.Unlocked);
  bench.turn();
  bench.turn();
  assertEquals(bench.takeEvents().map((e) => e.kind), ["sample", "refusal"]);
  assertEquals(bench.instance.currentDS.offsetFromMaster, 42);
});

Deno.test("PtpPort: its deadline includes the servo's", () => {
  const bench = slaveBench();
  bench.servo.due = instant(bench.now + 5);
  assertEquals(bench.port.deadline(), bench.now + 5);
  bench.servo.take();
  bench.pass(10);
  assertEquals(bench.servo.take(), ["steer"]);
});

Deno.test("PtpInstance: snapshot() is JSON without loss", () => {
  const bench = slaveBench();
  const snapshot = bench.instance.snapshot();
  assertEquals(JSON.parse(JSON.stringify(snapshot)), snapshot);
  assertEquals(snapshot.parentDS.parentPortIdentity, "020000.fffe.000010-1");
  assertEquals(snapshot.ports[0]?.portState, "UNCALIBRATED");
  assertEquals(snapshot.ports[0]?.received, { Announce: 2 });
});

Deno.test("PtpInstance: setQuality() moves the decision live", () => {
  const bench = slaveBench();
  const two = new PtpBench();
  two.follow();
  assertEquals(two.port.state, S.Uncalibrated);
  two.instance.setQuality({ priority1: 1 });
  two.turn();
  two.turn();
  assertEquals(two.port.state, S.Master);
  assertEquals(bench.port.state, S.Uncalibrated);
});

function isSame(bench: PtpBench, id: ReturnType<typeof portIdentity>): boolean {
  const p = bench.instance.parentDS.parentPortIdentity;
  return p.high === id.high && p.low === id.low && p.port === id.port;
}
