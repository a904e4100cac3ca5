import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { PacketBatch, SlotKind } from "../base/batch.ts";
import { Random } from "../base/random.ts";
import { type Instant, instant, NEVER } from "../base/time.ts";
import { FaultLink } from "./fault.ts";
import type { FaultOptions } from "./faults.ts";
import { MemoryLink } from "./memory_link.ts";

function setup(send?: FaultOptions, receive?: FaultOptions, seed = 1) {
  const inner = new MemoryLink(512);
  const time = { now: 0 };
  const link = new FaultLink(inner, {
    now: () => time.now as Instant,
    random: new Random(seed),
    ...(send === undefined ? {} : { send }),
    ...(receive === undefined ? {} : { receive }),
  });
  return { inner, link, time };
}

/** Sends datagrams of 4 octets numbered from `first` on, in one slot of `segments` each. */
function sendNumbered(link: FaultLink, first: number, slots: number, segments = 1): number {
  const batch = new PacketBatch(slots, 4 * segments);
  for (let s = 0; s < slots; s++) {
    const i = batch.open();
    batch.length[i] = 4 * segments;
    batch.segment[i] = segments === 1 ? 0 : 4;
    batch.ticket[i] = 77;
    for (let k = 0; k < segments; k++) {
      batch.view.setUint32(batch.offset[i]! + 4 * k, first + s * segments + k);
    }
  }
  return link.send(batch, 0);
}

const numbers = (inner: MemoryLink) =>
  inner.datagrams().map((d) => new DataView(d.buffer, d.byteOffset).getUint32(0));

const upTo = (n: number) => Array.from({ length: n }, (_, k) => k);

Deno.test("FaultLink: without options slots pass untouched and uncopied", () => {
  const { inner, link } = setup();
  assertEquals(sendNumbered(link, 0, 3, 5), 3);
  assertEquals(inner.sent.map((s) => s.segment), [4, 4, 4]);
  assertEquals(link.deadline(), NEVER);
});

Deno.test("FaultLink: drops the asked share, reproducibly by seed", () => {
  const run = (seed: number) => {
    const { inner, link } = setup({ drop: 0.1 }, undefined, seed);
    for (let k = 0; k < 10_000; k += 100) sendNumbered(link, k, 100);
    assertEquals(link.sent.dropped + link.sent.passed, 10_000);
    assertEquals(inner.sent.length, link.sent.passed);
    return numbers(inner);
  };
  const one = run(1);
  assert(Math.abs(one.length - 9000) < 120, `${one.length}`);
  assertEquals(run(1), one);
  assert(String(run(2)) !== String(one));
});

Deno.test("FaultLink: a segmented slot is split around the datagram dropped", () => {
  const { inner, link } = setup({});
  const batch = new PacketBatch(1, 64);
  const i = batch.open();
  batch.length[i] = 4 * 4 + 2;
  batch.segment[i] = 4;
  batch.channel[i] = 1;
  link.dropNextSent(1);
  link.send(batch, 0);
  assertEquals(inner.sent.map((s) => [s.octets.length, s.segment, s.channel]), [[14, 4, 1]]);
  assertEquals(link.sent.dropped, 1);
});

Deno.test("FaultLink: every datagram of segmented slots has its own fate, order kept", () => {
  const { inner, link } = setup({ drop: 0.2 });
  for (let k = 0; k < 50; k++) sendNumbered(link, k * 160, 10, 16);
  const got = numbers(inner);
  assert(Math.abs(got.length - 6400) < 150, `${got.length}`);
  assertEquals(got, [...got].sort((a, b) => a - b));
  assert(inner.sent.some((s) => s.segment === 4) && inner.sent.some((s) => s.segment === 0));
});

Deno.test("FaultLink: octets of a lent region are read there", () => {
  const { inner, link } = setup({ duplicate: 1 });
  const region = new Uint8Array(64).fill(9, 8, 12);
  const batch = new PacketBatch(1, 4);
  const i = batch.open();
  batch.region[i] = link.lend(region);
  batch.offset[i] = 8;
  batch.length[i] = 4;
  link.send(batch, 0);
  assertEquals(inner.sent.map((s) => Array.from(s.octets)), [[9, 9, 9, 9], [9, 9, 9, 9]]);
  assertEquals(link.sent.duplicated, 1);
});

Deno.test("FaultLink: corrupt inverts exactly one bit", () => {
  const { inner, link } = setup({ corrupt: 1 });
  for (let k = 0; k < 200; k++) sendNumbered(link, 0, 1);
  const bits = numbers(inner).map((x) => x.toString(2).replaceAll("0", "").length);
  assertEquals(bits, new Array(200).fill(1));
  assert(new Set(numbers(inner)).size > 25);
});

