import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { instant, timestamp } from "../lib/base/time.ts";
import { PairTracker } from "./pair_tracker.ts";

const MS = 1e6;

/** Shows `raw` to a tracker as a clock of 100 s at raw 0 that gained `gain` ns since. */
function show(tracker: PairTracker, raw: number, gain: number): boolean {
  return tracker.update({
    raw: instant(raw),
    seconds: 100,
    nanoseconds: raw + gain,
    widthNanos: 40,
  });
}

function near(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);
}

Deno.test("PairTracker: update() learns the rate over a base line of 20 ms or more", () => {
  const tracker = new PairTracker();
  show(tracker, 0, 0);
  show(tracker, 10 * MS, 1000);
  assertEquals(tracker.rate, 0);
  show(tracker, 100 * MS, 1000);
  near(tracker.rate, 10e-6);
});

Deno.test("PairTracker: rateChanged() holds at once, for readings and for stamps", () => {
  const tracker = new PairTracker();
  show(tracker, 0, 0);
  show(tracker, 100 * MS, 1000);
  tracker.rateChanged(50e-6);
  near(tracker.rate, 60e-6);
  const reading = timestamp();
  tracker.readingAt(instant(200 * MS), reading);
  assertEquals([reading.seconds, Math.round(reading.nanoseconds)], [100, 200 * MS + 7000]);
  assertEquals(Math.round(tracker.instantOf(100, 200 * MS + 7000)), 200 * MS);
});

Deno.test("PairTracker: rateChanged() begins the base line anew, so that no rate is half the old", () => {
  const tracker = new PairTracker();
  show(tracker, 0, 0);
  show(tracker, 100 * MS, 1000);
  show(tracker, 110 * MS, 1100);
  tracker.rateChanged(50e-6);
  show(tracker, 115 * MS, 1400);
  show(tracker, 125 * MS, 2000);
  near(tracker.rate, 60e-6);
  show(tracker, 140 * MS, 2900);
  near(tracker.rate, 60e-6);
  assertEquals(tracker.steps, 0);
});

Deno.test("PairTracker: a step is told, counted, and no base line lies across it", () => {
  const tracker = new PairTracker();
  show(tracker, 0, 0);
  assertEquals(show(tracker, 100 * MS, 300_000), true, "200 us and 1000 ppm of 100 ms");
  const rate = tracker.rate;
  assertEquals(show(tracker, 110 * MS, 600_000), false);
  assertEquals([tracker.steps, tracker.rate], [1, rate]);
  show(tracker, 140 * MS, 600_300);
  near(tracker.rate, 10e-6);
});
