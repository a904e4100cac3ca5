import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { build, PtpBench, type SentMessage } from "../../../tests/kit/ptp_bench.ts";
import { AddressTable } from "../../base/address.ts";
import { instant } from "../../base/time.ts";
import type { PortOptions } from "../options.ts";
import { Reason } from "../reason.ts";
import { Fault } from "../wire/fault.ts";
import * as header from "../wire/header.ts";
import { Flag, MessageType as M } from "../wire/header.ts";
import { ANY_PORT, type PortIdentity, portIdentity, writePort } from "../wire/identity.ts";
import * as message from "../wire/message.ts";
import * as signaling from "../wire/signaling.ts";
import * as tlv from "../wire/tlv.ts";
import { AccessList } from "./access.ts";
import { FairShare } from "./fair_share.ts";
import { DEFAULT_UNICAST_SERVER, type UnicastServerOptions } from "./server.ts";

const SECOND = 1e9;

function server(o: Partial<UnicastServerOptions> = {}, port: Partial<PortOptions> = {}): PtpBench {
  const b = new PtpBench({}, {
    masterOnly: true,
    multicast: false,
    unicastServer: { ...DEFAULT_UNICAST_SERVER, ...o },
    ...port,
  });
  b.turn();
  b.take();
  return b;
}

/** Client `k`: its identity and its address. */
function client(b: PtpBench, k: number): { id: PortIdentity; event: number; general: number } {
  const host = `10.9.${k >>> 8}.${k & 255}`;
  return {
    id: portIdentity(0x0a0b_0c0d, k, 1),
    event: b.addresses.internText(host, 319),
    general: b.addresses.internText(host, 320),
  };
}

function octetsOf(source: PortIdentity, tlvs: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + tlvs.length);
  bytes.set([0x0c, 0x12, 0, bytes.length]);
  const v = new DataView(bytes.buffer);
  v.setUint16(6, Flag.Unicast);
  writePort(v, 20, source);
  bytes[33] = 0x7f;
  writePort(v, 34, ANY_PORT);
  bytes.set(tlvs, 44);
  return bytes;
}

/** Asks for [messageType, log, duration] and so on in one message; no turn. */
function ask(b: PtpBench, k: number, ...wanted: readonly [number, number, number][]): void {
  const tlvs = new Uint8Array(10 * wanted.length);
  const v = new DataView(tlvs.buffer);
  wanted.forEach(([messageType, logInterMessagePeriod, duration], n) =>
    signaling.writeRequest(v, 10 * n, { messageType, logInterMessagePeriod, duration })
  );
  const c = client(b, k);
  b.octets(octetsOf(c.id, tlvs), NaN, c.general);
}

/** [messageType, log, duration] of each grant in a Signaling message. */
function grants(m: SentMessage | undefined): [number, number, number][] {
  if (m === undefined) return [];
  assertEquals(m.type, M.Signaling);
  assertEquals(message.check(m.view, 0, m.view.byteLength), Fault.None);
  const found: [number, number, number][] = [];
  for (let t = 44; t < m.view.byteLength; t = tlv.next(m.view, t)) {
    ok(signaling.isGrant(m.view, t));
    found.push([
      signaling.unicastMessageType(m.view, t),
      signaling.unicastLogInterMessagePeriod(m.view, t),
      signaling.unicastDuration(m.view, t),
    ]);
  }
  return found;
}

function granted(b: PtpBench): [number, number, number][] {
  b.turn();
  return grants(b.take().find((m) => m.type === M.Signaling));
}

Deno.test("UnicastServer: Announce, Sync and Delay_Resp are granted in one answer (16.1.3)", () => {
  const b = server();
  const c = client(b, 7);
  ask(b, 7, [M.Announce, 0, 60], [M.Sync, -3, 60], [M.DelayResp, -3, 60]);
  b.turn();
  const [answer] = b.take();
  assertEquals(grants(answer), [[M.Announce, 0, 60], [M.Sync, -3, 60], [M.DelayResp, -3, 60]]);
  assertEquals(answer!.peer, c.general);
  assertEquals(header.hasFlag(answer!.view, 0, Flag.Unicast), true);
  const target = portIdentity();
  target.high = answer!.view.getUint32(34);
  target.low = answer!.view.getUint32(38);
  target.port = answer!.view.getUint16(42);
  assertEquals(target, c.id);
});

