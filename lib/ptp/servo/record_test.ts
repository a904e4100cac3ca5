import { deepStrictEqual as assertEquals, ok as assert, throws } from "node:assert/strict";
import type { Clock } from "../../base/clock.ts";
import { PiServo } from "./pi.ts";
import { recorded, replay } from "./record.ts";
import { RobustServo } from "./robust.ts";
import type { Servo } from "./servo.ts";
import { runTrial } from "./trial.ts";
import { vethPath } from "./trial_paths.ts";

function record(make: (clock: Clock) => Servo): string[] {
  const lines: string[] = [];
  const sink = (line: string) => void lines.push(line);
  const trial = { seed: 3, logSync: -3, path: vethPath(3), duration: 20 };
  runTrial(trial, (clock) => recorded(clock, sink, 4711n, make));
  return lines;
}

const robust = (clock: Clock) => new RobustServo(clock, { allowStep: true });
const pi = (clock: Clock) => new PiServo(clock, { allowStep: true });

Deno.test("replay() of a record reproduces the servo's decisions to the last bit", () => {
  for (const make of [robust, pi]) {
    const lines = record(make);
    assert(lines.filter((line) => line.startsWith("f ")).length > 50);
    assertEquals(replay(lines.join("\n"), make), undefined);
  }
});

Deno.test("replay() names the first line at which a servo departs", () => {
  const lines = record(robust);
  const k = lines.findLastIndex((line) => line.startsWith("f "));
  const was = Number(lines[k]!.slice(2));
  lines[k] = `f ${was + 1e-9}`;
  assertEquals(replay(lines.join("\n"), robust), {
    line: k + 1,
    recorded: lines[k],
    replayed: `f ${was}`,
  });
});

Deno.test("replay() of one measurement moved by 1 us departs after it", () => {
  const lines = record(robust);
  const k = lines.findIndex((line, i) => i > 100 && line.startsWith("S "));
  const [, raw, seconds, nanoseconds] = lines[k]!.split(" ");
  lines[k] = `S ${raw} ${seconds} ${Number(nanoseconds) + 1000}`;
  const departure = replay(lines.join("\n"), robust);
  assert(departure !== undefined && departure.line > k + 1, JSON.stringify(departure));
});

Deno.test("replay() refuses what is no record", () => {
  throws(() => replay("", robust), /not a servo record/);
  throws(() => replay("rptp-servo 2 0\nm 5\n", robust), /not a servo record/);
  throws(() => replay("rptp-servo 1 0\nhello\n", robust), /not a servo record/);
});
