/**
 * TLVs through live ports: path trace, propagation, follow-up information, interval requests; and
 * those that are skipped.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { MASTER, OTHER, OWN_CLOCK, PtpBench, type SentMessage } from "../../tests/kit/ptp_bench.ts";
import { AnnounceTlvs, isPropagated } from "./announce_tlvs.ts";
import { Reason } from "./reason.ts";
import { PortState } from "./state.ts";
import * as alternate from "./wire/alternate_time_offset.ts";
import { Fault } from "./wire/fault.ts";
import { Flag, MessageType as M } from "./wire/header.ts";
import * as ieee8021 from "./wire/ieee8021.ts";
import { ANY_PORT, type ClockIdentity, writeClock, writePort } from "./wire/identity.ts";
import * as message from "./wire/message.ts";
import * as tlv from "./wire/tlv.ts";
import { TlvType } from "./wire/tlv.ts";

const SECOND = 1e9;

/** The octets of a TLV. */
function row(type: number, value: readonly number[]): number[] {
  return [type >>> 8, type & 255, value.length >>> 8, value.length & 255, ...value];
}

function trace(...path: readonly ClockIdentity[]): number[] {
  const bytes = new Uint8Array(8 * path.length);
  path.forEach((id, k) => writeClock(new DataView(bytes.buffer), 8 * k, id));
  return row(TlvType.PATH_TRACE, [...bytes]);
}

/** Types and values of the TLVs behind a message. */
function tlvsOf(m: SentMessage): [number, number[]][] {
  const found: [number, number[]][] = [];
  const v = m.view;
  for (let t = message.firstTlv(v, 0); t < message.end(v, 0); t = tlv.next(v, t)) {
    const value = new Uint8Array(v.buffer, tlv.value(t), tlv.length(v, t));
    found.push([tlv.type(v, t), [...value]]);
  }
  return found;
}

/** A master of lower quality than the grandmaster it follows would be; its Announce. */
function announceOf(b: PtpBench): SentMessage {
  b.turn();
  return b.take().filter((m) => m.type === M.Announce).at(-1)!;
}

Deno.test("path trace: a grandmaster announces itself alone (16.2.3)", () => {
  const b = new PtpBench({ pathTrace: true }, { masterOnly: true });
  const m = announceOf(b);
  assertEquals(tlvsOf(m), [[TlvType.PATH_TRACE, [2, 0, 0, 0xff, 0xfe, 0, 0, 1]]]);
  assertEquals(m.view.getUint16(2), m.view.byteLength);
  assertEquals(message.check(m.view, 0, m.view.byteLength), Fault.None);
  const plain = announceOf(new PtpBench({}, { masterOnly: true }));
  assertEquals(plain.view.byteLength, 64);
});

Deno.test("path trace: an Announce that has been here is dropped, by name", () => {
  const b = new PtpBench({ slaveOnly: true });
  b.message({ type: M.Announce, sequenceId: 1, tlvs: trace(MASTER, OWN_CLOCK) });
  assertEquals(b.dropped(Reason.PathLoop), 1);
  assertEquals(b.port.foreign.size, 0);
  b.message({ type: M.Announce, sequenceId: 2, tlvs: trace(MASTER, OTHER) });
  assertEquals(b.port.foreign.size, 1);
});

Deno.test("path trace: the parent's list is kept, and follows its changes", () => {
  const b = new PtpBench({ slaveOnly: true, pathTrace: true });
  b.follow();
  assertEquals(b.instance.announceTlvs.path, []);
  b.message({ type: M.Announce, sequenceId: 200, tlvs: trace(OTHER, MASTER) });
  const ids = [OTHER, MASTER].map(({ high, low }) => ({ high, low }));
  assertEquals(b.instance.announceTlvs.path, ids);
  b.message({ type: M.Announce, sequenceId: 201 });
  assertEquals(b.instance.announceTlvs.path, []);
});

Deno.test("AnnounceTlvs: 0x4000 to 0x7FFF and alternate time offsets go on, others do not", () => {
  const types = [0x0003, 0x0009, 0x2004, 0x3fff, 0x4000, 0x4001, 0x7fff, 0x8000, 0x8001, 0x8008];
  assertEquals(types.filter((t) => isPropagated(t)), [0x0009, 0x4000, 0x4001, 0x7fff]);
  const a = new AnnounceTlvs(OWN_CLOCK, true);
  const octets = [
    ...row(0x8008, [0, 0]),
    ...row(0x4000, [0, 0x1b, 0x19, 0, 0, 1, 0xaa, 0xbb]),
    ...row(0x0003, [0, 0x80, 0xc2, 0, 0, 9]),
    ...trace(MASTER),
    ...row(0x7abc, []),
    ...row(0x8001, [1, 2]),
  ];
  a.compose({ view: new DataView(new Uint8Array(octets).buffer), length: octets.length });
  assertEquals([...a.octets], [
    ...trace(MASTER, OWN_CLOCK),
    ...row(0x4000, [0, 0x1b, 0x19, 0, 0, 1, 0xaa, 0xbb]),
    ...row(0x7abc, []),
  ]);
});