Deno.test("UnicastServer: Sync to 319, Follow_Up and Announce to 320, at the granted pace, 0x7F", () => {
  const b = server();
  b.stampAfter = 20_000;
  const c = client(b, 1);
  ask(b, 1, [M.Announce, 1, 60], [M.Sync, -3, 60]);
  b.turn();
  b.take();
  b.pass(10 * SECOND - 1);
  const sent = b.take();
  const of = (type: number) => sent.filter((m) => m.type === type);
  assertEquals([of(M.Announce).length, of(M.Sync).length, of(M.FollowUp).length], [4, 79, 80]);
  for (const m of sent) assertEquals(header.hasFlag(m.view, 0, Flag.Unicast), true);
  const [sync, followUp] = [of(M.Sync)[5]!, of(M.FollowUp)[6]!];
  assertEquals([sync.peer, followUp.peer, of(M.Announce)[0]!.peer], [
    c.event,
    c.general,
    c.general,
  ]);
  assertEquals(followUp.sequenceId, sync.sequenceId);
  assertEquals(header.logMessageInterval(sync.view, 0), 0x7f);
  assertEquals(header.hasFlag(sync.view, 0, Flag.TwoStep), true);
  assertEquals(of(M.Sync).map((m) => m.sequenceId), of(M.Sync).map((_, k) => k + 1));
});

Deno.test("UnicastServer: a grant ends with its duration, a renewal keeps the pace unbroken", () => {
  const b = server();
  b.stampAfter = 1000;
  ask(b, 1, [M.Sync, 0, 20]);
  b.turn();
  b.pass(15 * SECOND + 5e8);
  ask(b, 1, [M.Sync, 0, 20]);
  b.pass(SECOND);
  b.take();
  b.pass(15 * SECOND);
  const at = b.take().filter((m) => m.type === M.Sync).map((m) => m.at / SECOND);
  assertEquals(at, Array.from({ length: 15 }, (_, k) => 17 + k));
  b.pass(10 * SECOND);
  assertEquals(b.take().filter((m) => m.type === M.Sync).length, 4);
  assertEquals(b.port.unicast.server!.grants.size, 0);
  const { granted: first, renewed, expired } = b.port.unicast.server!.counters;
  assertEquals([first, renewed, expired], [1, 1, 1]);
});

Deno.test("UnicastServer: refused by rate, period, duration, type, and outside of MASTER", () => {
  const b = server({ maxRate: 20, maxDuration: 300 });
  ask(b, 1, [M.Sync, -8, 60]);
  assertEquals(granted(b), [[M.Sync, -8, 0]], "faster than allowed");
  ask(b, 1, [M.Sync, -3, 5]);
  assertEquals(granted(b), [[M.Sync, -3, 0]], "shorter than worth it");
  ask(b, 1, [M.PdelayResp, 0, 60]);
  assertEquals(granted(b), [[M.PdelayResp, 0, 0]]);
  ask(b, 1, [M.Sync, -3, 100_000]);
  assertEquals(granted(b), [[M.Sync, -3, 300]], "cut to the longest");
  ask(b, 2, [M.Sync, -3, 60]);
  assertEquals(granted(b), [[M.Sync, -3, 60]]);
  ask(b, 3, [M.Sync, -3, 60]);
  assertEquals(granted(b), [[M.Sync, -3, 0]], "24 a second are more than 20");
  assertEquals(b.port.unicast.server!.grants.size, 2);
  assertEquals(b.dropped(Reason.NotGranted), 4);
  const slave = server({}, { masterOnly: false });
  ask(slave, 1, [M.Sync, 0, 60]);
  assertEquals(granted(slave), [[M.Sync, 0, 0]]);
});

