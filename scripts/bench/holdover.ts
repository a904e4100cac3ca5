/**
 * Holdover in virtual time: how far a clock drifts in the 60 s in which its master is silent.
 *
 * Each trial locks for five minutes over a model of a veth pair, loses every message for a minute and
 * gets them back. Drift is the error at the end of the silence less that at its start. The optimal
 * predictor knows the master's frequency at the start of the silence exactly and what kind of wander it
 * has, not what comes: the random walk alone leaves sqrt(60^3 / 3) = 268 ns. Started by
 * scripts/bench/holdover with [--trials=N].
 * @module
 */
import type { Clock } from "../../lib/base/clock.ts";
import { LinregServo } from "../../lib/ptp/servo/linreg.ts";
import { PiServo } from "../../lib/ptp/servo/pi.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { runTrial, TRIAL_RATE, type TrialResult } from "../../lib/ptp/servo/trial.ts";
import { vethPath } from "../../lib/ptp/servo/trial_paths.ts";

const LOCKED = 300;
const SILENT = 60;
const AFTER = 20;
const OPTIMAL = Math.sqrt(SILENT ** 3 / 3);

const SERVOS: readonly [string, (clock: Clock) => Servo][] = [
  ["robust", (clock) => new RobustServo(clock, { allowStep: true })],
  ["pi", (clock) => new PiServo(clock, { allowStep: true })],
  [
    "tuned pi",
    (clock) => new PiServo(clock, { allowStep: true, proportionalScale: 0.2, integralScale: 0.02 }),
  ],
  ["linreg", (clock) => new LinregServo(clock, { allowStep: true })],
];

interface Trial {
  drift: number;
  /** Share of the silence in which the error lay within the bound, and the bound at its end. */
  inside: number;
  bound: number;
  /** How far beyond the error at its return, or on the other side of 0, the clock went. */
  overshoot: number;
}

function judge(r: TrialResult): Trial {
  const at = (t: number) => Math.min(r.error.length - 1, Math.floor(t * TRIAL_RATE));
  const begin = at(LOCKED);
  const end = at(LOCKED + SILENT) - 1;
  let inside = 0;
  for (let i = begin; i <= end; i++) {
    if (Math.abs(r.error[i]! - r.offset[i]!) <= r.bound[i]!) inside++;
  }
  const back = r.error[end]!;
  let overshoot = 0;
  for (let i = end; i < at(LOCKED + SILENT + AFTER); i++) {
    const e = Math.sign(back) * r.error[i]!;
    overshoot = Math.max(overshoot, e - Math.abs(back), -e);
  }
  return {
    drift: back - r.error[begin]!,
    inside: inside / (end - begin + 1),
    bound: r.bound[end]!,
    overshoot,
  };
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
const middle = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const cell = (value: number, digits = 0) => value.toFixed(digits).padStart(11);

const option = Deno.args.find((a) => a.startsWith("--trials="));
const trials = Number(option?.slice("--trials=".length) ?? 100);
print(`${trials} trials, ns; ${LOCKED} s locked at log-sync -3, ${SILENT} s silent`);
for (const wander of ["walk", true] as const) {
  print(
    `\n${wander === "walk" ? `random walk alone (optimal ${OPTIMAL.toFixed(0)})` : "full wander"}`,
  );
  print("           drift rms     median        max     inside      bound  overshoot");
  for (const [name, make] of SERVOS) {
    const all = Array.from({ length: trials }, (_, k) =>
      judge(runTrial({
        seed: 500 + k,
        duration: LOCKED + SILENT + AFTER,
        logSync: -3,
        path: vethPath(k + 1),
        wander,
        outage: [LOCKED, LOCKED + SILENT],
      }, make)));
    print(
      name.padEnd(9) + cell(rms(all.map((t) => t.drift))) +
        cell(middle(all.map((t) => Math.abs(t.drift)))) +
        cell(Math.max(...all.map((t) => Math.abs(t.drift)))) +
        cell(all.reduce((sum, t) => sum + t.inside, 0) / trials, 4) +
        cell(middle(all.map((t) => t.bound))) + cell(Math.max(...all.map((t) => t.overshoot))),
    );
  }
}
