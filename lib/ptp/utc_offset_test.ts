import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { type Instant, instant, NEVER, timestamp } from "../base/time.ts";
import { isLastOfMonth, type Leap, UtcOffset } from "./utc_offset.ts";

/** 2016-12-31T00:00:00Z, whose day had 86,401 seconds. */
const DAY = 1_483_142_400;
const MIDNIGHT = DAY + 86_400;
const NOON = instant(0);

/** Offset 36 with a leap announced; instant 0 is noon of `day`. */
function flagged(leap: Leap, day = DAY): UtcOffset {
  const u = new UtcOffset();
  u.announce(36, leap, NOON);
  u.observe(timestamp(day + 43_200 + 36, 0), NOON);
  return u;
}

const at = (seconds: number): Instant => instant(seconds * 1e9);

Deno.test("UtcOffset: an inserted second: 36 until midnight, 37 from 23:59:60 on (7.2.4)", () => {
  const u = flagged(1);
  assertEquals(u.pending, 1);
  assertEquals(u.deadline(), at(43_200));
  assertEquals([u.pass(at(43_199)), u.seconds], [0, 36]);
  assertEquals([u.pass(at(43_200)), u.seconds], [1, 37]);
  assertEquals([u.pass(at(43_201)), u.pending, u.deadline()], [0, 0, NEVER]);
});

Deno.test("UtcOffset: a deleted second: 35 from 23:59:59 on", () => {
  const u = flagged(-1);
  assertEquals(u.deadline(), at(43_199));
  assertEquals([u.pass(at(43_199)), u.seconds], [-1, 35]);
});

Deno.test("UtcOffset: what a master says too early or too late is not believed (9.4)", () => {
  const u = flagged(1);
  u.announce(37, 1, at(43_190));
  assertEquals(u.seconds, 36, "two announce intervals early");
  u.pass(at(43_200));
  u.announce(36, 1, at(43_203));
  u.announce(36, 0, at(43_204));
  assertEquals([u.seconds, u.pending], [37, 0], "late");
  u.announce(37, 0, at(43_205));
  assertEquals(u.seconds, 37);
  u.announce(36, 0, at(43_200 + 400));
  assertEquals(u.seconds, 36, "minutes later it means it");
});

Deno.test("UtcOffset: a flag left over, or set in the middle of a month, does nothing", () => {
  assertEquals(flagged(1, DAY - 86_400).deadline(), NEVER);
  const u = flagged(1);
  u.pass(at(43_200));
  u.announce(37, 1, at(44_000));
  u.observe(timestamp(MIDNIGHT + 800 + 37, 0), at(44_001));
  assertEquals([u.deadline(), u.pass(at(200_000))], [NEVER, 0]);
});

Deno.test("UtcOffset: a flag taken back is no leap second", () => {
  const u = flagged(1);
  u.announce(36, 0, at(100));
  assertEquals([u.pending, u.deadline()], [0, NEVER]);
});

Deno.test("UtcOffset: nothing is measured or steered around midnight", () => {
  const u = flagged(1);
  const state = (s: number) => [u.isPaused(at(s)), u.mustWait(at(s))];
  assertEquals(state(43_199.4), [false, false]);
  assertEquals(state(43_199.6), [true, true]);
  u.pass(at(43_200));
  assertEquals(state(43_200.9), [true, true]);
  assertEquals(state(43_201.2), [false, true]);
  assertEquals(u.waitEnds(), at(43_201.5));
  assertEquals(state(43_201.6), [false, false]);
});

Deno.test("UtcOffset: TAI goes on although a kernel sets its clock late, for readings of any age", () => {
  for (const leap of [1, -1] as const) {
    const u = flagged(leap);
    const event = leap > 0 ? 43_200 : 43_199;
    const set = event + 0.004; // the kernel's tick
    for (const passed of [false, true]) {
      if (passed) u.pass(at(event + 0.5));
      for (const s of [event - 1.2, event - 0.001, event + 0.001, set + 0.001, event + 1.4]) {
        const clock = DAY + 43_200 + s - (s < set ? 0 : leap);
        const whole = Math.floor(clock);
        const reading = timestamp(whole, (clock - whole) * 1e9);
        const tai = clock + u.of(reading, at(s));
        ok(Math.abs(tai - (DAY + 43_200 + s + 36)) < 1e-6, `${leap} ${passed} ${s}: ${tai}`);
      }
    }
  }
});

Deno.test("isLastOfMonth() knows months and leap years", () => {
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  const last = ["2016-12-31", "2015-06-30", "2024-02-29", "2023-02-28", "2000-02-29", "1999-09-30"];
  const not = ["2016-12-30", "2024-02-28", "2100-02-27", "2015-06-29", "2023-03-01"];
  assertEquals(last.map((d) => isLastOfMonth(day(d))), last.map(() => true));
  assertEquals(not.map((d) => isLastOfMonth(day(d))), not.map(() => false));
  assertEquals(isLastOfMonth(day("2100-02-28")), true);
});
