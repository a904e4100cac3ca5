import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { Random } from "../base/random.ts";
import { Path, type PathOptions } from "./path.ts";

const path = (options: PathOptions) => new Path(options, new Random(1, "path"));

Deno.test("Path: a constant delay is exact", () => {
  const p = path({ delay: 1234.5 });
  assertEquals([p.offer(1e9, 100), p.departure], [1e9 + 1234.5, 1e9]);
});

Deno.test("Path: rate and queue delay a datagram by what waits before it", () => {
  const p = path({ rate: 1e9, overhead: 0, delay: 10 }); // 8 ns an octet
  assertEquals([p.offer(0, 1000), p.departure], [8010, 0]);
  assertEquals([p.offer(0, 1000), p.departure], [16_010, 8000]);
  assertEquals([p.offer(12_000, 500), p.departure], [20_010, 16_000]);
  assertEquals([p.offer(50_000, 500), p.departure], [54_010, 50_000]);
});

Deno.test("Path: a full queue drops the newcomer", () => {
  const p = path({ rate: 1e9, overhead: 0, queue: 2000 });
  const arrivals = [0, 0, 0, 0].map((t) => p.offer(t, 1000)); // one on the wire counts as waiting
  assertEquals(arrivals, [8000, 16_000, NaN, NaN]);
  assertEquals(p.counters.queueFull, 2);
  assertEquals(p.offer(8000, 1000), 24_000);
});

Deno.test("Path: the loss rate is the one asked for", () => {
  const p = path({ loss: 0.02 });
  for (let k = 0; k < 100_000; k++) p.offer(k, 60);
  assert(Math.abs(p.counters.lost / 1e5 - 0.02) < 0.002, `${p.counters.lost}`);
  assertEquals(p.counters.carried + p.counters.lost, 100_000);
});

Deno.test("Path: Gilbert-Elliott losses come in bursts of mean 1 / leave", () => {
  const p = path({ loss: { enter: 0.01, leave: 0.25 } });
  let lost = 0;
  let bursts = 0;
  let before = false;
  for (let k = 0; k < 200_000; k++) {
    const isLost = Number.isNaN(p.offer(k, 60));
    if (isLost) lost++;
    if (isLost && !before) bursts++;
    before = isLost;
  }
  assert(Math.abs(lost / 2e5 - 0.01 / 0.26) < 0.004, `share ${lost / 2e5}`);
  assert(Math.abs(lost / bursts - 4) < 0.4, `mean burst ${lost / bursts}`);
});

Deno.test("Path: jitter keeps the order unless it may overtake", () => {
  const count = (mayOvertake: boolean) => {
    const p = path({ delay: 1e6, jitter: { kind: "exponential", mean: 1e5 }, mayOvertake });
    let back = 0;
    let last = 0;
    for (let k = 0; k < 5000; k++) {
      const at = p.offer(k * 1000, 60);
      assert(at >= k * 1000 + 1e6);
      if (at < last) back++;
      last = at;
    }
    return back;
  };
  assertEquals(count(false), 0);
  assert(count(true) > 1000);
});

Deno.test("Path: jitter models have the asked spread and limits", () => {
  const spread = (jitter: NonNullable<PathOptions["jitter"]>) => {
    const p = path({ delay: 1e6, jitter, mayOvertake: true });
    const d = Array.from({ length: 50_000 }, (_, k) => p.offer(k, 60) - k - 1e6);
    const mean = d.reduce((s, x) => s + x, 0) / d.length;
    return {
      mean,
      sigma: Math.sqrt(d.reduce((s, x) => s + (x - mean) ** 2, 0) / d.length),
      least: d.reduce((s, x) => Math.min(s, x)),
      most: d.reduce((s, x) => Math.max(s, x)),
    };
  };
  const g = spread({ kind: "gaussian", sigma: 500 });
  assert(Math.abs(g.mean) < 10 && Math.abs(g.sigma - 500) < 15 && g.most <= 2000.001);
  const e = spread({ kind: "exponential", mean: 500 });
  assert(Math.abs(e.mean - 500) < 15 && Math.abs(e.sigma - 500) < 25 && e.least >= 0);
  const h = spread({ kind: "heavyTail", scale: 300, shape: 2.5, limit: 40_000 });
  assert(Math.abs(h.mean - 200) < 20 && h.most > 5000 && h.most <= 40_000.001, JSON.stringify(h));
});

Deno.test("Path: duplicates, inverted bits and held-back datagrams are marked and counted", () => {
  const p = path({ duplicate: 1, corrupt: 1, reorder: { probability: 1, by: 500 }, delay: 5 });
  assertEquals([p.offer(0, 60), p.isDuplicated, p.isCorrupted], [505, true, true]);
  assertEquals([p.counters.duplicated, p.counters.corrupted, p.counters.reordered], [1, 1, 1]);
  p.change({ delay: 5 });
  assertEquals([p.offer(9, 60), p.isDuplicated, p.isCorrupted], [14, false, false]);
});
