/**
 * The system clock as a test's playground: locked against other tests, restored whatever happens.
 *
 * The restoring is done by a small C program (`clock_tool.c`) that waits for the end of its stdin,
 * so it happens even where the test process is killed.
 * @module
 */
import { run, Running } from "./process.ts";

const SOURCE = new URL("clock_tool.c", import.meta.url);
/** One clock, one lock, for every user of this machine; it ends with the process that holds it. */
const LOCK = "/tmp/rptp.clock.lock";

let built: Promise<string> | undefined;

/** The path of the compiled tool; compiled once per process into a folder of its own. */
export function clockTool(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rptp-clock-" });
  await run("gcc", ["-O2", "-o", `${folder}/clock_tool`, SOURCE.pathname]);
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return `${folder}/clock_tool`;
}

/** True where this process may set the system clock at all (root in a user namespace may not). */
export async function maySetClock(): Promise<boolean> {
  const output = await new Deno.Command(await clockTool(), { args: ["may"] }).output();
  return output.success;
}

/** The clock's adjustable state. */
export interface ClockState {
  frequencyPpb: number;
  tick: number;
  status: number;
  tai: number;
}

/** Holds the machine-wide clock lock and the state to go back to. */
export class ClockGuard implements AsyncDisposable {
  readonly #guard: Running;
  #residual: Promise<number> | undefined;

  private constructor(guard: Running) {
    this.#guard = guard;
  }

  /** Waits for the lock (`patience` seconds, then it throws), and captures the clock. */
  static async hold(patience = 180): Promise<ClockGuard> {
    const options = { stdin: "piped", limitSeconds: 1800 } as const;
    const guard = Running.start(await clockTool(), ["guard", LOCK, String(patience)], options);
    await guard.line(/^ready /, patience * 1000 + 15_000);
    return new ClockGuard(guard);
  }

  /** Restores the clock and lets the lock go; returns how far off the restored clock is, in ns. */
  release(): Promise<number> {
    this.#residual ??= this.#restore();
    return this.#residual;
  }

  async #restore(): Promise<number> {
    await this.#guard.closeStdin();
    const ended = await this.#guard.ended;
    const line = ended.stdout.find((l) => l.startsWith("restored "));
    if (line === undefined) throw new Error(`clock not restored: ${ended.stderr.join("; ")}`);
    return Number(line.split(" ")[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** Steps the clock by `ns`, integer. */
  async step(ns: number): Promise<void> {
    await run(await clockTool(), ["step", String(ns)]);
  }

  /** Sets the frequency word. */
  async setFrequency(ppb: number): Promise<void> {
    await run(await clockTool(), ["freq", String(ppb)]);
  }

  async state(): Promise<ClockState> {
    const [frequencyPpb, tick, status, tai] = (await run(await clockTool(), ["show"])).trim()
      .split(" ").map(Number) as [number, number, number, number];
    return { frequencyPpb, tick, status, tai };
  }
}
