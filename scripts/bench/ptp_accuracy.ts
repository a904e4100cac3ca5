/**
 * `scripts/bench/ptp_accuracy`: see the launcher beside this file.
 *
 * Every run has a fresh `rptp gm --clock virtual:offset=0.2,ppm=30,wander=SEED` in one namespace and
 * one slave in the other that disciplines CLOCK_REALTIME. The grandmaster's clock is a function of
 * CLOCK_MONOTONIC_RAW that it prints; a third process samples CLOCK_REALTIME against raw 200 times a
 * second. The contenders of a pair get the same seed and start from the same offset and frequency.
 * The steady state is the last third of a run.
 * @module
 */
import { ClockGuard } from "../../tests/kit/clock_guard.ts";
import { NamespacePair } from "../../tests/kit/netns.ts";
import type { Running } from "../../tests/kit/process.ts";
import { Ptp4l } from "../../tests/kit/ptp4l.ts";
import { judgedFor, rptp, startGm } from "../../tests/kit/rptp.ts";
import { Sampler } from "../../tests/kit/sampler.ts";
import {
  errorsOfReadings,
  evaluate,
  lastSeconds,
  PieceClock,
  type Reading,
  settlesBelow,
  type Verdict,
} from "../../tests/kit/truth.ts";

const CONTENDERS = ["rptp", "pi", "tuned", "linreg"] as const;
type Contender = typeof CONTENDERS[number];

interface Plan {
  readonly pairs: number;
  readonly seconds: number;
  readonly logSync: number;
  readonly seed: number;
  readonly only: readonly Contender[];
  readonly slaveFlags: readonly string[];
  readonly start: string;
  /** Where to leave what each run of rptp saw; undefined: nowhere. */
  readonly keep: string | undefined;
}

/** ptp4l's pi with constants that follow this wander best (per second of Sync interval). */
function tunedLines(logSync: number): string[] {
  const interval = 2 ** logSync;
  return [
    `pi_proportional_const ${(0.2 * interval ** -0.3).toFixed(4)}`,
    `pi_integral_const ${(0.02 * interval ** 0.4).toFixed(5)}`,
  ];
}

