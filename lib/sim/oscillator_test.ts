import { deepStrictEqual as assertEquals, ok as assert, throws } from "node:assert/strict";
import fc from "fast-check";
import { instant, nanos } from "../base/time.ts";
import { Oscillator, standardWander } from "./oscillator.ts";

Deno.test("Oscillator: a constant frequency error is a straight line", () => {
  const o = new Oscillator({ offset: 5e9, ppm: 50 });
  assertEquals(o.rawAt(nanos(0)), 5e9);
  assertEquals(o.rawAt(nanos(1e9)), 6e9 + 50_000);
  assertEquals(o.trueAt(instant(6e9 + 50_000)), 1e9);
});

Deno.test("Oscillator: rawAt() and trueAt() are inverse within 0.01 ns, forwards and back", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: -200, max: 200, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 50e9, noNaN: true }), { minLength: 1, maxLength: 30 }),
      (seed, ppm, times) => {
        const o = new Oscillator({ offset: 1e12, ppm, wander: standardWander(seed) });
        for (const t of times) {
          const raw = o.rawAt(nanos(t));
          assert(Math.abs(o.trueAt(raw) - t) < 0.01, `${o.trueAt(raw)} for ${t}`);
          assert(Math.abs(o.rawAt(o.trueAt(raw)) - raw) < 0.01);
        }
      },
    ),
  );
});

Deno.test("Oscillator: raw never goes back, and answers do not depend on the questions before", () => {
  const a = new Oscillator({ ppm: -30, wander: standardWander(9) });
  const b = new Oscillator({ ppm: -30, wander: standardWander(9) });
  b.trueAt(instant(40e9));
  let last = -1;
  for (let t = 0; t < 40e9; t += 7_654_321) {
    const raw = a.rawAt(nanos(t));
    assert(raw > last);
    last = raw;
    assertEquals(b.rawAt(nanos(t)), raw);
  }
});

Deno.test("Oscillator: pieces meet without a jump", () => {
  const o = new Oscillator({ wander: standardWander(4) });
  for (let k = 1; k < 200; k++) {
    const edge = k * 250e6;
    const step = o.rawAt(nanos(edge)) - o.rawAt(nanos(edge - 1));
    assert(Math.abs(step - 1) < 1e-3, `${step} at piece ${k}`);
  }
});

Deno.test("Oscillator: standard wander stays within its sine, steps and walk over 10 minutes", () => {
  const o = new Oscillator({ wander: standardWander(1) });
  let widest = 0;
  for (let t = 0; t < 600e9; t += 1e9) widest = Math.max(widest, Math.abs(o.frequencyAt(nanos(t))));
  assert(widest > 900 && widest < 3200, `${widest} ppb`);
});

Deno.test("Oscillator: a question about the forgotten past throws", () => {
  const o = new Oscillator({ wander: standardWander(1) });
  o.rawAt(nanos(200e9));
  throws(() => o.rawAt(nanos(1e9)), RangeError);
  throws(() => o.trueAt(instant(1e9)), RangeError);
});
