/**
 * Flags of unicast: hybrid mode, the masters a slave asks, what a grandmaster grants
 * (IEEE 1588-2019 16.1, 17.4).
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { Family, parseAddress } from "../../lib/base/address.ts";
import type { PortOptions } from "../../lib/ptp/options.ts";
import { AccessList, type AccessRule } from "../../lib/ptp/unicast/access.ts";
import { DEFAULT_UNICAST_SERVER } from "../../lib/ptp/unicast/server.ts";
import type { Context } from "../kit/command.ts";
import { UsageError } from "../kit/errors.ts";
import { integer } from "../kit/parse.ts";
import type { Transport } from "./net/transport.ts";

/** The masters that a port asks, by address. */
export interface UnicastMasters {
  /** Literals of the transport's kind; `fe80::1%eth0` may name its zone. */
  readonly addresses: readonly string[];
  readonly logQueryInterval: number;
  /** Seconds asked for. */
  readonly duration: number;
  /** The neighbour that peer delay is measured to, by unicast; left out: by multicast. */
  readonly peer?: string;
}

/** Flags of a clock that may follow. */
export interface UnicastClientFlags {
  readonly hybrid: boolean;
  readonly unicastMaster?: readonly string[];
  readonly unicastDuration: number;
  readonly logQuery: number;
  readonly unicastPeer?: string;
}

/** Flags of a clock that serves. */
export interface UnicastServerFlags {
  readonly unicastListen: boolean;
  readonly unicastOnly: boolean;
  readonly unicastClients: number;
  readonly unicastClientsPerHost: number;
  readonly unicastRate: number;
  readonly unicastMinLogSync: number;
  readonly unicastMaxDuration: number;
  readonly unicastAccess?: readonly AccessRule[];
}

function count(max: number, brief: string, fallback: number) {
  return {
    kind: "parsed",
    parse: integer(1, max),
    brief,
    placeholder: "N",
    default: String(fallback),
  } as const;
}

function master(text: string): string {
  if (parseAddress(text.replace(/%.*$/, ""), new Uint8Array(16)) === Family.None) {
    throw new Error("expected an address: 192.0.2.1, 2001:db8::1, or 02:00:5e:00:53:01 with l2");
  }
  return text;
}

