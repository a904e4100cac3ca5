/**
 * `scripts/bench/ptp_gm_load`: see the launcher beside this file.
 *
 * Each round starts each grandmaster afresh in one namespace of a veth pair and offers it Delay_Req
 * of many slaves from the other at rising rates; then 1,000 polite slaves at 1/s beside one flooder
 * at 200,000/s; then slaves that negotiate 8 Sync and 8 Delay_Resp a second each. Answers count by identity and sequenceId; the generator's socket says if it dropped
 * any itself. Generator and grandmaster share the machine, so read the ratios.
 * @module
 */
import { NamespacePair } from "../../tests/kit/netns.ts";
import { addSlaves, FLOODER, load, type LoadResult, SLAVES } from "../../tests/kit/ptp_load.ts";
import { Ptp4l } from "../../tests/kit/ptp4l.ts";
import { startGm } from "../../tests/kit/rptp.ts";

const CONTENDERS = ["ptp4l", "rptp"] as const;
type Contender = typeof CONTENDERS[number];

/** What must be answered for a rate to count. */
const SHARE = 0.999;
const POLITE = { rate: 1000, identities: 1000, base: SLAVES };
const FLOOD = { flood: 200_000, floodBase: FLOODER };

interface Plan {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly identities: number;
  readonly only: readonly Contender[];
  /** Slaves that negotiate, one run for each number. */
  readonly unicast: readonly number[];
}

