/**
 * `rptp ptp phc2sys` from the outside. No test machine has a hardware clock: virtual clocks, whose true
 * difference the JSON gives, and a recording clock stand for it.
 */
import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { type ClockCall, RecordingClock } from "../../ffi/recording_clock.ts";
import { type Instant, nanos, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { offsetBetween } from "../../lib/ptp/clock_offset.ts";
import { ClockSync, NO_PATH } from "../../lib/ptp/clock_sync.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import { jsonLines, rptp, sh } from "./kit.ts";

const PHC2SYS = ["ptp", "phc2sys"];

/** What a virtual clock shows at `raw` by the newest of its pieces that had begun by then. */
function shownAt(events: readonly Record<string, unknown>[], end: string, raw: bigint): number {
  const piece = events.findLast((e) =>
    e["event"] === "clock" && e["end"] === end && BigInt(String(e["raw"])) <= raw
  )!;
  const elapsed = Number(raw - BigInt(String(piece["raw"])));
  const epoch = 1_700_000_000_000_000_000n;
  const start = Number(BigInt(String(piece["time"])) - epoch);
  return start + elapsed * (1 + Number(piece["ppb"]) / 1e9);
}

Deno.test("rptp ptp phc2sys: a virtual clock 50 ppm off follows another within its bound", async () => {
  const { code, stdout, stderr } = await rptp([
    ...PHC2SYS,
    ..."-s virtual:ppm=30,wander=1 -c virtual:ppm=-20,offset=0.2,wander=2".split(" "),
    ..."--duration 4 --json".split(" "),
  ]);
  assertEquals(code, 0, stderr);
  const events = jsonLines(stdout);
  const samples = events.filter((e) => e["event"] === "sample");
  const summary = events.at(-1)!;
  assertEquals([summary["event"], summary["synchronized"]], ["summary", true]);
  ok(samples.length > 20, `${samples.length} samples`);
  for (const one of samples.slice(8)) {
    const raw = BigInt(String(one["raw"]));
    const error = shownAt(events, "destination", raw) - shownAt(events, "source", raw);
    const off = Math.abs(error - Number(one["offset"]));
    // A count of ns since 2023 is good to 16 ns in a float.
    ok(off < Number(one["bound"]) + 64, `${off} ns beside a bound of ${one["bound"]}`);
    ok(Math.abs(error) < 2000, `${error} ns`);
  }
});

Deno.test("rptp ptp phc2sys: 37 s between the clocks is refused by name, --offset lifts it", async () => {
  const clocks = "-s virtual:offset=37 -c virtual --duration 2 --json".split(" ");
  const refused = await rptp([...PHC2SYS, ...clocks]);
  assertEquals(refused.code, 1);
  match(refused.stderr, /refused: .* -37\.0 s .* TAI - UTC: one keeps TAI.*; --offset -37 or /);
  const events = jsonLines(refused.stdout);
  const refusal = events.find((e) => e["event"] === "refusal")!;
  assertEquals(refusal["reason"], "timescale");
  const pieces = events.filter((e) => e["event"] === "clock" && e["end"] === "destination");
  assertEquals(pieces.length, 1, "the clock was left alone");
  const lifted = await rptp([...PHC2SYS, ...clocks, "-O", "-37"]);
  assertEquals(lifted.code, 0, lifted.stderr);
  assertEquals(jsonLines(lifted.stdout).at(-1)!["timescaleOffset"], -37);
});

for (
  const [argv, code, line] of [
    ["-s system -c CLOCK_REALTIME", 2, /both are the system clock/],
    ["-s phc:/dev/ptp0 -c /dev/ptp0", 2, /both are \/dev\/ptp0/],
    ["-s virtual:x=1 -c virtual", 2, /--source "virtual:x=1"/],
    ["-s nosuch0 -c virtual", 69, /interface nosuch0: no such interface/],
    ["-s lo -c virtual", 69, /interface lo: it has no hardware clock; name a clock: system/],
    ["-s phc:/dev/null -c virtual", 74, /PTP_CLOCK_GETCAPS \/dev\/null/],
    ["-c virtual", 2, /--source is missing|--source/],
  ] as const
) {
  Deno.test(`rptp ptp phc2sys ${argv}: exit ${code} and one line that helps`, async () => {
    const ended = await rptp([...PHC2SYS, ...argv.split(" ")]);
    assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
    match(ended.stderr, line);
  });
}

Deno.test("rptp ptp phc2sys -w: waits for a PTP clock, started later, and asks its UTC offset", async () => {
  const { code, stdout, stderr } = await sh(`
    dir=$(mktemp -d); trap 'kill $gm; wait $gm; rm -r "$dir"' EXIT
    (sleep 0.5; exec "$rptp" gm --iface lo --event-port 32719 --general-port 32720 --domain 72 \
      --log-announce -2 --uds "$dir/gm" >"$dir/log" 2>&1) & gm=$!
    "$rptp" ptp phc2sys -s virtual -c virtual:ppm=5 -w -z "$dir/gm" -n 72 --duration 5 --json
  `);
  assertEquals(code, 0, stderr);
  match(stderr, /^waiting for the PTP clock at /);
  const events = jsonLines(stdout);
  assertEquals(events.find((e) => e["event"] === "session")!["currentUtcOffset"], 37);
  ok(events.some((e) => e["event"] === "sample"));
});

Deno.test("rptp ptp phc2sys -w: without a PTP clock it ends 1 and leaves the clock alone", async () => {
  const words = "-s virtual -c virtual -w -z /tmp/rptp-nobody-here --duration 1 --json".split(" ");
  const { code, stdout, stderr } = await rptp([...PHC2SYS, ...words]);
  assertEquals(code, 1);
  match(stderr, /not started: the PTP clock at \/tmp\/rptp-nobody-here was not in time/);
  assertEquals(jsonLines(stdout).map((e) => e["event"]), ["summary"]);
});

Deno.test("phc2sys: what a system clock behind a PHC is asked to do has the 37 s in it once", () => {
  const world = { now: 1e9 as Instant };
  const now = () => world.now;
  const tai = 1_800_000_037;
  const phc = new VirtualClock({ now, start: timestamp(tai, 0), oscillatorPpb: 4000 });
  const real = new VirtualClock({ now, start: timestamp(tai - 37, 200e6) });
  const recording = new RecordingClock(real);
  const servo = new RobustServo(recording, { model: NO_PATH });
  const sync = new ClockSync({
    source: phc,
    destination: recording,
    sourceTimescale: "tai",
    destinationTimescale: "utc",
    servo,
    offset: nanos(offsetBetween("tai", "utc", 37) * 1e9),
    interval: nanos(125e6),
  }, world.now);
  sync.expire(world.now);
  const [first, second] = recording.calls as [ClockCall, ClockCall];
  assertEquals(first, { call: "step", seconds: 0, nanoseconds: -200e6 });
  assertEquals(second.call, "adjustFrequency");
  assertEquals(real.frequency(), 0, "a recording is not obeyed");
  for (let k = 0; k < 40; k++) {
    world.now = world.now + 125e6 as Instant;
    sync.expire(world.now);
  }
  assertEquals(recording.calls.every((c) => c.call !== "step" || c.seconds === 0), true);
});
