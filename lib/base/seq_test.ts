import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { Circular, seq16, seq26, seq31, seq32 } from "./seq.ts";

const ALL = [seq16, seq26, seq31, seq32];

Deno.test("Circular: next() and distance() cross the wrap", () => {
  for (const s of ALL) {
    assertEquals(s.next(s.max), 0);
    assertEquals(s.previous(0), s.max);
    assertEquals(s.distance(s.max, 0), 1);
    assertEquals(s.distance(2, s.max - 7), -10);
    assertEquals(s.isBefore(s.max - 10, 5), true);
    assertEquals(s.isBefore(5, s.max - 10), false);
    assertEquals(s.later(s.max, 3), 3);
  }
});

Deno.test("Circular: half the circle away is negative (RFC 1982 leaves it open)", () => {
  for (const s of ALL) assertEquals(s.distance(0, 2 ** (s.bits - 1)), -(2 ** (s.bits - 1)));
});

Deno.test("Circular: isWithin() counts from first, across the wrap", () => {
  assertEquals(seq31.isWithin(1, seq31.max - 1, 4), true);
  assertEquals(seq31.isWithin(2, seq31.max - 1, 4), false);
  assertEquals(seq32.isWithin(4294967295, 4294967295, 1), true);
  assertEquals(seq32.isWithin(4294967294, 4294967295, 4294967295), false);
});

Deno.test("Circular: add() and distance() are inverse", () => {
  fc.assert(fc.property(
    fc.constantFrom(...ALL),
    fc.nat(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    (s: Circular, a, n) => {
      const from = a % (s.max + 1);
      const small = Math.trunc(n / 2 ** (32 - s.bits));
      const to = s.add(from, small);
      return to >= 0 && to <= s.max && s.distance(from, to) === small &&
        s.add(from, s.forward(from, to)) === to && s.compare(to, from) === small;
    },
  ));
});

Deno.test("Circular: unwrap() follows a counter over many turns of the circle", () => {
  let count = 0;
  for (let k = 0; k < 1000; k++) {
    const next = count + 12_345 - k % 3 * 20_000;
    count = seq16.unwrap(count, ((next % 65536) + 65536) % 65536);
    assertEquals(count, next);
  }
});
