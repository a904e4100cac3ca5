import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "../base/batch.ts";
import { Random } from "../base/random.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { DelayLink, type DelayOptions } from "./delay.ts";
import { MemoryLink } from "./memory_link.ts";

function setup(options: { send?: DelayOptions; receive?: DelayOptions; capacity?: number }) {
  const inner = new MemoryLink();
  const time = { now: 0 };
  const link = new DelayLink(inner, {
    now: () => time.now as Instant,
    random: new Random(1),
    ...options,
  });
  return { inner, link, time, into: new PacketBatch(8, 64) };
}

function one(value: number, ticket = 0): PacketBatch {
  const batch = new PacketBatch(1, 64);
  const i = batch.open();
  batch.bytes[0] = value;
  batch.length[i] = 1;
  batch.ticket[i] = ticket;
  return batch;
}

Deno.test("DelayLink: what is sent leaves after the delay, at the deadline", () => {
  const { inner, link, time, into } = setup({ send: { delay: 1000 } });
  link.send(one(1), 0);
  time.now = 400;
  link.send(one(2), 0);
  assertEquals([inner.sent.length, link.deadline()], [0, 1000]);
  time.now = 999;
  link.receive(into);
  assertEquals(inner.sent.length, 0);
  time.now = 1000;
  link.receive(into);
  assertEquals([inner.sent.map((s) => s.octets[0]), link.deadline()], [[1], 1400]);
  time.now = 2000;
  link.receive(into);
  assertEquals([inner.sent.map((s) => s.octets[0]), link.deadline()], [[1, 2], NEVER]);
});

Deno.test("DelayLink: a burst keeps its order; jitter keeps it unless it may overtake", () => {
  const order = (options: DelayOptions) => {
    const { inner, link, time, into } = setup({ send: options });
    for (let k = 0; k < 100; k++) link.send(one(k), 0);
    time.now = 1e9;
    link.receive(into);
    return inner.sent.map((s) => s.octets[0]!);
  };
  const sorted = Array.from({ length: 100 }, (_, k) => k);
  assertEquals(order({ delay: 10 }), sorted);
  assertEquals(order({ delay: 10, jitter: 1e6 }), sorted);
  const mixed = order({ delay: 10, jitter: 1e6, mayOvertake: true });
  assert(String(mixed) !== String(sorted));
  assertEquals([...mixed].sort((a, b) => a - b), sorted);
});

Deno.test("DelayLink: a receive stamp moves with the packet", () => {
  const { inner, link, time, into } = setup({ receive: { delay: 2500 } });
  const i = inner.arrive(Uint8Array.of(1, 2, 3, 4), 2);
  inner.arriving.stampInstant[i] = 100.5;
  inner.arriving.stampSeconds[i] = 5;
  inner.arriving.stampNanos[i] = 999_999_000;
  inner.arriving.stampSource[i] = StampSource.Software;
  time.now = 200;
  assertEquals([link.receive(into), link.deadline()], [0, 2700]);
  time.now = 2701;
  assertEquals(link.receive(into), 2); // the slot's two datagrams
  assertEquals([into.stampInstant[0], into.stampSeconds[0], into.stampNanos[0]], [2600.5, 6, 1500]);
  assertEquals(Array.from(into.bytes.slice(0, 2)), [1, 2]);
  assertEquals(into.segment[0], 0);
});

Deno.test("DelayLink: a transmit stamp is moved back, so that the delay is on the wire", () => {
  const { inner, link, time, into } = setup({ send: { delay: 1000 } });
  link.send(one(1, 42), 0);
  time.now = 1000;
  link.receive(into);
  const i = inner.arrive(new Uint8Array(0));
  inner.arriving.kind[i] = SlotKind.TransmitStamp;
  inner.arriving.ticket[i] = 42;
  inner.arriving.stampInstant[i] = 1003;
  into.clear();
  link.receive(into);
  assertEquals([into.kind[0], into.ticket[0], into.stampInstant[0]], [1, 42, 3]);
});

Deno.test("DelayLink: asymmetric delays, both ways", () => {
  const { inner, link, time, into } = setup({ send: { delay: 10 }, receive: { delay: 70 } });
  inner.arrive(Uint8Array.of(5));
  link.receive(into);
  link.send(one(1), 0);
  assertEquals(link.deadline(), 10);
  time.now = 10;
  assertEquals([link.receive(into), inner.sent.length, link.deadline()], [0, 1, 70]);
  time.now = 70;
  assertEquals(link.receive(into), 1);
});

Deno.test("DelayLink: what does not fit is dropped and counted, what is refused is kept", () => {
  const { inner, link, time, into } = setup({ send: { delay: 10 }, capacity: 4 });
  for (let k = 0; k < 6; k++) assertEquals(link.send(one(k), 0), 1);
  assertEquals(link.overflowed, 2);
  inner.takes = 0;
  time.now = 100;
  link.receive(into);
  assertEquals(link.deadline(), 100 + 100_000);
  inner.takes = 1;
  time.now = 200_000;
  link.receive(into);
  assertEquals(inner.sent.map((s) => s.octets[0]), [0, 1, 2, 3]);
});
