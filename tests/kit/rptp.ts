/**
 * rptp itself as a test starts it: by the launcher, with the product's own permissions.
 * @module
 */
import type { Side } from "./netns.ts";
import { Running } from "./process.ts";
import { errorsOfClock, PieceClock, type TrueError } from "./truth.ts";

/** The launcher of this repository. */
export const LAUNCHER: string = new URL("../../rptp", import.meta.url).pathname;

/** Where and for how long a command runs. */
export interface RptpOptions {
  readonly side?: Side;
  readonly limitSeconds?: number;
  readonly env?: Record<string, string>;
}

/** Starts `rptp WORDS`. */
export function rptp(words: readonly string[], options: RptpOptions = {}): Running {
  return Running.start(LAUNCHER, words, {
    limitSeconds: options.limitSeconds ?? 60,
    ...(options.side === undefined ? {} : { namespace: options.side.namespace }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
}

/** Starts `rptp gm` on a side and waits for its first clock or state event. */
export async function startGm(
  side: Side,
  flags: readonly string[],
  limitSeconds = 60,
): Promise<Running> {
  const words = ["gm", "--iface", side.iface, "--json", ...flags];
  const process = rptp(words, { side, limitSeconds });
  await process.line(/"event":"(state|clock)"/);
  return process;
}

/** Starts `rptp slave` on a side. */
export function startSlave(side: Side, flags: readonly string[], limitSeconds = 60): Running {
  return rptp(["slave", "--iface", side.iface, "--json", ...flags], { side, limitSeconds });
}

/** Truth between two `--json` logs with clock events, up to the slave's last sample. */
export function errorsBetween(slave: Running, master: Running): TrueError[] {
  const clock = PieceClock.fromLog(slave.stdout);
  const truth = PieceClock.fromLog(master.stdout);
  const samples = slave.events("sample");
  const last = samples[samples.length - 1];
  if (last === undefined) throw new Error(`no sample; ${slave.stderr.slice(-5).join("; ")}`);
  return errorsOfClock(clock, truth, BigInt(last["raw"] as string));
}

/** Seconds from the start of the errors' axis to the first event for which `is` holds. */
export function secondsUntil(
  slave: Running,
  master: Running,
  event: string,
  is: (fields: Record<string, unknown>) => boolean,
): number {
  const found = slave.events(event).find(is);
  if (found === undefined) throw new Error(`no ${event} event of that kind`);
  const clock = PieceClock.fromLog(slave.stdout).start;
  const truth = PieceClock.fromLog(master.stdout).start;
  const start = clock > truth ? clock : truth;
  return Number(BigInt(found["raw"] as string) - start) / 1e9;
}

/** Resolves after `seconds`. Tests wait for lines; this is for how long a run is judged. */
export function judgedFor(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
