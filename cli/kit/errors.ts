/**
 * Errors a user meets: one line that says what, why and how to fix it, and an exit code.
 * @module
 */
import { ExitCode } from "./exit.ts";

/** Ends a command with `code` and one line: `what: why; fix`. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  readonly code: ExitCode;

  /**
   * @param code The exit code.
   * @param what What failed, with its subject: `open lo`.
   * @param why The reason in words.
   * @param fix What to do or to type; "" where there is nothing to say.
   */
  constructor(code: ExitCode, what: string, why = "", fix = "", options?: ErrorOptions) {
    super(what + (why === "" ? "" : `: ${why}`) + (fix === "" ? "" : `; ${fix}`), options);
    this.code = code;
  }
}

/** The command line is wrong: exit code 2. The message names the flag, the value, what is accepted. */
export class UsageError extends Failure {
  override readonly name = "UsageError";

  constructor(what: string, why = "", fix = "") {
    super(ExitCode.Usage, what, why, fix);
  }
}

/** Whoever read our output is gone (`| head`): end quietly. */
export class PipeClosed extends Error {
  override readonly name = "PipeClosed";
}

const ENOSPC = 28;
const EPIPE = 32;

/** True where a write found nobody reading any more. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || isOsError(error) && error.errno === EPIPE;
}

/** The error of a write with what was written to: stdout, stderr, a path. */
export function writeFailure(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  if (/\(os error 28\)/.test(error.message) || isOsError(error) && error.errno === ENOSPC) {
    const [why, fix] = ["no space left on the device", "free some space or write elsewhere"];
    return new Failure(ExitCode.InputOutput, `write ${name}`, why, fix, { cause: error });
  }
  const why = firstLine(error.message);
  return new Failure(ExitCode.InputOutput, `write ${name}`, why, "", { cause: error });
}

/** What `ffi/` throws for a failed system call, told by its shape: cli/kit does not import ffi. */
export interface OsErrorShape {
  /** The system call, perhaps with its request: `bind`, `ioctl SIOCSHWTSTAMP`. */
  readonly call: string;
  readonly errno: number;
  /** What it was called on: `0.0.0.0:319`, `eth0`, a path. */
  readonly subject: string;
  /** One line; names the capability where one is missing. */
  readonly message: string;
}

/** A report of an error: the line without the program's name, and the exit code. */
export interface Report {
  readonly code: ExitCode;
  readonly message: string;
}

const EPERM = 1;
const EACCES = 13;
/** errno values after which trying again may work: EAGAIN, EBUSY, EMFILE, ENFILE, EADDRINUSE ... */
const RETRY = new Set([11, 16, 23, 24, 98, 105, 12]);
/** errno values that say a thing is not on this machine: ENOENT, ENXIO, ENODEV, ENOSYS ... */
const ABSENT = new Set([2, 6, 19, 38, 93, 94, 95, 97, 99]);

/** True for an error thrown by `ffi/` for a system call. */
export function isOsError(error: unknown): error is OsErrorShape {
  return error instanceof Error && "errno" in error && typeof error.errno === "number" &&
    "call" in error && typeof error.call === "string" && "subject" in error;
}

/**
 * The report of anything thrown.
 * @param retry The command line to type with more rights: `sudo ./rptp gm --iface eth0`.
 */
export function report(error: unknown, retry: string): Report {
  if (error instanceof Failure) return { code: error.code, message: error.message };
  if (isOsError(error)) return reportOsError(error, retry);
  if (error instanceof Deno.errors.NotFound) {
    return { code: ExitCode.InputOutput, message: fileMessage(error, "no such file or directory") };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const fix = `run as a user who may: ${retry}`;
    return {
      code: ExitCode.NoPermission,
      message: `${fileMessage(error, "permission denied")}; ${fix}`,
    };
  }
  if (error instanceof Deno.errors.NotCapable) {
    const path = /"(\/[^"]*)"/.exec(error.message)?.[1] ?? "";
    return {
      code: ExitCode.NoPermission,
      message: `open ${path}: Deno does not open files of /dev, /proc and /sys; use - and a pipe`,
    };
  }
  if (error instanceof Deno.errors.AddrInUse) {
    return {
      code: ExitCode.TryAgain,
      message: `${error.message}; stop the program that uses it or choose another port`,
    };
  }
  if (isInputOutput(error)) {
    return { code: ExitCode.InputOutput, message: firstLine((error as Error).message) };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: ExitCode.Bug,
    message: `internal error: ${firstLine(message)}; this is a bug: run again with --debug and ` +
      "report the trace",
  };
}

function reportOsError(error: OsErrorShape, retry: string): Report {
  const message = firstLine(error.message);
  if (error.errno === EPERM || error.errno === EACCES) {
    return { code: ExitCode.NoPermission, message: `${message}; type: ${retry}` };
  }
  if (RETRY.has(error.errno)) return { code: ExitCode.TryAgain, message };
  if (ABSENT.has(error.errno)) return { code: ExitCode.Unavailable, message };
  return { code: ExitCode.InputOutput, message };
}

function isInputOutput(error: unknown): boolean {
  const e = Deno.errors;
  return error instanceof e.AlreadyExists || error instanceof e.WriteZero ||
    error instanceof e.UnexpectedEof || error instanceof e.IsADirectory ||
    error instanceof e.NotADirectory || error instanceof e.FilesystemLoop ||
    error instanceof e.BrokenPipe || error instanceof e.ConnectionRefused ||
    error instanceof e.ConnectionReset || error instanceof e.AddrNotAvailable ||
    error instanceof Error && /\(os error \d+\)/.test(error.message);
}

/** Deno's text `No such file ... (os error 2): open 'x'` as `open 'x': why`. */
function fileMessage(error: Error, why: string): string {
  const subject = /\(os error \d+\): (.*)$/.exec(firstLine(error.message))?.[1];
  return subject === undefined ? firstLine(error.message) : `${subject}: ${why}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
