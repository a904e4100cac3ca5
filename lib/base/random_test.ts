import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { Random } from "./random.ts";

const draw = (r: Random, n: number) => Array.from({ length: n }, () => r.uint32());

Deno.test("Random: uint32() follows the sfc32 recurrence", () => {
  const r = new Random(1);
  r.restore([1, 2, 3, 4]);
  // By hand from a' = b ^ b>>>9, b' = c + c<<3, c' = rotl(c, 21) + t, t = a + b + d, d' = d + 1.
  const rotl = (x: number) => (x << 21 | x >>> 11) | 0;
  let [a, b, c, d] = [1, 2, 3, 4];
  const expected = Array.from({ length: 50 }, () => {
    const t = a! + b! + d! | 0;
    [a, b, c, d] = [b! ^ b! >>> 9, c! + (c! << 3) | 0, rotl(c!) + t | 0, d! + 1 | 0];
    return t >>> 0;
  });
  assertEquals(draw(r, 50), expected);
});

Deno.test("Random: one seed, one stream; another seed, name or purpose another", () => {
  const of = (seed: number, name = "a", purpose = "b") => draw(new Random(seed, name, purpose), 8);
  assertEquals(of(7), of(7));
  const all = [
    of(7),
    of(8),
    of(7.5),
    of(2 ** 53 - 1),
    of(2 ** 53 - 2),
    of(7, "ab", ""),
    of(7, "b"),
  ];
  assertEquals(new Set(all.map(String)).size, all.length);
});

Deno.test("Random: derive() does not advance its parent", () => {
  const a = new Random(3);
  const b = new Random(3);
  draw(a.derive("x"), 100);
  assertEquals(draw(a, 4), draw(b, 4));
  assertEquals(draw(a.derive("x", "y"), 4), draw(b.derive("x", "y"), 4));
});

Deno.test("Random: uniform() is flat over 64 cells (chi squared)", () => {
  const r = new Random(11);
  const cells = new Float64Array(64);
  for (let k = 0; k < 64_000; k++) cells[Math.floor(r.uniform() * 64)]! += 1;
  const chi = cells.reduce((s, n) => s + (n - 1000) ** 2 / 1000, 0);
  assert(chi > 30 && chi < 110, `chi squared ${chi} with 63 degrees of freedom`);
});

Deno.test("Random: integer() reaches every value and nothing else", () => {
  const r = new Random(5);
  const seen = new Float64Array(7);
  for (let k = 0; k < 7000; k++) seen[r.integer(7)]! += 1;
  assert(seen.every((n) => n > 850 && n < 1150), String(seen));
  assertEquals(r.integer(1), 0);
});

Deno.test("Random: gaussian() has moments 0, 1, 0, 3", () => {
  const r = new Random(13);
  const m = [0, 0, 0, 0];
  const n = 200_000;
  for (let k = 0; k < n; k++) {
    const z = r.gaussian();
    for (let p = 0; p < 4; p++) m[p]! += z ** (p + 1) / n;
  }
  [0, 1, 0, 3].forEach((want, p) => assert(Math.abs(m[p]! - want) < 0.06, `moment ${p + 1}: ${m}`));
});

Deno.test("Random: exponential() and pareto() have the asked mean", () => {
  const r = new Random(17);
  let e = 0;
  let p = 0;
  for (let k = 0; k < 100_000; k++) {
    e += r.exponential(250) / 1e5;
    p += r.pareto(300, 4) / 1e5;
  }
  assert(Math.abs(e - 250) < 5, `${e}`);
  assert(Math.abs(p - 100) < 5, `${p}`);
});

Deno.test("Random: chance() of 0 and 1 draw nothing", () => {
  const r = new Random(1);
  const state = r.save();
  assertEquals([r.chance(0), r.chance(1), r.chance(-1), r.chance(2)], [false, true, false, true]);
  assertEquals(r.save(), state);
});

Deno.test("Random: fill() writes exactly the asked octets", () => {
  const octets = new Uint8Array(11);
  new Random(1).fill(octets, 2, 7);
  assertEquals([octets[0], octets[1], octets[9], octets[10]], [0, 0, 0, 0]);
  assert(new Set(octets.slice(2, 9)).size > 4);
});
