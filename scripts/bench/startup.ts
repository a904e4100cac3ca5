/**
 * Start-up of rptp against `deno run` of an empty file: both in turn, medians and their ratio.
 * Started by scripts/bench/startup; exit code 1 where the ratio is above the bound.
 * @module
 */

const ROOT = decodeURI(new URL("../../", import.meta.url).pathname);

/** `./rptp --version` takes at most this many times what an empty program takes. */
const BOUND = 1.5;

/** A program to time. */
interface Contender {
  name: string;
  argv: readonly string[];
  millis: number[];
}

async function timeOnce(contender: Contender): Promise<void> {
  const [program = "", ...args] = contender.argv;
  const command = new Deno.Command(program, { args, stdin: "null", stdout: "null" });
  const begin = performance.now();
  const { success } = await command.output();
  contender.millis.push(performance.now() - begin);
  if (!success) throw new Error(`${contender.name} failed`);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function main(runs: number): Promise<number> {
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  const contenders: Contender[] = [
    { name: "deno run empty.ts", argv: [Deno.execPath(), "run", empty], millis: [] },
    { name: "./rptp --version", argv: [`${ROOT}rptp`, "--version"], millis: [] },
  ];
  const portable = `${ROOT}dist/rptp-portable`;
  if (exists(portable)) {
    contenders.push({ name: "dist/rptp-portable", argv: [portable, "--version"], millis: [] });
  }
  for (let i = 0; i < runs + 2; i++) {
    for (const contender of contenders) await timeOnce(contender);
  }
  await Deno.remove(empty);
  // The first two rounds fill caches.
  const medians = contenders.map(({ millis }) => median(millis.slice(2)));
  const base = medians[0] ?? NaN;
  for (let i = 0; i < contenders.length; i++) {
    const own = medians[i] ?? NaN;
    print(
      `${contenders[i]?.name.padEnd(20)} ${own.toFixed(1).padStart(6)} ms  ${
        (own / base).toFixed(2)
      } x  ${(own - base).toFixed(1).padStart(5)} ms more`,
    );
  }
  const ratio = (medians[1] ?? NaN) / base;
  print(`ratio ${ratio.toFixed(2)}, bound ${BOUND}, median of ${runs} runs in turn`);
  return ratio <= BOUND ? 0 : 1;
}

Deno.exit(await main(Number(Deno.args[0] ?? "20")));
