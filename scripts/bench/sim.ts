/**
 * How much faster than real time the simulator runs a PTP network: `deno run scripts/bench/sim.ts
 * [SLAVES] [SECONDS] [LOG_MIN_DELAY_REQ]`. Prints one row per size; without arguments a small table.
 * @module
 */
import { formatCount, formatNanos, formatOctets } from "../../lib/base/text.ts";
import { seconds } from "../../lib/base/time.ts";
import { field, trueErrors } from "../../tests/sim/ptp_field.ts";

const HEAD = [
  "slaves",
  "virtual s",
  "log req",
  "wall s",
  "x real",
  "events/s",
  "p50",
  "p99",
  "rss",
];

function measure(slaves: number, virtual: number, logMinDelayReqInterval: number): string[] {
  const f = field({ seed: 1, slaves, logMinDelayReqInterval });
  const start = performance.now();
  f.net.run(seconds(virtual));
  const wall = (performance.now() - start) / 1e3;
  const errors = trueErrors(f);
  return [
    String(slaves),
    String(virtual),
    String(logMinDelayReqInterval),
    wall.toFixed(2),
    (virtual / wall).toFixed(1),
    formatCount(f.net.events / wall),
    formatNanos(errors.quantile(0.5)),
    formatNanos(errors.quantile(0.99)),
    formatOctets(Deno.memoryUsage().rss),
  ];
}

function print(cells: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(cells.map((c) => c.padStart(10)).join(""));
}

const given = Deno.args.map(Number);
const runs: [number, number, number][] = given.length > 0
  ? [[given[0] ?? 1000, given[1] ?? 60, given[2] ?? 0]]
  : [[1, 3600, 0], [100, 60, 0], [1000, 60, 3], [1000, 60, 0]];
print(HEAD);
for (const [slaves, virtual, log] of runs) print(measure(slaves, virtual, log));
