import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import type { Instant } from "../../base/time.ts";
import { chooseServo, SERVO_NAMES } from "./choose.ts";
import { LinregServo } from "./linreg.ts";
import { PiServo } from "./pi.ts";
import { ServoState } from "./servo.ts";
import { figures, runTrial, settled } from "./trial.ts";
import { quietPath, vethPath } from "./trial_paths.ts";

Deno.test("PiServo waits 0.016/Ki s before it steps, then locks", () => {
  const o = { seed: 1, duration: 120, logSync: -3, path: vethPath(1), wander: false };
  const r = runTrial(o, (clock) => new PiServo(clock));
  const locked = settled(r, 10_000, 5);
  assert(locked > 36 && locked < 40, `${locked}`);
  assertEquals(r.state[119 * 100], ServoState.Locked);
  assert(figures(r, 90, 120).p99 < 3000);
});

Deno.test("LinregServo steps at the fourth Sync and follows without noise to a few ns", () => {
  const o = { seed: 1, duration: 60, logSync: -3, path: quietPath(2000), wander: false };
  const r = runTrial(o, (clock) => new LinregServo(clock));
  assert(settled(r, 10_000, 5) < 1.5, `${settled(r, 10_000, 5)}`);
  assert(figures(r, 30, 60).max < 30, JSON.stringify(figures(r, 30, 60)));
});

Deno.test("LinregServo and PiServo leave the plain frequency behind", () => {
  for (const make of [PiServo, LinregServo]) {
    const o = { seed: 2, duration: 100, logSync: -3, path: vethPath(2), wander: false, ppm: 70 };
    const r = runTrial(o, (clock) => new make(clock));
    r.servo.finish(101e9 as Instant);
    assert(Math.abs(r.clock.frequency() + 70_000) < 1500, `${r.clock.frequency()}`);
  }
});

Deno.test("OffsetServo refuses as the robust servo does", () => {
  for (const make of [PiServo, LinregServo]) {
    const o = { seed: 2, duration: 60, logSync: -3, path: quietPath(1000), offset: 3 };
    const r = runTrial(o, (clock) => new make(clock));
    assertEquals(r.servo.refusal?.reason, "step");
    assertEquals(r.clock.frequency(), 0);
  }
});

Deno.test("chooseServo() knows every name; free never touches the clock", () => {
  for (const name of SERVO_NAMES) {
    const o = { seed: 2, duration: 50, logSync: -3, path: vethPath(2) };
    const r = runTrial(o, (clock) => chooseServo(name, clock));
    const isLeft = r.clock.frequency() === 0 && Math.abs(r.error[4900]!) > 1e8;
    assertEquals(isLeft, name === "free");
    if (name === "free") assert(Math.abs(r.offset[4900]! - r.error[4900]!) < 8000); // 30 ppm for 1/8 s and more
  }
});