Deno.test("FaultLink: reorder lets exactly `depth` datagrams overtake", () => {
  const { inner, link } = setup({ reorder: { probability: 0.02, depth: 3 } });
  for (let k = 0; k < 1000; k += 50) sendNumbered(link, k, 50);
  const got = numbers(inner);
  assert(link.sent.reordered > 5);
  let late = 0;
  got.forEach((n, k) => {
    const before = got.slice(0, k).filter((m) => m > n).length;
    if (before === 0) return;
    late++;
    assertEquals(before, 3);
  });
  assert(late >= link.sent.reordered - 3);
});

Deno.test("FaultLink: a datagram held back that nothing overtakes goes when its time is up", () => {
  const { inner, link, time } = setup({ reorder: { probability: 1, depth: 9, hold: 5000 } });
  sendNumbered(link, 7, 1);
  assertEquals([inner.sent.length, link.deadline()], [0, 5000]);
  time.now = 5000;
  link.receive(new PacketBatch(1, 16));
  assertEquals([numbers(inner), link.deadline()], [[7], NEVER]);
});

Deno.test("FaultLink: the size limit drops longer datagrams only", () => {
  const { inner, link } = setup({ maxLength: 100 });
  const batch = new PacketBatch(2, 128);
  batch.length[batch.open()] = 101;
  batch.length[batch.open()] = 100;
  assertEquals(link.send(batch, 0), 2);
  assertEquals([inner.sent.map((s) => s.octets.length), link.sent.tooLong], [[100], 1]);
});

Deno.test("FaultLink: the token bucket passes the rate and a burst", () => {
  const { inner, link, time } = setup({ rate: { bitsPerSecond: 32_000, burst: 40 } });
  sendNumbered(link, 0, 20); // 4 octets each: 10 are the burst
  assertEquals(numbers(inner), upTo(10));
  for (let k = 0; k < 4000; k++) { // 1000 a second fit, 2000 a second are offered
    time.now += 500_000;
    sendNumbered(link, 100 + k, 1);
  }
  assertEquals(inner.sent.length, 10 + 2000);
  assertEquals(link.sent.overRate, 10 + 2000);
});

Deno.test("FaultLink: a link below that is full is not overrun, and nothing is lost", () => {
  const { inner, link, time } = setup({ duplicate: 0.5 });
  inner.takes = 0;
  let taken = 0;
  for (let k = 0; k < 100 && taken === k * 100; k++) taken += sendNumbered(link, k * 100, 100);
  assert(taken > 400 && taken < 2000 && taken % 100 !== 0, `${taken}`);
  assertEquals(link.deadline(), instant(time.now + 100_000));
  inner.takes = 7;
  link.receive(new PacketBatch(1, 16));
  assertEquals(inner.sent.length, taken + link.sent.duplicated);
  assertEquals([...new Set(numbers(inner))], upTo(taken));
});

Deno.test("FaultLink: what arrives is harmed likewise, into batches of any size", () => {
  const { inner, link } = setup(undefined, { drop: 0.25, duplicate: 0.25 });
  const into = new PacketBatch(3, 64);
  const got: number[] = [];
  for (let k = 0; k < 400; k++) {
    const octets = new Uint8Array(24);
    for (let n = 0; n < 6; n++) new DataView(octets.buffer).setUint32(4 * n, 6 * k + n);
    inner.arrive(octets, 4);
  }
  for (;;) {
    into.clear();
    if (link.receive(into) === 0) break;
    for (let i = 0; i < into.count; i++) {
      for (let o = 0; o < into.length[i]!; o += 4) {
        got.push(into.view.getUint32(into.offset[i]! + o));
      }
    }
  }
  assertEquals(got.length, link.received.passed + link.received.duplicated);
  assert(Math.abs(link.received.dropped - 600) < 80, `${link.received.dropped}`);
  assertEquals(got, [...got].sort((a, b) => a - b));
});

Deno.test("FaultLink: transmit stamps and link errors pass unharmed", () => {
  const { inner, link } = setup(undefined, { drop: 1 });
  const i = inner.arrive(new Uint8Array(0));
  inner.arriving.kind[i] = SlotKind.TransmitStamp;
  inner.arriving.ticket[i] = 5;
  const j = inner.arrive(new Uint8Array(0));
  inner.arriving.kind[j] = SlotKind.LinkError;
  inner.arriving.length[j] = 111;
  inner.arrive(new Uint8Array(9));
  const into = new PacketBatch(4, 64);
  assertEquals(link.receive(into), 2);
  assertEquals([into.ticket[0], into.length[1]], [5, 111]);
});
