import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import {
  build,
  MASTER,
  type MessageFields,
  OTHER,
  PtpBench,
  type SentMessage,
} from "../../../tests/kit/ptp_bench.ts";
import { nanos } from "../../base/time.ts";
import type { PortOptions } from "../options.ts";
import { Reason } from "../reason.ts";
import { PortState } from "../state.ts";
import * as header from "../wire/header.ts";
import { Flag, MessageType as M } from "../wire/header.ts";
import { isPortAt, portIdentity } from "../wire/identity.ts";
import * as message from "../wire/message.ts";
import * as wire from "../wire/timestamp.ts";

const SECOND = 1e9;

function bench(port: Partial<PortOptions> = {}, isSlave = true): PtpBench {
  return new PtpBench({ slaveOnly: isSlave }, { delayMechanism: "p2p", ...port });
}

/** The newest Pdelay_Req the port sent. */
function request(b: PtpBench): SentMessage {
  const sent = b.take().filter((m) => m.type === M.PdelayReq);
  return sent.at(-1)!;
}

/** A two-step answer that took 1000 ns over a link of `delay` ns; t1 is the present. */
function answer(b: PtpBench, delay: number, more: MessageFields = {}): void {
  const q = request(b);
  b.stamp(q.ticket, b.now);
  const common = { source: MASTER, sequenceId: q.sequenceId, log: 0x7f };
  const arrival = b.now + 2 * delay + 1000;
  b.message({
    ...common,
    type: M.PdelayResp,
    flags: Flag.TwoStep,
    time: [100, 5000],
    ...more,
  }, arrival);
  b.message({ ...common, type: M.PdelayRespFollowUp, time: [100, 6000] });
}

Deno.test("PeerToPeer: the first Pdelay_Req leaves in LISTENING, to the peer group, on a grid", () => {
  const b = bench({ logMinPdelayReqInterval: -1 });
  b.pass(2.2 * SECOND);
  const sent = b.take().filter((m) => m.type === M.PdelayReq);
  assertEquals(sent.map((m) => m.at), [0, 0.5, 1, 1.5, 2].map((s) => s * SECOND));
  assertEquals(b.port.state, PortState.Listening);
  assertEquals(b.addresses.text(sent[0]!.peer), "224.0.0.107:319");
  assertEquals(sent[0]!.view.byteLength, 54);
});

Deno.test("PeerToPeer: two-step: half of (t4 - t1) - (t3 - t2) less both corrections (11.4.2)", () => {
  const b = bench();
  answer(b, 700, { correction: 100 });
  assertEquals(b.port.portDS.meanLinkDelay, 650);
});

Deno.test("PeerToPeer: Follow_Up before Pdelay_Resp, and both before the transmit stamp", () => {
  const b = bench();
  const q = request(b);
  const common = { source: MASTER, sequenceId: q.sequenceId };
  b.message({ ...common, type: M.PdelayRespFollowUp, time: [100, 6000], correction: 0.5 });
  b.message({ ...common, type: M.PdelayResp, flags: Flag.TwoStep, time: [100, 5000] }, 4000);
  assertEquals(b.port.portDS.meanLinkDelay, 0);
  b.stamp(q.ticket, 1000);
  assertEquals(b.port.portDS.meanLinkDelay, (4000 - 1000 - 1000 - 0.5) / 2);
});

Deno.test("PeerToPeer: one-step: the turnaround is in the correctionField", () => {
  const b = bench();
  const q = request(b);
  b.stamp(q.ticket, 1000);
  b.message(
    { source: MASTER, sequenceId: q.sequenceId, type: M.PdelayResp, correction: 900 },
    4000,
  );
  assertEquals(b.port.portDS.meanLinkDelay, 1050);
});

