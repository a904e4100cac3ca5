/** gm and slave on one host over lo, on high ports: no root, no namespace, no clock is touched. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { type Ended, say } from "../kit/process.ts";
import { errorsBetween, judgedFor, rptp } from "../kit/rptp.ts";
import { describe, evaluate, lastSeconds } from "../kit/truth.ts";

const NEEDS = { commands: ["timeout"] };

/** Flags for two ports that other tests running now are unlikely to use. */
function ports(): string[] {
  const first = 20_000 + Math.floor(Math.random() * 12_000);
  return ["--event-port", String(first), "--general-port", String(first + 1)];
}

testNeeding(
  "rptp gm --clock system: PTP timescale, UTC comes back at the slave",
  NEEDS,
  async () => {
    const common = ["--iface", "lo", "--json", ...ports()];
    const gm = rptp(["gm", ...common, "--log-announce", "-2", "--log-sync", "-3"]);
    await gm.line(/"to":"MASTER"/, 15_000);
    const slave = rptp(["slave", ...common, "--free-running"]);
    await slave.line(/"state":"locked"/, 15_000);
    await judgedFor(2);
    await slave.stop();
    await gm.stop();
    const parent = slave.events("parent").at(-1)!;
    assertEquals(parent["ptpTimescale"], true);
    assert(Number(parent["currentUtcOffset"]) >= 37);
    const sample = slave.events("sample").at(-1)!;
    say(`CLOCK_REALTIME against itself, by way of TAI: ${sample["offset"]} ns`);
    assert(Math.abs(Number(sample["offset"])) < 1e6, `offset ${sample["offset"]} ns`);
  },
);

testNeeding("rptp slave: two slaves of one gm on one host", NEEDS, async () => {
  const common = ["--iface", "lo", "--json", ...ports()];
  const timing = ["--log-announce", "-2", "--log-sync", "-3", "--log-min-delay-req", "-3"];
  const gm = rptp(["gm", ...common, ...timing, "--clock", "virtual:offset=9,wander=4"]);
  await gm.line(/"to":"MASTER"/, 15_000);
  const slaves = ["virtual:ppm=40", "virtual:offset=-2,ppm=-80"].map((clock) =>
    rptp(["slave", ...common, "--clock", clock])
  );
  for (const slave of slaves) await slave.line(/"state":"locked"/, 15_000);
  await judgedFor(5);
  for (const slave of slaves) {
    assertEquals((await slave.stop()).code, 0);
    const verdict = evaluate(lastSeconds(errorsBetween(slave, gm), 3));
    say(`slave on lo: ${describe(verdict)}`);
    assert(verdict.p99 < 50_000, describe(verdict));
  }
  await gm.stop();
});

testNeeding("rptp slave: without a master it says so and exits 1", NEEDS, async () => {
  const words = ["slave", "--iface", "lo", ...ports(), "--clock", "virtual", "--duration", "1"];
  const ended = await rptp(words).ended;
  assertEquals(ended.code, 1);
  assert(ended.stderr.at(-1)!.includes("no master"), ended.stderr.join("\n"));
});

testNeeding("rptp gm: errors name the flag, the interface, what is accepted", NEEDS, async () => {
  const cases: [words: string[], code: number, says: RegExp][] = [
    [["gm", "--iface", "l0"], 69, /l0: no such interface; did you mean lo\?/],
    [["gm", "--iface", "lo", "--clock", "virtual:ppm=x"], 2, /--clock.*ppm="x"/],
    [["gm", "--iface", "lo", "--log-sync", "9"], 2, /--log-sync.*-7 to 6/],
    [["slave", "--iface", "lo", "--io", "deno", ...ports(), "--clock", "virtual"], 69, /--io ffi/],
  ];
  for (const [words, code, says] of cases) {
    const ended: Ended = await rptp(words).ended;
    assertEquals(ended.code, code, ended.stderr.join("\n"));
    assert(says.test(ended.stderr.join("\n")), ended.stderr.join("\n"));
  }
});
