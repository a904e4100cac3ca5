import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import {
  MASTER,
  OTHER,
  OWN_PORT,
  PtpBench,
  type SentMessage,
} from "../../../tests/kit/ptp_bench.ts";
import { Reason } from "../reason.ts";
import { PortState } from "../state.ts";
import * as header from "../wire/header.ts";
import { Flag, MessageType as M } from "../wire/header.ts";
import { type PortIdentity, writePort } from "../wire/identity.ts";
import * as signaling from "../wire/signaling.ts";
import * as tlv from "../wire/tlv.ts";

const SECOND = 1e9;
const HOSTS = ["192.0.2.1", "192.0.2.2"];

/** A slave with two masters in its table, asking for 100 s. */
function client(): PtpBench {
  const b = new PtpBench({ slaveOnly: true }, (addresses) => ({
    logSyncInterval: -3,
    logMinDelayReqInterval: -2,
    unicastClient: {
      masters: HOSTS.map((host) => addresses.internText(host, 320)),
      logQueryInterval: 0,
      duration: 100,
    },
  }));
  b.turn();
  return b;
}

function address(b: PtpBench, k: number, port: number): number {
  return b.addresses.internText(HOSTS[k]!, port);
}

/** What a Signaling message says: "request 11 0", "cancel 0", ... */
function said(m: SentMessage): string[] {
  const names = [
    [signaling.isRequest, "request"],
    [signaling.isCancel, "cancel"],
    [signaling.isAcknowledge, "acknowledge"],
  ] as const;
  const words: string[] = [];
  for (let t = 44; t < m.view.byteLength; t = tlv.next(m.view, t)) {
    const name = names.find(([is]) => is(m.view, t))?.[1] ?? "?";
    const log = name === "request" ? ` ${signaling.unicastLogInterMessagePeriod(m.view, t)}` : "";
    words.push(`${name} ${signaling.unicastMessageType(m.view, t)}${log}`);
  }
  return words;
}

/** "host: words" of the Signaling messages sent since the last time. */
function spoken(b: PtpBench): string[] {
  b.turn();
  return b.take().filter((m) => m.type === M.Signaling).map((m) =>
    `${HOSTS.indexOf(b.addresses.hostText(m.peer))}: ${said(m).join(", ")}`
  );
}

function tell(b: PtpBench, k: number, source: PortIdentity, tlvs: Uint8Array): void {
  const bytes = new Uint8Array(44 + tlvs.length);
  bytes.set([0x0c, 0x12, 0, bytes.length, 0, 0, 4]);
  const v = new DataView(bytes.buffer);
  writePort(v, 20, source);
  writePort(v, 34, OWN_PORT);
  bytes.set(tlvs, 44);
  b.octets(bytes, NaN, address(b, k, 320));
}

function grant(
  b: PtpBench,
  k: number,
  source: PortIdentity,
  ...g: [number, number, number][]
): void {
  const tlvs = new Uint8Array(12 * g.length);
  const v = new DataView(tlvs.buffer);
  g.forEach(([messageType, logInterMessagePeriod, duration], n) =>
    signaling.writeGrant(v, 12 * n, { messageType, logInterMessagePeriod, duration })
  );
  tell(b, k, source, tlvs);
}

let id = 0;
function announce(b: PtpBench, k: number, source: PortIdentity, priority1 = 64): void {
  b.message(
    {
      type: M.Announce,
      source,
      sequenceId: id++ & 0xffff,
      flags: Flag.Unicast,
      announce: { priority1 },
    },
    NaN,
    address(b, k, 320),
  );
}

function states(b: PtpBench): string[] {
  return b.port.unicast.client!.states();
}

/** Announce granted by both masters and heard twice: the first is followed. */
function following(): PtpBench {
  const b = client();
  b.take();
  grant(b, 0, MASTER, [M.Announce, 0, 100]);
  grant(b, 1, OTHER, [M.Announce, 0, 100]);
  for (let n = 0; n < 2; n++) {
    announce(b, 0, MASTER, 1);
    announce(b, 1, OTHER, 2);
    b.pass(SECOND);
  }
  return b;
}

