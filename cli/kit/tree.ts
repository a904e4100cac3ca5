/**
 * The command tree: names and one-line briefs only; a command's file is loaded when it is asked for.
 * @module
 */
import type { CliCommand } from "./command.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "../../lib/base/nearest.ts";

/** A command: its file exports `command`. */
export interface Leaf {
  readonly kind: "leaf";
  readonly name: string;
  readonly brief: string;
  /** A literal `import()`, so that bundlers embed the file. */
  readonly load: () => Promise<{ readonly command: CliCommand }>;
  /** The full path this is a short name of: `["ptp", "gm"]`. */
  readonly aliasOf?: readonly string[];
  readonly isHidden?: boolean;
}

/** Commands under a common name. */
export interface Group {
  readonly kind: "group";
  readonly name: string;
  readonly brief: string;
  readonly nodes: readonly Node[];
}

/** A group or a command. */
export type Node = Leaf | Group;

/** Where a command line leads. */
export interface Resolved {
  readonly node: Node;
  /** The words that led there, without the program's name. */
  readonly path: readonly string[];
  /** What follows. */
  readonly rest: readonly string[];
}

/** Follows `argv` down the tree; throws a `UsageError` for a name that is not there. */
export function resolve(root: Group, argv: readonly string[]): Resolved {
  let node: Node = root;
  let at = 0;
  while (node.kind === "group" && at < argv.length) {
    const word: string = argv[at]!;
    if (word.startsWith("-")) break;
    const next: Node | undefined = node.nodes.find((n) => n.name === word);
    if (next === undefined) throw unknownName(root, node, argv.slice(0, at), word);
    node = next;
    at++;
  }
  return { node, path: argv.slice(0, at), rest: argv.slice(at) };
}

function unknownName(
  root: Group,
  group: Group,
  path: readonly string[],
  word: string,
): UsageError {
  const names = group.nodes.filter((n) => !(n.kind === "leaf" && n.isHidden)).map((n) => n.name);
  const full = [...path, word].join(" ");
  const here = nearest(word, names);
  const right = here === undefined ? elsewhere(root, word) : [...path, here].join(" ");
  const fix = right === undefined
    ? `one of: ${names.join(", ")}`
    : `did you mean \`rptp ${right}\`?`;
  return new UsageError(`no command "${full}"`, "", fix);
}

/** The path of a command of that very name in another group. */
function elsewhere(root: Group, word: string): string | undefined {
  for (const { path } of leaves(root)) {
    if (path.length > 1 && path[path.length - 1] === word) return path.join(" ");
  }
  return undefined;
}

/** All commands with their paths, depth first; hidden ones and short names too. */
export function* leaves(
  group: Group,
  path: readonly string[] = [],
): Generator<{ readonly leaf: Leaf; readonly path: readonly string[] }> {
  for (const node of group.nodes) {
    const here = [...path, node.name];
    if (node.kind === "leaf") yield { leaf: node, path: here };
    else yield* leaves(node, here);
  }
}