Deno.test("AnnounceTlvs: a path too long for a frame is left out, the rest goes on (16.2.3)", () => {
  const a = new AnnounceTlvs(OWN_CLOCK, true);
  const long = trace(...new Array<ClockIdentity>(160).fill(MASTER));
  const octets = [...long, ...row(0x4000, [1, 2])];
  a.compose({ view: new DataView(new Uint8Array(octets).buffer), length: octets.length });
  assertEquals([...a.octets], row(0x4000, [1, 2]));
  assertEquals(a.path.length, 160);
});

Deno.test("alternate time offset: encode() and read() are inverse; the grandmaster sends it", () => {
  const zone = {
    keyField: 3,
    currentOffset: -18_037,
    jumpSeconds: 3600,
    timeOfNextJump: 0x1_2345_6789,
    displayName: "EST",
  };
  const bytes = alternate.encode(zone);
  assertEquals(bytes.length % 2, 0);
  assertEquals(alternate.read(new DataView(bytes.buffer), 0), zone);
  const short = bytes.slice();
  short[15 + 4] = 200;
  assertEquals(alternate.read(new DataView(short.buffer), 0), undefined);

  const gm = new PtpBench({ alternateTimeOffsets: [zone] }, { masterOnly: true });
  const [only] = tlvsOf(announceOf(gm));
  assertEquals(only, [TlvType.ALTERNATE_TIME_OFFSET_INDICATOR, [...bytes.slice(4)]]);
  const slave = new PtpBench({ slaveOnly: true });
  slave.message({ type: M.Announce, sequenceId: 1, tlvs: [...bytes] });
  slave.pass(SECOND);
  slave.message({ type: M.Announce, sequenceId: 2, tlvs: [...bytes] });
  assertEquals(slave.instance.announceTlvs.alternates, [zone]);
});

Deno.test("TLVs nobody knows, L1_SYNC and PAD are skipped in every message (14.1)", () => {
  const b = new PtpBench({ slaveOnly: true });
  const odd = [...row(0x8001, [1, 2]), ...row(0x8008, [0, 0, 0, 0]), ...row(0x2ffe, [9, 9])];
  b.message({ type: M.Announce, sequenceId: 1, tlvs: odd });
  b.pass(SECOND);
  b.message({ type: M.Announce, sequenceId: 2, tlvs: odd });
  b.servo.take();
  b.message({ type: M.Sync, sequenceId: 1, flags: Flag.TwoStep, tlvs: odd });
  b.message({ type: M.FollowUp, sequenceId: 1, time: [9, 5], tlvs: odd });
  assertEquals(b.servo.take(), [`forward 9.000000005 ${b.now}`]);
});

Deno.test("follow-up information: sent where asked for, passed on without the rate (802.1AS)", () => {
  const b = new PtpBench({}, { masterOnly: true, followUpInfo: true });
  b.turn();
  const sync = b.take().find((m) => m.type === M.Sync)!;
  b.stamp(sync.ticket, b.now);
  const [followUp] = b.take();
  assertEquals(followUp!.view.byteLength, 76);
  assertEquals(ieee8021.isFollowUpInformation(followUp!.view, 44), true);
  assertEquals(message.check(followUp!.view, 0, 76), Fault.None);

  const slave = new PtpBench({ slaveOnly: true }, { followUpInfo: true });
  slave.follow();
  const bytes = new Uint8Array(32);
  const said = {
    cumulativeScaledRateOffset: -1234,
    gmTimeBaseIndicator: 7,
    lastGmPhaseChange: [-1, 2, 3] as [number, number, number],
    scaledLastGmFreqChange: 55,
  };
  ieee8021.writeFollowUpInformation(new DataView(bytes.buffer), 0, said);
  slave.message({ type: M.Sync, sequenceId: 1, flags: Flag.TwoStep });
  slave.message({ type: M.FollowUp, sequenceId: 1, tlvs: [...bytes] });
  assertEquals(slave.instance.parentFollowUp, said);
  assertEquals(slave.instance.followUpInformation, { ...said, cumulativeScaledRateOffset: 0 });
});

