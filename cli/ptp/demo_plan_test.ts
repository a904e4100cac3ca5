import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { instant } from "../../lib/base/time.ts";
import { judge, PLAN, planOf, type Reading } from "./demo_plan.ts";

/** A run read 50 times a second whose error at second t is `error(t)`. */
function run(error: (at: number) => number, until: number = PLAN.seconds): Reading[] {
  const readings: Reading[] = [];
  for (let k = 0; k * 0.02 < until; k++) {
    const at = k * 0.02;
    const rest = { state: "SLAVE", meanPathDelay: 1000, frequency: 0 };
    readings.push({ at, instant: instant(at * 1e9), error: error(at), ...rest });
  }
  return readings;
}

/** Off for `lag` seconds after the start and after each step, else 50 ns. */
function lagging(lag: number): (at: number) => number {
  const starts = [0, ...PLAN.steps.map((s) => s.at)];
  return (at) => starts.some((s) => at >= s && at < s + lag) ? 150_000 : 50;
}

Deno.test("judge() passes a slave that is back in time after the start and each step", () => {
  const verdict = judge(run(lagging(1)));
  assertEquals(verdict.isPassed, true);
  assertEquals(verdict.locks.map((l) => l.seconds?.toFixed(2)), ["1.00", "1.00", "1.00"]);
  assertEquals(verdict.p99, 50);
});

Deno.test("judge() fails one that takes longer than 5 s", () => {
  const late = (at: number) => at >= 11 && at < 16.5 ? 12_000 : lagging(1)(at);
  const verdict = judge(run(late));
  assertEquals(verdict.locks.map((l) => l.isGood), [true, true, false]);
  assertEquals(verdict.isPassed, false);
});

Deno.test("judge() fails a run in which a step was never seen in the error", () => {
  const verdict = judge(run((at) => at < 1 ? 1e9 : 50));
  assertEquals(verdict.locks.map((l) => l.isGood), [true, false, false]);
});

Deno.test("judge() fails a run that ended early, and a wide tail", () => {
  assertEquals(judge(run(lagging(1), 10)).isPassed, false);
  const wide = (at: number) => at > 17.7 ? 11_000 : lagging(1)(at);
  assertEquals(judge(run(wide)).isPassed, false);
});

Deno.test("planOf() leaves out the steps too near to the end", () => {
  const names = (seconds: number) => planOf(seconds).steps.map((s) => s.name);
  assertEquals(names(PLAN.shortest), []);
  assertEquals(names(12.9), []);
  assertEquals(names(13), ["+2.5 s"]);
  assertEquals(names(18), ["+2.5 s", "-200 us"]);
});

Deno.test("judge() of a shorter plan asks only for its own steps, and for its whole length", () => {
  const once = (at: number) => at < 1 ? 1e9 : 50;
  const verdict = judge(run(once, 8), planOf(8));
  assertEquals(verdict.locks.map((l) => [l.what, l.isGood]), [["start", true]]);
  assertEquals(verdict.isPassed, true);
  assertEquals(judge(run(once, 5.9), planOf(8)).isPassed, false);
  assertEquals(judge(run(once, 13), planOf(13)).isPassed, false, "the step was never seen");
});
