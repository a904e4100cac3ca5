/** An unmodified ptp4l as slave of `rptp gm` over veth, judged by the sampler. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { say } from "../kit/process.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { judgedFor, startGm } from "../kit/rptp.ts";
import { Sampler } from "../kit/sampler.ts";
import { describe, errorsOfReadings, evaluate, lastSeconds, PieceClock } from "../kit/truth.ts";

const PROGRAMS = ["gcc", "timeout", "ip", "ptp4l", "pmc"];
const NEEDS = { root: true, netns: true, systemClock: true, commands: PROGRAMS };

testNeeding("rptp gm: ptp4l (linreg) follows, true p99 < 50 us, wander on", NEEDS, async () => {
  await using _guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, [
    ...["--clock", "virtual:offset=0.2,ppm=30,wander=7", "--log-sync", "-3"],
    ...["--log-announce", "0", "--log-min-delay-req", "-3", "--priority1", "10"],
  ]);
  await using sampler = await Sampler.start(40);
  await using slave = await Ptp4l.start(pair.b, { role: "slave", servo: "linreg", logSync: -3 });
  await slave.process.line(/UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED/, 20_000);
  await judgedFor(10);
  const port = await slave.get("PORT_DATA_SET");
  const counters = await slave.get("PORT_STATS_NP");
  const status = await slave.get("TIME_STATUS_NP");
  const readings = await sampler.finish();
  await slave.process.stop();
  assertEquals((await gm.stop()).code, 0);

  assertEquals(port.get("portState"), "SLAVE");
  assertEquals(status.get("gmPresent"), "true");
  const sent = Number(counters.get("tx_Delay_Req"));
  const answered = Number(counters.get("rx_Delay_Resp"));
  assert(sent > 20 && answered >= sent - 1, `${answered} of ${sent} Delay_Req answered`);
  const errors = errorsOfReadings(readings, PieceClock.fromLog(gm.stdout));
  const verdict = evaluate(lastSeconds(errors, 6));
  say(`ptp4l linreg of rptp gm, last 6 s: ${describe(verdict)}`);
  assert(verdict.p99 < 50_000, describe(verdict));
});