/** A Signaling message with TLVs to a target. */
function signaling(b: PtpBench, target: typeof MASTER, tlvs: number[]): void {
  const bytes = new Uint8Array(44 + tlvs.length);
  bytes.set([0x0c, 0x12, 0, bytes.length]);
  const v = new DataView(bytes.buffer);
  writePort(v, 20, MASTER);
  bytes[33] = 0x7f;
  writePort(v, 34, target);
  bytes.set(tlvs, 44);
  b.octets(bytes);
  b.turn();
}

function intervals(linkDelay: number, sync: number, announce: number): number[] {
  const bytes = new Uint8Array(16);
  ieee8021.writeIntervalRequest(new DataView(bytes.buffer), 0, { linkDelay, sync, announce });
  return [...bytes];
}

Deno.test("message interval request: obeyed within limits, initial and stop included (10.6.4.3)", () => {
  const b = new PtpBench({}, { masterOnly: true, acceptIntervalRequests: true });
  b.stampAfter = 1000;
  b.turn();
  const ask = (...i: [number, number, number]) => {
    signaling(b, { ...ANY_PORT }, intervals(...i));
    const { logMinPdelayReqInterval, logSyncInterval, logAnnounceInterval } = b.port.portDS;
    return [logMinPdelayReqInterval, logSyncInterval, logAnnounceInterval];
  };
  assertEquals(ask(1, -3, -128), [1, -3, 0]);
  b.take();
  b.pass(2 * SECOND);
  assertEquals(b.take().filter((m) => m.type === M.Sync).length, 16);
  assertEquals(ask(-128, 90, -20), [1, -3, 0], "out of range is unchanged");
  assertEquals(ask(126, 127, -128), [0, 127, 0]);
  b.pass(5 * SECOND);
  assertEquals(b.take().filter((m) => m.type === M.Sync).length, 0);
  assertEquals(ask(-128, 126, -128), [0, 0, 0]);
  b.pass(2 * SECOND);
  assertEquals(b.take().filter((m) => m.type === M.Sync).length, 2);
});

Deno.test("Signaling for another port is left alone; without permission it is not obeyed", () => {
  const b = new PtpBench({}, { masterOnly: true, acceptIntervalRequests: true });
  signaling(b, OTHER, intervals(0, -3, 0));
  signaling(b, { ...OWN_CLOCK, port: 2 }, intervals(0, -3, 0));
  assertEquals(b.dropped(Reason.OtherPort), 2);
  signaling(b, { ...OWN_CLOCK, port: 0xffff }, intervals(0, -4, 0));
  assertEquals(b.port.portDS.logSyncInterval, -4);
  signaling(b, { ...OWN_CLOCK, port: 1 }, intervals(0, -5, 0));
  assertEquals(b.port.portDS.logSyncInterval, -5);
  const deaf = new PtpBench({}, { masterOnly: true });
  signaling(deaf, { ...ANY_PORT }, intervals(0, -3, 0));
  assertEquals(deaf.dropped(Reason.NotConfigured), 1);
  assertEquals(deaf.port.portDS.logSyncInterval, 0);
});

Deno.test("requestIntervals() sends a Signaling message that a port like ours obeys", () => {
  const asker = new PtpBench({ slaveOnly: true });
  asker.port.signaling.requestIntervals({ linkDelay: 0, sync: -5, announce: -128 });
  asker.turn();
  const [sent] = asker.take().filter((m) => m.type === M.Signaling);
  assertEquals(message.check(sent!.view, 0, sent!.view.byteLength), Fault.None);
  assertEquals([sent!.channel, sent!.view.getUint8(33)], [1, 0x7f]);
  const asked = new PtpBench({ clockIdentity: { high: 1, low: 2 } }, {
    masterOnly: true,
    acceptIntervalRequests: true,
  });
  asked.octets(new Uint8Array(sent!.view.buffer));
  assertEquals(asked.port.portDS.logSyncInterval, -5);
});

Deno.test("synchronizationUncertain: a boundary clock says so until its servo is locked", () => {
  const b = new PtpBench();
  b.follow();
  assertEquals(b.port.state, PortState.Uncalibrated);
  ok(b.instance.isUncertain);
  b.servo.state = 1;
  ok(!b.instance.isUncertain);
  b.message({ type: M.Announce, sequenceId: 300, flags: Flag.SynchronizationUncertain });
  ok(b.instance.isUncertain, "the parent is in doubt itself");
});