Deno.test("PeerToPeer: the turnaround is scaled by neighborRateRatio", () => {
  const b = bench();
  // The neighbour runs 100 ppm fast and takes 200 ms: unscaled, the error would be 10 us.
  const at = (local: number): [number, number] => {
    const t = local * 1.0001;
    return [100 + Math.floor(t / SECOND), t % SECOND];
  };
  for (let k = 0; k < 5; k++) {
    const q = request(b);
    b.stamp(q.ticket, b.now);
    const common = { source: MASTER, sequenceId: q.sequenceId };
    const t1 = b.now;
    b.message(
      { ...common, type: M.PdelayResp, flags: Flag.TwoStep, time: at(t1 + 500) },
      t1 + 2e8 + 1000,
    );
    b.message({ ...common, type: M.PdelayRespFollowUp, time: at(t1 + 500 + 2e8) });
    b.pass(SECOND);
  }
  ok(Math.abs(b.port.peer!.neighborRateRatio - 1.0001) < 1e-9);
  const after: number[] = [];
  b.servo.take();
  b.follow();
  b.take();
  b.pass(SECOND);
  const q = request(b);
  const t1 = b.now;
  b.stamp(q.ticket, t1);
  const common = { source: MASTER, sequenceId: q.sequenceId };
  b.message(
    { ...common, type: M.PdelayResp, flags: Flag.TwoStep, time: at(t1 + 500) },
    t1 + 2e8 + 1000,
  );
  b.message({ ...common, type: M.PdelayRespFollowUp, time: at(t1 + 500 + 2e8) });
  for (const call of b.servo.take()) {
    const [name, delay] = call.split(" ");
    if (name === "linkDelay") after.push(Number(delay));
  }
  ok(Math.abs(after.at(-1)! - 500) < 1, `${after}`);
});

Deno.test("PeerToPeer: the servo gets forward and linkDelay, no Delay_Req leaves", () => {
  const b = bench();
  answer(b, 700);
  b.take();
  b.follow();
  assertEquals(b.servo.take(), ["reset", `linkDelay 700 ${b.now}`]);
  b.message({ type: M.Sync, sequenceId: 1, time: [50, 10] });
  assertEquals(b.servo.take(), [`forward 50.000000010 ${b.now}`]);
  assertEquals(b.take().filter((m) => m.type === M.DelayReq), []);
});

Deno.test("PeerToPeer: Pdelay_Req is answered in LISTENING, PASSIVE, MASTER and SLAVE", () => {
  const passive = new PtpBench({
    clockQuality: { clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0 },
  }, { delayMechanism: "p2p" });
  passive.follow(MASTER, { priority1: 1 });
  assertEquals(passive.port.state, PortState.Passive);
  const slave = bench();
  slave.follow();
  const master = bench({ masterOnly: true }, false);
  master.turn();
  for (const b of [bench(), passive, slave, master]) {
    b.take();
    b.message({ type: M.PdelayReq, source: OTHER, sequenceId: 77, correction: 2.5 }, 1000.25);
    const [reply] = b.take();
    assertEquals(reply?.type, M.PdelayResp);
    assertEquals(reply!.sequenceId, 77);
    assertEquals(header.hasFlag(reply!.view, 0, Flag.TwoStep), true);
    assertEquals(isPortAt(reply!.view, message.REQUESTING_PORT_IDENTITY, OTHER), true);
    assertEquals(wire.nanoseconds(reply!.view, message.TIMESTAMP), 1000);
    assertEquals(header.correctionField(reply!.view, 0), -0.25);
    assertEquals(header.logMessageInterval(reply!.view, 0), 0x7f);
    assertEquals(b.addresses.text(reply!.peer), "224.0.0.107:319");
    b.stamp(reply!.ticket, 5000.5);
    const [followUp] = b.take();
    assertEquals(followUp?.type, M.PdelayRespFollowUp);
    assertEquals(wire.nanoseconds(followUp!.view, message.TIMESTAMP), 5000);
    assertEquals(header.correctionField(followUp!.view, 0), 3, "the request's and t3's fraction");
    assertEquals(b.addresses.text(followUp!.peer), "224.0.0.107:320");
  }
});

