import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { PacketBatch, StampSource } from "../lib/base/batch.ts";
import { instant } from "../lib/base/time.ts";
import { testNeeding } from "../tests/kit/need.ts";
import { PacketLinkType } from "./packet_open.ts";
import { PacketRing, type RingOptions } from "./packet_ring.ts";
import { rawNow } from "./raw_clock.ts";
import { BlockingReactor } from "./reactor.ts";
import { UdpLink } from "./udp.ts";

const needs = { root: true };
const UDP_PORT = 22;

const IN_A_ROW = 50;

/** Octets of datagram `k`: each longer than the one before, or they would leave as segments of one. */
function lengthOf(k: number): number {
  return 1200 + k % IN_A_ROW;
}

/** Sends `count` numbered datagrams of 1200 octets and more on lo, and reads the ring as it goes. */
function throughRing(options: RingOptions, ip: number, count: number): number[] {
  const ring = PacketRing.open(options);
  const a = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const b = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const reactor = new BlockingReactor([ring]);
  const out = new PacketBatch(IN_A_ROW, 1200 + IN_A_ROW);
  const batch = new PacketBatch(37, 0); // ends within blocks
  const numbers: number[] = [];
  const before = rawNow();
  const read = () => {
    batch.clear();
    const n = ring.receive(batch);
    for (let i = 0; i < n; i++) {
      assertEquals(batch.region[i], ring.region);
      const o = batch.offset[i]! + ip;
      if (ring.view.getUint8(o) !== 0x45 || ring.view.getUint16(o + UDP_PORT) !== b.port(0)) {
        continue;
      }
      const number = ring.view.getUint32(o + 28);
      numbers.push(number);
      assertEquals(batch.length[i], ip + 28 + lengthOf(number));
      assertEquals(batch.ticket[i], ip + 28 + lengthOf(number));
      assertEquals(ring.view.getUint8(o + 28 + lengthOf(number) - 1), 0x77);
      assertEquals(batch.stampSource[i], StampSource.Software);
      ok(batch.stampInstant[i]! > before && batch.stampInstant[i]! < rawNow());
    }
    return n;
  };
  try {
    for (let sent = 0; sent < count;) {
      out.clear();
      while (out.hasRoom) {
        const i = out.open();
        out.length[i] = lengthOf(sent);
        out.bytes[out.offset[i]! + lengthOf(sent) - 1] = 0x77;
        out.view.setUint32(out.offset[i]!, sent++);
        out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
      }
      assertEquals(a.send(out, 0), IN_A_ROW);
      while (read() > 0);
    }
    const end = instant(rawNow() + 1e9);
    while (numbers.length < 2 * count && rawNow() < end) {
      if (read() === 0) reactor.wait(end, false);
    }
    const counts = ring.statistics();
    assertEquals(counts.drops, 0);
    ok(counts.packets >= 2 * count);
    return numbers;
  } finally {
    reactor.close();
    ring.close();
    ring.close();
    a.close();
    b.close();
  }
}

testNeeding("PacketRing: every frame once each way, in order, over several laps", needs, () => {
  const numbers = throughRing({ interface: "lo", blocks: 3 }, 14, 3000);
  assertEquals(numbers.length, 6000); // 7.5 MB through 3 MiB
  for (let k = 0; k < 6000; k += 2) assertEquals([numbers[k], numbers[k + 1]], [k / 2, k / 2]);
});

testNeeding("PacketRing: all interfaces give LINUX_SLL2", needs, () => {
  const ring = PacketRing.open({ blocks: 2 });
  assertEquals(ring.linkType, PacketLinkType.LinuxSll2);
  ring.close();
  assertEquals(throughRing({ blocks: 2 }, 20, 50).length, 100);
});

testNeeding("PacketRing.open() says what was refused", needs, () => {
  throws(() => PacketRing.open({ interface: "nope0" }), /OsError: interface nope0/);
  throws(() => PacketRing.open({ interface: "lo", blocks: 0 }), /OsError: PACKET_RX_RING|mmap/);
});
