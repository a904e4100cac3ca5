/** `rptp slave --clock system`: refusals, steering, and what it leaves behind. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { say } from "../kit/process.ts";
import { judgedFor, startGm, startSlave } from "../kit/rptp.ts";
import { Sampler } from "../kit/sampler.ts";
import {
  describe,
  errorsOfReadings,
  evaluate,
  lastSeconds,
  PieceClock,
  window,
} from "../kit/truth.ts";

const PROGRAMS = ["gcc", "timeout", "ip"];
const NEEDS = { root: true, netns: true, systemClock: true, commands: PROGRAMS };
const FAST = ["--log-sync", "-3", "--log-announce", "-1", "--log-min-delay-req", "-3"];

testNeeding("rptp slave: each refusal exits 1, names its flag, moves nothing", NEEDS, async () => {
  await using guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  const before = await guard.state();
  await using sampler = await Sampler.start(60);
  const cases: [clock: string, flags: string[], named: string][] = [
    ["virtual:offset=0.1", [], "--accept-arb"],
    ["virtual:offset=-1700000000", ["--accept-arb"], "--accept-epoch"],
    ["virtual:offset=5", ["--accept-arb"], "--allow-step"],
    ["virtual:offset=0.5", ["--accept-arb", "--max-step", "100ms"], "--allow-step"],
  ];
  for (const [clock, flags, named] of cases) {
    const gm = await startGm(pair.a, ["--clock", clock, ...FAST]);
    const ended = await startSlave(pair.b, ["--duration", "20", ...flags]).ended;
    await gm.stop();
    assertEquals(ended.code, 1, ended.stderr.join("\n"));
    assert(ended.stderr.join("\n").includes(named), `${named}: ${ended.stderr.join("\n")}`);
    assert(ended.stdout.some((l) => l.includes('"event":"refusal"')), ended.stdout.join("\n"));
  }
  const readings = await sampler.finish();
  assertEquals((await guard.state()).frequencyPpb, before.frequencyPpb);
  const untouched = new PieceClock();
  untouched.add(readings[0]!.raw, readings[0]!.time, before.frequencyPpb);
  const moved = evaluate(errorsOfReadings(readings, untouched)).max;
  assert(moved < 100_000, `the clock moved by ${moved} ns`);
});

testNeeding("rptp slave: steers CLOCK_REALTIME, SIGTERM keeps its frequency", NEEDS, async () => {
  await using guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, ["--clock", "virtual:offset=0.2,ppm=30", ...FAST]);
  await using sampler = await Sampler.start(60);
  const slave = startSlave(pair.b, ["--accept-arb"]);
  await slave.line(/"state":"locked"/, 20_000);
  await judgedFor(8);
  const at = sampler.readings().at(-1)!.raw;
  const ended = await slave.stop("SIGTERM");
  const kept = (await guard.state()).frequencyPpb;
  await judgedFor(3);
  const readings = await sampler.finish();
  await gm.stop();

  assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
  const errors = errorsOfReadings(readings, PieceClock.fromLog(gm.stdout));
  const first = readings[0]!.raw;
  const stopped = Number(at - first) / 1e9;
  const verdict = evaluate(window(errors, stopped - 6, stopped));
  const after = evaluate(lastSeconds(errors, 0.5));
  say(`rptp slave --clock system, 6 s: ${describe(verdict)}`);
  say(`frequency kept ${kept.toFixed(1)} ppb of 30000; 3 s later ${describe(after)}`);
  assert(verdict.p99 < 50_000, describe(verdict));
  assert(Math.abs(kept - 30_000) < 200, `frequency ${kept} ppb`);
  assert(after.max < 50_000, describe(after));
});
