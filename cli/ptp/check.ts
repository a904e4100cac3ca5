/**
 * `rptp ptp check -f FILE`: what a linuxptp configuration comes to, line by line.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { text } from "../kit/parse.ts";
import {
  type CheckedConfig,
  type Finding,
  readConfig,
  refusalRemark,
  remarkText,
} from "./config_file.ts";
import { commandLineOf, PTP4L_FLAGS, type Ptp4lFlags, rewritePtp4l } from "./run_args.ts";

/** Flags of `rptp ptp check`. */
interface CheckFlags extends Ptp4lFlags {
  readonly config: string;
  readonly all: boolean;
}

const FLAGS: FlagParametersForType<CheckFlags, Context> = {
  ...PTP4L_FLAGS,
  config: { kind: "parsed", parse: text, brief: "The file; - is stdin", placeholder: "FILE" },
  all: {
    kind: "boolean",
    brief: "Print the keys that nobody set, too",
    default: false,
    withNegated: false,
  },
};

/** The command. */
export const command: CliCommand = defineCommand<CheckFlags, []>({
  brief: "Explain a linuxptp configuration file",
  description:
    `Reads FILE as ptp4l would and tells for each value in force where it comes from and what rptp
does with it. Problems come with their line, a mistyped key with the nearest one, a wrong value
with what is accepted. Ends with 78 where ptp4l would refuse the file or rptp cannot be that
clock; with 0 where it can, though it may ignore keys: each is told with the reason. Flags of
ptp4l stand for their keys, as with rptp ptp run.`,
  examples: [
    ["rptp ptp check -f /etc/linuxptp/ptp4l.conf", "what the file comes to"],
    ["rptp ptp check -f ptp4l.conf -i eth0 --all", "the same, with every default"],
  ],
  flags: FLAGS,
  aliases: { f: "config", i: "iface" },
  rewrite: rewritePtp4l,
  run: async (kit, flags) => {
    const checked = await readConfig(flags.config, commandLineOf(flags));
    print(kit, checked, flags.all);
    const isSound = checked.errors.length + checked.refusals.length === 0;
    return isSound ? ExitCode.Ok : ExitCode.Configuration;
  },
});

function print(kit: Kit, checked: CheckedConfig, all: boolean): void {
  const { path, config } = checked;
  const shown = checked.findings.filter((one) => all || one.origin !== "default");
  const ports = config.file.ports.map((port) => port.name);
  kit.say(`${path}: ${ports.length === 0 ? "no port" : ports.join(", ")}`);
  const rows = shown.map((one) => [where(one), nameOf(one), String(one.value)]);
  const widths = [0, 1, 2].map((k) => Math.max(0, ...rows.map((row) => row[k]?.length ?? 0)));
  shown.forEach((one, k) => {
    const cells = widths.map((w, column) => (rows[k]?.[column] ?? "").padEnd(w));
    kit.say(`  ${cells.join("  ")}  ${useText(kit, one)}`.trimEnd());
    tell(kit, one);
  });
  for (const table of config.file.tables) {
    const list = table.addresses.map((one) => `${one.transport} ${one.address}`).join(", ");
    kit.say(`  table ${table.id}, asked every 2^${table.logQueryInterval} s: ${list}`);
  }
  for (const note of checked.notes) remark(kit, "note", remarkText(path, note), note.line);
  for (const error of checked.errors) remark(kit, "error", remarkText(path, error), error.line);
  for (const one of checked.refusals) {
    remark(kit, "error", remarkText(path, refusalRemark(one)), one.line);
  }
  const count = (kind: string) => shown.filter((one) => one.use.kind === kind).length;
  const summary = {
    honoured: count("honoured"),
    ignored: count("ignored"),
    refused: checked.refusals.length,
    errors: checked.errors.length,
  };
  const words = Object.entries(summary).map(([name, n]) => `${n} ${name}`).join(", ");
  kit.note(`${shown.length} values: ${words}`);
  kit.json("summary", { file: path, ports, ...summary });
}

function where(one: Finding): string {
  return one.line > 0 ? `line ${one.line}` : one.origin;
}

function nameOf(one: Finding): string {
  return one.port === undefined ? one.key : `[${one.port}] ${one.key}`;
}

function useText(kit: Kit, one: Finding): string {
  switch (one.use.kind) {
    case "honoured":
      return one.use.how;
    case "ignored":
      return `${kit.style.yellow("ignored")}, because ${one.use.why}`;
    case "refused":
      return `${kit.style.red("refused")}, because ${one.use.why}`;
  }
}

function tell(kit: Kit, one: Finding): void {
  kit.json("value", {
    key: one.key,
    port: one.port ?? null,
    value: one.value,
    line: one.line === 0 ? null : one.line,
    origin: one.origin,
    use: one.use.kind,
    why: one.use.kind === "honoured" ? one.use.how : one.use.why,
    accepted: one.accepted,
  });
}

function remark(kit: Kit, kind: "note" | "error", message: string, line: number): void {
  const label = kind === "error" ? kit.errStyle.red("error:") : kit.errStyle.yellow("note:");
  kit.note(`${label} ${message}`);
  kit.json(kind, { message, line: line === 0 ? null : line });
}
