import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "./batch.ts";

/** Every column of slot `i` except where its octets stand. */
function columns(b: PacketBatch, i: number) {
  return {
    length: b.length[i],
    segment: b.segment[i],
    region: b.region[i],
    peer: b.peer[i],
    local: b.local[i],
    channel: b.channel[i],
    kind: b.kind[i],
    traffic: b.traffic[i],
    ticket: b.ticket[i],
    stampSeconds: b.stampSeconds[i],
    stampNanos: b.stampNanos[i],
    stampSource: b.stampSource[i],
    stampInstant: b.stampInstant[i],
  };
}

function fill(b: PacketBatch, i: number): void {
  b.length[i] = 3;
  b.segment[i] = 2;
  b.peer[i] = 7;
  b.local[i] = 8;
  b.channel[i] = 1;
  b.kind[i] = SlotKind.Packet;
  b.traffic[i] = 0xb8;
  b.ticket[i] = 0xffff_ffff;
  b.stampSeconds[i] = 1e9;
  b.stampNanos[i] = 999_999_999;
  b.stampSource[i] = StampSource.Hardware;
  b.stampInstant[i] = 12.5;
  b.bytes.set([1, 2, 3], b.offset[i]!);
}

Deno.test("PacketBatch: open() gives a neutral slot even where an old packet was", () => {
  const b = new PacketBatch(2, 16);
  const fresh = columns(b, b.open());
  fill(b, 0);
  b.offset[0] = 5;
  b.clear();
  assertEquals([b.open(), b.offset[0]], [0, 0]);
  assertEquals(columns(b, 0), fresh);
  assertEquals([b.open(), b.offset[1], b.hasRoom], [1, 16, false]);
});

Deno.test("PacketBatch: copyFrom() copies octets and every column", () => {
  const from = new PacketBatch(1, 16);
  fill(from, from.open());
  from.offset[0] = 4;
  from.bytes.set([9, 8, 7], 4);
  const to = new PacketBatch(3, 8);
  to.open();
  const j = to.copyFrom(from, 0);
  assertEquals(columns(to, j), columns(from, 0));
  assertEquals(Array.from(to.bytes.slice(8, 11)), [9, 8, 7]);
});

Deno.test("PacketBatch: copyFrom() of a link error leaves the octets alone", () => {
  const from = new PacketBatch(1, 4);
  const i = from.open();
  from.kind[i] = SlotKind.LinkError;
  from.length[i] = 111; // an errno, not octets
  const to = new PacketBatch(1, 4);
  assertEquals(to.length[to.copyFrom(from, i)], 111);
});

Deno.test("PacketBatch: view and bytes are the same octets", () => {
  const b = new PacketBatch(2, 8);
  b.view.setUint16(9, 0xabcd);
  assertEquals([b.bytes[9], b.bytes[10], b.bytes.length], [0xab, 0xcd, 16]);
});
