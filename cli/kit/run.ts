/**
 * From `Deno.args` to the exit code: resolve, parse, run, summarise, end.
 * @module
 */
import type { CliCommand, CommonFlags, Invocation } from "./command.ts";
import { isOsError, PipeClosed, report, UsageError } from "./errors.ts";
import { ExitCode } from "./exit.ts";
import { openFile } from "./files.ts";
import { commandHelp, groupHelp } from "./help.ts";
import { Kit, shellWord, type StopReason, type Streams } from "./kit.ts";
import { Output, type Sink } from "./output.ts";
import { parseCommand } from "./parse_command.ts";
import { nearest } from "../../lib/base/nearest.ts";
import { environment, style, wantsColour } from "./style.ts";
import { type Group, type Node, resolve } from "./tree.ts";

/** Exit codes after a second signal, as shells write them: 128 + its number. */
const KILLED: Readonly<Record<"SIGINT" | "SIGTERM", number>> = { SIGINT: 130, SIGTERM: 143 };

/** timeout(1) and others signal a process and its group: twice within this time is once. */
const SAME_PRESS_MS = 100;

/** Examples on the first screen. */
const EXAMPLES: readonly (readonly [string, string])[] = [
  ["rptp demo", "a grandmaster and a slave on this machine, offset drawn live"],
  ["sudo rptp gm --iface eth0", "serve this machine's clock to a network by PTP"],
  ["rptp tcpdump -r capture.pcap -v", "read a capture, PTP and SRT decoded"],
];

/** Runs the command line and ends the process. */
export async function main(root: Group, argv: readonly string[]): Promise<never> {
  const streams = processStreams();
  const words = argv.map(shellWord).join(" ");
  const retry = `sudo ${programName()} ${words}`.trimEnd();
  let code: number;
  try {
    code = await dispatch(root, argv, streams);
    streams.out.flush();
    streams.err.flush();
  } catch (error) {
    code = failed(error, streams, {
      retry,
      isDebug: argv.includes("--debug"),
      path: known(root, argv),
    });
  }
  Deno.exit(code);
}

async function dispatch(root: Group, argv: readonly string[], streams: Streams): Promise<number> {
  const colour = style(wantsColour(streams.outIsTerminal, environment));
  const asked = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const { node, path, rest } = resolve(root, asked);
  if (node.kind === "group") {
    const word = rest[0];
    if (word !== undefined && word !== "-h" && word !== "--help") {
      throw noSuchFlag(word, path);
    }
    const help = groupHelp(node, path, path.length === 0 ? EXAMPLES : [], colour);
    streams.out.text(help);
    return ExitCode.Ok;
  }
  const { command } = await node.load();
  if (asksForHelp(rest)) {
    streams.out.text(commandHelp(command, path, node.aliasOf, colour));
    return ExitCode.Ok;
  }
  return await runCommand(command, { argv, rest, streams });
}

/** Flags that stand without a command. */
const ROOT_FLAGS = ["--help", "--version"];

/** `rptp --halp`, or a flag before its command. */
function noSuchFlag(word: string, path: readonly string[]): UsageError {
  const program = ["rptp", ...path].join(" ");
  const flags = path.length === 0 ? ROOT_FLAGS : ["--help"];
  if (flags.includes(word)) return new UsageError(`${word} takes --json and nothing else`);
  const right = nearest(word, flags);
  const fix = right === undefined ? `${program} --help` : `did you mean ${program} ${right}?`;
  return new UsageError(`no flag ${word} here`, "", fix);
}

interface Run {
  readonly argv: readonly string[];
  readonly rest: readonly string[];
  readonly streams: Streams;
}

async function runCommand(command: CliCommand, run: Run): Promise<number> {
  const invocation = await parseCommand(command, run.rest);
  const json = await openJson(invocation, run.streams);
  const kit = new Kit({
    streams: run.streams,
    jsonSink: json.sink,
    outStyle: style(wantsColour(run.streams.outIsTerminal, environment)),
    errStyle: style(wantsColour(run.streams.errIsTerminal, environment)),
    program: programName(),
    commandLine: run.argv,
    isDebug: invocation.flags.debug,
    stdoutIsPayload: invocation.stdoutIsPayload,
  });
  watchSignals(kit, run.streams);
  const { duration } = invocation.flags;
  const timer = duration === undefined ? undefined : setTimeout(
    () => kit.stop("duration"),
    duration / 1e6,
  );
  try {
    return await invocation.run(kit) ?? ExitCode.Ok;
  } finally {
    clearTimeout(timer);
    json.close();
  }
}

