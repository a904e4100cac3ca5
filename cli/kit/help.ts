/**
 * The text of `--help`, for a group and for a command.
 * @module
 */
import { FlagKind } from "./argv.ts";
import type { ArgumentView, CliCommand, Example, FlagView } from "./command.ts";
import type { Style } from "./style.ts";
import type { Group } from "./tree.ts";

const WIDTH = 100;
/** Of the left column. */
const WIDEST = 34;
const COMMON = new Set(["json", "debug", "duration"]);

/** One screen for a group of commands. */
export function groupHelp(
  group: Group,
  path: readonly string[],
  examples: readonly Example[],
  style: Style,
): string {
  const name = ["rptp", ...path].join(" ");
  const rows = group.nodes
    .filter((n) => n.kind === "group" || n.isHidden !== true)
    .map((n): [string, string] => [n.name, n.brief]);
  const out = [`${style.bold(name)} - ${group.brief}`, ""];
  if (examples.length > 0) out.push(style.bold("Examples"), ...exampleLines(examples, style), "");
  out.push(style.bold("Commands"), ...table(rows));
  out.push("", `${name} COMMAND --help tells more.`);
  return out.join("\n") + "\n";
}

/** Everything about one command. */
export function commandHelp(
  command: CliCommand,
  path: readonly string[],
  aliasOf: readonly string[] | undefined,
  style: Style,
): string {
  const name = ["rptp", ...path].join(" ");
  const shown = command.flags.filter((f) => !f.isHidden);
  const own = shown.filter((f) => !COMMON.has(f.name));
  const common = shown.filter((f) => COMMON.has(f.name));
  const out = [`${style.bold(name)} - ${command.brief}`];
  if (aliasOf !== undefined) out.push(`Short for \`rptp ${aliasOf.join(" ")}\`.`);
  out.push("", style.bold("Usage"), `  ${usage(name, own, command.arguments)}`);
  if (command.description !== "") out.push("", command.description);
  out.push("", style.bold("Examples"), ...exampleLines(command.examples, style));
  if (command.arguments.length > 0) {
    out.push("", style.bold("Arguments"));
    out.push(...table(command.arguments.map((a) => [argumentText(a), a.brief])));
  }
  if (own.length > 0) out.push("", style.bold("Flags"), ...table(own.map(flagRow)));
  const help: [string, string] = ["-h, --help", "Print this and exit"];
  out.push("", style.bold("Flags of every command"));
  out.push(...table([...common.map(flagRow), help]));
  return out.join("\n") + "\n";
}

function usage(name: string, flags: readonly FlagView[], args: readonly ArgumentView[]): string {
  const required = flags.filter((f) => f.isRequired).map((f) => `--${f.name} ${f.placeholder}`);
  const words = [name, ...required, "[FLAGS]"];
  for (const a of args) words.push(a.isOptional ? `[${argumentText(a)}]` : argumentText(a));
  return words.join(" ");
}

function argumentText(a: ArgumentView): string {
  return a.isRepeated ? `${a.placeholder}...` : a.placeholder;
}

function flagRow(flag: FlagView): [string, string] {
  const letter = flag.letter === undefined ? "    " : `-${flag.letter}, `;
  const value = flag.kind === FlagKind.Optional
    ? `[=${flag.placeholder}]`
    : flag.placeholder === ""
    ? ""
    : ` ${flag.placeholder}`;
  const notes: string[] = [];
  if (flag.isRequired) notes.push("required");
  if (flag.default !== undefined) notes.push(`default ${flag.default}`);
  if (flag.kind === FlagKind.Counter || flag.kind === FlagKind.Values) notes.push("repeatable");
  if (flag.values.length > 0 && !value.includes("|")) notes.push(flag.values.join(" | "));
  const tail = notes.length === 0 ? "" : ` [${notes.join("; ")}]`;
  return [`${letter}--${flag.name}${value}`, flag.brief + tail];
}

/** `line  # does`, or below each other where a line is long. */
function exampleLines(examples: readonly Example[], style: Style): string[] {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const fits = examples.every(([, does]) => widest + does.length + 6 <= WIDTH);
  return examples.flatMap(([line, does]) =>
    fits
      ? [`  ${line.padEnd(widest)}  ${style.dim(`# ${does}`)}`]
      : [`  ${style.dim(`# ${does}`)}`, `  ${line}`]
  );
}

/** Two columns; the second is wrapped and indented below itself. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(WIDEST, Math.max(...rows.map(([first]) => first.length)));
  const out: string[] = [];
  for (const [first, second] of rows) {
    const lines = wrap(second, WIDTH - left - 4);
    const indent = " ".repeat(left + 4);
    if (first.length > left) {
      out.push(`  ${first}`, ...lines.map((line) => indent + line));
    } else {
      out.push(`  ${first.padEnd(left)}  ${lines[0] ?? ""}`.trimEnd());
      out.push(...lines.slice(1).map((line) => indent + line));
    }
  }
  return out;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  // What stands in brackets stays in one piece: `[default off]`.
  for (const word of text.match(/\[[^\]]*\]|\S+/g) ?? []) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
