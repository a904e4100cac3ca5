/**
 * Files of `rptp slave`: the record of its servo, and the frequency kept for the next start.
 * @module
 */
import type { RecordSink } from "../../lib/ptp/servo/record.ts";
import type { KnownFrequency } from "../../lib/ptp/servo/robust.ts";

const BUFFER = 1 << 15;
/** What a frequency is worth when it was saved: ppb, and ppb more per square root of a second. */
const FEWEST_PPB = 50;
const PPB_PER_ROOT_SECOND = 20;
/** However old, a frequency is believed to this many ppb: oscillators of one kind agree as well. */
const MOST_PPB = 20_000;

/** Writes lines to a file, in large pieces. */
export class RecordFile {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #pending = "";

  /** Creates `path`, or empties it. */
  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  readonly sink: RecordSink = (line) => {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= BUFFER) this.#flush();
  };

  close(): void {
    this.#flush();
    this.#file.close();
  }

  #flush(): void {
    let octets = this.#encoder.encode(this.#pending);
    this.#pending = "";
    while (octets.length > 0) octets = octets.subarray(this.#file.writeSync(octets));
  }
}

/**
 * The frequency that an earlier run left in `path`, less certain the older it is; `undefined` where
 * there is no such file.
 * @param now Seconds since the epoch.
 * @throws Error naming the file where it holds something else.
 */
export function loadFrequency(path: string, now: number): KnownFrequency | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const saved = parse(text);
  if (saved === undefined) throw new Error(`${path}: no frequency saved by rptp slave`);
  // A clock that was set back since gives a negative age: take it for an hour.
  const age = saved.time <= now ? now - saved.time : 3600;
  const grown = Math.hypot(Math.max(FEWEST_PPB, saved.sd), PPB_PER_ROOT_SECOND * Math.sqrt(age));
  return { ppb: saved.ppb, sd: Math.min(MOST_PPB, grown) };
}

/** Leaves `known` for the next run; the file is replaced as a whole. */
export function saveFrequency(path: string, known: KnownFrequency, now: number): void {
  const saved = { ppb: known.ppb, sd: known.sd, time: Math.floor(now) };
  const fresh = `${path}.new`;
  Deno.writeTextFileSync(fresh, `${JSON.stringify(saved)}\n`);
  Deno.renameSync(fresh, path);
}

function parse(text: string): { ppb: number; sd: number; time: number } | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof saved !== "object" || saved === null) return undefined;
  const { ppb, sd, time } = saved as Record<string, unknown>;
  const isWhole = typeof ppb === "number" && typeof sd === "number" && typeof time === "number";
  return isWhole && Math.abs(ppb) < 1e6 && sd >= 0 ? { ppb, sd, time } : undefined;
}
