import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { type Instant, NEVER, timestamp } from "./time.ts";
import { VirtualClock } from "./virtual_clock.ts";
import { WanderingClock, WanderProfile } from "./wander.ts";

function profile(seed: number, n: number): number[] {
  const p = new WanderProfile(seed);
  return Array.from({ length: n }, () => p.next());
}

Deno.test("WanderProfile is the same for one seed and another for another", () => {
  assertEquals(profile(7, 500), profile(7, 500));
  assert(profile(7, 500)[400] !== profile(8, 500)[400]);
  assertEquals(profile(7, 1), [0]);
});

Deno.test("WanderProfile walks 1 ppb per root second beside sine and steps", () => {
  let sum = 0;
  let up = 0;
  let count = 0;
  for (let seed = 0; seed < 400; seed++) {
    const f = profile(seed, 122);
    const sine = (k: number) => 1000 * Math.sin(2 * Math.PI * k / 2400);
    const walked = f[100]! - sine(100);
    sum += walked * walked;
    const step = f[120]! - f[119]! - (sine(120) - sine(119));
    assert(Math.abs(Math.abs(step) - 100) < 4, `a step of ${step} ppb`);
    if (step > 0) up++;
    count++;
  }
  const perSecond = sum / count / 25;
  assert(perSecond > 0.8 && perSecond < 1.2, `${perSecond} ppb^2/s`);
  assert(up > 150 && up < 250);
});

Deno.test("WanderingClock applies frequency each 250 ms and each step once, in order of time", () => {
  const world = { now: 5e9 as Instant };
  const clock = new VirtualClock({ now: () => world.now, start: timestamp(100, 0) });
  const plan = {
    ppb: 30_000,
    seed: 3,
    steps: [
      { by: { seconds: 0, nanoseconds: -10_000 }, at: 2e9 },
      { by: { seconds: 2, nanoseconds: 5e8 }, at: 1e9 },
    ],
  };
  const wandering = new WanderingClock(clock, plan, world.now);
  assertEquals(clock.oscillator(), 30_000);
  const f = profile(3, 20);
  const t = timestamp();
  while (world.now < 8.1e9) {
    world.now = wandering.deadline();
    wandering.expire(world.now);
    const k = Math.floor((world.now - 5e9) / 250e6);
    assertEquals(clock.oscillator(), 30_000 + f[k]!);
  }
  clock.read(t);
  const elapsed = (world.now - 5e9) / 1e9;
  const expected = 100 + elapsed + 2.5 - 10e-6 + elapsed * 30e-6;
  assert(Math.abs(t.seconds + t.nanoseconds / 1e9 - expected) < 2e-6);
});

Deno.test("WanderingClock runs at its ppb without wander, and is done after the last step", () => {
  const world = { now: 0 as Instant };
  const clock = new VirtualClock({ now: () => world.now, start: timestamp(100, 0) });
  const steps = [{ by: { seconds: 1, nanoseconds: 0 }, at: 10 }];
  const wandering = new WanderingClock(clock, { ppb: -7000, steps }, world.now);
  assertEquals(clock.oscillator(), -7000);
  assertEquals(wandering.deadline(), 10 as Instant);
  world.now = 10 as Instant;
  wandering.expire(world.now);
  assertEquals(wandering.deadline(), NEVER);
});
