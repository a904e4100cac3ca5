/**
 * A linuxptp configuration from a file and from ptp4l's flags, and its problems as lines.
 * @module
 */
import { EffectiveConfig } from "../../lib/ptp/config/effective.ts";
import { acceptedBy, KEYS } from "../../lib/ptp/config/keys.ts";
import {
  COMMAND_LINE,
  type CommandLine,
  parseConfig,
  type PortSection,
  type Remark,
} from "../../lib/ptp/config/parse.ts";
import { tableOf } from "../../lib/ptp/config/plan.ts";
import { type Use, useOf } from "../../lib/ptp/config/use.ts";
import { Failure } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";

/** What a file says of one key, for one port or for the clock. */
export interface Finding {
  readonly key: string;
  /** `undefined`: the clock, or every port without a word of its own. */
  readonly port: string | undefined;
  readonly value: number | string;
  readonly line: number;
  readonly origin: string;
  readonly use: Use;
  readonly accepted: string;
}

/** A file read and judged. */
export interface CheckedConfig {
  readonly path: string;
  readonly config: EffectiveConfig;
  /** Every key once for the clock, and again for each port that has its own word. */
  readonly findings: readonly Finding[];
  /** ptp4l would refuse these. */
  readonly errors: readonly Remark[];
  readonly notes: readonly Remark[];
  /** What rptp cannot be: the clock is not run. */
  readonly refusals: readonly Finding[];
}

/**
 * Reads and judges a file.
 * @param path "" for none: the command line alone.
 * @throws Deno.errors.NotFound and the like.
 */
export async function readConfig(path: string, commandLine: CommandLine): Promise<CheckedConfig> {
  const text = path === "" ? "" : path === "-" ? await standardInput() : await readText(path);
  return judge(path, text, commandLine);
}

/** {@linkcode readConfig} of a text that is there already. */
export function judge(path: string, text: string, commandLine: CommandLine): CheckedConfig {
  const file = parseConfig(text, commandLine);
  const config = new EffectiveConfig(file);
  const findings: Finding[] = [];
  for (const key of KEYS.keys()) {
    if (isCovered(config, key)) {
      for (const port of file.ports) findings.push(finding(config, key, port));
      continue;
    }
    findings.push(finding(config, key));
    for (const port of file.ports) {
      if (port.settings.has(key)) findings.push(finding(config, key, port));
    }
  }
  const errors = [...file.errors, ...conflicts(config)].sort((a, b) => a.line - b.line);
  const refusals = findings.filter((one) => one.use.kind === "refused");
  const notes = [...file.notes, ...tableNotes(config)];
  return { path, config, findings, errors, notes, refusals };
}

/** True where no port takes the clock's value, as each has its own. */
function isCovered(config: EffectiveConfig, key: string): boolean {
  const { ports } = config.file;
  return KEYS.get(key)?.isPort === true && ports.length > 0 &&
    ports.every((port) => port.settings.has(key));
}

function finding(config: EffectiveConfig, key: string, port?: PortSection): Finding {
  const { value, line, origin } = config.of(key, port);
  const known = KEYS.get(key);
  return {
    key,
    port: port?.name,
    value,
    line,
    origin,
    use: useOf(key, config, port),
    accepted: known === undefined ? "" : acceptedBy(known),
  };
}

/** What no single line has wrong. */
function conflicts(config: EffectiveConfig): Remark[] {
  const found: Remark[] = [];
  const type = config.of("clock_type");
  if (type.value === "BC" && config.file.ports.length < 2) {
    const message = "clock_type BC needs two ports or more, each by a section of its name or by -i";
    found.push({ line: type.line, message });
  }
  const steps = config.of("twoStepFlag");
  if (steps.value === 0 && config.text("time_stamping") === "software") {
    found.push({ line: steps.line, message: "one-step Sync needs hardware time stamps" });
  }
  found.push(...tableConflicts(config));
  for (const port of config.file.ports) {
    const only = config.of("serverOnly", port);
    if (only.value === 1 && config.flag("clientOnly")) {
      const message = `${port.name}: serverOnly of a clock with clientOnly 1`;
      found.push({ line: only.line, message });
    }
  }
  return found;
}

/** A port's table has a master that the port's transport reaches. */
function tableConflicts(config: EffectiveConfig): Remark[] {
  const found: Remark[] = [];
  for (const port of config.file.ports) {
    const table = tableOf(config, port);
    if (table === undefined) continue;
    const transport = config.text("network_transport", port);
    if (table.addresses.some((one) => one.transport === transport)) continue;
    const message = `table ${table.id} of ${port.name} has no ${transport} address`;
    found.push({ line: table.line, message });
  }
  return found;
}

/** Addresses of another transport than their port's, and unicast peer delay: not used. */
function tableNotes(config: EffectiveConfig): Remark[] {
  const notes: Remark[] = [];
  for (const port of config.file.ports) {
    const table = tableOf(config, port);
    const transport = config.text("network_transport", port);
    for (const one of table?.addresses ?? []) {
      if (one.transport === transport) continue;
      const message = `${one.transport} ${one.address} is ignored: ${port.name} uses ${transport}`;
      notes.push({ line: one.line, message });
    }
    if (table?.peerAddress !== undefined) {
      const message = `peer_address ${table.peerAddress} is ignored: Pdelay_Req goes by multicast`;
      notes.push({ line: table.line, message });
    }
  }
  return notes;
}

/** `FILE:12: message`, or the command line's. */
export function remarkText(path: string, remark: Remark): string {
  return remark.line === COMMAND_LINE
    ? `command line: ${remark.message}`
    : `${path}:${remark.line}: ${remark.message}`;
}

/** A refusal as a remark: the key, its value, why. */
export function refusalRemark(one: Finding): Remark {
  const where = one.port === undefined ? "" : ` of [${one.port}]`;
  const why = one.use.kind === "refused" ? one.use.why : "";
  return { line: one.line, message: `${one.key} ${one.value}${where}: ${why}` };
}

/**
 * Ends the command where the configuration cannot be run.
 * @throws Failure 78 naming the first problem and how many there are.
 */
export function demandSound(checked: CheckedConfig): void {
  const problems = [...checked.errors, ...checked.refusals.map(refusalRemark)];
  const first = problems[0];
  if (first === undefined) return;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  const fix = checked.path === "" ? "" : `rptp ptp check -f ${checked.path} explains it`;
  const what = remarkText(checked.path, first) + more;
  throw new Failure(ExitCode.Configuration, what, "", fix);
}

async function standardInput(): Promise<string> {
  return await new Response(Deno.stdin.readable).text();
}

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(path);
}