Deno.test("UnicastServer: limits of clients, of clients behind one address, of questions", () => {
  const b = server({ maxClients: 3, maxClientsPerHost: 2, maxSignalingRate: 10 });
  const wanted = new Uint8Array(10);
  const v = new DataView(wanted.buffer);
  signaling.writeRequest(v, 0, { messageType: M.Announce, logInterMessagePeriod: 0, duration: 60 });
  const { general } = client(b, 1);
  for (let k = 0; k < 3; k++) b.octets(octetsOf(portIdentity(5, k, 1), wanted), NaN, general);
  assertEquals(b.port.unicast.server!.grants.size, 2);
  ask(b, 2, [M.Announce, 0, 60]);
  ask(b, 3, [M.Announce, 0, 60]);
  assertEquals(b.port.unicast.server!.grants.size, 3);
  b.turn();
  for (let k = 0; k < 100; k++) ask(b, 4, [M.Announce, 0, 60]);
  assertEquals(b.dropped(Reason.RateExceeded), 60);
  b.take();
  ask(b, 2, [M.Announce, 0, 60]);
  assertEquals(b.port.unicast.server!.counters.renewed, 1, "the flood is not the others'");
});

Deno.test("AccessList: the first rule that matches decides", () => {
  const a = new AddressTable();
  const isAllowed = (list: AccessList, host: string) => list.isAllowed(a, a.internText(host, 320));
  const list = new AccessList([
    { isAllowed: false, prefix: "10.1.2.0/23" },
    { isAllowed: true, prefix: "10.0.0.0/8" },
    { isAllowed: true, prefix: "2001:db8::/33" },
  ]);
  const hosts = ["10.1.3.9", "10.1.4.9", "11.0.0.1", "2001:db8:7fff::1", "2001:db8:8000::1"];
  assertEquals(hosts.map((h) => isAllowed(list, h)), [false, true, false, true, false]);
  const deny = new AccessList([{ isAllowed: false, prefix: "192.0.2.1" }]);
  assertEquals(["192.0.2.1", "192.0.2.2"].map((h) => isAllowed(deny, h)), [false, true]);
  for (const prefix of ["10.0.0.0/33", "10.0.0/8", "x", "1.2.3.4/"]) {
    let error: unknown;
    try {
      new AccessList([{ isAllowed: true, prefix }]);
    } catch (e) {
      error = e;
    }
    ok(error instanceof RangeError || prefix === "1.2.3.4/", prefix);
  }
});

Deno.test("UnicastServer: an address that is kept out gets no answer", () => {
  const b = server({ access: [{ isAllowed: false, prefix: "10.9.0.5" }] });
  ask(b, 5, [M.Sync, 0, 60]);
  b.turn();
  assertEquals(b.take(), []);
  assertEquals(b.dropped(Reason.AccessDenied), 1);
});

Deno.test("UnicastServer: CANCEL is acknowledged and ends the grant (16.1.3.2)", () => {
  const b = server();
  b.stampAfter = 1000;
  ask(b, 1, [M.Sync, 0, 60], [M.Announce, 0, 60]);
  b.pass(5000);
  b.take();
  const tlvs = new Uint8Array(6);
  signaling.writeCancel(new DataView(tlvs.buffer), 0, M.Sync);
  const c = client(b, 1);
  b.octets(octetsOf(c.id, tlvs), NaN, c.general);
  b.turn();
  const [ack] = b.take();
  assertEquals(signaling.isAcknowledge(ack!.view, 44), true);
  assertEquals(signaling.unicastMessageType(ack!.view, 44), M.Sync);
  b.pass(3 * SECOND);
  const types = new Set(b.take().map((m) => m.type));
  assertEquals([...types].sort((x, y) => x - y), [M.Announce]);
});