interface Result {
  readonly contender: Contender;
  readonly whole: Verdict;
  readonly centred: Verdict;
  /** Seconds from the slave's start to the first of 2 s below 1 us; undefined: never. */
  readonly below1us: number | undefined;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function planOf(argv: readonly string[]): Plan {
  const values = new Map<string, string>();
  for (let k = 0; k < argv.length; k += 2) values.set(argv[k]!, argv[k + 1] ?? "");
  const number = (name: string, fallback: number) => Number(values.get(name) ?? fallback);
  const only = (values.get("--only") ?? CONTENDERS.join(",")).split(",") as Contender[];
  const known = ["--pairs", "--seconds", "--log-sync", "--seed", "--only", "--slave-flags"];
  known.push("--start", "--keep");
  for (const name of values.keys()) {
    if (!known.includes(name)) throw new Error(`${name} is none of ${known.join(" ")}`);
  }
  return {
    pairs: number("--pairs", 3),
    seconds: number("--seconds", 60),
    logSync: number("--log-sync", -3),
    seed: number("--seed", 1),
    only,
    slaveFlags: (values.get("--slave-flags") ?? "").split(" ").filter((word) => word !== ""),
    start: values.get("--start") ?? "offset=0.2,ppm=30",
    keep: values.get("--keep"),
  };
}

async function run(contender: Contender, seed: number, plan: Plan): Promise<Result> {
  await using pair = await NamespacePair.open();
  const limit = plan.seconds + 30;
  const interval = String(plan.logSync);
  const gm = await startGm(pair.a, [
    ...["--clock", `virtual:${plan.start},wander=${seed}`, "--priority1", "10"],
    ...["--log-sync", interval, "--log-min-delay-req", interval, "--log-announce", "0"],
  ], limit);
  await gm.line(/"to":"MASTER"/, 15_000);
  await using sampler = await Sampler.start(limit);
  const started = sampler.readings().at(-1)!.raw;
  let slave: Running | undefined;
  let ptp4l: Ptp4l | undefined;
  if (contender === "rptp") {
    const words = ["slave", "--iface", pair.b.iface, "--accept-arb", ...plan.slaveFlags];
    if (plan.keep !== undefined) words.push("--record", `${plan.keep}/${seed}.servo`);
    slave = rptp(words, { side: pair.b, limitSeconds: limit });
  } else {
    ptp4l = await Ptp4l.start(pair.b, {
      role: "slave",
      servo: contender === "tuned" ? "pi" : contender,
      logSync: plan.logSync,
      limitSeconds: limit,
      ...(contender === "tuned" ? { extra: tunedLines(plan.logSync) } : {}),
    });
  }
  await judgedFor(plan.seconds);
  const readings = await sampler.finish();
  await slave?.stop();
  await ptp4l?.[Symbol.asyncDispose]();
  await gm.stop();
  if (plan.keep !== undefined && contender === "rptp") keep(plan.keep, seed, gm, readings);
  const mine = readings.filter((r) => r.raw >= started);
  const errors = errorsOfReadings(mine, PieceClock.fromLog(gm.stdout));
  const steady = lastSeconds(errors, plan.seconds / 3);
  return {
    contender,
    whole: evaluate(steady),
    centred: evaluate(steady, true),
    below1us: settlesBelow(errors, 1_000, 2),
  };
}

/** The grandmaster's clock and the samples, beside the servo's record. */
function keep(folder: string, seed: number, gm: Running, readings: readonly Reading[]): void {
  const clock = gm.stdout.filter((line) => line.includes('"clock"'));
  Deno.writeTextFileSync(`${folder}/${seed}.clock`, `${clock.join("\n")}\n`);
  const samples = readings.map((r) => `${r.raw} ${r.time}`);
  Deno.writeTextFileSync(`${folder}/${seed}.samples`, `${samples.join("\n")}\n`);
}

function row(name: string, r: Omit<Result, "contender">): string {
  const n = (x: number) => x.toFixed(0).padStart(8);
  const time = r.below1us === undefined ? "never" : r.below1us.toFixed(2);
  return `${name.padEnd(16)}${n(r.whole.rms)}${n(r.whole.p99)}${n(r.whole.max)}${n(r.whole.mean)}` +
    `${n(r.centred.rms)}${n(r.centred.p99)}${time.padStart(10)}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const k = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[k]! : (sorted[k - 1]! + sorted[k]!) / 2;
}

/** Medians over the pairs of rptp's figure divided by the better of ptp4l's two in that pair. */
function ratios(results: readonly Result[][]): void {
  const figures: [string, (r: Result) => number][] = [
    ["rms", (r) => r.whole.rms],
    ["p99", (r) => r.whole.p99],
    ["rms without mean", (r) => r.centred.rms],
    ["p99 without mean", (r) => r.centred.p99],
  ];
  for (const [name, figure] of figures) {
    const each: number[] = [];
    for (const pair of results) {
      const own = pair.find((r) => r.contender === "rptp");
      const others = pair.filter((r) => r.contender !== "rptp").map(figure);
      if (own !== undefined && others.length > 0) each.push(figure(own) / Math.min(...others));
    }
    if (each.length === 0) continue;
    const all = each.map((x) => x.toFixed(2)).join(" ");
    say(`${name.padEnd(18)} rptp / ptp4l's best: median ${median(each).toFixed(2)}  (${all})`);
  }
}

/** One run of a contender, which has the machine's clock for as long and leaves it as it was. */
async function runAlone(contender: Contender, seed: number, plan: Plan): Promise<Result> {
  await using guard = await ClockGuard.hold(900);
  await guard.setFrequency(0);
  return await run(contender, seed, plan);
}

async function main(): Promise<void> {
  const plan = planOf(Deno.args);
  say(`log-sync ${plan.logSync}, ${plan.seconds} s a run, steady state = last third; ns and s`);
  const heads = ["rms", "p99", "max", "mean", "rms-mean", "p99-mean"];
  say(`${"".padEnd(16)}${heads.map((h) => h.padStart(8)).join("")}${"<1us".padStart(10)}`);
  const results: Result[][] = [];
  for (let k = 0; k < plan.pairs; k++) {
    const pair: Result[] = [];
    for (const contender of plan.only) {
      const result = await runAlone(contender, plan.seed + k, plan);
      pair.push(result);
      say(row(`${contender} #${k + 1}`, result));
    }
    results.push(pair);
  }
  for (const contender of plan.only) {
    const own = results.flat().filter((r) => r.contender === contender);
    const middle = (figure: (r: Result) => number) => median(own.map(figure));
    const verdict = (of: (r: Result) => Verdict): Verdict => ({
      count: 0,
      rms: middle((r) => of(r).rms),
      mean: middle((r) => of(r).mean),
      p50: middle((r) => of(r).p50),
      p99: middle((r) => of(r).p99),
      max: middle((r) => of(r).max),
    });
    const below = middle((r) => r.below1us ?? Infinity);
    say(row(`${contender} median`, {
      whole: verdict((r) => r.whole),
      centred: verdict((r) => r.centred),
      below1us: below === Infinity ? undefined : below,
    }));
  }
  ratios(results);
}

await main();
