/**
 * The flags that `rptp gm` and `rptp slave` share, and what they come to.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Nanos } from "../../lib/base/time.ts";
import { DELAY_MECHANISMS, type DelayMechanismName } from "../../lib/ptp/options.ts";
import { type ClockSpec, parseClockSpec } from "../../lib/ptp/clock_spec.ts";
import { PROFILE_NAMES, type ProfileName } from "../../lib/ptp/profile/profiles.ts";
import type { Context } from "../kit/command.ts";
import { duration, integer, interfaceName, port } from "../kit/parse.ts";
import { type Transport, TRANSPORTS } from "./net/transport.ts";
import { MANAGEMENT_FLAGS, type ManagementFlags } from "./pmc/flags.ts";

/** Which link carries the packets. */
export type Io = "auto" | "ffi" | "deno";

/** Flags of all commands that run a clock. */
export interface ClockFlags extends ManagementFlags {
  readonly profile?: ProfileName;
  readonly transport: Transport;
  readonly udp6Scope: number;
  readonly multicastTtl: number;
  readonly dscpEvent: number;
  readonly dscpGeneral: number;
  readonly delay: DelayMechanismName;
  readonly logMinPdelayReq: number;
  readonly neighborDelayThreshold?: Nanos;
  readonly domain: number;
  readonly priority1: number;
  readonly priority2: number;
  readonly logSync: number;
  readonly logAnnounce: number;
  readonly logMinDelayReq: number;
  readonly eventPort: number;
  readonly generalPort: number;
  readonly clock: ClockSpec;
  readonly freeRunning: boolean;
  readonly multicastLoop: boolean;
  readonly io: Io;
}

/** Flags of a clock with one port. */
export interface SharedFlags extends ClockFlags {
  readonly iface: string;
}

/** The clock a `--clock` value names; a message that says what is accepted otherwise. */
export function clockSpec(text: string): ClockSpec {
  const spec = parseClockSpec(text);
  if (typeof spec === "string") throw new Error(spec);
  return spec;
}

function interval(brief: string, fallback: string) {
  return {
    kind: "parsed",
    parse: integer(-7, 6),
    brief: `${brief}, log2 of seconds (-3 = 8 a second)`,
    placeholder: "LOG2",
    default: fallback,
  } as const;
}

function octet(brief: string, fallback: string, placeholder = "N") {
  return {
    kind: "parsed",
    parse: integer(0, 255),
    brief,
    placeholder,
    default: fallback,
  } as const;
}

function upTo(max: number, brief: string, fallback: string) {
  return {
    kind: "parsed",
    parse: integer(0, max),
    brief,
    placeholder: "N",
    default: fallback,
  } as const;
}

/** How the flags of every clock are parsed and explained. */
export const CLOCK_FLAGS: FlagParametersForType<ClockFlags, Context> = {
  profile: {
    kind: "enum",
    values: PROFILE_NAMES,
    brief: "A profile's defaults and ranges for the flags below; rptp ptp profiles tells them",
    optional: true,
  },
  transport: {
    kind: "enum",
    values: TRANSPORTS,
    brief: "What carries PTP: UDP over IPv4 or IPv6, or IEEE 802.3 itself (l2)",
    default: "udp4",
  },
  udp6Scope: {
    kind: "parsed",
    parse: integer(1, 15),
    brief: "Scope of the IPv6 group ff0x::181: 2 link, 5 site, 8 organisation, 14 global",
    placeholder: "N",
    default: "14",
  },
  multicastTtl: upTo(255, "TTL or hop limit of multicasts", "1"),
  dscpEvent: upTo(63, "DSCP of event messages, with UDP", "46"),
  dscpGeneral: upTo(63, "DSCP of general messages, with UDP", "34"),
  delay: {
    kind: "enum",
    values: DELAY_MECHANISMS,
    brief: "Delay mechanism: end to end, peer to peer, or whichever the master answers",
    default: "e2e",
  },
  logMinPdelayReq: interval("Interval of Pdelay_Req", "0"),
  neighborDelayThreshold: {
    kind: "parsed",
    parse: duration,
    brief: "Peer delay beyond which 802.1AS has nothing to do with a neighbour (ns, us, ms)",
    placeholder: "TIME",
    optional: true,
  },
  domain: octet("PTP domain, 0 to 255", "0"),
  priority1: octet("First word in the choice of the best master, 0 (best) to 255", "128"),
  priority2: octet("Tie-breaker after the clock's quality, 0 (best) to 255", "128"),
  logSync: interval("Interval of Sync", "0"),
  logAnnounce: interval("Interval of Announce", "1"),
  logMinDelayReq: interval("Shortest interval of Delay_Req that a master asks for", "0"),
  eventPort: {
    kind: "parsed",
    parse: port,
    brief: "UDP port of event messages; below 1024 needs CAP_NET_BIND_SERVICE",
    placeholder: "PORT",
    default: "319",
  },
  generalPort: {
    kind: "parsed",
    parse: port,
    brief: "UDP port of general messages",
    placeholder: "PORT",
    default: "320",
  },
  clock: {
    kind: "parsed",
    parse: clockSpec,
    brief:
      "The clock: system|virtual[:offset=S,ppm=P,wander=SEED,step=S@T]|phc:PATH (seconds, ppm)",
    placeholder: "CLOCK",
    default: "system",
  },
  freeRunning: {
    kind: "boolean",
    brief: "Never steer the clock, only measure",
    default: false,
    withNegated: false,
  },
  multicastLoop: {
    kind: "boolean",
    brief: "Let other PTP programs on this host hear us (always so on lo)",
    default: false,
    withNegated: false,
  },
  io: {
    kind: "enum",
    values: ["auto", "ffi", "deno"],
    brief: "Link: kernel sockets with time stamps (ffi) or the portable one (deno)",
    default: "auto",
  },
  ...MANAGEMENT_FLAGS,
};

/** How the flags of a clock with one port are parsed and explained. */
export const SHARED_FLAGS: FlagParametersForType<SharedFlags, Context> = {
  iface: {
    kind: "parsed",
    parse: interfaceName,
    brief: "Network interface",
    placeholder: "IF",
  },
  ...CLOCK_FLAGS,
};

/** Flags of a clock that may steer. */
export interface SteeringFlags {
  readonly acceptArb: boolean;
  readonly acceptEpoch: boolean;
  readonly maxStep: Nanos;
  readonly allowStep: boolean;
}

function lifting(brief: string) {
  return { kind: "boolean", brief, default: false, withNegated: false } as const;
}

/** How the flags of a clock that may steer are parsed and explained. */
export const STEERING_FLAGS: FlagParametersForType<SteeringFlags, Context> = {
  acceptArb: lifting("Let the system clock follow a master whose timescale is arbitrary"),
  acceptEpoch: lifting("Let the system clock follow a master whose date is before 2020"),
  maxStep: {
    kind: "parsed",
    parse: duration,
    brief: "Farthest step of the system clock (us, ms, s)",
    placeholder: "TIME",
    default: "1s",
  },
  allowStep: lifting("Let the system clock step any distance"),
};
