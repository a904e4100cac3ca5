/**
 * Bad input: each kind is counted under its reason, never thrown, and changes nothing else.
 * @module
 */
import { deepStrictEqual as assertEquals } from "node:assert/strict";
import {
  build,
  MASTER,
  type MessageFields,
  OTHER,
  OWN_PORT,
  PtpBench,
} from "../../tests/kit/ptp_bench.ts";
import { Reason } from "./reason.ts";
import { PortState } from "./state.ts";
import { Flag, MessageType as M } from "./wire/header.ts";
import { portIdentity } from "./wire/identity.ts";

const SECOND = 1e9;

/** A slave in UNCALIBRATED with its first Delay_Req outstanding, and nothing to tell. */
function slave(): PtpBench {
  const bench = new PtpBench({ slaveOnly: true });
  bench.follow();
  bench.servo.take();
  bench.takeEvents();
  return bench;
}

/** Data sets and state, everything that bad input must leave alone. */
function image(bench: PtpBench): unknown {
  const { ports, ...rest } = bench.instance.snapshot();
  return [rest, ports.map((p) => [p.portState, p.decision, p.foreignMasters])];
}

/** Gives octets to a slave and wants `reason` counted once and nothing else changed. */
function expectDrop(
  reason: Reason,
  octets: Uint8Array | MessageFields,
  bench = slave(),
  stamp: number = bench.now,
): void {
  const before = image(bench);
  const total = bench.port.faults.total();
  const count = bench.dropped(reason);
  bench.servo.take();
  bench.octets(octets instanceof Uint8Array ? octets : build(octets), stamp);
  bench.turn();
  assertEquals(bench.dropped(reason), count + 1);
  assertEquals(bench.port.faults.total(), total + 1);
  assertEquals(image(bench), before);
  assertEquals(bench.servo.take(), []);
  assertEquals(bench.takeEvents(), []);
}

