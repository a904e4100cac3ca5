import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { clockPair } from "../lib/base/clock.ts";
import { instant, timestamp } from "../lib/base/time.ts";
import { ClockGuard } from "../tests/kit/clock_guard.ts";
import { testNeeding } from "../tests/kit/need.ts";
import { PtpHardwareClock, SystemClock, systemStepCount } from "./clock.ts";
import { PairTracker } from "./pair_tracker.ts";
import { absoluteRaw, rawNow, rawOrigin } from "./raw_clock.ts";
import { RecordingClock } from "./recording_clock.ts";
import { StampConverter } from "./timestamping.ts";

Deno.test("rawNow() goes forward and agrees with its absolute form", () => {
  const a = rawNow();
  const b = rawNow();
  ok(b >= a);
  assertEquals(BigInt(absoluteRaw(instant(1000))) - rawOrigin(), 1000n);
});

Deno.test("SystemClock.capture() brackets tightly and agrees with Date", () => {
  const clock = new SystemClock();
  const pair = clockPair();
  clock.capture(pair);
  ok(pair.widthNanos > 0 && pair.widthNanos < 1e6);
  ok(Math.abs(pair.seconds * 1e3 + pair.nanoseconds / 1e6 - Date.now()) < 1000);
});

Deno.test("SystemClock.readAt() agrees with read()", () => {
  const clock = new SystemClock();
  const read = timestamp();
  const extrapolated = timestamp();
  let best = Infinity;
  for (let k = 0; k < 50; k++) {
    const raw = rawNow();
    clock.read(read);
    clock.readAt(raw, extrapolated);
    const apart = (read.seconds - extrapolated.seconds) * 1e9 + read.nanoseconds -
      extrapolated.nanoseconds;
    best = Math.min(best, Math.abs(apart));
  }
  ok(best < 5000, `${best} ns apart`);
});

function pairAt(raw: number, nanos: number) {
  const pair = clockPair();
  pair.raw = instant(raw);
  pair.seconds = 1_700_000_000 + Math.floor(nanos / 1e9);
  pair.nanoseconds = nanos - Math.floor(nanos / 1e9) * 1e9;
  pair.widthNanos = 40;
  return pair;
}

Deno.test("PairTracker: rate from successive pairs, stamps by it", () => {
  const t = new PairTracker();
  ok(t.update(pairAt(0, 0)));
  ok(t.update(pairAt(1e8, 1e8 * (1 + 50e-6))));
  ok(Math.abs(t.rate - 50e-6) < 1e-9);
  // 1 ms (of the clock) before the latest pair
  const stamp = 1e8 * (1 + 50e-6) - 1e6;
  ok(Math.abs(t.instantOf(1_700_000_000, stamp) - (1e8 - 1e6 / (1 + 50e-6))) < 0.01);
});

Deno.test("PairTracker: 200 us + 1000 ppm is a slew, more is a step", () => {
  const slew = new PairTracker();
  slew.update(pairAt(0, 0));
  ok(slew.update(pairAt(1e9, 1e9 + 199e3 + 1e6)));
  const step = new PairTracker();
  step.update(pairAt(0, 0));
  ok(!step.update(pairAt(1e9, 1e9 - 201e3 - 1e6)));
  assertEquals(step.steps, 1);
  ok(step.update(pairAt(1.1e9, 1.1e9 - 201e3 - 1e6)));
});

Deno.test("StampConverter: a stamp around a step is refused and counted, the next is not", () => {
  const clock = new RecordingClock(new SystemClock());
  let offset = 0;
  const original = clock.capture.bind(clock);
  clock.capture = (into) => {
    original(into);
    into.seconds += offset;
  };
  const converter = new StampConverter(clock);
  offset = 5;
  converter.begin();
  ok(Number.isNaN(converter.convert(1_700_000_000, 0)));
  assertEquals(converter.refused, 1);
  converter.begin();
  const pair = clockPair();
  clock.capture(pair);
  ok(Math.abs(converter.convert(pair.seconds, pair.nanoseconds) - pair.raw) < 1e6);
});

