import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { nanos } from "../base/time.ts";
import { leapBetween, offsetBetween, offsetCause } from "./clock_offset.ts";

Deno.test("offsetBetween() takes currentUtcOffset away from TAI for UTC, and adds it the other way", () => {
  assertEquals(offsetBetween("tai", "utc", 37), -37);
  assertEquals(offsetBetween("utc", "tai", 37), 37);
  assertEquals(offsetBetween("tai", "tai", 37), 0);
  assertEquals(offsetBetween("utc", "arb", 37), 0);
  assertEquals(offsetBetween("arb", "utc", 37), 0);
});

Deno.test("offsetCause() names what 37 s between two clocks come from, and nothing else", () => {
  assertEquals(offsetCause(nanos(37e9 + 3e8), -37, 37), "sameTimescale");
  assertEquals(offsetCause(nanos(-37e9), 37, 37), "sameTimescale");
  assertEquals(offsetCause(nanos(-37e9), -37, 37), "appliedTwice");
  assertEquals(offsetCause(nanos(37e9), 37, 37), "appliedTwice");
  assertEquals(offsetCause(nanos(37e9), 0, 37), "noOffset");
  assertEquals(offsetCause(nanos(-37e9), 0, 37), "noOffset");
  for (const seconds of [0, 0.2, 1, 10, 35.9, 36, 38, 74]) {
    assertEquals(offsetCause(nanos(seconds * 1e9), -37, 37), undefined, `${seconds}`);
    assertEquals(offsetCause(nanos(-seconds * 1e9), 0, 37), undefined, `-${seconds}`);
  }
  assertEquals(offsetCause(nanos(0), 0, 0), undefined);
});

Deno.test("leapBetween() is a change by one at the end of a UTC day", () => {
  const midnight = 1_483_228_800;
  assertEquals(leapBetween(36, 37, midnight - 1), 1);
  assertEquals(leapBetween(36, 37, midnight + 5), 1);
  assertEquals(leapBetween(37, 36, midnight), -1);
  assertEquals(leapBetween(36, 37, midnight + 3600), 0, "somebody corrected it");
  assertEquals(leapBetween(0, 37, midnight), 0);
  assertEquals(leapBetween(37, 37, midnight), 0);
});
