/**
 * ptp4l's command line as ours: `-2 -P -S -s --priority1 10` become `--set KEY=VALUE`.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { KEYS, RENAMED } from "../../lib/ptp/config/keys.ts";
import type { CommandLine } from "../../lib/ptp/config/parse.ts";
import type { Context } from "../kit/command.ts";
import { interfaceName } from "../kit/parse.ts";

/** What ptp4l's flags come to. */
export interface Ptp4lFlags {
  readonly iface?: readonly string[];
  readonly set?: readonly string[];
}

/** How they are parsed and explained. */
export const PTP4L_FLAGS: FlagParametersForType<Ptp4lFlags, Context> = {
  iface: {
    kind: "parsed",
    parse: interfaceName,
    brief: "A port, besides those with a section in the file; any number of times",
    placeholder: "IF",
    variadic: true,
    optional: true,
  },
  set: {
    kind: "parsed",
    parse: keyValue,
    brief: "A key of the file, before its [global]: KEY=VALUE; --KEY VALUE is the same",
    placeholder: "KEY=VALUE",
    variadic: true,
    optional: true,
  },
};

/** Letters without a value, as ptp4l(8) has them. */
const SWITCHES: Readonly<Record<string, string>> = {
  A: "delay_mechanism=Auto",
  E: "delay_mechanism=E2E",
  P: "delay_mechanism=P2P",
  "2": "network_transport=L2",
  "4": "network_transport=UDPv4",
  "6": "network_transport=UDPv6",
  H: "time_stamping=hardware",
  S: "time_stamping=software",
  L: "time_stamping=legacy",
  s: "clientOnly=1",
  m: "verbose=1",
  q: "use_syslog=0",
};

/** Letters with one. */
const VALUES: Readonly<Record<string, string>> = {
  f: "--config=",
  i: "--iface=",
  l: "--set=logging_level=",
  p: "--clock=phc:",
};

/** Puts ptp4l's words into ours; others stay as they are. */
export function rewritePtp4l(argv: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let k = 0; k < argv.length; k++) {
    const word = argv[k]!;
    if (word === "--") {
      out.push(...argv.slice(k));
      break;
    }
    if (word.startsWith("--")) k += longOption(argv, k, out);
    else if (/^-[A-Za-z0-9]/.test(word)) k += cluster(argv, k, out);
    else out.push(word);
  }
  return out;
}

/** Returns how many of the following words belonged to it. */
function longOption(argv: readonly string[], k: number, out: string[]): number {
  const word = argv[k]!;
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (!KEYS.has(name) && RENAMED[name] === undefined) {
    out.push(word);
    return 0;
  }
  const value = equals < 0 ? argv[k + 1] : word.slice(equals + 1);
  if (value === undefined) {
    out.push(word);
    return 0;
  }
  out.push(`--set=${name}=${value}`);
  return equals < 0 ? 1 : 0;
}

function cluster(argv: readonly string[], k: number, out: string[]): number {
  const word = argv[k]!;
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const setting = SWITCHES[letter];
    if (setting !== undefined) {
      out.push(`--set=${setting}`);
      continue;
    }
    const prefix = VALUES[letter];
    if (prefix === undefined) {
      out.push(`-${word.slice(at)}`);
      return 0;
    }
    const rest = word.slice(at + 1);
    const value = rest === "" ? argv[k + 1] : rest;
    out.push(value === undefined ? `-${letter}` : `${prefix}${value}`);
    return rest === "" && value !== undefined ? 1 : 0;
  }
  return 0;
}

/** What the flags say besides the file. */
export function commandLineOf(flags: Ptp4lFlags): CommandLine {
  return {
    interfaces: flags.iface ?? [],
    settings: (flags.set ?? []).map((one) => {
      const equals = one.indexOf("=");
      return [one.slice(0, equals), one.slice(equals + 1)] as const;
    }),
  };
}

function keyValue(given: string): string {
  if (!/^[^=\s]+=/.test(given)) throw new Error("expected KEY=VALUE such as priority1=10");
  return given;
}