Deno.test("UnicastServer: Delay_Req by unicast is answered with a grant, or as hybrid", () => {
  const b = server();
  const c = client(b, 1);
  const request = { type: M.DelayReq, source: c.id, flags: Flag.Unicast };
  b.message(request, b.now, c.event);
  assertEquals([b.take().length, b.dropped(Reason.NotGranted)], [0, 1]);
  ask(b, 1, [M.DelayResp, 0, 60]);
  b.turn();
  b.take();
  b.message(request, b.now, c.event);
  const [answer] = b.take();
  assertEquals([answer!.type, answer!.peer], [M.DelayResp, c.general]);
  assertEquals(header.logMessageInterval(answer!.view, 0), 0x7f);
  for (let k = 0; k < 100; k++) b.octets(build({ ...request, sequenceId: k }), b.now, c.event);
  b.turn();
  ok(b.take().length <= 16, "more than was granted");
  ok(b.dropped(Reason.RateExceeded) >= 84);
  b.pass(61 * SECOND);
  b.message(request, b.now, c.event);
  assertEquals(b.dropped(Reason.NotGranted), 2);

  const hybrid = server({}, { hybridE2e: true });
  hybrid.message(request, hybrid.now, client(hybrid, 1).event);
  assertEquals(hybrid.take()[0]!.type, M.DelayResp);
});

Deno.test("UnicastServer: leaving MASTER cancels every client's grants", () => {
  const b = server({}, { masterOnly: false });
  b.pass(5 * SECOND);
  b.take();
  for (let k = 0; k < 2000; k++) ask(b, k, [M.Announce, 0, 60]);
  b.turn();
  for (let k = 1024; k < 2000; k++) ask(b, k, [M.Announce, 0, 60]);
  b.turn();
  const clients = b.port.unicast.server!.grants.size;
  assertEquals(clients, 2000);
  b.take();
  b.port.setEnabled(b.now, false);
  b.turn();
  assertEquals(b.port.unicast.server!.grants.size, 0);
  const other = server({}, { masterOnly: false });
  other.pass(5 * SECOND);
  for (let k = 0; k < 900; k++) ask(other, k, [M.Announce, 0, 60]);
  other.turn();
  other.take();
  other.follow();
  other.pass(1);
  const canceled = other.take().filter((m) =>
    m.type === M.Signaling && signaling.isCancel(m.view, 44)
  );
  assertEquals(canceled.length, 900);
});

Deno.test("UnicastServer: 5,000 slaves at 8 Sync/s: every Sync once an interval, with Follow_Up", () => {
  const b = new PtpBench(
    {},
    {
      masterOnly: true,
      multicast: false,
      unicastServer: DEFAULT_UNICAST_SERVER,
    },
    512,
    16_384,
  );
  b.turn();
  b.take();
  for (let k = 0; k < 5000; k++) {
    ask(b, k, [M.Announce, 0, 300], [M.Sync, -3, 300]);
    if (k % 500 === 499) b.pass(13e6);
  }
  b.turn();
  b.take();
  b.stampAfter = 50_000;
  b.pass(SECOND / 2);
  const sent = b.take();
  const syncs = sent.filter((m) => m.type === M.Sync);
  const follows = sent.filter((m) => m.type === M.FollowUp);
  assertEquals(syncs.length, 20_000);
  ok(follows.length >= 19_000, `${follows.length}`);
  const each = new Map<number, number>();
  for (const m of syncs) each.set(m.peer, (each.get(m.peer) ?? 0) + 1);
  assertEquals([each.size, Math.min(...each.values()), Math.max(...each.values())], [5000, 4, 4]);
  assertEquals(b.port.unicast.server!.counters.overrun, 0);
});

Deno.test("UnicastServer: no more clients than the link's table has addresses for", () => {
  const b = new PtpBench(
    {},
    {
      masterOnly: true,
      unicastServer: DEFAULT_UNICAST_SERVER,
    },
    64,
    108,
  );
  b.turn();
  for (let k = 0; k < 200; k++) ask(b, k, [M.Announce, 0, 60]);
  assertEquals(b.port.unicast.server!.grants.size, 50);
});

Deno.test("FairShare: a burst, then the rate; sources do not share", () => {
  const f = new FairShare(10, 5);
  const at = (s: number) => instant(s * SECOND);
  assertEquals([1, 2, 3, 4, 5, 6].map(() => f.take(1, at(1))), [
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  assertEquals(f.take(2, at(1)), true);
  assertEquals([f.take(1, at(1.1)), f.take(1, at(1.1))], [true, false]);
  assertEquals(f.refused, 2);
  const free = new FairShare(0, 0);
  assertEquals(free.take(1, at(1)) && free.take(1, at(1)), true);
});