Deno.test("UnicastClient: Announce is asked of every master, each query interval until granted", () => {
  const b = client();
  assertEquals(spoken(b), ["0: request 11 0", "1: request 11 0"]);
  b.pass(2.5 * SECOND);
  assertEquals(spoken(b).length, 4);
  grant(b, 0, MASTER, [M.Announce, 0, 100]);
  b.pass(2 * SECOND);
  assertEquals(spoken(b), ["1: request 11 0", "1: request 11 0"]);
  assertEquals(states(b), ["HAVE_ANN", "WAIT"]);
});

Deno.test("UnicastClient: the chosen master is asked for Sync and Delay_Resp in one message", () => {
  const b = following();
  assertEquals(b.port.state, PortState.Uncalibrated);
  const words = spoken(b);
  assertEquals(words[0], "0: request 0 -3, request 9 -2");
  assertEquals(words.every((w) => w.startsWith("0: request 0")), true);
  assertEquals(states(b), ["NEED_SYDY", "HAVE_ANN"]);
  assertEquals(b.take().filter((m) => m.type === M.DelayReq), [], "not before it is granted");
  grant(b, 0, MASTER, [M.Sync, -3, 100], [M.DelayResp, -2, 100]);
  assertEquals(states(b), ["HAVE_SYDY", "HAVE_ANN"]);
  b.turn();
  const [request] = b.take().filter((m) => m.type === M.DelayReq);
  assertEquals(b.addresses.text(request!.peer), "192.0.2.1:319");
  assertEquals(header.hasFlag(request!.view, 0, Flag.Unicast), true);
  assertEquals(b.port.observedLogSyncInterval, -3);
  b.servo.take();
  b.stamp(request!.ticket, 5);
  b.message({
    type: M.DelayResp,
    sequenceId: request!.sequenceId,
    log: 0x7f,
    flags: Flag.Unicast,
    time: [1, 0],
  });
  assertEquals(b.servo.take(), ["reverse 5 1.000000000"]);
  assertEquals(b.port.portDS.logMinDelayReqInterval, -2);
});

Deno.test("UnicastClient: renewal after three quarters of the duration", () => {
  const b = client();
  b.take();
  grant(b, 0, MASTER, [M.Announce, 0, 100]);
  grant(b, 1, OTHER, [M.Announce, 0, 100]);
  b.pass(74.9 * SECOND);
  assertEquals(spoken(b), []);
  b.pass(0.2 * SECOND);
  assertEquals(spoken(b), ["0: request 11 0", "1: request 11 0"]);
  grant(b, 0, MASTER, [M.Announce, 0, 100]);
  b.pass(30 * SECOND);
  assertEquals(states(b), ["HAVE_ANN", "WAIT"]);
});

Deno.test("UnicastClient: a refusal doubles the time to the next question", () => {
  const b = client();
  b.take();
  grant(b, 1, OTHER, [M.Announce, 0, 100]);
  const at: number[] = [];
  for (let n = 0; n < 5; n++) {
    grant(b, 0, MASTER, [M.Announce, 0, 0]);
    const from = b.now;
    while (spoken(b).length === 0) b.pass(0.25 * SECOND);
    at.push((b.now - from) / SECOND);
  }
  assertEquals(at, [2, 4, 8, 16, 32]);
});

Deno.test("UnicastClient: a grant of 2^-128 s is taken for the period asked for", () => {
  const b = following();
  grant(b, 0, MASTER, [M.Sync, -128, 100], [M.DelayResp, -128, 100]);
  assertEquals(b.port.logMinDelayReqInterval, -2);
  assertEquals(b.port.observedLogSyncInterval, -3);
  b.turn();
  ok(b.port.deadline() > b.now);
});

Deno.test("UnicastClient: another master chosen: the first one's Sync and Delay_Resp are cancelled", () => {
  const b = following();
  grant(b, 0, MASTER, [M.Sync, -3, 100], [M.DelayResp, -2, 100]);
  b.turn();
  b.take();
  announce(b, 1, OTHER, 0);
  b.turn();
  const words = spoken(b);
  assertEquals(words[0], "0: cancel 0, cancel 9");
  assertEquals(words[1], "1: request 0 -3, request 9 -2");
  assertEquals(states(b), ["HAVE_ANN", "NEED_SYDY"]);
});