Deno.test("PeerToPeer: requesters of equal sequenceId get their own answers", () => {
  const b = bench();
  b.take();
  b.octets(build({ type: M.PdelayReq, source: OTHER, sequenceId: 5 }), 1000);
  b.octets(build({ type: M.PdelayReq, source: MASTER, sequenceId: 5 }), 2000);
  b.turn();
  const [first, second] = b.take();
  b.stamp(second!.ticket, 4000);
  const [late] = b.take();
  assertEquals(isPortAt(late!.view, message.REQUESTING_PORT_IDENTITY, MASTER), true);
  b.stamp(first!.ticket, 3000);
  assertEquals(isPortAt(b.take()[0]!.view, message.REQUESTING_PORT_IDENTITY, OTHER), true);
});

Deno.test("PeerToPeer: a unicast Pdelay_Req is answered to its sender alone", () => {
  const b = bench();
  b.take();
  const peer = b.addresses.internText("192.0.2.7", 319);
  b.message({ type: M.PdelayReq, source: OTHER, flags: Flag.Unicast }, b.now, peer);
  const [reply] = b.take();
  assertEquals(b.addresses.text(reply!.peer), "192.0.2.7:319");
  b.stamp(reply!.ticket, 5);
  assertEquals(b.addresses.text(b.take()[0]!.peer), "192.0.2.7:320");
});

Deno.test("PeerToPeer: three exchanges with two responders are a fault (11.4.1)", () => {
  const b = bench();
  for (let k = 0; k < 3; k++) {
    const q = request(b);
    b.stamp(q.ticket, b.now);
    for (const source of [MASTER, OTHER]) {
      b.message({ type: M.PdelayResp, source, sequenceId: q.sequenceId }, b.now + 3000);
    }
    assertEquals(b.dropped(Reason.SeveralResponders), k + 1);
    b.pass(SECOND);
  }
  assertEquals(b.port.state, PortState.Faulty);
  const fault = b.takeEvents().find((e) => e.kind === "fault");
  assertEquals(fault?.kind === "fault" ? fault.reason : "", "severalResponders");
});

Deno.test("PeerToPeer: late, foreign and unasked answers change nothing", () => {
  const b = bench();
  const q = request(b);
  const before = () => [b.dropped(Reason.OtherPort), b.dropped(Reason.UnknownSequence)];
  b.message({ type: M.PdelayResp, sequenceId: q.sequenceId, requester: portIdentity(1, 2, 3) });
  b.message({ type: M.PdelayResp, sequenceId: q.sequenceId + 1 & 0xffff });
  assertEquals(before(), [1, 1]);
  b.pass(SECOND);
  b.stamp(q.ticket, 5);
  b.message({ type: M.PdelayResp, sequenceId: q.sequenceId }, 1000);
  assertEquals(before(), [1, 2]);
  assertEquals(b.port.peer!.lost, 1);
  assertEquals(b.port.portDS.meanLinkDelay, 0);
});

Deno.test("PeerToPeer: a measurement that stands alone is left out, a new path is taken", () => {
  const b = bench();
  b.follow();
  const deliver = (delay: number) => {
    answer(b, delay);
    b.pass(SECOND);
    b.message({ type: M.Announce, sequenceId: b.now / SECOND & 0xffff });
    return b.servo.take().filter((c) => c.startsWith("linkDelay")).length;
  };
  for (let k = 0; k < 6; k++) assertEquals(deliver(700 + k), 1);
  assertEquals(deliver(900_000), 0);
  assertEquals(deliver(702), 1);
  assertEquals([1, 2, 3, 4].map(() => deliver(50_000)), [0, 0, 1, 1]);
});

Deno.test("PeerToPeer: asCapable auto: neither Sync nor Announce before a neighbour answers", () => {
  const b = bench({ masterOnly: true, asCapable: "auto" }, false);
  b.stampAfter = 1000;
  b.pass(3 * SECOND);
  assertEquals(b.take().every((m) => m.type === M.PdelayReq), true);
  b.message({ type: M.Announce });
  assertEquals(b.dropped(Reason.NotCapable), 1);
  const c = bench({ masterOnly: true, asCapable: "auto" }, false);
  answer(c, 700);
  c.pass(SECOND);
  assertEquals(c.take().some((m) => m.type === M.Sync), true);
  const far = bench(
    { masterOnly: true, asCapable: "auto", neighborPropDelayThresh: nanos(600) },
    false,
  );
  answer(far, 700);
  far.pass(SECOND);
  assertEquals(far.take().some((m) => m.type === M.Sync), false);
});

