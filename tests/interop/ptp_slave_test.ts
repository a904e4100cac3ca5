/** `rptp slave --clock virtual`: judged by the clock pieces of both logs alone. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { say } from "../kit/process.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { errorsBetween, judgedFor, secondsUntil, startGm, startSlave } from "../kit/rptp.ts";
import { Sampler } from "../kit/sampler.ts";
import { describe, evaluate, lastSeconds, PieceClock, settlesBelow } from "../kit/truth.ts";

const NETNS = { root: true, netns: true, commands: ["timeout", "ip"] };
const PTP4L = { ...NETNS, commands: ["gcc", "timeout", "ip", "ptp4l"] };
const FAST = ["--log-sync", "-3", "--log-announce", "0", "--log-min-delay-req", "-3"];

testNeeding("rptp slave: follows rptp gm, true p99 < 50 us, quickly", NETNS, async () => {
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, ["--clock", "virtual:offset=0.2,ppm=30,wander=7", ...FAST]);
  await gm.line(/"to":"MASTER"/, 15_000);
  const slave = startSlave(pair.b, ["--clock", "virtual:ppm=-20"]);
  await slave.line(/"state":"locked"/, 20_000);
  await judgedFor(12);
  const ended = await slave.stop();
  await gm.stop();

  assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
  const errors = errorsBetween(slave, gm);
  const chosen = secondsUntil(slave, gm, "parent", (e) => e["isSelf"] === false);
  const settled = settlesBelow(errors, 1_000, 1, chosen);
  const verdict = evaluate(lastSeconds(errors, 8));
  const took = settled === undefined ? "never" : `${(settled - chosen).toFixed(2)} s`;
  say(`rptp slave of rptp gm, last 8 s: ${describe(verdict)}; < 1 us after ${took}`);
  assert(verdict.p99 < 50_000, describe(verdict));
  const quick = settlesBelow(errors, 50_000, 1, chosen);
  assert(quick !== undefined && quick - chosen < 10, `below 50 us after ${quick} s`);
  const summary = slave.events("summary")[0];
  assertEquals(summary?.["synchronized"], true);
});

testNeeding("rptp slave: follows ptp4l, true p99 < 50 us", PTP4L, async () => {
  await using _guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  await using _gm = await Ptp4l.start(pair.a, { role: "master", logSync: -3 });
  await using sampler = await Sampler.start(60);
  const slave = startSlave(pair.b, ["--clock", "virtual:offset=-3,ppm=40", ...FAST]);
  await slave.line(/"state":"locked"/, 30_000);
  await judgedFor(10);
  const ended = await slave.stop();
  const readings = await sampler.finish();

  assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
  const clock = PieceClock.fromLog(slave.stdout);
  const last = BigInt(slave.events("sample").at(-1)!["raw"] as string);
  const errors = readings.filter((r) => r.raw >= clock.start && r.raw <= last)
    .map((r) => ({ at: Number(r.raw - clock.start), error: -clock.errorOf(r.raw, r.time) }));
  const verdict = evaluate(lastSeconds(errors, 7));
  say(`rptp slave of ptp4l, last 7 s: ${describe(verdict)}`);
  assert(verdict.p99 < 50_000, describe(verdict));
});

testNeeding("rptp slave --io deno: follows rptp gm --io deno within 5 ms", NETNS, async () => {
  await using pair = await NamespacePair.open();
  const portable = ["--io", "deno"];
  const clock = ["--clock", "virtual:offset=0.2,ppm=30"];
  const gm = await startGm(pair.a, [...clock, ...portable, ...FAST]);
  await gm.line(/"to":"MASTER"/, 15_000);
  const slave = startSlave(pair.b, ["--clock", "virtual:ppm=-20", ...portable]);
  await slave.line(/"state":"locked"/, 20_000);
  await judgedFor(5);
  assertEquals((await slave.stop()).code, 0);
  await gm.stop();
  const verdict = evaluate(lastSeconds(errorsBetween(slave, gm), 3));
  say(`rptp slave --io deno, last 3 s: ${describe(verdict)}`);
  assert(verdict.p99 < 5e6, describe(verdict));
});