Deno.test("PtpHardwareClock.open() names the path and the reason", () => {
  throws(() => PtpHardwareClock.open("/dev/ptp99"), /OsError: open \/dev\/ptp99: ENOENT/);
  throws(() => PtpHardwareClock.open("/dev/null", true), /PTP_CLOCK_GETCAPS \/dev\/null: ENOTTY/);
});

Deno.test("RecordingClock notes and does not write", () => {
  const system = new SystemClock();
  const clock = new RecordingClock(system);
  const ppb = system.frequency();
  clock.step(1, 5);
  clock.adjustFrequency(1234);
  assertEquals(clock.frequency(), 1234);
  assertEquals(system.frequency(), ppb);
  assertEquals(clock.calls, [
    { call: "step", seconds: 1, nanoseconds: 5 },
    { call: "adjustFrequency", ppb: 1234 },
  ]);
});

/** Runs `act` with the system clock to itself and puts everything back. */
async function withSystemClock(act: (clock: SystemClock) => void): Promise<void> {
  await using _guard = await ClockGuard.hold();
  const clock = new SystemClock();
  const saved = clock.save();
  try {
    act(clock);
  } finally {
    clock.restore(saved);
  }
}

/** CLOCK_REALTIME less raw, in nanoseconds, from some fixed zero. */
function lead(clock: SystemClock, base: number): number {
  const pair = clockPair();
  clock.capture(pair);
  return (pair.seconds - base) * 1e9 + pair.nanoseconds - pair.raw;
}

testNeeding(
  "SystemClock.step() moves the clock by just that, both ways",
  { systemClock: true, commands: ["gcc"] },
  () =>
    withSystemClock((clock) => {
      clock.adjustFrequency(0);
      const pair = clockPair();
      clock.capture(pair);
      const steps = systemStepCount();
      for (const [s, ns] of [[0, 50_000], [0, -50_000], [2, 1], [-2, -1], [0, -0.4]] as const) {
        const before = lead(clock, pair.seconds);
        clock.step(s, ns);
        const moved = lead(clock, pair.seconds) - before;
        ok(Math.abs(moved - (s * 1e9 + Math.round(ns))) < 5000, `${moved} for ${s}, ${ns}`);
      }
      assertEquals(systemStepCount(), steps + 5);
    }),
);

testNeeding("SystemClock.adjustFrequency() sets the rate, beyond 500 ppm by the tick", {
  systemClock: true,
  commands: ["gcc"],
}, () =>
  withSystemClock((clock) => {
    const pair = clockPair();
    clock.capture(pair);
    for (const ppb of [30_000, -30_000, 750_000, -512_345.678, 0]) {
      clock.adjustFrequency(ppb);
      ok(Math.abs(clock.frequency() - ppb) < 0.02, `${clock.frequency()}`);
      // A preempted capture may be microseconds off: the best of five measurements counts.
      let best = Infinity;
      for (let k = 0; k < 5 && best > 5_000; k++) {
        const from = lead(clock, pair.seconds);
        const began = rawNow();
        while (rawNow() - began < 20e6);
        const rate = (lead(clock, pair.seconds) - from) / (rawNow() - began) * 1e9;
        best = Math.min(best, Math.abs(rate - ppb));
      }
      ok(best < 10_000, `${best} ppb off ${ppb}`);
    }
  }));

testNeeding(
  "SystemClock keeps leap and TAI offset",
  { systemClock: true, commands: ["gcc"] },
  () =>
    withSystemClock((clock) => {
      clock.setTaiOffset(37);
      assertEquals(clock.taiOffset(), 37);
      clock.setLeap(1);
      assertEquals(clock.leap(), 1);
      clock.setLeap(-1);
      assertEquals(clock.leap(), -1);
      clock.setLeap(0);
      assertEquals(clock.leap(), 0);
    }),
);
