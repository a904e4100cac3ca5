/**
 * Servos against each other in virtual time: true error by seed, with wander, per path and interval.
 *
 * The paths are models of measured ones and the classic servos are ours, after linuxptp's constants: this
 * shows what an algorithm can do, `scripts/bench/ptp_accuracy` what happens on the wire. Started by
 * scripts/bench/servo with [--trials=N] [--recorded=FILE]; the file has a line per pair of
 * one-way delays: `seconds forwardNanos reverseNanos`.
 * @module
 */
import type { Clock } from "../../lib/base/clock.ts";
import { LinregServo } from "../../lib/ptp/servo/linreg.ts";
import { PiServo } from "../../lib/ptp/servo/pi.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { figures, type Path, runTrial, settled } from "../../lib/ptp/servo/trial.ts";
import {
  heavyPath,
  loadedPath,
  loopbackPath,
  recordedPath,
  vethPath,
} from "../../lib/ptp/servo/trial_paths.ts";

interface Case {
  name: string;
  path: (seed: number) => Path;
  logSync: number;
  duration: number;
  wander?: boolean;
}

interface Row {
  rms: number;
  steadyRms: number;
  p99: number;
  max: number;
  bound: number;
  coverage: number;
  lock: number;
}

const SERVOS: readonly [string, (clock: Clock) => Servo][] = [
  ["robust", (clock) => new RobustServo(clock, { allowStep: true })],
  ["pi", (clock) => new PiServo(clock, { allowStep: true })],
  [
    "tuned pi",
    (clock) => new PiServo(clock, { allowStep: true, proportionalScale: 0.2, integralScale: 0.02 }),
  ],
  ["linreg", (clock) => new LinregServo(clock, { allowStep: true })],
];

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function option(name: string): string | undefined {
  return Deno.args.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function cases(): Case[] {
  const list: Case[] = [
    { name: "veth, no wander", path: vethPath, logSync: -3, duration: 120, wander: false },
    { name: "veth", path: vethPath, logSync: -3, duration: 120 },
    { name: "veth", path: vethPath, logSync: 0, duration: 240 },
    { name: "loaded", path: loadedPath, logSync: -3, duration: 120 },
    { name: "loopback", path: loopbackPath, logSync: -3, duration: 120 },
    { name: "heavy tails", path: heavyPath, logSync: -3, duration: 120 },
  ];
  const file = option("recorded");
  if (file === undefined) return list;
  const rows = Deno.readTextFileSync(file).trim().split("\n").map((l) => l.split(" ").map(Number));
  const columns: [Float64Array, Float64Array] = [
    Float64Array.from(rows, (r) => r[1] ?? 0),
    Float64Array.from(rows, (r) => r[2] ?? 0),
  ];
  const path = (seed: number) => recordedPath(columns, seed);
  list.push(
    { name: "recorded, no wander", path, logSync: -3, duration: 120, wander: false },
    { name: "recorded", path, logSync: -3, duration: 120 },
    { name: "recorded", path, logSync: 0, duration: 240 },
  );
  return list;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Medians over the trials of one servo in one case; the second half of each trial counts. */
function measure(c: Case, make: (clock: Clock) => Servo, trials: number): Row {
  const results = Array.from({ length: trials }, (_, k) => {
    const r = runTrial({ ...c, seed: 100 + k, path: c.path(k + 1) }, make);
    return { ...figures(r, c.duration / 2, c.duration), lock: settled(r, 1000, 2) - r.firstPair };
  });
  return {
    rms: median(results.map((f) => f.rms)),
    steadyRms: median(results.map((f) => Math.sqrt(Math.max(0, f.rms ** 2 - f.mean ** 2)))),
    p99: median(results.map((f) => f.p99)),
    max: Math.max(...results.map((f) => f.max)),
    bound: median(results.map((f) => f.bound)),
    coverage: results.reduce((sum, f) => sum + f.coverage, 0) / trials,
    lock: median(results.map((f) => f.lock)),
  };
}

const cell = (value: number, digits = 0) => value.toFixed(digits).padStart(9);

const trials = Number(option("trials") ?? 11);
print(
  `medians of ${trials} trials, ns; start 200 ms and 30 ppm off; (-mean): rms without the mean`,
);
for (const c of cases()) {
  print(`\n${c.name}, logSync ${c.logSync}`);
  print("              rms  (-mean)      p99      max    bound  covered  <1us, s");
  let robust: Row | undefined;
  const others: Row[] = [];
  for (const [name, make] of SERVOS) {
    const row = measure(c, make, trials);
    if (robust === undefined) robust = row;
    else others.push(row);
    print(
      name.padEnd(8) + cell(row.rms) + cell(row.steadyRms) + cell(row.p99) + cell(row.max) +
        cell(row.bound) + cell(row.coverage, 4) + cell(row.lock, 2),
    );
  }
  const best = (pick: (r: Row) => number) => Math.min(...others.map(pick));
  if (robust === undefined) continue;
  const ratio = (pick: (r: Row) => number) => (best(pick) / pick(robust)).toFixed(1);
  print(
    `best of the others: ${ratio((r) => r.rms)}x our rms, ${ratio((r) => r.steadyRms)}x without ` +
      `the mean, ${ratio((r) => r.p99)}x our p99`,
  );
}
