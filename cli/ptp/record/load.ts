/**
 * A recording read back: pcapng with custom blocks, or the servo's lines alone.
 * @module
 */
import { type CustomBlock, CustomBlocks } from "../../../lib/capture/pcapng_blocks.ts";
import { Progress } from "../../../lib/capture/record.ts";
import { ENTERPRISE, MAGIC } from "./recording.ts";

/** What a recording says. */
export interface LoadedRecord {
  /** Empty where the file tells nothing of the servo. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Lines of `lib/ptp/servo/record.ts`. */
  readonly servo: string;
  /** The servo's reports, a line each. */
  readonly samples: readonly string[];
  /** False where the recording ends inside a block: the process was killed. */
  readonly isWhole: boolean;
}

/** `undefined` where the octets are no recording of a servo, but perhaps a capture. */
export function loadRecord(octets: Uint8Array<ArrayBuffer>): LoadedRecord | undefined {
  const decoder = new TextDecoder();
  const begin = decoder.decode(octets.subarray(0, 32));
  if (begin.startsWith("rptp-servo ")) {
    return { about: {}, servo: decoder.decode(octets), samples: [], isWhole: true };
  }
  const parts = { about: [] as string[], servo: [] as string[], sample: [] as string[] };
  const blocks = new CustomBlocks();
  const block: CustomBlock = { number: 0, octets: new Uint8Array(0) };
  let fed = 0;
  for (;;) {
    const progress = blocks.next(block);
    if (progress === Progress.More) {
      const n = feed(blocks, octets, fed);
      fed += n;
      if (n === 0) blocks.window.finished = true;
      continue;
    }
    if (progress !== Progress.Record) {
      if (parts.servo.length === 0) return undefined;
      return {
        about: JSON.parse(parts.about.join("") || "{}", revive) as Record<string, unknown>,
        servo: wholeLines(parts.servo.join("")),
        samples: parts.sample.join("").split("\n").filter((line) => line !== ""),
        isWhole: progress === Progress.End,
      };
    }
    if (block.number !== ENTERPRISE) continue;
    const text = decoder.decode(block.octets).replace(/\0+$/, "");
    const kind = /^rptp-record 1 (about|servo|sample)\n/.exec(text)?.[1];
    if (kind === undefined || !text.startsWith(MAGIC)) continue;
    parts[kind as keyof typeof parts].push(text.slice(text.indexOf("\n") + 1));
  }
}

function feed(blocks: CustomBlocks, octets: Uint8Array, from: number): number {
  const space = blocks.window.space();
  const n = Math.min(space.length, octets.length - from);
  space.set(octets.subarray(from, from + n));
  blocks.window.filled(n);
  return n;
}

/** Without a last line that was cut. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function revive(_name: string, value: unknown): unknown {
  return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : value;
}
