import { deepStrictEqual as assertEquals, notStrictEqual as assertNot } from "node:assert/strict";
import { copyOctets, DeliveryPool, hashOctets, PacketPool } from "./packet_pool.ts";

const octets = (...values: number[]) => new Uint8Array(values);

Deno.test("PacketPool: a packet lives until its last reference is released", () => {
  const pool = new PacketPool(64, 2);
  const h = pool.put(octets(1, 2, 3), 0, 3);
  pool.retain(h);
  pool.release(h);
  assertEquals([pool.size, pool.length[h], pool.bytes[h * 64 + 2]], [1, 3, 3]);
  pool.release(h);
  assertEquals(pool.size, 0);
});

Deno.test("PacketPool: growing keeps what is under way", () => {
  const pool = new PacketPool(16, 1);
  const handles = Array.from({ length: 40 }, (_, k) => pool.put(octets(k, k + 1), 1, 1));
  assertEquals(new Set(handles).size, 40);
  handles.forEach((h, k) => assertEquals(pool.bytes[h * 16], k + 1));
});

Deno.test("PacketPool: flipBit() changes one bit and the hash, of the copy alone", () => {
  const pool = new PacketPool(16, 1);
  const h = pool.put(octets(0x55, 0), 0, 2);
  const c = pool.copy(h);
  assertEquals(pool.hash[c], pool.hash[h]);
  pool.flipBit(c, 8);
  assertEquals([pool.bytes[h * 16 + 1], pool.bytes[c * 16 + 1]], [0, 0x80]);
  assertNot(pool.hash[c], pool.hash[h]);
});

Deno.test("hashOctets() sees every octet and the length", () => {
  const seen = new Set<number>();
  for (let n = 0; n < 12; n++) {
    for (let k = 0; k <= n; k++) {
      const a = new Uint8Array(n);
      if (k < n) a[k] = 1;
      seen.add(hashOctets(new DataView(a.buffer), 0, n));
    }
  }
  assertEquals(seen.size, 12 * 13 / 2);
});

Deno.test("copyOctets() copies short and long runs alike", () => {
  const from = Uint8Array.from({ length: 300 }, (_, k) => k & 0xff);
  for (const n of [0, 1, 96, 97, 250]) {
    const into = new Uint8Array(300).fill(0xee);
    copyOctets(from, 5, into, 7, n);
    assertEquals(into.slice(7, 7 + n), from.slice(5, 5 + n));
    assertEquals([into[6], into[7 + n]], [0xee, 0xee]);
  }
});

Deno.test("DeliveryPool: entries are distinct while taken, also after it grew", () => {
  const pool = new DeliveryPool(2);
  const taken = Array.from({ length: 50 }, (_, k) => pool.take(k, 0, k, k));
  assertEquals(new Set(taken).size, 50);
  taken.forEach((d, k) => assertEquals([pool.packet[d], pool.stamp[d], pool.next[d]], [k, k, -1]));
  pool.give(taken[3]!);
  assertEquals(pool.take(9, 0, 0, NaN), taken[3]);
});
