import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import {
  after,
  between,
  difference,
  earliest,
  instant,
  millis,
  NEVER,
  seconds,
  shift,
  timestamp,
} from "./time.ts";

Deno.test("difference() subtracts before it scales: a nanosecond of 56 years is not lost", () => {
  assertEquals(difference(timestamp(1_777_000_000, 1), timestamp(1_777_000_000, 0)), 1);
  assertEquals(difference(timestamp(5, 0), timestamp(4, 999_999_999)), 1);
  assertEquals(difference(timestamp(4, 999_999_999), timestamp(5, 0)), -1);
});

Deno.test("shift() carries both ways and leaves nanoseconds in [0, 1e9)", () => {
  const cases: [number, number, number, [number, number]][] = [
    [10, 0, -1, [9, 999_999_999]],
    [10, 999_999_999, 1, [11, 0]],
    [10, 500_000_000, 2.5e9, [13, 0]],
    [10, 0, -3e9, [7, 0]],
    [0, 0, -0.5, [-1, 999_999_999.5]],
  ];
  for (const [s, ns, duration, expected] of cases) {
    const t = timestamp(s, ns);
    shift(t, duration, t);
    assertEquals([t.seconds, t.nanoseconds], expected, `${s}.${ns} ${duration}`);
  }
});

Deno.test("shift() by less than a float64 can tell from zero does not leave a whole second", () => {
  const t = timestamp(10, 0);
  shift(t, -1e-12, t);
  assertEquals([t.seconds, t.nanoseconds], [10, 0]);
  shift(timestamp(10, 1), -1 - 1e-12, t);
  ok(t.nanoseconds < 1e9 && t.nanoseconds >= 0);
});

Deno.test("after(), between() and earliest() of instants; NEVER is after all", () => {
  const at = instant(5e9);
  assertEquals(after(at, millis(2)), 5.002e9);
  assertEquals(between(at, after(at, seconds(3))), 3e9);
  assertEquals([earliest(at, NEVER), earliest(NEVER, at)], [at, at]);
});
