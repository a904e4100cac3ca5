import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketBatch, SlotKind } from "../base/batch.ts";
import type { Instant } from "../base/time.ts";
import { MemoryLink } from "./memory_link.ts";
import { MeterLink } from "./meter.ts";

Deno.test("MeterLink: counts datagrams of segmented slots, and only what was taken", () => {
  const inner = new MemoryLink();
  const time = { now: 0 };
  const meter = new MeterLink(inner, () => time.now as Instant);
  const batch = new PacketBatch(2, 64);
  for (let k = 0; k < 2; k++) {
    const i = batch.open();
    batch.length[i] = 25;
    batch.segment[i] = 10;
  }
  inner.takes = 1;
  meter.send(batch, 0);
  const { packets, octets, slots } = meter.sent;
  assertEquals([packets, octets, slots], [3, 25, 1]);
  const i = inner.arrive(new Uint8Array(7));
  const j = inner.arrive(new Uint8Array(0));
  inner.arriving.kind[j] = SlotKind.TransmitStamp;
  meter.receive(new PacketBatch(4, 64));
  assertEquals([i, meter.received.packets, meter.received.octets], [0, 1, 7]);
});

Deno.test("MeterLink: rates are means over the window", () => {
  const inner = new MemoryLink();
  const time = { now: 5e9 };
  const meter = new MeterLink(inner, () => time.now as Instant);
  const batch = new PacketBatch(1, 64);
  batch.length[batch.open()] = 50;
  for (let k = 0; k < 100; k++) {
    time.now += 2e7;
    meter.send(batch, 0);
  }
  assertEquals(Math.round(meter.sent.packetsPerSecond), 50);
  assertEquals(Math.round(meter.sent.bitsPerSecond), 20_000);
  assertEquals(meter.received.packetsPerSecond, 0);
  time.now += 3e9;
  meter.receive(new PacketBatch(1, 64));
  assertEquals(meter.sent.packetsPerSecond < 1, true);
});
