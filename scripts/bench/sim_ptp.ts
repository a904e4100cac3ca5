/**
 * `scripts/bench/sim_ptp`: see the launcher beside this file.
 * @module
 */
import process from "node:process";
import { formatCount, formatNanos, formatOctets } from "../../lib/base/text.ts";
import { nanos } from "../../lib/base/time.ts";
import { astray, errorsOf, hashOf, tree } from "../../tests/sim/ptp_tree.ts";

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** `--slave-servo`. */
const SERVOS = ["robust", "linreg", "pi"] as const;

/** CPU time of this process so far, all threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Numbers by flag; each has a default. */
function plan(argv: readonly string[]) {
  const values: Record<string, number> = {
    "--clocks": 10_000,
    "--boundaries": 100,
    "--seconds": 600,
    "--log-sync": 0,
    "--log-announce": 1,
    "--log-min-delay-req": 0,
    "--seed": 1,
    "--runs": 1,
    "--hybrid": 1,
    "--slave-servo": 1,
  };
  for (let k = 0; k < argv.length; k += 2) {
    const name = argv[k]!;
    const value = Number(argv[k + 1]);
    if (values[name] === undefined || Number.isNaN(value)) {
      throw new Error(`${name} ${argv[k + 1]}: known are ${Object.keys(values).join(" ")}`);
    }
    values[name] = value;
  }
  return (name: string) => values[name]!;
}

/** One run; its hash. */
function run(of: (name: string) => number): string {
  const began = performance.now();
  const cpu = cpuSeconds();
  const t = tree({
    seed: of("--seed"),
    boundaries: of("--boundaries"),
    clocks: of("--clocks"),
    logSyncInterval: of("--log-sync"),
    logAnnounceInterval: of("--log-announce"),
    logMinDelayReqInterval: of("--log-min-delay-req"),
    isHybrid: of("--hybrid") !== 0,
    slaveServo: SERVOS[of("--slave-servo")] ?? "robust",
  });
  const built = performance.now();
  const seconds = of("--seconds");
  let rss = 0;
  for (let k = 1; k <= 20; k++) {
    t.net.run(nanos(seconds * 1e9 * k / 20));
    rss = Math.max(rss, Deno.memoryUsage().rss);
  }
  const wall = (performance.now() - built) / 1e3;
  const used = cpuSeconds() - cpu;
  const errors = errorsOf(t);
  say(
    `${of("--clocks")} clocks x ${seconds} s in ${wall.toFixed(1)} s, ${
      used.toFixed(1)
    } s of CPU ` +
      `(${(seconds / wall).toFixed(1)} x real time; built in ` +
      `${((built - began) / 1e3).toFixed(1)} s): ${formatCount(t.net.events)} events, ` +
      `${formatCount(t.net.events / wall)}/s; ${formatOctets(rss)}; astray ${astray(t)}; ` +
      `error p50 ${formatNanos(errors.quantile(0.5))}, p99 ${
        formatNanos(errors.quantile(0.99))
      }, ` +
      `max ${formatNanos(errors.most)}; hash ${hashOf(t)}`,
  );
  return hashOf(t);
}

const of = plan(Deno.args);
const hashes = new Set<string>();
for (let k = 0; k < of("--runs"); k++) hashes.add(run(of));
if (hashes.size > 1) {
  say(`different hashes for one seed: ${[...hashes].join(" ")}`);
  Deno.exit(1);
}
