import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { ByteRing, SequenceRing } from "./ring.ts";
import { seq16, seq31 } from "./seq.ts";

Deno.test("ByteRing: octets come out as they went in, whatever the pieces", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(40)), { maxLength: 60 }),
      (steps) => {
        const ring = new ByteRing(32);
        let plain: number[] = [];
        for (const [piece, take] of steps) {
          const n = ring.write(piece);
          assertEquals(n, Math.min(piece.length, 32 - plain.length));
          plain.push(...piece.slice(0, n));
          assertEquals(plain.map((_, k) => ring.at(k)), plain);
          const into = new Uint8Array(take);
          const m = ring.read(into);
          assertEquals(Array.from(into.slice(0, m)), plain.slice(0, take));
          plain = plain.slice(m);
          assertEquals([ring.length, ring.room], [plain.length, 32 - plain.length]);
        }
      },
    ),
  );
});

Deno.test("ByteRing: peek() skips, contiguous() ends at the wrap", () => {
  const ring = new ByteRing(8);
  ring.write(new Uint8Array(6));
  ring.consume(6);
  ring.write(Uint8Array.of(1, 2, 3, 4, 5));
  const into = new Uint8Array(3);
  assertEquals(ring.peek(2, into), 3);
  assertEquals(Array.from(into), [3, 4, 5]);
  assertEquals(ring.peek(5, into), 0);
  assertEquals([ring.contiguous(), ring.contiguous(2), ring.offset(), ring.offset(2)], [
    2,
    3,
    6,
    0,
  ]);
});

Deno.test("ByteRing: octets written ahead join the stream by extend()", () => {
  const ring = new ByteRing(8);
  assertEquals(ring.writeAhead(2, Uint8Array.of(3, 4), 0, 2), 2);
  assertEquals(ring.length, 0);
  ring.write(Uint8Array.of(1, 2));
  ring.extend(2);
  assertEquals([0, 1, 2, 3].map((k) => ring.at(k)), [1, 2, 3, 4]);
  assertEquals(ring.writeAhead(3, Uint8Array.of(9, 9), 0, 2), 1);
  assertEquals(ring.writeAhead(9, Uint8Array.of(9, 9), 0, 2), 0);
});

Deno.test("SequenceRing: duplicates, the past and the far future are refused", () => {
  const ring = new SequenceRing(seq31, 8, seq31.max - 2);
  assertEquals(ring.insert(seq31.max) >= 0, true);
  assertEquals(ring.insert(seq31.max), -1);
  assertEquals(ring.insert(seq31.max - 3), -1);
  assertEquals(ring.insert(5), -1);
  assertEquals(ring.insert(4) >= 0, true);
  assertEquals([ring.count, ring.has(4), ring.has(3)], [2, true, false]);
});

Deno.test("SequenceRing: run() counts over the wrap, advance() forgets", () => {
  const ring = new SequenceRing(seq16, 16, 65534);
  for (const n of [65534, 65535, 0, 1, 3]) ring.insert(n);
  assertEquals(ring.run(65534), 4);
  assertEquals(ring.run(2), 0);
  assertEquals(ring.advance(2), 4);
  assertEquals([ring.first, ring.count, ring.run(3)], [2, 1, 1]);
  assertEquals(ring.advance(1), 0);
  assertEquals(ring.remove(3), true);
  assertEquals(ring.remove(3), false);
  ring.insert(4);
  assertEquals(ring.advance(1000), 1);
  assertEquals([ring.count, ring.has(1000), ring.insert(1000) >= 0], [0, false, true]);
});

Deno.test("SequenceRing: slots of spanned numbers are all different", () => {
  const ring = new SequenceRing(seq16, 16, 65530);
  const slots = Array.from({ length: 16 }, (_, k) => ring.insert(seq16.add(65530, k)));
  assertEquals(new Set(slots).size, 16);
  assertEquals(ring.run(65530), 16);
});