/** `build(f)` with octets changed. */
function patched(f: MessageFields, change: (b: Uint8Array, v: DataView) => void): Uint8Array {
  const bytes = build(f);
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

Deno.test("bad input: wrong length: cut off, stated too long, stated too short, trailing", () => {
  const announce = build({ type: M.Announce, sequenceId: 500 });
  expectDrop(Reason.Truncated, announce.slice(0, 33));
  expectDrop(Reason.Truncated, new Uint8Array(0));
  expectDrop(Reason.MessageLength, announce.slice(0, 63));
  expectDrop(Reason.MessageLength, patched({ type: M.Announce }, (_, v) => v.setUint16(2, 63)));
  expectDrop(Reason.MessageLength, patched({ type: M.Sync }, (_, v) => v.setUint16(2, 0xffff)));
  const trailing = new Uint8Array(48);
  trailing.set(build({ type: M.Sync }));
  expectDrop(Reason.TrailingOctets, trailing);
});

Deno.test("bad input: odd TLV", () => {
  expectDrop(Reason.TlvOddLength, { type: M.Announce, tlvs: [0x80, 0x08, 0, 1, 0] });
});

Deno.test("bad input: TLV overrun, and half a TLV header", () => {
  expectDrop(Reason.TlvOverrun, { type: M.Announce, tlvs: [0x80, 0x08, 0, 4, 0, 0] });
  expectDrop(Reason.TlvOverrun, { type: M.Sync, tlvs: [0x80, 0x08] });
});

Deno.test("bad input: version 1, reserved type", () => {
  expectDrop(Reason.Version, patched({}, (b) => b[1] = 1));
  expectDrop(Reason.MessageType, patched({}, (b) => b[0] = 0x0e));
});

Deno.test("bad input: foreign domain, foreign sdoId", () => {
  expectDrop(Reason.ForeignDomain, { type: M.Announce, domain: 1 });
  expectDrop(Reason.ForeignSdo, { type: M.Announce, majorSdoId: 1 });
  const minor = patched({ type: M.Announce, source: OTHER }, (b) => b[5] = 7);
  const isolated = new PtpBench({ slaveOnly: true, isolation: true });
  isolated.takeEvents();
  expectDrop(Reason.ForeignSdo, minor, isolated);
  const open = slave();
  open.octets(minor);
  assertEquals(open.port.foreign.size, 2, "minorSdoId is ignored without isolation (16.5)");
  const any = new PtpBench({ slaveOnly: true, ignoreMajorSdoId: true });
  any.message({ type: M.Announce, majorSdoId: 1 });
  assertEquals(any.port.foreign.size, 1);
});

Deno.test("bad input: own identity, from this port and from another of this clock", () => {
  expectDrop(Reason.OwnIdentity, { type: M.Announce, source: OWN_PORT });
  expectDrop(Reason.OwnIdentity, { type: M.Sync, source: { ...OWN_PORT, port: 2 } });
});

Deno.test("bad input: stepsRemoved 255", () => {
  expectDrop(Reason.StepsRemoved, { type: M.Announce, announce: { stepsRemoved: 255 } });
  expectDrop(Reason.StepsRemoved, { type: M.Announce, announce: { stepsRemoved: 0xffff } });
});

Deno.test("bad input: alternate master", () => {
  expectDrop(Reason.AlternateMaster, {
    type: M.Announce,
    source: OTHER,
    flags: Flag.AlternateMaster,
    announce: { priority1: 0 },
  });
});

Deno.test("bad input: Sync, Follow_Up and Delay_Resp of another master", () => {
  expectDrop(Reason.NotParent, { type: M.Sync, source: OTHER });
  expectDrop(Reason.NotParent, { type: M.FollowUp, source: OTHER });
  const bench = slave();
  const [request] = bench.take();
  expectDrop(Reason.NotParent, {
    type: M.DelayResp,
    source: OTHER,
    sequenceId: request!.sequenceId,
  }, bench);
});

Deno.test("bad input: duplicates of Sync, Follow_Up, a complete pair, Delay_Resp, Announce", () => {
  const bench = slave();
  const sync: MessageFields = { type: M.Sync, sequenceId: 9, flags: Flag.TwoStep };
  const followUp: MessageFields = { type: M.FollowUp, sequenceId: 9, time: [5, 5] };
  bench.message(sync);
  expectDrop(Reason.Duplicate, sync, bench);
  bench.message(followUp);
  assertEquals(bench.servo.take().length, 1);
  expectDrop(Reason.Duplicate, followUp, bench);
  expectDrop(Reason.Duplicate, sync, bench);
  const early: MessageFields = { ...followUp, sequenceId: 10 };
  bench.message(early);
  expectDrop(Reason.Duplicate, early, bench);
  const response: MessageFields = {
    type: M.DelayResp,
    sequenceId: bench.take()[0]!.sequenceId,
    time: [5, 5],
  };
  bench.message(response);
  expectDrop(Reason.Duplicate, response, bench);
  expectDrop(Reason.Duplicate, { type: M.Announce, sequenceId: 101 }, bench);
});

Deno.test("bad input: a duplicate of Delay_Resp after its measurement", () => {
  const bench = slave();
  const [request] = bench.take();
  const response: MessageFields = { type: M.DelayResp, sequenceId: request!.sequenceId };
  bench.stamp(request!.ticket, 5);
  bench.message(response);
  assertEquals(bench.servo.take().length, 1);
  expectDrop(Reason.Duplicate, response, bench);
});

Deno.test("bad input: Delay_Resp never asked for, and Delay_Resp after four intervals", () => {
  const bench = slave();
  const id = bench.take()[0]!.sequenceId;
  expectDrop(Reason.UnknownSequence, { type: M.DelayResp, sequenceId: (id + 1) & 0xffff }, bench);
  expectDrop(Reason.UnknownSequence, { type: M.DelayResp, sequenceId: (id + 8) & 0xffff }, bench);
  const late = slave();
  const lateId = late.take()[0]!.sequenceId;
  for (let k = 0; k < 5; k++) {
    late.pass(0.9 * SECOND);
    late.message({ type: M.Announce, sequenceId: 200 + k });
  }
  late.takeEvents();
  expectDrop(Reason.UnknownSequence, { type: M.DelayResp, sequenceId: lateId }, late);
});

Deno.test("bad input: a delayed Delay_Resp within four intervals is still a measurement", () => {
  const bench = slave();
  const [request] = bench.take();
  bench.stamp(request!.ticket, 5);
  bench.pass(2.5 * SECOND);
  bench.message({ type: M.DelayResp, sequenceId: request!.sequenceId, time: [7, 8] });
  assertEquals(bench.servo.take(), ["reverse 5 7.000000008"]);
});

Deno.test("bad input: Delay_Resp for another port", () => {
  const bench = slave();
  const [request] = bench.take();
  expectDrop(Reason.OtherPort, {
    type: M.DelayResp,
    sequenceId: request!.sequenceId,
    requester: portIdentity(1, 2, 3),
  }, bench);
});

Deno.test("bad input: correctionField near 2^63, both ends, in every message that uses it", () => {
  const ends = [0x7fff_ffff_ffff_ffffn, 0x7fff_ffff_0000_0000n, -0x8000_0000_0000_0000n];
  for (const bits of ends) {
    const bench = slave();
    const [request] = bench.take();
    const big = (f: MessageFields) => patched(f, (_, v) => v.setBigInt64(8, bits));
    expectDrop(Reason.CorrectionTooBig, big({ type: M.Sync, sequenceId: 1 }), bench);
    const twoStep = big({ type: M.Sync, sequenceId: 2, flags: Flag.TwoStep });
    expectDrop(Reason.CorrectionTooBig, twoStep, bench);
    expectDrop(Reason.CorrectionTooBig, big({ type: M.FollowUp, sequenceId: 2 }), bench);
    const response = big({ type: M.DelayResp, sequenceId: request!.sequenceId });
    expectDrop(Reason.CorrectionTooBig, response, bench);
  }
});

Deno.test("bad input: a Delay_Req with the largest correction is answered with the same", () => {
  const bench = new PtpBench({}, { masterOnly: true });
  bench.turn();
  bench.take();
  const octets = patched({ type: M.DelayReq, source: OTHER }, (_, v) => {
    v.setBigInt64(8, 0x7fff_ffff_ffff_ffffn);
  });
  bench.octets(octets);
  bench.turn();
  assertEquals(bench.take()[0]!.view.getBigInt64(8), 0x7fff_ffff_ffff_ffffn);
});

Deno.test("bad input: seconds beyond 2^32, nanoseconds of 1e9", () => {
  const bench = slave();
  const [request] = bench.take();
  const far: [number, number] = [2 ** 32, 0];
  const oneStep: MessageFields = { type: M.Sync, sequenceId: 1, time: far };
  expectDrop(Reason.SecondsTooBig, oneStep, bench);
  expectDrop(Reason.SecondsTooBig, { type: M.FollowUp, sequenceId: 1, time: far }, bench);
  expectDrop(Reason.SecondsTooBig, {
    type: M.DelayResp,
    sequenceId: request!.sequenceId,
    time: far,
  }, bench);
  expectDrop(Reason.Nanoseconds, patched({ type: M.FollowUp }, (_, v) => v.setUint32(40, 1e9)));
});

Deno.test("bad input: event messages without a stamp", () => {
  expectDrop(Reason.MissingStamp, { type: M.Sync, sequenceId: 1 }, slave(), NaN);
  const master = new PtpBench({}, { masterOnly: true });
  master.turn();
  master.takeEvents();
  expectDrop(Reason.MissingStamp, { type: M.DelayReq, source: OTHER }, master, NaN);
});

Deno.test("bad input: a transmit stamp that was refused, one of nobody's", () => {
  const bench = slave();
  const [request] = bench.take();
  bench.stamp(request!.ticket, NaN);
  assertEquals(bench.dropped(Reason.MissingStamp), 1);
  for (const ticket of [0, 1, 0xffff_ffff, request!.ticket + 1]) bench.stamp(ticket, 5);
  assertEquals(bench.dropped(Reason.LateStamp), 4);
  expectDrop(Reason.UnknownSequence, {
    type: M.DelayResp,
    sequenceId: request!.sequenceId,
  }, bench);
});

Deno.test("bad input: an old Sync whose Follow_Up comes after its successor's is not mispaired", () => {
  const bench = slave();
  bench.message({ type: M.Sync, sequenceId: 1, flags: Flag.TwoStep }, 1000);
  bench.message({ type: M.Sync, sequenceId: 2, flags: Flag.TwoStep }, 2000);
  bench.message({ type: M.FollowUp, sequenceId: 1, time: [5, 1] });
  bench.message({ type: M.FollowUp, sequenceId: 2, time: [5, 2] });
  assertEquals(bench.servo.take(), ["forward 5.000000002 2000"]);
});

Deno.test("bad input: halves of equal sequenceId but minutes apart are not paired", () => {
  const bench = slave();
  bench.message({ type: M.Sync, sequenceId: 1, flags: Flag.TwoStep }, 1000);
  for (let k = 0; k < 3; k++) {
    bench.pass(SECOND);
    bench.message({ type: M.Announce, sequenceId: 300 + k });
  }
  bench.message({ type: M.FollowUp, sequenceId: 1, time: [5, 1] });
  assertEquals(bench.servo.take(), []);
  bench.message({ type: M.Sync, sequenceId: 1, flags: Flag.TwoStep }, 9000);
  assertEquals(bench.servo.take(), ["forward 5.000000001 9000"]);
});

Deno.test("bad input: a flood of forged masters keeps the list bounded and the parent", () => {
  const bench = slave();
  for (let k = 0; k < 5000; k++) {
    bench.octets(build({
      type: M.Announce,
      source: portIdentity(0x55, k, 1),
      sequenceId: k,
      announce: { priority1: 0 },
    }));
  }
  bench.turn();
  assertEquals(bench.port.foreign.size, 16);
  assertEquals(bench.instance.parentDS.parentPortIdentity, MASTER);
  assertEquals(bench.port.state, PortState.Uncalibrated);
});

Deno.test("bad input: peer delay and management are counted as not configured", () => {
  for (const type of [M.PdelayReq, M.PdelayResp, M.PdelayRespFollowUp]) {
    expectDrop(Reason.NotConfigured, { type });
  }
  expectDrop(Reason.OtherPort, { type: M.Signaling }); // its target is nobody
  expectDrop(Reason.NotConfigured, { type: M.Management });
});

Deno.test("bad input: messages of the wrong role", () => {
  expectDrop(Reason.PortState, { type: M.DelayReq, source: OTHER });
  const master = new PtpBench({}, { masterOnly: true });
  master.turn();
  master.takeEvents();
  expectDrop(Reason.PortState, { type: M.DelayResp }, master);
  expectDrop(Reason.PortState, { type: M.Announce, announce: { priority1: 0 } }, master);
});
