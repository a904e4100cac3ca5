import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { parseSummary, strict, tallyOf } from "./gate_tally.ts";

Deno.test("parseSummary() reads the runner's last line, steps left out", () => {
  const of = (line: string) => parseSummary(`running 3 tests\n\n${line}\n`, true);
  assertEquals(of("ok | 3 passed | 0 failed (7ms)"), tallyOf(3, 0, 0));
  assertEquals(of("ok | 3 passed (2 steps) | 0 failed | 1 ignored (7ms)"), tallyOf(3, 0, 1));
  assertEquals(of("FAILED | 3 passed | 2 failed (1 step) | 1 ignored (7ms)"), tallyOf(3, 2, 1));
});

Deno.test("parseSummary() takes the last summary, not one that a test printed", () => {
  const printed = "ok | 900 passed | 0 failed (1ms)\nok | 2 passed | 0 failed (1ms)\n";
  assertEquals(parseSummary(printed, true), tallyOf(2, 0, 0));
});

Deno.test("parseSummary() counts a run without a summary, or with a bad exit, as failed", () => {
  assertEquals(parseSummary("error: Module not found", false), tallyOf(0, 1, 0));
  assertEquals(parseSummary("", true), tallyOf(0, 1, 0));
  assertEquals(parseSummary("ok | 2 passed | 0 failed (1ms)", false), tallyOf(2, 1, 0));
});

Deno.test("strict() turns skips into failures", () => {
  assertEquals(strict(tallyOf(5, 1, 2)), tallyOf(5, 3, 0));
});
