/** The judge judged: known steps and frequencies read back (no PTP running). */
import { ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { say } from "../kit/process.ts";
import { Sampler, slopePpb } from "../kit/sampler.ts";
import { errorsOfReadings, evaluate, PieceClock, window } from "../kit/truth.ts";

const NEEDS = { root: true, systemClock: true, commands: ["gcc", "timeout"] };
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

testNeeding("sampler: known steps and frequencies are read back", NEEDS, async () => {
  await using guard = await ClockGuard.hold();
  await guard.setFrequency(0);
  await using sampler = await Sampler.start(20);
  await wait(700);
  const first = sampler.readings();
  const base = new PieceClock();
  base.add(first[0]!.raw, first[0]!.time, 0);
  const from = first.length;
  await guard.step(50_000);
  await wait(400);
  const stepped = sampler.readings().slice(from + 60);
  await guard.step(-50_000);
  await guard.setFrequency(30_000);
  const before = sampler.readings().length;
  await wait(1_000);
  const fast = sampler.readings().slice(before + 60);
  await guard.setFrequency(-30_000);
  const later = sampler.readings().length;
  await wait(1_000);
  const slow = sampler.readings().slice(later + 60);

  const idle = evaluate(window(errorsOfReadings(first, base), 0));
  const step = evaluate(errorsOfReadings(stepped, base)).mean;
  const rates = [slopePpb(first), slopePpb(fast), slopePpb(slow)];
  say(
    `idle p99 ${idle.p99.toFixed(1)} ns, +50 us step read as ${step.toFixed(1)} ns, ` +
      `0/+30/-30 ppm read as ${rates.map((r) => (r / 1e3).toFixed(5)).join("/")} ppm`,
  );
  assert(idle.p99 < 200, `idle p99 ${idle.p99} ns`);
  assert(Math.abs(step - 50_000) < 100, `step read as ${step} ns`);
  assert(Math.abs(rates[0]!) < 50, `idle slope ${rates[0]} ppb`);
  assert(Math.abs(rates[1]! - 30_000) < 50, `+30 ppm read as ${rates[1]} ppb`);
  assert(Math.abs(rates[2]! + 30_000) < 50, `-30 ppm read as ${rates[2]} ppb`);
});

testNeeding(
  "ClockGuard: frequency, tick and phase come back with the end of the holder",
  NEEDS,
  async () => {
    await using guard = await ClockGuard.hold();
    const before = await guard.state();
    await guard.setFrequency(12_345);
    await guard.step(3_000_000);
    assert(Math.abs((await guard.state()).frequencyPpb - 12_345) < 1);
    const residual = await guard.release();
    await using again = await ClockGuard.hold();
    const after = await again.state();
    assert(after.frequencyPpb === before.frequencyPpb && after.tick === before.tick);
    assert(Math.abs(residual) < 20_000, `restored to ${residual} ns`);
  },
);
