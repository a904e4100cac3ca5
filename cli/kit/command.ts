/**
 * How a command describes itself: one table gives the parser, `--help`, completion and the checks.
 *
 * ```ts
 * interface Flags { readonly iface: string; readonly interval: Nanos }
 * export const command = defineCommand<Flags, []>({
 *   brief: "Do a thing on an interface",
 *   examples: [["rptp thing --iface eth0", "once a second"]],
 *   flags: {
 *     iface: { kind: "parsed", parse: interfaceName, brief: "Network interface", placeholder: "IF" },
 *     interval: { kind: "parsed", parse: duration, brief: "...", placeholder: "TIME", default: "1s" },
 *   },
 *   run: async (kit, flags) => { ... return ExitCode.Ok; },
 * });
 * ```
 * Flags in camelCase are typed in kebab-case. Placeholders `IF`, `FILE` and `DIR` make the shell
 * complete interfaces, files and folders. Every flag's brief names its unit.
 * @module
 */
import type {
  Aliases,
  Command,
  FlagParametersForType,
  TypedPositionalParameters,
} from "@stricli/core";
import { buildCommand } from "@stricli/core";
import type { Nanos } from "../../lib/base/time.ts";
import { FlagKind, type Shape } from "./argv.ts";
import type { Kit, Outcome } from "./kit.ts";
import { positiveDuration } from "./parse.ts";

/** Stricli's context: the kit and its two streams. */
export interface Context {
  readonly kit: Kit;
  readonly process: {
    readonly stdout: { write(text: string): void };
    readonly stderr: { write(text: string): void };
  };
}

/** Flags that every command has (`duration` only where the command asks for it). */
export interface CommonFlags {
  /** `-` is the standard place, else a file. */
  readonly json?: string;
  readonly debug: boolean;
  readonly duration?: Nanos;
}

/** A line that works, and what it does. */
export type Example = readonly [line: string, does: string];

/** What a command says of itself. */
export interface CommandSpec<F extends object, A extends readonly unknown[]> {
  /** One line, no full stop. */
  readonly brief: string;
  /** More, printed by `--help`: paragraphs with line breaks as they shall appear. */
  readonly description?: string;
  /** At least one, starting with `rptp`. */
  readonly examples: readonly Example[];
  readonly flags: FlagParametersForType<F, Context>;
  /** Letters to flags: `{ i: "iface" }`. */
  readonly aliases?: Aliases<keyof F & string>;
  readonly positional?: TypedPositionalParameters<A, Context>;
  /** True: the kit takes `--duration` and stops the command then. */
  readonly hasDuration?: boolean;
  /** True where stdout carries octets with these flags; text and JSON then go to stderr. */
  readonly stdoutCarries?: (flags: F) => boolean;
  /** Turns the words after the command's name into what the parser takes (legacy spellings). */
  readonly rewrite?: (argv: readonly string[]) => readonly string[];
  /** Does the work. Throws `Failure` or lets the OS's errors through; the kit reports them. */
  readonly run: (kit: Kit, flags: F & CommonFlags, ...args: A) => Outcome | Promise<Outcome>;
}

/** A flag as help and completion see it. */
export interface FlagView {
  /** As typed: `log-sync`. */
  readonly name: string;
  readonly letter: string | undefined;
  readonly kind: FlagKind;
  readonly brief: string;
  readonly placeholder: string;
  readonly default: string | undefined;
  /** The words accepted; empty where it is no enumeration. */
  readonly values: readonly string[];
  readonly isRequired: boolean;
  readonly isHidden: boolean;
}

/** A positional argument as help and completion see it. */
export interface ArgumentView {
  readonly placeholder: string;
  readonly brief: string;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
}

/** A command ready for the tree. */
export interface CliCommand {
  readonly brief: string;
  readonly description: string;
  readonly examples: readonly Example[];
  readonly flags: readonly FlagView[];
  readonly arguments: readonly ArgumentView[];
  readonly shape: Shape;
  readonly rewrite: (argv: readonly string[]) => readonly string[];
  /** Stricli's command: it parses and calls `take` of the context's invocation. */
  readonly parser: (take: (invocation: Invocation) => void) => Command<Context>;
}

/** A parsed command line, ready to run. */
export interface Invocation {
  readonly flags: CommonFlags;
  readonly stdoutIsPayload: boolean;
  readonly run: (kit: Kit) => Outcome | Promise<Outcome>;
}

/** Any stricli flag, its type erased. */
interface AnyFlag {
  readonly kind: "boolean" | "counter" | "enum" | "parsed";
  readonly brief: string;
  readonly placeholder?: string;
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly hidden?: boolean;
  readonly variadic?: boolean | string;
  readonly inferEmpty?: boolean;
  readonly values?: readonly string[];
}