function accessRule(text: string): AccessRule {
  const match = /^(allow|deny):(.+)$/.exec(text);
  const rule = { isAllowed: match?.[1] === "allow", prefix: match?.[2] ?? "" };
  try {
    new AccessList([rule]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error("expected allow:PREFIX or deny:PREFIX, such as allow:10.0.0.0/8", {
      cause: error,
    });
  }
  return rule;
}

/** How they are parsed and explained. */
export const UNICAST_CLIENT_FLAGS: FlagParametersForType<UnicastClientFlags, Context> = {
  hybrid: {
    kind: "boolean",
    brief: "Send Delay_Req to the master alone (hybrid mode)",
    default: false,
    withNegated: false,
  },
  unicastMaster: {
    kind: "parsed",
    parse: master,
    brief: "Ask this master for unicast, and hear no multicast; may be repeated",
    placeholder: "ADDRESS",
    variadic: true,
    optional: true,
  },
  unicastDuration: {
    kind: "parsed",
    parse: integer(10, 0xffff_ffff),
    brief: "Seconds of unicast asked for at a time",
    placeholder: "SECONDS",
    default: "300",
  },
  logQuery: {
    kind: "parsed",
    parse: integer(-4, 10),
    brief: "Interval of asking a silent unicast master, log2 of seconds",
    placeholder: "LOG2",
    default: "0",
  },
  unicastPeer: {
    kind: "parsed",
    parse: master,
    brief: "The neighbour for peer delay by unicast; the only --unicast-master if left out",
    placeholder: "ADDRESS",
    optional: true,
  },
};

/** How they are parsed and explained. */
export const UNICAST_SERVER_FLAGS: FlagParametersForType<UnicastServerFlags, Context> = {
  unicastListen: {
    kind: "boolean",
    brief: "Grant unicast to clocks that ask for it",
    default: false,
    withNegated: false,
  },
  unicastOnly: {
    kind: "boolean",
    brief: "The same, and no Announce or Sync by multicast",
    default: false,
    withNegated: false,
  },
  unicastClients: count(1_000_000, "Most unicast clients", DEFAULT_UNICAST_SERVER.maxClients),
  unicastClientsPerHost: count(
    1_000_000,
    "Most unicast clients behind one address",
    DEFAULT_UNICAST_SERVER.maxClientsPerHost,
  ),
  unicastRate: count(
    10_000_000,
    "Most messages a second that all grants together promise",
    DEFAULT_UNICAST_SERVER.maxRate,
  ),
  unicastMinLogSync: {
    kind: "parsed",
    parse: integer(-7, 6),
    brief: "Fastest Sync and Delay_Resp granted, log2 of seconds",
    placeholder: "LOG2",
    default: String(DEFAULT_UNICAST_SERVER.minLogSync),
  },
  unicastMaxDuration: {
    kind: "parsed",
    parse: integer(DEFAULT_UNICAST_SERVER.minDuration, 0xffff_ffff),
    brief: "Longest grant; more is cut to it",
    placeholder: "SECONDS",
    default: String(DEFAULT_UNICAST_SERVER.maxDuration),
  },
  unicastAccess: {
    kind: "parsed",
    parse: accessRule,
    brief: "Who may ask: allow:PREFIX or deny:PREFIX, the first that matches decides",
    placeholder: "RULE",
    variadic: true,
    optional: true,
  },
};

/** What they make of a port's options. */
export function clientOptions(flags: UnicastClientFlags): Partial<PortOptions> {
  return { hybridE2e: flags.hybrid };
}

/**
 * The masters of `--unicast-master`, checked against the transport; `undefined` without any.
 * @throws UsageError naming the address that the transport has no use for.
 */
export function mastersOf(
  flags: UnicastClientFlags,
  transport: Transport,
): UnicastMasters | undefined {
  const addresses = flags.unicastMaster ?? [];
  if (addresses.length === 0) return undefined;
  const wanted = { udp4: Family.Ipv4, udp6: Family.Ipv6, l2: Family.Mac }[transport];
  const peer = flags.unicastPeer ?? (addresses.length === 1 ? addresses[0] : undefined);
  const given = flags.unicastPeer === undefined ? [] : [flags.unicastPeer];
  for (const text of [...addresses, ...given]) {
    if (parseAddress(text.replace(/%.*$/, ""), new Uint8Array(16)) === wanted) continue;
    const kind = { udp4: "IPv4", udp6: "IPv6", l2: "MAC" }[transport];
    const why = `--transport ${transport} takes ${kind} addresses`;
    const flag = addresses.includes(text) ? "unicast-master" : "unicast-peer";
    throw new UsageError(`--${flag} ${text}`, why);
  }
  return {
    addresses,
    logQueryInterval: flags.logQuery,
    duration: flags.unicastDuration,
    ...(peer === undefined ? {} : { peer }),
  };
}

/** What they make of a port's options. */
export function serverOptions(flags: UnicastServerFlags): Partial<PortOptions> {
  if (!flags.unicastListen && !flags.unicastOnly) return {};
  return {
    multicast: !flags.unicastOnly,
    unicastServer: {
      ...DEFAULT_UNICAST_SERVER,
      maxClients: flags.unicastClients,
      maxClientsPerHost: flags.unicastClientsPerHost,
      maxRate: flags.unicastRate,
      minLogSync: flags.unicastMinLogSync,
      minLogDelayResp: flags.unicastMinLogSync,
      maxDuration: flags.unicastMaxDuration,
      access: flags.unicastAccess ?? [],
    },
  };
}
