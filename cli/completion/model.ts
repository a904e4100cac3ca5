/**
 * What a shell must know to complete a command line: the tree with every flag, loaded once.
 * @module
 */
import { FlagKind } from "../kit/argv.ts";
import type { CliCommand } from "../kit/command.ts";
import type { Group } from "../kit/tree.ts";

/** What a flag's value or an argument is completed with. */
export const Completes = {
  /** Nothing is known of it. */
  Nothing: "nothing",
  Interfaces: "interfaces",
  Files: "files",
  Folders: "folders",
  Words: "words",
} as const;
export type Completes = typeof Completes[keyof typeof Completes];

/** A flag. */
export interface FlagEntry {
  /** As typed: `--log-sync`. */
  readonly long: string;
  /** `-i`, or `undefined`. */
  readonly short: string | undefined;
  readonly brief: string;
  /** True where the next word is its value. */
  readonly takesValue: boolean;
  readonly completes: Completes;
  readonly words: readonly string[];
}

/** A group or command. */
export interface Entry {
  /** `ptp gm`; "" is `rptp` itself. */
  readonly path: string;
  readonly children: readonly (readonly [name: string, brief: string])[];
  readonly flags: readonly FlagEntry[];
  /** What the first argument is. */
  readonly argument: Completes;
  readonly argumentWords: readonly string[];
}

/** Loads every command of `root` and lists all entries, `rptp` itself first. */
export async function entries(root: Group): Promise<Entry[]> {
  return await below(root, []);
}

const HELP: FlagEntry = {
  long: "--help",
  short: "-h",
  brief: "Print help and exit",
  takesValue: false,
  completes: Completes.Nothing,
  words: [],
};

async function below(group: Group, path: readonly string[]): Promise<Entry[]> {
  const nodes = group.nodes.filter((n) => n.kind === "group" || n.isHidden !== true);
  const version: FlagEntry = {
    ...HELP,
    long: "--version",
    short: "-V",
    brief: "Print the version",
  };
  const out: Entry[] = [{
    path: path.join(" "),
    children: nodes.map((n) => [n.name, n.brief]),
    flags: path.length === 0 ? [HELP, version] : [HELP],
    argument: Completes.Nothing,
    argumentWords: [],
  }];
  for (const node of nodes) {
    const here = [...path, node.name];
    if (node.kind === "group") out.push(...await below(node, here));
    else out.push(commandEntry((await node.load()).command, here));
  }
  return out;
}

function commandEntry(command: CliCommand, path: readonly string[]): Entry {
  const flags = command.flags.filter((f) => !f.isHidden).map((f): FlagEntry => ({
    long: `--${f.name}`,
    short: f.letter === undefined ? undefined : `-${f.letter}`,
    brief: f.brief,
    takesValue: f.kind === FlagKind.Value || f.kind === FlagKind.Values,
    completes: f.values.length > 0 ? Completes.Words : byPlaceholder(f.placeholder),
    words: f.values,
  }));
  const first = command.arguments[0]?.placeholder ?? "";
  const words = /^[a-z]+(\|[a-z]+)+$/.test(first) ? first.split("|") : [];
  return {
    path: path.join(" "),
    children: [],
    flags: [...flags, HELP],
    argument: words.length > 0 ? Completes.Words : byPlaceholder(first),
    argumentWords: words,
  };
}

function byPlaceholder(placeholder: string): Completes {
  if (placeholder === "IF") return Completes.Interfaces;
  if (placeholder.startsWith("FILE")) return Completes.Files;
  return placeholder === "DIR" ? Completes.Folders : Completes.Nothing;
}
