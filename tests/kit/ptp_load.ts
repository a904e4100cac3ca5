/**
 * `ptp_load.c` as tests and benchmarks run it: compiled once a process, its line of results parsed,
 * the CPU time of whatever runs in the other namespace beside it.
 * @module
 */
import type { NamespacePair, Side } from "./netns.ts";
import { run } from "./process.ts";

const SOURCE = new URL("ptp_load.c", import.meta.url);
/** Addresses of the slaves, from 10.78.1.0 on, and of the flooder; see {@linkcode addSlaves}. */
export const SLAVES = "10.78.1.0";
export const FLOODER = "10.78.0.1";
/** Clock ticks a second of /proc/PID/stat on Linux. */
const TICKS = 100;

let built: Promise<string> | undefined;

/** The path of the compiled program. */
export function loadProgram(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rptp-load-" });
  await run("gcc", ["-O2", "-pthread", "-o", `${folder}/ptp_load`, SOURCE.pathname]);
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return `${folder}/ptp_load`;
}

/** Makes 10.78.0.0/16 addresses of `side`, each of them, and the other side reach them. */
export async function addSlaves(pair: NamespacePair, side: Side): Promise<void> {
  const other = side === pair.a ? pair.b : pair.a;
  await pair.ip(side, "route", "add", "local", "10.78.0.0/16", "dev", "lo");
  await pair.ip(other, "route", "add", "10.78.0.0/16", "via", side.address, "dev", other.iface);
}

/** What a run of the generator gave: its own figures, and the other side's share of one core. */
export type LoadResult = Record<string, number> & { readonly cpu: number };

/** Runs `ptp_load MODE OPTIONS` on `side`, while the process under load runs on `target`. */
export async function load(
  mode: string,
  side: Side,
  target: Side,
  options: Readonly<Record<string, string | number>>,
): Promise<LoadResult> {
  const words = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const program = await loadProgram();
  const command = ["netns", "exec", side.namespace, "timeout", "120", program, mode];
  const before = await ticks(target);
  const began = performance.now();
  const line = await run("ip", [...command, `local=${side.address}`, ...words]);
  const seconds = (performance.now() - began) / 1e3;
  const cpu = (await ticks(target) - before) / TICKS / seconds;
  const fields = line.trim().split(" ").map((word) => word.split("="));
  return { ...Object.fromEntries(fields.map(([name, value]) => [name, Number(value)])), cpu };
}

/** Clock ticks that the processes of a namespace have used. */
async function ticks(side: Side): Promise<number> {
  const script = `for p in $(ip netns pids ${side.namespace}); do
    cut -d')' -f2 /proc/$p/stat; done 2>/dev/null | awk '{s += $12 + $13} END {print s + 0}'`;
  return Number(await run("sh", ["-c", script]));
}
