import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import type { Clock } from "../../base/clock.ts";
import type { Instant } from "../../base/time.ts";
import { timestamp } from "../../base/time.ts";
import { LinregServo } from "../servo/linreg.ts";
import { PiServo } from "../servo/pi.ts";
import { recorded } from "../servo/record.ts";
import { RobustServo } from "../servo/robust.ts";
import type { Servo } from "../servo/servo.ts";
import { runTrial } from "../servo/trial.ts";
import { vethPath } from "../servo/trial_paths.ts";
import { again, sampleText } from "./again.ts";
import { Oscillator } from "./oscillator.ts";
import { inputsOf, whatIf } from "./what_if.ts";

const OPTIONS = { allowStep: true, acceptEpoch: true };
const SERVOS: Record<string, (clock: Clock) => Servo> = {
  robust: (clock) => new RobustServo(clock, OPTIONS),
  pi: (clock) => new PiServo(clock, OPTIONS),
  linreg: (clock) => new LinregServo(clock, OPTIONS),
};
const TRIAL = { seed: 5, logSync: -3, path: vethPath(5), duration: 40, ppm: 30, offset: 0.2 };

/** The lines and reports of one trial, and its true error over the last 10 s. */
function record(name: string) {
  const lines: string[] = [];
  const reports: string[] = [];
  const make = SERVOS[name]!;
  const result = runTrial(TRIAL, (clock) => {
    const servo = recorded(clock, (line) => void lines.push(line), 99n, make);
    const inner = servo.sample.bind(servo);
    servo.sample = () => {
      const sample = inner();
      if (sample !== undefined) reports.push(sampleText(sample));
      return sample;
    };
    return servo;
  });
  return { lines, reports, result };
}

for (const name of Object.keys(SERVOS)) {
  Deno.test(`again() of ${name}: corrections and reports come out to the last bit`, () => {
    const { lines, reports } = record(name);
    const found = again(lines.join("\n"), reports, SERVOS[name]!);
    assertEquals([found.departure, found.strange], [undefined, undefined]);
    assert(found.corrections > 50 && found.reports > 100, `${found.corrections}`);
  });
}

Deno.test("again() names the report that differs, and the servo that is another", () => {
  const { lines, reports } = record("robust");
  const text = lines.join("\n");
  const changed = reports.with(30, `${reports[30]!}1`);
  assertEquals(again(text, changed, SERVOS["robust"]!).strange, changed[30]);
  const other = (clock: Clock) =>
    new RobustServo(clock, { ...OPTIONS, firstStepThreshold: 0 as never });
  assert(again(text, [], other).departure !== undefined);
});

Deno.test("Oscillator: steps and corrections are taken out of a steered clock", () => {
  const { lines } = record("robust");
  const oscillator = new Oscillator(lines);
  assert(oscillator.isKnown);
  const span = 30e9;
  const a = oscillator.aheadAt((oscillator.startRaw + 1e9) as Instant);
  const b = oscillator.aheadAt((oscillator.startRaw + 1e9 + span) as Instant);
  const ppb = (b - a) / span * 1e9;
  assert(Math.abs(ppb - 30_000) < 20, `${ppb} ppb`);
});

Deno.test("whatIf(): the recorded servo on its reconstructed clock does as well as it did", () => {
  const { lines, result } = record("robust");
  const found = whatIf(inputsOf(lines), new Oscillator(lines), SERVOS["robust"]!);
  const last = found.judged.slice(-80).map((s) => Math.abs(s.offset));
  const worst = Math.max(...last);
  const own = Math.max(...result.error.slice(-1000).map(Math.abs));
  assert(found.steps === 1, `${found.steps} steps`);
  assert(worst < own + 300, `${worst} against ${own}`);
});

Deno.test("whatIf(): linreg on robust's record is worse than robust, as the judge sees it", () => {
  const { lines } = record("robust");
  const free = () => new Oscillator(lines);
  const robust = whatIf(inputsOf(lines), free(), SERVOS["robust"]!);
  const linreg = whatIf(inputsOf(lines), free(), SERVOS["linreg"]!);
  const rms = (all: readonly { offset: number }[]) =>
    Math.sqrt(all.slice(-80).reduce((sum, s) => sum + s.offset ** 2 / 80, 0));
  assert(linreg.corrections > 50);
  assert(rms(linreg.judged) > rms(robust.judged), `${rms(linreg.judged)} ${rms(robust.judged)}`);
});

Deno.test("whatIf() over a plain clock: a constant offset is measured, stepped away and held", () => {
  const inputs: string[] = [];
  for (let k = 0; k < 80; k++) {
    const sync = k * 125e6 + 1000;
    inputs.push(`S ${sync + 500} ${1_800_000_000 + Math.floor(sync / 1e9)} ${sync % 1e9}`);
    const asked = sync + 40e6;
    inputs.push(
      `D ${asked} ${1_800_000_000 + Math.floor((asked + 500) / 1e9)} ${(asked + 500) % 1e9}`,
    );
  }
  const start = timestamp(1_800_000_002, 0);
  const free = {
    startRaw: 0 as Instant,
    maxPpb: 500_000,
    read(raw: Instant, into: { seconds: number; nanoseconds: number }) {
      into.seconds = start.seconds + Math.floor(raw / 1e9);
      into.nanoseconds = raw - Math.floor(raw / 1e9) * 1e9;
    },
  };
  const make = (clock: Clock) => new RobustServo(clock, { ...OPTIONS, freeRunning: true });
  const measured = whatIf(inputs, free, make);
  const last = measured.samples[measured.samples.length - 1]!;
  assert(Math.abs(last.offset - 2e9) < 100, `${last.offset}`);
  const held = whatIf(inputs, free, SERVOS["robust"]!);
  assertEquals(held.steps, 1);
  assert(Math.abs(held.judged[held.judged.length - 1]!.offset) < 100);
});
