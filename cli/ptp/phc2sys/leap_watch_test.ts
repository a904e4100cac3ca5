import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { difference, type Instant, nanos, timestamp } from "../../../lib/base/time.ts";
import { VirtualClock } from "../../../lib/base/virtual_clock.ts";
import { ClockSync, NO_PATH } from "../../../lib/ptp/clock_sync.ts";
import { chooseServo, SERVO_NAMES } from "../../../lib/ptp/servo/choose.ts";
import { LeapWatch } from "./leap_watch.ts";

/** 2017-01-01T00:00:00 UTC, behind the leap second. */
const MIDNIGHT = 1_483_228_800;

for (const name of SERVO_NAMES.filter((n) => n !== "free")) {
  Deno.test(`LeapWatch: the servo ${name} leaves the inserted second to the kernel`, () => {
    const world = { now: 1e9 as Instant };
    const now = () => world.now;
    const phc = new VirtualClock({ now, start: timestamp(MIDNIGHT + 36 - 60, 0) });
    const system = new VirtualClock({
      now,
      start: timestamp(MIDNIGHT - 60, 1000),
      oscillatorPpb: 5000,
    });
    let tai = 36;
    const servo = chooseServo(name, system, { model: NO_PATH, acceptEpoch: true });
    const sync = new ClockSync({
      source: phc,
      destination: system,
      sourceTimescale: "tai",
      destinationTimescale: "utc",
      servo,
      offset: nanos(-36e9),
      interval: nanos(125e6),
    }, world.now);
    const watch = new LeapWatch(sync, () => tai, (into) => system.read(into));
    const a = timestamp();
    const b = timestamp();
    let largest = 0;
    const leap = 61e9 + 3e6;
    while (world.now < 120e9) {
      world.now = Math.max(sync.deadline(), world.now) as Instant;
      if (tai === 36 && world.now >= leap) {
        system.step(-1, 0);
        tai = 37;
      }
      watch.check();
      sync.expire(world.now);
      phc.read(a);
      system.read(b);
      a.seconds -= tai;
      if (world.now > 40e9) largest = Math.max(largest, Math.abs(difference(b, a)));
    }
    assertEquals([tai, sync.offset], [37, -37e9]);
    ok(largest < 20_000, `${largest} ns from UTC`);
  });
}

Deno.test("LeapWatch: a TAI offset that somebody sets is no leap second", () => {
  const leaps: number[] = [];
  let tai = 0;
  const watch = new LeapWatch(
    { leap: (by) => void leaps.push(by) },
    () => tai,
    (into) => (into.seconds = MIDNIGHT),
  );
  tai = 36;
  watch.check();
  assertEquals(leaps, []);
  tai = 37;
  watch.check();
  watch.check();
  assertEquals(leaps, [1]);
});
