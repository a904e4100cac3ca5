import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { difference, type Instant, shift, timestamp } from "./time.ts";
import { VirtualClock } from "./virtual_clock.ts";

interface Piece {
  raw: number;
  seconds: number;
  nanoseconds: number;
  ppb: number;
}

function bench(oscillatorPpb = 0) {
  const pieces: Piece[] = [];
  const world = { now: 1000.4 as Instant };
  const clock = new VirtualClock({
    now: () => world.now,
    start: { seconds: 1_700_000_000, nanoseconds: 999_999_999.6 },
    oscillatorPpb,
    onChange: (raw, seconds, nanoseconds, ppb) => pieces.push({ raw, seconds, nanoseconds, ppb }),
  });
  return { clock, world, pieces };
}

Deno.test("VirtualClock starts on whole nanoseconds and says so", () => {
  const { pieces } = bench(50_000);
  assertEquals(pieces, [{ raw: 1000, seconds: 1_700_000_001, nanoseconds: 0, ppb: 50_000 }]);
});

Deno.test("VirtualClock runs at oscillator plus correction", () => {
  const { clock, world } = bench(50_000);
  const t = timestamp();
  world.now = 1000 + 1e9 as Instant;
  clock.read(t);
  assertEquals(t, { seconds: 1_700_000_002, nanoseconds: 50_000 });
  clock.adjustFrequency(-20_000);
  world.now = 1000 + 2e9 as Instant;
  clock.read(t);
  assertEquals(t, { seconds: 1_700_000_003, nanoseconds: 80_000 });
  assertEquals(clock.frequency(), -20_000);
});

Deno.test("VirtualClock.step() moves the time by the amount given, both signs", () => {
  const { clock, world, pieces } = bench();
  world.now = 1000 + 5e8 as Instant;
  clock.step(-3, -600_000_000);
  assertEquals(pieces[1], {
    raw: 500_001_000,
    seconds: 1_699_999_997,
    nanoseconds: 900_000_000,
    ppb: 0,
  });
  clock.step(3, 600_000_000);
  assertEquals(pieces[2]?.seconds, 1_700_000_001);
  assertEquals(pieces[2]?.nanoseconds, 500_000_000);
});

Deno.test("VirtualClock.adjustFrequency() stops at maxPpb and is silent without a change", () => {
  const { clock, pieces } = bench();
  clock.adjustFrequency(2e6);
  assertEquals(clock.frequency(), 500_000);
  clock.adjustFrequency(3e6);
  assertEquals(pieces.length, 2);
});

Deno.test("VirtualClock's printed pieces predict it, and rounding does not add up", () => {
  const { clock, world, pieces } = bench();
  const t = timestamp();
  const predicted = timestamp();
  let exact = 0;
  let ppb = 0;
  let before: number = world.now;
  let worst = 0;
  for (let k = 1; k < 20_000; k++) {
    world.now = 1000.4 + k * 20_000_003.37 as Instant;
    exact += (world.now - before) * (1 + ppb * 1e-9);
    before = world.now;
    clock.read(t);
    const p = pieces[pieces.length - 1]!;
    assert(Number.isInteger(p.raw) && Number.isInteger(p.nanoseconds));
    const elapsed = world.now - p.raw;
    shift(p, elapsed + elapsed * p.ppb / 1e9, predicted);
    assert(Math.abs(difference(t, predicted)) < 1e-3);
    const integral = difference(t, { seconds: 1_700_000_001, nanoseconds: 0 }) - exact;
    worst = Math.max(worst, Math.abs(integral));
    ppb = 1000 * Math.sin(k / 77);
    clock.adjustFrequency(ppb);
  }
  assert(worst < 2, `${worst} ns away from the integral`);
});