const JSON_FLAG = {
  kind: "parsed",
  parse: (text: string) => text,
  brief: "One JSON object a line on stdout, or into FILE; all else goes to stderr",
  placeholder: "FILE",
  inferEmpty: true,
  optional: true,
} as const;

const DEBUG_FLAG = {
  kind: "boolean",
  brief: "Print the stack trace of an error",
  default: false,
  withNegated: false,
} as const;

const DURATION_FLAG = {
  kind: "parsed",
  parse: positiveDuration,
  brief: "End by itself after this time (us, ms, s, m, h; bare = seconds)",
  placeholder: "TIME",
  optional: true,
} as const;

/** Builds a command from its description. */
export function defineCommand<F extends object, A extends readonly unknown[]>(
  spec: CommandSpec<F, A>,
): CliCommand {
  const all: Record<string, AnyFlag> = { ...spec.flags as unknown as Record<string, AnyFlag> };
  if (spec.hasDuration === true) all["duration"] = DURATION_FLAG;
  all["json"] = JSON_FLAG;
  all["debug"] = DEBUG_FLAG;
  const letters = new Map<string, string>();
  for (const [letter, name] of Object.entries(spec.aliases ?? {})) {
    letters.set(letter, kebab(name as string));
  }
  const flags = Object.entries(all).map(([name, flag]) => view(kebab(name), flag, letters));
  return {
    brief: spec.brief,
    description: spec.description ?? "",
    examples: spec.examples,
    flags,
    arguments: argumentViews(spec.positional),
    shape: { flags: new Map(flags.map((f) => [f.name, f.kind])), letters },
    rewrite: spec.rewrite ?? ((argv) => argv),
    parser: (take) => parser(spec, all, take),
  };
}

function parser<F extends object, A extends readonly unknown[]>(
  spec: CommandSpec<F, A>,
  all: Record<string, AnyFlag>,
  take: (invocation: Invocation) => void,
): Command<Context> {
  const parameters = {
    flags: all,
    positional: spec.positional ?? { kind: "tuple", parameters: [] },
  };
  const func = function (this: Context, flags: F & CommonFlags, ...args: A): void {
    take({
      flags,
      stdoutIsPayload: spec.stdoutCarries?.(flags) ?? false,
      run: (kit) => spec.run(kit, flags, ...args),
    });
  };
  // Stricli's builder types tie flags to `func`; ours were checked against F and A above.
  const build = buildCommand as unknown as (given: unknown) => Command<Context>;
  return build({ func, parameters, docs: { brief: spec.brief } });
}

function view(name: string, flag: AnyFlag, letters: ReadonlyMap<string, string>): FlagView {
  const letter = [...letters].find(([, long]) => long === name)?.[0];
  const isSwitch = flag.kind === "boolean" || flag.kind === "counter";
  const fallback = flag.default;
  return {
    name,
    letter,
    kind: kindOf(flag),
    brief: flag.brief,
    placeholder: isSwitch ? "" : flag.placeholder ?? (flag.values?.join("|") ?? "VALUE"),
    default: fallback === undefined || isSwitch && fallback === false
      ? undefined
      : Array.isArray(fallback)
      ? fallback.join(",")
      : String(fallback),
    values: flag.values ?? [],
    isRequired: !isSwitch && flag.optional !== true && fallback === undefined,
    isHidden: flag.hidden === true,
  };
}

function kindOf(flag: AnyFlag): FlagKind {
  if (flag.kind === "boolean") return FlagKind.Switch;
  if (flag.kind === "counter") return FlagKind.Counter;
  if (flag.inferEmpty === true) return FlagKind.Optional;
  return flag.variadic === undefined || flag.variadic === false ? FlagKind.Value : FlagKind.Values;
}

interface AnyPositional {
  readonly brief: string;
  readonly placeholder?: string;
  readonly optional?: boolean;
  readonly default?: string;
}

function argumentViews(positional: unknown): ArgumentView[] {
  if (positional === undefined) return [];
  const given = positional as
    | { kind: "tuple"; parameters: readonly AnyPositional[] }
    | { kind: "array"; parameter: AnyPositional; minimum?: number };
  const one = (p: AnyPositional, isRepeated: boolean, isOptional: boolean): ArgumentView => ({
    placeholder: p.placeholder ?? "ARG",
    brief: p.brief,
    isOptional,
    isRepeated,
  });
  return given.kind === "tuple"
    ? given.parameters.map((p) => one(p, false, p.optional === true || p.default !== undefined))
    : [one(given.parameter, true, (given.minimum ?? 0) === 0)];
}

/** `logSync` as typed: `log-sync`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