Deno.test("UnicastClient: CANCEL is acknowledged, and asked again after the query interval", () => {
  const b = following();
  grant(b, 0, MASTER, [M.Sync, -3, 100], [M.DelayResp, -2, 100]);
  b.turn();
  b.take();
  const tlvs = new Uint8Array(6);
  signaling.writeCancel(new DataView(tlvs.buffer), 0, M.Sync);
  tell(b, 0, MASTER, tlvs);
  assertEquals(spoken(b), ["0: acknowledge 0"]);
  assertEquals(states(b)[0], "NEED_SYDY");
  b.pass(1.1 * SECOND);
  assertEquals(spoken(b)[0], "0: request 0 -3");
});

Deno.test("UnicastClient: a granted stream that falls silent is asked for again", () => {
  const b = following();
  grant(b, 0, MASTER, [M.Sync, -3, 100], [M.DelayResp, -2, 100]);
  b.turn();
  b.take();
  for (let n = 0; n < 4; n++) {
    b.pass(SECOND / 4);
    b.message(
      { type: M.Sync, sequenceId: n, flags: Flag.Unicast, log: 0x7f },
      b.now,
      address(b, 0, 319),
    );
    announce(b, 0, MASTER, 1);
  }
  assertEquals(spoken(b), []);
  b.pass(0.9 * SECOND);
  assertEquals(spoken(b), []);
  b.pass(0.2 * SECOND);
  assertEquals(spoken(b), ["0: request 0 -3, request 9 -2"]);
});

Deno.test("UnicastClient: a master silent for the Announce timeout is asked anew; the other serves", () => {
  const b = following();
  grant(b, 0, MASTER, [M.Sync, -3, 100], [M.DelayResp, -2, 100]);
  for (let n = 0; n < 6; n++) {
    announce(b, 1, OTHER, 2);
    b.pass(SECOND);
  }
  assertEquals(states(b), ["WAIT", "NEED_SYDY"]);
  assertEquals(b.instance.parentDS.parentPortIdentity, OTHER);
  const words = spoken(b);
  ok(words.includes("0: request 11 0") && words.includes("1: request 0 -3, request 9 -2"));
});

Deno.test("UnicastClient: nobody but the masters of the table is heard", () => {
  const b = client();
  b.message({ type: M.Announce, source: OTHER, sequenceId: 1 });
  assertEquals([b.dropped(Reason.NotInMasterTable), b.port.foreign.size], [1, 0]);
  const stranger = b.addresses.internText("203.0.113.9", 320);
  b.message({ type: M.Announce, source: OTHER, sequenceId: 2 }, NaN, stranger);
  assertEquals(b.dropped(Reason.NotInMasterTable), 2);
});

Deno.test("hybrid: Delay_Req go to the master's address; by multicast after four without answer", () => {
  const b = new PtpBench({ slaveOnly: true }, { hybridE2e: true, logMinDelayReqInterval: -2 });
  const peer = b.addresses.internText("192.0.2.9", 320);
  for (let k = 0; k < 2; k++) {
    b.message({ type: M.Announce, sequenceId: k }, NaN, peer);
    b.pass(SECOND);
  }
  for (let k = 2; k < 5; k++) {
    b.message({ type: M.Announce, sequenceId: k }, NaN, peer);
    b.pass(SECOND);
  }
  const requests = b.take().filter((m) => m.type === M.DelayReq);
  const hosts = requests.map((m) => b.addresses.text(m.peer));
  assertEquals(hosts.slice(0, 4), new Array(4).fill("192.0.2.9:319"));
  assertEquals(new Set(hosts.slice(4)), new Set(["224.0.1.129:319"]));
  const last = requests.at(-1)!;
  b.message({ type: M.DelayResp, sequenceId: last.sequenceId, time: [1, 0] });
  b.pass(SECOND / 2);
  const next = b.take().find((m) => m.type === M.DelayReq)!;
  assertEquals(b.addresses.text(next.peer), "192.0.2.9:319", "answered: back to unicast");
});