/** One measurement. */
interface Row {
  readonly contender: Contender;
  /** Requests a second offered; -1: polite slaves beside a flooder. */
  readonly rate: number;
  readonly result: LoadResult;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function planOf(argv: readonly string[]): Plan {
  const known = ["--rates", "--seconds", "--rounds", "--identities", "--only", "--unicast"];
  const values = new Map<string, string>();
  for (let k = 0; k < argv.length; k += 2) {
    if (!known.includes(argv[k]!)) throw new Error(`${argv[k]} is none of ${known.join(" ")}`);
    values.set(argv[k]!, argv[k + 1] ?? "");
  }
  const list = (name: string, fallback: string) => (values.get(name) ?? fallback).split(",");
  return {
    rates: list("--rates", "10000,30000,60000,100000,130000,200000,300000").map(Number),
    seconds: Number(values.get("--seconds") ?? 3),
    rounds: Number(values.get("--rounds") ?? 3),
    identities: Number(values.get("--identities") ?? 8000),
    unicast: list("--unicast", "1000,5000").filter((text) => text !== "0").map(Number),
    only: list("--only", CONTENDERS.join(",")) as Contender[],
  };
}

/** A grandmaster that answers, on side a. */
async function started(pair: NamespacePair, contender: Contender): Promise<AsyncDisposable> {
  if (contender === "ptp4l") {
    const extra = ["unicast_listen 1"];
    const ptp4l = await Ptp4l.start(pair.a, { role: "master", limitSeconds: 300, extra });
    await ptp4l.process.line(/MASTER on/, 20_000);
    return ptp4l;
  }
  const gm = await startGm(pair.a, [
    ...["--priority1", "1", "--log-announce", "0", "--unicast-listen"],
    ...["--unicast-clients", "20000", "--unicast-rate", "1000000"],
  ], 300);
  await gm.line(/"to":"MASTER"/, 20_000);
  return { [Symbol.asyncDispose]: async () => void await gm.stop() };
}

async function measure(contender: Contender, rate: number, plan: Plan): Promise<Row> {
  await using pair = await NamespacePair.open();
  await addSlaves(pair, pair.b);
  await using _gm = await started(pair, contender);
  const { seconds, identities } = plan;
  const options = rate < 0 ? { ...POLITE, ...FLOOD, seconds } : { rate, identities, seconds };
  return { contender, rate, result: await load("requests", pair.b, pair.a, options) };
}

/** Slaves by unicast: what they are owed, what they got, how old the Follow_Ups' stamps are. */
async function negotiate(contender: Contender, slaves: number, plan: Plan): Promise<void> {
  await using pair = await NamespacePair.open();
  await addSlaves(pair, pair.b);
  await using _gm = await started(pair, contender);
  const options = { server: pair.a.address, slaves, seconds: plan.seconds };
  const r = await load("unicast", pair.b, pair.a, options);
  const of = (name: string) => r[name] ?? 0;
  const share = (part: number, whole: number) =>
    `${(100 * part / Math.max(1, whole)).toFixed(2)} %`;
  say(
    `${contender.padEnd(8)}${slaves} slaves: ${of("grants")} of ${3 * slaves} grants; ` +
      `${(of("syncs") / of("took")).toFixed(0)} Sync/s, ${
        share(of("syncs"), of("owed"))
      } of what ` +
      `is owed; ${of("served")} slaves in full; with Follow_Up ${
        share(of("pairs"), of("syncs"))
      }, ` +
      `${of("lag50")}/${of("lag99")} us later (p50/p99); t1 to arrival ` +
      `${of("residual50")}/${of("residual99")} us; CPU ${(100 * r.cpu).toFixed(0)} %; ` +
      `own drops ${of("own_drops")}`,
  );
}

function print(row: Row): void {
  const { result: r } = row;
  const perSecond = (r.answered ?? 0) / (r.took ?? 1);
  const cells = [
    row.rate < 0 ? "flooder" : (r.sent ?? 0) / (r.took ?? 1),
    perSecond,
    `${(100 * share(r)).toFixed(2)} %`,
    r.p50 ?? 0,
    r.p99 ?? 0,
    `${(100 * r.cpu).toFixed(0)} %`,
    r.own_drops ?? 0,
  ];
  const text = cells.map((c) => (typeof c === "number" ? c.toFixed(0) : c).padStart(11));
  say(row.contender.padEnd(8) + text.join(""));
}

function share(r: LoadResult): number {
  return (r.answered ?? 0) / Math.max(1, r.sent ?? 0);
}

/** The most answered in a second over the rows, of those answered well enough; 0: none. */
function best(rows: readonly Row[], contender: Contender, least: number): number {
  return rows
    .filter((row) => row.contender === contender && row.rate > 0 && share(row.result) >= least)
    .reduce((most, { result: r }) => Math.max(most, (r.answered ?? 0) / (r.took ?? 1)), 0);
}

function verdict(rows: readonly Row[]): void {
  for (const least of [SHARE, 0]) {
    const mine = best(rows, "rptp", least);
    const theirs = best(rows, "ptp4l", least);
    const what = least > 0 ? `answered/s at >= ${100 * least} %` : "answered/s at any share";
    const ratio = (mine / theirs).toFixed(2);
    say(`${what}: rptp ${mine.toFixed(0)}, ptp4l ${theirs.toFixed(0)}, ratio ${ratio}`);
  }
  for (const contender of CONTENDERS) {
    const own = rows.filter((row) => row.contender === contender && row.rate < 0);
    const shares = own.map((row) => (100 * share(row.result)).toFixed(2)).join(" ");
    say(`polite slaves beside a flooder, ${contender}: ${shares} % answered`);
  }
}

async function main(): Promise<void> {
  const plan = planOf(Deno.args);
  const heads = ["offered/s", "answered/s", "share", "p50 us", "p99 us", "CPU", "own drops"];
  say("".padEnd(8) + heads.map((h) => h.padStart(11)).join(""));
  const rows: Row[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    for (const rate of [...plan.rates, -1].filter((one) => one !== 0)) {
      for (const contender of plan.only) {
        const row = await measure(contender, rate, plan);
        rows.push(row);
        print(row);
      }
    }
  }
  if (rows.length > 0) verdict(rows);
  say("");
  for (const slaves of plan.unicast) {
    for (const contender of plan.only) await negotiate(contender, slaves, plan);
  }
}

await main();
