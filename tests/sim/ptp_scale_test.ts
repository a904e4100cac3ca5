/**
 * A thousand slave clocks in virtual time, with the cores of the commands.
 * @module
 */
import {
  deepStrictEqual as assertEquals,
  notStrictEqual as assertNot,
  ok as assert,
} from "node:assert/strict";
import { decimalNanos, seconds, timestamp } from "../../lib/base/time.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { type Field, field, trueErrors } from "./ptp_field.ts";

const SLAVES = 1000;
const SECONDS = 60;

/** Every packet of the run, and what every clock shows at its end. */
function outcome(f: Field): string {
  const reading = timestamp();
  const readings = f.slaves.map((s) => {
    s.clock.readAt(s.now, reading);
    return decimalNanos(reading);
  });
  return `${f.net.hash()} ${readings.join()}`;
}

Deno.test("simulator: 1,000 slave clocks x 60 s lock, twice alike, faster than real time", () => {
  const first = field({ seed: 1, slaves: SLAVES, logMinDelayReqInterval: 3 });
  const start = performance.now();
  first.net.run(seconds(SECONDS));
  const wall = (performance.now() - start) / 1e3;
  const turns = first.net.nodes.reduce((sum, n) => sum + n.turns, 0);
  // deno-lint-ignore no-console
  console.log(
    `${SLAVES} slaves x ${SECONDS} s in ${wall.toFixed(1)} s: ${
      (SECONDS / wall).toFixed(1)
    } times ` +
      `real time, ${(turns / wall / 1e3).toFixed(0)} k turns/s`,
  );
  assert(wall < SECONDS, `${wall} s of wall time`);
  assertEquals(first.slaves.filter((s) => s.port.state !== PortState.Slave).length, 0);
  const errors = trueErrors(first);
  assert(errors.quantile(0.5) < 1000, `median ${errors.quantile(0.5)} ns`);
  assert(errors.most < 20_000, `largest ${errors.most} ns`);

  const second = field({ seed: 1, slaves: SLAVES, logMinDelayReqInterval: 3 });
  second.net.run(seconds(SECONDS));
  assertEquals(outcome(second), outcome(first));
});

Deno.test("simulator: another seed, or another nanosecond of delay, is another run", () => {
  const run = (seed: number, delay: number) => {
    const f = field({ seed, slaves: 20, logMinDelayReqInterval: 0, delay });
    f.net.run(seconds(20));
    return outcome(f);
  };
  const base = run(1, 1000);
  assertEquals(run(1, 1000), base);
  assertNot(run(2, 1000), base);
  assertNot(run(1, 1001), base);
});
