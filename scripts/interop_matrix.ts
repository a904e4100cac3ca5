/**
 * Runs the interop matrix and prints it. Started by scripts/interop_matrix.
 * @module
 */
import { missingOf } from "../tests/kit/need.ts";
import { NamespacePair } from "../tests/kit/netns.ts";
import {
  allCells,
  type Cell,
  cellName,
  type CellResult,
  runCell,
} from "../tests/kit/ptp_matrix.ts";
import { allSpecials, runSpecial, type SpecialResult } from "../tests/kit/ptp_specials.ts";
import { describe } from "../tests/kit/truth.ts";

const PROGRAMS = ["gcc", "timeout", "ip", "ptp4l", "pmc", "tcpdump"];
const NEEDS = { root: true, netns: true, systemClock: true, commands: PROGRAMS };

function print(line: string): void {
  const octets = new TextEncoder().encode(`${line}\n`);
  for (let done = 0; done < octets.length;) done += Deno.stdout.writeSync(octets.subarray(done));
}

function told(result: CellResult | SpecialResult): string {
  if (result.unsupported !== undefined) return `n/a: ${result.unsupported}`;
  if (result.failure !== undefined) return `FAILED: ${result.failure.split("\n")[0]}`;
  return result.verdict === undefined ? "ok" : `ok: ${describe(result.verdict)}`;
}

/** What stands in the table. */
function short(result: CellResult | undefined): string {
  if (result === undefined) return "";
  if (result.unsupported !== undefined) return "n/a";
  if (result.failure !== undefined) return "FAILED";
  const p99 = result.verdict?.p99 ?? NaN;
  return p99 < 1000 ? `${p99.toFixed(0)} ns` : `${(p99 / 1000).toFixed(1)} us`;
}

function table(results: readonly CellResult[]): void {
  const find = (cell: Cell) => results.find((r) => cellName(r.cell) === cellName(cell));
  const columns = ["e2e", "p2p"].flatMap((delay) =>
    ["udp4", "udp6", "l2"].map((transport) => `${delay} ${transport}`)
  );
  print(`\ntrue p99      ${columns.map((c) => c.padEnd(10)).join("")}`);
  for (const follower of ["rptp", "ptp4l"] as const) {
    for (const mode of ["multicast", "hybrid", "unicast"] as const) {
      const words = columns.map((column) => {
        const [delay, transport] = column.split(" ") as [Cell["delay"], Cell["transport"]];
        return short(find({ follower, delay, transport, mode })).padEnd(10);
      });
      print(`${follower.padEnd(5)} ${mode.padEnd(10)}${words.join("").trimEnd()}`);
    }
  }
}

async function main(words: readonly string[]): Promise<number> {
  const missing = missingOf(NEEDS);
  if (missing.length > 0) {
    print(`the matrix needs ${missing.join(", ")}`);
    return 69;
  }
  const isWanted = (name: string) => words.every((word) => name.includes(word));
  const results: CellResult[] = [];
  let failed = 0;
  for (const cell of allCells().filter((one) => isWanted(cellName(one)))) {
    await using pair = await NamespacePair.open();
    const result = await runCell(pair, cell);
    results.push(result);
    if (result.failure !== undefined) failed++;
    print(`${cellName(cell).padEnd(36)} ${told(result)}`);
  }
  for (const special of allSpecials().filter((one) => isWanted(one.name))) {
    const result = await runSpecial(special);
    if (result.failure !== undefined) failed++;
    print(`${special.name.padEnd(36)} ${told(result)}`);
  }
  if (results.length > 0) table(results);
  print(`${failed} failed`);
  return failed > 0 ? 1 : 0;
}

Deno.exit(await main(Deno.args));
