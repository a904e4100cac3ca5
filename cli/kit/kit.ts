/**
 * What a running command is given: where to print, when to stop, and with which code to end.
 *
 * The life of a command: its flags are parsed, `run(kit, flags, ...)` does the work and watches
 * `kit.signal`, prints its summary, returns an exit code; the kit flushes and ends the process.
 * @module
 */
import type { Nanos } from "../../lib/base/time.ts";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";
import type { Style } from "./style.ts";

/** Why a command was asked to stop. */
export type StopReason = "SIGINT" | "SIGTERM" | "duration";

/** How long a stopping command waits for the reader of its output. */
const PATIENCE_MS = 40;

/** Values of a JSON event; a `bigint` is written as a decimal string. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The streams of the process; replaced in tests. */
export interface Streams {
  readonly out: Output;
  readonly err: Output;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
}

/** How one run of a command was asked to behave. */
export interface KitOptions {
  readonly streams: Streams;
  /** Where JSON lines go; `undefined` without `--json`. */
  readonly jsonSink: Output | undefined;
  readonly outStyle: Style;
  readonly errStyle: Style;
  /** How the user calls the program: `./rptp` from a clone, else `rptp`. */
  readonly program: string;
  /** The command's own words: `rptp gm`. */
  readonly commandLine: readonly string[];
  readonly isDebug: boolean;
  /** True where stdout carries octets, so that no text may go there. */
  readonly stdoutIsPayload: boolean;
}

/** The kit of one run. Also the context of stricli's functions. */
export class Kit {
  readonly out: Output;
  readonly err: Output;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Colours for stdout; all off where stdout gets none. */
  readonly style: Style;
  readonly errStyle: Style;
  readonly program: string;
  readonly isDebug: boolean;
  readonly stdoutIsPayload: boolean;
  readonly #options: KitOptions;
  readonly #stop = new AbortController();
  #stopReason: StopReason | undefined;

  constructor(options: KitOptions) {
    this.#options = options;
    this.out = options.streams.out;
    this.err = options.streams.err;
    this.outIsTerminal = options.streams.outIsTerminal;
    this.errIsTerminal = options.streams.errIsTerminal;
    this.style = options.outStyle;
    this.errStyle = options.errStyle;
    this.program = options.program;
    this.isDebug = options.isDebug;
    this.stdoutIsPayload = options.stdoutIsPayload;
  }

  /** Aborted when the command must end: Ctrl-C, SIGTERM or `--duration`. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why the command must end; `undefined` while it need not. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  /** True once the command must end. */
  get isStopping(): boolean {
    return this.#stopReason !== undefined;
  }

  /** Asks the command to end; the first reason stays. */
  stop(reason: StopReason): void {
    if (this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    this.#stop.abort(reason);
  }

  /** Resolves when the command must end, or after `duration` if that is given and comes first. */
  stopped(duration?: Nanos): Promise<void> {
    if (this.isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = () => {
        clearTimeout(timer);
        this.signal.removeEventListener("abort", end);
        resolve();
      };
      if (duration !== undefined) timer = setTimeout(end, duration / 1e6);
      this.signal.addEventListener("abort", end);
    });
  }

  /**
   * Waits for `work`, a write perhaps, but not on and on for a reader that takes nothing: returns at
   * the latest {@linkcode PATIENCE_MS} after the command was asked to stop.
   */
  async unlessStuck(work: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let giveUp = () => {};
    const stuck = new Promise<void>((resolve) => {
      giveUp = () => timer = setTimeout(resolve, PATIENCE_MS);
      if (this.isStopping) giveUp();
      else this.signal.addEventListener("abort", giveUp);
    });
    try {
      await Promise.race([work, stuck]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener("abort", giveUp);
    }
  }

  /** True with `--json`. */
  get isJson(): boolean {
    return this.#options.jsonSink !== undefined;
  }

  /** The command line that runs this command again with root's rights. */
  get sudoLine(): string {
    return ["sudo", this.program, ...this.#options.commandLine.map(shellWord)].join(" ");
  }

  /** With `--json`, writes one line `{"event":..., ...}` and flushes it. */
  json(event: string, fields: Readonly<Record<string, JsonValue>> = {}): void {
    const sink = this.#options.jsonSink;
    if (sink !== undefined) sink.line(jsonLine(event, fields));
  }

  /** Where JSON lines go, for commands that write many: end each with "\n" and flush per batch. */
  get jsonSink(): Output | undefined {
    return this.#options.jsonSink;
  }

  /** A line of the result for people: stdout, but stderr where stdout carries JSON or a payload. */
  say(line: string): void {
    const sink = this.#options.jsonSink === this.out || this.stdoutIsPayload ? this.err : this.out;
    sink.line(line);
  }

  /** A remark, a progress or a summary line: stderr always. */
  note(line: string): void {
    this.err.line(line);
  }

  /** A warning on stderr. */
  warn(line: string): void {
    this.err.line(`${this.errStyle.yellow("warning:")} ${line}`);
  }
}

/** What a command's `run` returns; nothing is `Ok`. */
export type Outcome = ExitCode | void;

/** One JSON object on one line, without the newline. */
export function jsonLine(event: string, fields: Readonly<Record<string, JsonValue>>): string {
  return JSON.stringify({ event, ...fields }, plain);
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** A word as a shell takes it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
