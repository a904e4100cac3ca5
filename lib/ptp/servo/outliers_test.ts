import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { markOutliers } from "./outliers.ts";

Deno.test("markOutliers() finds the first measurement late on a steep line", () => {
  const n = 12;
  const t = Float64Array.from({ length: n }, (_, i) => 0.1 * i);
  const direction = Int8Array.from({ length: n }, (_, i) => i % 2 === 0 ? -1 : 1);
  const z = t.map((x, i) => 200_000 * x + direction[i]! * 2500 + 100 * Math.sin(5 * i));
  z[0]! -= 40_000;
  z[7]! += 9_000;
  const marks = [...markOutliers({ t, z, direction }, 300)];
  assertEquals(marks, [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
});

Deno.test("markOutliers() marks nothing where there is too little to judge by", () => {
  const none = new Float64Array(0);
  assertEquals(markOutliers({ t: none, z: none, direction: new Int8Array(0) }, 1).length, 0);
  const t = Float64Array.of(0, 1, 2);
  const z = Float64Array.of(0, 1e9, 0);
  assertEquals([...markOutliers({ t, z, direction: Int8Array.of(1, 1, 1) }, 1)], [0, 0, 0]);
});