function asksForHelp(words: readonly string[]): boolean {
  for (const word of words) {
    if (word === "--") return false;
    if (word === "--help" || word === "-h") return true;
  }
  return false;
}

/** Where `--json` goes: stdout, stderr where stdout carries a payload, or a file. */
async function openJson(
  invocation: Invocation,
  streams: Streams,
): Promise<{ sink: Output | undefined; close: () => void }> {
  const where = (invocation.flags satisfies CommonFlags).json;
  if (where === undefined) return { sink: undefined, close: () => {} };
  if (where === "-" || where === "") {
    return { sink: invocation.stdoutIsPayload ? streams.err : streams.out, close: () => {} };
  }
  const file = await openJsonFile(where);
  const sink = new Output(file, where);
  return {
    sink,
    close: () => {
      sink.flush();
      file.close();
    },
  };
}

/** `--json=FILE`; a FILE of /dev, such as a descriptor of the shell's, is opened by the system. */
async function openJsonFile(path: string): Promise<Sink & { close(): void }> {
  try {
    return openFile(path, { write: true, create: true, truncate: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const { DeviceFile } = await import("./wiring.ts");
    return new DeviceFile(path, "write");
  }
}

/** The first signal asks the command to end, the second ends the process. */
function watchSignals(kit: Kit, streams: Streams): void {
  let first = NaN;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => {
      const now = performance.now();
      if (now - first < SAME_PRESS_MS) return;
      if (first <= now) Deno.exit(KILLED[name]);
      first = now;
      if (name === "SIGINT" && streams.errIsTerminal) newLine(streams); // after the echoed ^C
      kit.stop(name satisfies StopReason);
    });
  }
  const bug = (error: unknown) => {
    Deno.exit(failed(error, streams, { retry: kit.sudoLine, isDebug: kit.isDebug, path: [] }));
  };
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    bug(event.reason);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    bug(event.error);
  });
}

function newLine(streams: Streams): void {
  try {
    streams.err.line("");
  } catch {
    // nobody reads stderr any more; the command ends anyway
  }
}

interface FailureContext {
  readonly retry: string;
  readonly isDebug: boolean;
  /** Words of the command, for the line's start. */
  readonly path: readonly string[];
}

/** Prints the one line of an error and gives its exit code. */
function failed(error: unknown, streams: Streams, context: FailureContext): number {
  if (error instanceof PipeClosed) return ExitCode.Ok;
  const { code, message } = report(error, context.retry);
  try {
    streams.out.flush();
  } catch {
    // stdout is gone or full: the error below is the one to report
  }
  try {
    const name = ["rptp", ...context.path].join(" ");
    const red = style(wantsColour(streams.errIsTerminal, environment)).red;
    streams.err.line(`${red(`${name}:`)} ${message}`);
    if (context.isDebug) streams.err.line(trace(error));
  } catch {
    // nobody reads stderr: the exit code alone must do
  }
  return code;
}

function trace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const details = isOsError(error) ? `\n  errno ${error.errno}` : "";
  const cause = error.cause === undefined ? "" : `\ncaused by ${trace(error.cause)}`;
  return (error.stack ?? String(error)) + details + cause;
}

/** The leading words that name a group or a command, for error lines. */
function known(root: Group, argv: readonly string[]): string[] {
  const path: string[] = [];
  let node: Node | undefined = root;
  for (const word of argv) {
    node = node.kind === "group" ? node.nodes.find((n) => n.name === word) : undefined;
    if (node === undefined) break;
    path.push(word);
  }
  return path;
}

/** `./rptp` in a clone, `rptp` where it is one file. */
function programName(): string {
  const packaging = environment("RPTP_PACKAGING");
  const isFile = Deno.build.standalone || packaging === "portable" || packaging === "compile";
  return isFile ? "rptp" : "./rptp";
}

function processStreams(): Streams {
  return {
    out: new Output(Deno.stdout, "stdout"),
    err: new Output(Deno.stderr, "stderr", 1 << 12),
    outIsTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
  };
}