Deno.test("AutoDelay: a master answers both; a slave uses what is answered first", () => {
  const master = bench({ masterOnly: true, delayMechanism: "auto" }, false);
  master.turn();
  master.take();
  master.message({ type: M.PdelayReq, source: OTHER });
  master.message({ type: M.DelayReq, source: OTHER });
  assertEquals(master.take().map((m) => m.type), [M.PdelayResp, M.DelayResp]);

  const e2e = bench({ delayMechanism: "auto" });
  e2e.follow();
  const asked = e2e.take();
  assertEquals(asked.map((m) => m.type).sort((a, b) => a - b), [M.DelayReq, M.PdelayReq]);
  const q = asked.find((m) => m.type === M.DelayReq)!;
  e2e.stamp(q.ticket, 5);
  e2e.message({ type: M.DelayResp, sequenceId: q.sequenceId, time: [1, 0] });
  assertEquals(e2e.servo.take().at(-1), "reverse 5 1.000000000");
  e2e.pass(2.9 * SECOND);
  assertEquals(e2e.take().some((m) => m.type === M.PdelayReq), false);

  const p2p = bench({ delayMechanism: "auto" });
  p2p.follow();
  answer(p2p, 600);
  p2p.pass(SECOND);
  answer(p2p, 700);
  assertEquals(p2p.servo.take(), ["reset", `linkDelay 700 ${p2p.now + 2400}`]);
  p2p.pass(2.9 * SECOND);
  assertEquals(p2p.take().some((m) => m.type === M.DelayReq), false);
});

Deno.test("AutoDelay: the mechanism that falls silent gives way to the other", () => {
  const b = bench({ delayMechanism: "auto" });
  b.follow();
  answer(b, 700);
  b.pass(SECOND);
  answer(b, 700);
  b.take();
  for (let k = 0; k < 8; k++) {
    b.pass(SECOND);
    b.message({ type: M.Announce, sequenceId: 300 + k });
  }
  const q = b.take().filter((m) => m.type === M.DelayReq).at(-1)!;
  b.stamp(q.ticket, 5);
  b.message({ type: M.DelayResp, sequenceId: q.sequenceId, time: [1, 0] });
  assertEquals(b.servo.take().at(-1), "reverse 5 1.000000000");
});

Deno.test("AutoDelay: several responders leave end-to-end delay, not a fault", () => {
  const b = bench({ delayMechanism: "auto" });
  b.follow();
  for (let k = 0; k < 4; k++) {
    const sent = b.take();
    const q = sent.filter((m) => m.type === M.PdelayReq).at(-1);
    if (q === undefined) break;
    b.stamp(q.ticket, b.now);
    for (const source of [MASTER, OTHER]) {
      b.message({ type: M.PdelayResp, source, sequenceId: q.sequenceId }, b.now + 3000);
    }
    b.pass(SECOND);
    b.message({ type: M.Announce, sequenceId: 300 + k });
  }
  b.pass(2 * SECOND);
  b.message({ type: M.Announce, sequenceId: 400 });
  b.pass(2 * SECOND);
  assertEquals(b.port.state, PortState.Uncalibrated);
  const types = b.take().map((m) => m.type);
  assertEquals([types.includes(M.PdelayReq), types.includes(M.DelayReq)], [false, true]);
  assertEquals(b.servo.take().filter((c) => c.startsWith("link")), []);
});

Deno.test("PtpPort: peer delay without a destination is refused", () => {
  const b = bench();
  let said = "";
  try {
    const addresses = b.addresses;
    b.instance.addPort({ delayMechanism: "p2p" }, {
      addresses,
      event: 1,
      general: 2,
      peerEvent: 0,
      peerGeneral: 0,
    });
  } catch (error) {
    said = (error as Error).message;
  }
  ok(said.includes("peerEvent"), said);
});
