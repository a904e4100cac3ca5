/**
 * `--profile NAME`: a profile's defaults for the flags that are not given, its ranges for those that
 * are.
 * @module
 */
import type { InstanceOptions, PortOptions } from "../../lib/ptp/options.ts";
import { nanos } from "../../lib/base/time.ts";
import {
  accepted,
  check,
  defaultsOf,
  type Parameter,
  type Profile,
  type ProfileSettings,
} from "../../lib/ptp/profile/profile.ts";
import { profileNamed } from "../../lib/ptp/profile/profiles.ts";
import { UsageError } from "../kit/errors.ts";
import type { Groups } from "./net/transport.ts";

/** The attributes that have flags, and the flags' names. */
const FLAGS = {
  domainNumber: "domain",
  priority1: "priority1",
  priority2: "priority2",
  logAnnounceInterval: "log-announce",
  logSyncInterval: "log-sync",
  logMinDelayReqInterval: "log-min-delay-req",
  logMinPdelayReqInterval: "log-min-pdelay-req",
  delayMechanism: "delay",
  transport: "transport",
} as const satisfies Partial<Record<Parameter, string>>;
type Flagged = keyof typeof FLAGS;
const NAMES = Object.keys(FLAGS) as Flagged[];

/** The values of those flags, as parsed. */
export interface ProfiledFlags {
  readonly domain: number;
  readonly priority1: number;
  readonly priority2: number;
  readonly logAnnounce: number;
  readonly logSync: number;
  readonly logMinDelayReq: number;
  readonly logMinPdelayReq: number;
  readonly delay: ProfileSettings["delayMechanism"] | "auto";
  readonly transport: ProfileSettings["transport"];
}

/** Appends the profile's defaults of flags that are not there. */
export function rewriteProfile(argv: readonly string[]): readonly string[] {
  const name = flagText(argv, "profile");
  const profile = name === undefined ? undefined : profileNamed(name);
  if (profile === undefined) return argv;
  const given: Record<string, number> = {};
  for (const key of NAMES) {
    const text = flagText(argv, FLAGS[key]);
    if (text !== undefined && /^[+-]?\d+$/.test(text)) given[key] = Number(text);
  }
  const out = [...argv];
  for (const value of profile.values) {
    if (!isFlagged(value.name)) continue;
    const flag = FLAGS[value.name];
    if (flagText(argv, flag) !== undefined) continue;
    out.push(`--${flag}=${within(profile, value.name, given)}`);
  }
  return out;
}

function isFlagged(name: Parameter): name is Flagged {
  return name in FLAGS;
}

/** The default, moved into the range where that hangs on another attribute. */
function within(
  profile: Profile,
  name: Flagged,
  given: Readonly<Record<string, number>>,
): string {
  const value = profile.values.find((one) => one.name === name);
  const fallback = value?.default;
  if (value?.relativeTo === undefined || typeof fallback !== "number") return String(fallback);
  const base = given[value.relativeTo] ?? Number(defaultsOf(profile)[value.relativeTo]);
  const low = base + (value.min ?? 0);
  const high = base + (value.max ?? 0);
  return String(Math.min(high, Math.max(low, fallback)));
}

function flagText(argv: readonly string[], flag: string): string | undefined {
  for (let k = 0; k < argv.length; k++) {
    const word = argv[k]!;
    if (word === "--") return undefined;
    if (word === `--${flag}`) return argv[k + 1];
    if (word.startsWith(`--${flag}=`)) return word.slice(flag.length + 3);
  }
  return undefined;
}

/** A profile in force. */
export interface AppliedProfile {
  readonly instance: Partial<InstanceOptions>;
  readonly port: Partial<PortOptions>;
  /** Other groups than the transport's own. */
  readonly groups: Groups | undefined;
  /** What the profile asks for and this clock does not do, in words. */
  readonly lacking: readonly string[];
}

/**
 * What a profile asks for besides the flags.
 * @throws UsageError naming the flag that lies outside, and what is accepted.
 */
export function applyProfile(name: string, flags: ProfiledFlags): AppliedProfile {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`unreachable: no profile ${name}`);
  const given: Partial<ProfileSettings> = {
    domainNumber: flags.domain,
    priority1: flags.priority1,
    priority2: flags.priority2,
    logAnnounceInterval: flags.logAnnounce,
    logSyncInterval: flags.logSync,
    transport: flags.transport,
    ...(flags.delay === "p2p" ? {} : { logMinDelayReqInterval: flags.logMinDelayReq }),
    ...(flags.delay === "e2e" ? {} : { logMinPdelayReqInterval: flags.logMinPdelayReq }),
    ...(flags.delay === "auto" ? {} : { delayMechanism: flags.delay }),
  };
  const problem = check(profile, given)[0];
  if (problem !== undefined && isFlagged(problem.name)) {
    const what = `--${FLAGS[problem.name]} ${problem.given}`;
    throw new UsageError(what, `profile ${profile.name} takes ${problem.accepted}`);
  }
  const mechanism = profile.values.find((value) => value.name === "delayMechanism");
  if (flags.delay === "auto" && mechanism !== undefined && mechanism.choices === undefined) {
    throw new UsageError(
      "--delay auto",
      `profile ${profile.name} takes ${accepted(profile, mechanism)}`,
    );
  }
  return applied(profile, defaultsOf(profile));
}

function applied(profile: Profile, s: Partial<ProfileSettings>): AppliedProfile {
  const isGptp = profile.name === "gptp";
  const lacking: string[] = [];
  if (s.datasetComparison === "g8265") {
    lacking.push("masters are compared as IEEE 1588 has it, not by clockClass and an order");
  }
  if (s.communication === "unicast") {
    lacking.push("unicast needs --unicast-master (slave) or --unicast-only (gm)");
  }
  const { pathTrace, majorSdoId, announceReceiptTimeout, neighborPropDelayThresh } = s;
  const { syncReceiptTimeout, localPriority } = s;
  return {
    instance: {
      ...(majorSdoId === undefined ? {} : { majorSdoId }),
      ...(pathTrace === undefined ? {} : { pathTrace }),
      ...(s.datasetComparison === "g8275" && localPriority !== undefined ? { localPriority } : {}),
    },
    port: {
      ...(announceReceiptTimeout === undefined ? {} : { announceReceiptTimeout }),
      ...(syncReceiptTimeout === undefined ? {} : { syncReceiptTimeout }),
      ...(neighborPropDelayThresh === undefined
        ? {}
        : { neighborPropDelayThresh: nanos(neighborPropDelayThresh) }),
      ...(s.followUpInformation === true ? { followUpInfo: true } : {}),
      ...(isGptp ? { asCapable: "auto", acceptIntervalRequests: true } : {}),
    },
    groups: isGptp ? { primary: "01:80:c2:00:00:0e", peer: "01:80:c2:00:00:0e" } : undefined,
    lacking,
  };
}
