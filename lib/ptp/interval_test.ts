import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { Random } from "../base/random.ts";
import { instant, nanos } from "../base/time.ts";
import { announceTimeout, intervalOf, nextOnGrid, sane } from "./interval.ts";

Deno.test("intervalOf() is exact for the intervals in use", () => {
  assertEquals(intervalOf(0), 1e9);
  assertEquals(intervalOf(-7), 7_812_500);
  assertEquals(intervalOf(4), 16e9);
});

Deno.test("nextOnGrid() keeps the grid, skips what was missed, never returns the past", () => {
  const step = nanos(100);
  assertEquals(nextOnGrid(instant(1000), step, instant(1000)), 1100);
  assertEquals(nextOnGrid(instant(1000), step, instant(1099)), 1100);
  assertEquals(nextOnGrid(instant(1000), step, instant(1100)), 1200);
  assertEquals(nextOnGrid(instant(1000), step, instant(1950)), 2000);
});

Deno.test("sane() keeps what is within, both ends included", () => {
  assertEquals([-11, -10, 22, 23, 127].map((x) => sane(x, -10, 22, 0)), [0, -10, 22, 0, 0]);
});

Deno.test("announceTimeout() lies between count and count + 1 intervals", () => {
  const random = new Random(1);
  for (let k = 0; k < 100; k++) {
    const t = announceTimeout(3, 1, random);
    assertEquals(t >= 6e9 && t < 8e9, true);
  }
});
