/**
 * From the flags of `rptp tcpdump` to what it shall do; what does not go together is refused here.
 * @module
 */
import type { DumpForm } from "../../lib/dissect/packet_dissector.ts";
import { TimeForm } from "../../lib/dissect/time_text.ts";
import type { LineOptions } from "../../lib/dissect/dissection.ts";
import { UsageError } from "../kit/errors.ts";
import { interfaceName } from "../kit/parse.ts";

/** How frames reach the program. */
export type Io = "auto" | "ffi" | "deno";

/** The flags as parsed. */
export interface Flags {
  readonly iface?: string;
  readonly read?: string;
  readonly write?: string;
  readonly listInterfaces: boolean;
  readonly packets?: number;
  readonly snapshotLength: number;
  readonly noPromiscuousMode: boolean;
  readonly verbose: number;
  readonly quiet: boolean;
  readonly linkLevel: boolean;
  readonly noNames: boolean;
  readonly absoluteSequence: boolean;
  readonly hex: number;
  readonly hexAscii: number;
  readonly ascii: number;
  readonly timeForm: number;
  readonly micro: boolean;
  readonly nano: boolean;
  readonly number: boolean;
  readonly count: boolean;
  readonly print: boolean;
  readonly lineBuffered: boolean;
  readonly packetBuffered: boolean;
  readonly io: Io;
}

/** Where packets come from. */
export type Source =
  | { readonly kind: "list" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "live"; readonly iface: string };

/** How packets are printed. */
export interface Look {
  readonly line: LineOptions;
  readonly timeForm: TimeForm;
  readonly isNano: boolean;
  readonly dump: DumpForm | undefined;
  readonly isNumbered: boolean;
}

/** What to do. */
export interface Plan {
  readonly source: Source;
  /** Packets until the end; Infinity without -c. */
  readonly limit: number;
  readonly snaplen: number;
  readonly isPromiscuous: boolean;
  /** Path of -w, `-` for stdout. */
  readonly write: string | undefined;
  readonly writesMicros: boolean;
  /** False with --count, and with -w unless --print. */
  readonly prints: boolean;
  readonly look: Look;
  /** -l: lines go out after each packet. */
  readonly isLineBuffered: boolean;
  /** -U: so does what -w writes. */
  readonly isPacketBuffered: boolean;
  readonly io: Io;
}

/** libpcap's largest snapshot length; -s 0 means it. */
export const MAX_SNAPLEN = 262_144;

/** The plan for flags and positional words. */
export function planOf(flags: Flags, words: readonly string[]): Plan {
  const source = sourceOf(flags, words);
  if (flags.micro && flags.nano) {
    throw new UsageError("--micro and --nano", "they exclude each other");
  }
  if (source.kind === "live" && flags.io === "deno") {
    throw new UsageError(
      "--io deno",
      `Deno has no raw sockets, so ${source.iface} cannot be captured by it`,
      "use --io ffi, or read a file with -r",
    );
  }
  if (flags.write !== undefined && flags.write === flags.read && flags.write !== "-") {
    throw new UsageError(`-w "${flags.write}"`, "it is the file that -r reads", "name another");
  }
  return {
    source,
    limit: flags.packets ?? Infinity,
    snaplen: flags.snapshotLength === 0 ? MAX_SNAPLEN : flags.snapshotLength,
    isPromiscuous: !flags.noPromiscuousMode,
    write: flags.write,
    writesMicros: flags.micro,
    prints: !flags.count && (flags.write === undefined || flags.print),
    look: {
      line: {
        verbose: flags.verbose,
        quiet: flags.quiet,
        link: flags.linkLevel,
        absolute: flags.absoluteSequence,
      },
      timeForm: Math.min(flags.timeForm, TimeForm.SinceFirst) as TimeForm,
      isNano: flags.nano,
      dump: dumpOf(flags),
      isNumbered: flags.number,
    },
    isLineBuffered: flags.lineBuffered,
    isPacketBuffered: flags.packetBuffered,
    io: flags.io,
  };
}

function sourceOf(flags: Flags, words: readonly string[]): Source {
  if (flags.listInterfaces) {
    noFilter(words);
    return { kind: "list" };
  }
  if (flags.read !== undefined) {
    if (flags.iface !== undefined) {
      throw new UsageError("-i and -r", "they exclude each other", "keep one");
    }
    noFilter(words);
    return { kind: "file", path: flags.read };
  }
  if (flags.iface !== undefined) {
    noFilter(words);
    return { kind: "live", iface: flags.iface };
  }
  const [first, ...rest] = words;
  if (first === undefined) {
    throw new UsageError(
      "nothing to read",
      "",
      "name an interface (rptp tcpdump eth0; -D lists them) or a file (rptp tcpdump -r FILE)",
    );
  }
  noFilter(rest);
  return { kind: "live", iface: named(first) };
}

function named(word: string): string {
  try {
    return interfaceName(word);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`interface "${word}"`, why, "to read a file: -r FILE");
  }
}

function noFilter(words: readonly string[]): void {
  if (words.length === 0) return;
  throw new UsageError(
    `filter "${words.join(" ")}"`,
    "filter expressions are not there yet",
    "leave it out, or filter with `tcpdump -r FILE -w - EXPRESSION | rptp tcpdump -r -`",
  );
}

function dumpOf(flags: Flags): DumpForm | undefined {
  if (flags.hexAscii > 0) return flags.hexAscii > 1 ? "XX" : "X";
  if (flags.hex > 0) return flags.hex > 1 ? "xx" : "x";
  if (flags.ascii > 0) return flags.ascii > 1 ? "AA" : "A";
  return undefined;
}
