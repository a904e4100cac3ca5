import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import type { ClockPair } from "../base/clock.ts";
import { Random } from "../base/random.ts";
import { difference, type Instant, type Nanos, nanos, shift, timestamp } from "../base/time.ts";
import { VirtualClock } from "../base/virtual_clock.ts";
import { WanderingClock } from "../base/wander.ts";
import { ClockSync, NO_PATH } from "./clock_sync.ts";
import type { LocalTimescale } from "./options.ts";
import { chooseServo, type ServoName } from "./servo/choose.ts";

const START = timestamp(1_800_000_000, 0);
/** Width of a bracket around a clock behind a bus, ns; the clock is read anywhere in it. */
const BUS = 800;

interface World {
  servo?: ServoName;
  seconds: number;
  interval?: number;
  /** Destination less source at the start, ns. */
  apart?: number;
  offset?: number;
  scales?: [LocalTimescale, LocalTimescale];
  seed?: number;
  /** Called once a second. */
  each?: (sync: ClockSync, k: number, destination: VirtualClock) => void;
  /** Where in its bracket the clock is read: -0.5 to 0.5; anywhere if left out. */
  place?: number;
}

/** Two clocks 50 ppm apart, each with wander of its own; a run tells the true errors. */
function run(world: World) {
  const state = { now: 1e9 as Instant };
  const now = () => state.now;
  const random = new Random(world.seed ?? 1, "bus");
  const source = new VirtualClock({ now, start: START });
  const start = timestamp();
  shift(START, world.apart ?? 0.2e9, start);
  const destination = new VirtualClock({ now, start });
  const seed = world.seed ?? 1;
  const plans = [
    new WanderingClock(source, { ppb: 20_000, seed, steps: [] }, state.now),
    new WanderingClock(destination, { ppb: -30_000, seed: seed + 100, steps: [] }, state.now),
  ];
  const overBus = {
    capture(into: ClockPair): void {
      source.capture(into);
      const width = BUS * (1 + 0.2 * random.uniform());
      into.raw = into.raw + (world.place ?? random.uniform() - 0.5) * width as Instant;
      into.widthNanos = width;
    },
  };
  const servo = chooseServo(world.servo ?? "robust", destination, { model: NO_PATH });
  const [sourceTimescale, destinationTimescale] = world.scales ?? ["arb", "arb"];
  const sync = new ClockSync({
    source: overBus,
    destination,
    sourceTimescale,
    destinationTimescale,
    servo,
    offset: nanos(world.offset ?? 0),
    interval: nanos(world.interval ?? 125e6),
  }, state.now);
  const errors: number[] = [];
  const bounds: { error: number; bound: number }[] = [];
  const a = timestamp();
  const b = timestamp();
  const end = 1e9 + world.seconds * 1e9;
  let second = 0;
  while (state.now < end) {
    const next = Math.min(sync.deadline(), ...plans.map((p) => p.deadline()));
    state.now = Math.max(next, state.now) as Instant;
    for (const plan of plans) if (plan.deadline() <= state.now) plan.expire(state.now);
    sync.expire(state.now);
    source.read(a);
    shift(a, sync.offset, a);
    destination.read(b);
    const error: Nanos = difference(b, a);
    errors.push(error);
    const sample = sync.sample();
    if (sample !== undefined) bounds.push({ error: error - sample.offset, bound: sample.bound });
    if (state.now >= 1e9 + (second + 1) * 1e9) world.each?.(sync, ++second, destination);
  }
  return { errors, bounds, servo, sync, destination };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.map(Math.abs).sort((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

Deno.test("ClockSync holds a clock 50 ppm off with wander within the noise of reading it", () => {
  const settled: number[] = [];
  for (const seed of [1, 2, 3]) {
    const { errors, sync } = run({ seconds: 60, seed });
    assert(sync.isLocked);
    settled.push(...errors.slice(Math.floor(errors.length / 4)));
  }
  const p99 = quantile(settled, 0.99);
  assert(p99 < BUS / 2, `p99 ${p99} ns`);
});

Deno.test("ClockSync.sample() bounds the true error in 99.9 % of samples", () => {
  let out = 0;
  let count = 0;
  for (const seed of [11, 12, 13, 14]) {
    const { bounds } = run({ seconds: 60, seed });
    count += bounds.length;
    for (const { error, bound } of bounds) if (Math.abs(error) > bound) out++;
  }
  assert(count > 1500, `${count} samples`);
  assert(out / count <= 0.001, `${out} of ${count} outside`);
});

Deno.test("ClockSync.sample() has in its bound that a clock may be read at its bracket's edge", () => {
  for (const place of [-0.45, 0.45]) {
    const { bounds } = run({ seconds: 120, place });
    const settled = bounds.slice(Math.floor(bounds.length / 2));
    assert(settled.every(({ error }) => Math.abs(error) > 0.3 * BUS));
    assert(settled.every(({ error, bound }) => Math.abs(error) < bound));
  }
});

Deno.test("ClockSync with the servo robust errs a third as much as with pi, read as often", () => {
  const p99 = (servo: ServoName) => {
    const all = [1, 2, 3].flatMap((seed) => {
      const { errors } = run({ servo, seed, seconds: 120 });
      return errors.slice(Math.floor(errors.length / 3));
    });
    return quantile(all, 0.99);
  };
  const robust = p99("robust");
  const pi = p99("pi");
  assert(robust < pi / 3, `${robust} ns against ${pi}`);
});

for (const servo of ["pi", "linreg"] as const) {
  Deno.test(`ClockSync drives the servo ${servo}`, () => {
    const { errors, sync } = run({ servo, seconds: 90 });
    assert(sync.isLocked);
    const p99 = quantile(errors.slice(Math.floor(errors.length / 2)), 0.99);
    assert(p99 < 5000, `p99 ${p99} ns`);
  });
}

Deno.test("ClockSync with the servo free only measures", () => {
  const { servo, destination, errors } = run({ servo: "free", seconds: 5 });
  assertEquals(destination.frequency(), 0);
  assert(Math.abs(errors.at(-1)! - 0.2e9 + 5 * 50_000) < 20_000, `${errors.at(-1)}`);
  assertEquals(servo.refusal, undefined);
});

Deno.test("ClockSync applies the offset between two timescales once", () => {
  const { errors, sync } = run({
    seconds: 20,
    apart: -37e9 + 0.1e9,
    offset: -37e9,
    scales: ["tai", "utc"],
  });
  assertEquals(sync.offset, -37e9);
  assert(Math.abs(errors.at(-1)!) < 1000, `${errors.at(-1)}`);
});

Deno.test("ClockSync.apart() is destination less source and offset", () => {
  const found: number[] = [];
  run({
    seconds: 1,
    servo: "free",
    apart: -37e9,
    offset: -37e9,
    each: (sync) => found.push(sync.apart()),
  });
  assert(Math.abs(found[0]!) < 100_000, `${found[0]}`);
});

Deno.test("ClockSync.leap() goes on where the kernel has set UTC back by the inserted second", () => {
  const { errors, sync } = run({
    seconds: 30,
    apart: -37e9,
    offset: -37e9,
    scales: ["tai", "utc"],
    each: (sync, k, destination) => {
      if (k !== 15) return;
      destination.step(-1, 0);
      sync.leap(1);
    },
  });
  assertEquals(sync.offset, -38e9);
  const settled = errors.slice(Math.floor(errors.length / 3));
  assert(quantile(settled, 1) < 2000, `largest ${quantile(settled, 1)} ns`);
});

Deno.test("ClockSync leaves out a reading that something came between", () => {
  const clock = new VirtualClock({ now: () => 1e9 as Instant, start: START });
  let width = 100;
  const source = {
    capture(into: ClockPair): void {
      clock.capture(into);
      into.widthNanos = width;
    },
  };
  const sync = new ClockSync({
    source,
    destination: clock,
    sourceTimescale: "arb",
    destinationTimescale: "arb",
    servo: chooseServo("robust", clock),
    offset: nanos(0),
    interval: nanos(1e9),
  }, 1e9 as Instant);
  for (let k = 0; k < 20; k++) {
    width = k === 10 ? 50_000 : 100;
    sync.expire((k + 1) * 1e9 as Instant);
  }
  assertEquals([sync.readings, sync.wide], [19, 1]);
  width = 50_000;
  for (let k = 20; k < 40; k++) sync.expire((k + 1) * 1e9 as Instant);
  assertEquals([sync.readings, sync.wide], [32, 8], "wide ones that stay are the usual ones");
});
