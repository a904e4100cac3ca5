import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { PacketBatch, StampSource } from "../lib/base/batch.ts";
import { instant } from "../lib/base/time.ts";
import { testNeeding } from "../tests/kit/need.ts";
import { openArenas } from "./arena.ts";
import { PacketType } from "./layout.ts";
import { PacketLinkType, type PacketOptions } from "./packet_open.ts";
import { PacketLink } from "./packet_socket.ts";
import { rawNow } from "./raw_clock.ts";
import { BlockingReactor } from "./reactor.ts";
import { UdpLink } from "./udp.ts";

const needs = { root: true };

/** Sends UDP datagrams of `sizes` octets to a socket on lo while `link` listens. */
function sendUdp(sizes: readonly number[]): { port: number; close(): void } {
  const a = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const b = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const out = new PacketBatch(sizes.length, 2048);
  for (const size of sizes) {
    const i = out.open();
    out.length[i] = size;
    out.bytes.fill(0x5a, out.offset[i]!, out.offset[i]! + size);
    out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
  }
  assertEquals(a.send(out, 0), sizes.length);
  return {
    port: b.port(0),
    close() {
      a.close();
      b.close();
    },
  };
}

/** Slots of `batch` whose octets at `ip` are an IPv4 UDP packet to `port`. */
function toPort(batch: PacketBatch, port: number, ip: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < batch.count; i++) {
    const o = batch.offset[i]! + ip;
    const isUdp = batch.view.getUint8(o) === 0x45 && batch.view.getUint8(o + 9) === 17;
    if (isUdp && batch.view.getUint16(o + 22) === port) found.push(i);
  }
  return found;
}

function capture(options: PacketOptions, sizes: readonly number[], ip: number) {
  const link = PacketLink.open(options);
  const before = rawNow();
  const sent = sendUdp(sizes);
  const batch = new PacketBatch(256, 2048);
  const reactor = new BlockingReactor([link]);
  const end = instant(rawNow() + 1e9);
  let found: number[] = [];
  while (found.length < 2 * sizes.length && rawNow() < end) {
    if (link.receive(batch) === 0) reactor.wait(end, false);
    found = toPort(batch, sent.port, ip);
  }
  reactor.close();
  sent.close();
  return { link, batch, found, before };
}

testNeeding("PacketLink: sees a datagram on lo leave and arrive, stamped", needs, () => {
  const { link, batch, found, before } = capture({ interface: "lo" }, [100], 14);
  assertEquals(link.linkType, PacketLinkType.Ethernet);
  assertEquals(found.length, 2);
  assertEquals(found.map((i) => batch.traffic[i]), [PacketType.Outgoing, PacketType.Host]);
  for (const i of found) {
    assertEquals(batch.length[i], 14 + 28 + 100);
    assertEquals(batch.ticket[i], 14 + 28 + 100);
    assertEquals(batch.view.getUint16(batch.offset[i]! + 12), 0x0800);
    assertEquals(batch.bytes[batch.offset[i]! + 42 + 99], 0x5a);
    assertEquals(batch.stampSource[i], StampSource.Software);
    ok(batch.stampInstant[i]! > before && batch.stampInstant[i]! < rawNow());
  }
  ok(link.statistics().packets >= 2);
  assertEquals(link.statistics().drops, 0);
  link.close();
  ok(link.statistics().packets >= 2);
});

testNeeding("PacketLink: snapLength cuts, the wire's length stays", needs, () => {
  const { link, batch, found } = capture({ interface: "lo", snapLength: 60 }, [500, 10], 14);
  assertEquals(found.map((i) => batch.length[i]), [60, 60, 52, 52]);
  assertEquals(found.map((i) => batch.ticket[i]), [542, 542, 52, 52]);
  link.close();
});

testNeeding("PacketLink: all interfaces give LINUX_SLL2", needs, () => {
  const { link, batch, found } = capture({}, [100], 20);
  assertEquals(link.linkType, PacketLinkType.LinuxSll2);
  assertEquals(found.length, 2);
  const o = batch.offset[found[0]!]!;
  assertEquals(batch.view.getUint16(o), 0x0800);
  assertEquals(batch.view.getUint32(o + 4), 1);
  assertEquals(batch.view.getUint16(o + 8), 772);
  assertEquals(batch.view.getUint8(o + 10), PacketType.Outgoing);
  assertEquals(batch.length[found[0]!], 20 + 28 + 100);
  link.close();
});

testNeeding("PacketLink: a filter holds from the first frame on", needs, () => {
  // ldb [23]; jeq #1 (ICMP), 0, 1; ret #65535; ret #0
  const icmp = new Uint8Array(new ArrayBuffer(32));
  const view = new DataView(icmp.buffer);
  [[0x30, 0, 0, 23], [0x15, 0, 1, 1], [6, 0, 0, 65535], [6, 0, 0, 0]].forEach((op, k) => {
    view.setUint16(8 * k, op[0]!, true);
    view.setUint8(8 * k + 2, op[1]!);
    view.setUint8(8 * k + 3, op[2]!);
    view.setUint32(8 * k + 4, op[3]!, true);
  });
  const link = PacketLink.open({ interface: "lo", filter: icmp });
  const sent = sendUdp([10, 20, 30]);
  const batch = new PacketBatch(1024, 2048);
  link.receive(batch);
  assertEquals(toPort(batch, sent.port, 14), []);
  const all = new Uint8Array(new ArrayBuffer(8));
  all.set([6, 0, 0, 0, 0xff, 0xff, 0, 0]);
  link.setFilter(all);
  const again = sendUdp([10]);
  link.receive(batch);
  assertEquals(toPort(batch, again.port, 14).length, 2);
  sent.close();
  again.close();
  link.close();
});

testNeeding("PacketLink: frames sent on lo are received whole", needs, () => {
  const link = PacketLink.open({ interface: "lo" });
  const out = new PacketBatch(1, 256);
  const i = out.open();
  out.length[i] = 64;
  out.view.setUint16(out.offset[i]! + 12, 0x88b5); // local experimental
  out.bytes.fill(7, out.offset[i]! + 14, out.offset[i]! + 64);
  assertEquals(link.send(out, 0), 1);
  const batch = new PacketBatch(1024, 256);
  link.receive(batch);
  const found = [];
  for (let k = 0; k < batch.count; k++) {
    if (batch.view.getUint16(batch.offset[k]! + 12) === 0x88b5) found.push(batch.length[k]);
  }
  assertEquals(found.includes(64), true);
  link.close();
});

testNeeding(
  "PacketLink.open() names an interface that is not there, and leaks nothing",
  needs,
  () => {
    const arenas = openArenas();
    throws(() => PacketLink.open({ interface: "nope0" }), /OsError: interface nope0 \(there are: /);
    const bad = new Uint8Array(new ArrayBuffer(8));
    throws(() => PacketLink.open({ interface: "lo", filter: bad }), /SO_ATTACH_FILTER.*EINVAL/);
    assertEquals(openArenas(), arenas);
  },
);
