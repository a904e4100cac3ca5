/**
 * A PTP command's hold on the network: interfaces, links of each transport, the reactor over them.
 * @module
 */
import { Family } from "../../../lib/base/address.ts";
import type { Clock } from "../../../lib/base/clock.ts";
import { nearest } from "../../../lib/base/nearest.ts";
import type { Link, Reactor } from "../../../lib/base/link.ts";
import { AddressTable } from "../../../lib/base/address.ts";
import { DenoReactor, DenoUdpLink } from "../../../ffi/deno_udp.ts";
import { OsError } from "../../../ffi/errno.ts";
import { EthernetLink } from "../../../ffi/ethernet.ts";
import { hasLibc } from "../../../ffi/libc.ts";
import { interfaces, type NetInterface, setHardwareStamping } from "../../../ffi/netif.ts";
import { NetworkWatch } from "../../../ffi/network_watch.ts";
import type { Pollable } from "../../../ffi/pollable.ts";
import { AsyncReactor } from "../../../ffi/reactor.ts";
import { UdpLink } from "../../../ffi/udp.ts";
import type { UdpSocketOptions } from "../../../ffi/udp_socket.ts";
import { ExitCode } from "../../kit/exit.ts";
import { Failure, UsageError } from "../../kit/errors.ts";
import type { Io } from "../options.ts";
import { StandingLink } from "./standing_link.ts";
import { ETHER_TYPE, type Groups, groupsOf, type Target, type Transport } from "./transport.ts";

/** Table C.2 leaves the code point open; ptp4l and the broadcast profiles use these. */
const EVENT_DSCP = 46;
const GENERAL_DSCP = 34;
const HWTSTAMP_TX_ON = 1;
const HWTSTAMP_FILTER_PTP_V2_EVENT = 12;
/** Room for 20,000 messages while this process is not running: the default has it for 270. */
const BUFFERS = { receiveBuffer: 16 << 20, sendBuffer: 1 << 20 };

/** Addresses remembered: two for each of 16,000 unicast clients. */
const ADDRESSES = 32_768;

/** An interface that PTP can use. */
export interface Attachment {
  readonly name: string;
  readonly index: number;
  /** Of the transport's kind: IPv4, IPv6 or MAC. */
  readonly address: string;
  readonly isLoopback: boolean;
  readonly mac: string;
}

/** How the sockets are opened. */
export interface LinkOptions {
  readonly attachment: Attachment;
  readonly transport: Transport;
  readonly groups: Groups;
  /** 0: any free one. */
  readonly eventPort: number;
  readonly generalPort: number;
  readonly multicastLoop: boolean;
  /** 1 if left out. */
  readonly multicastTtl?: number;
  /** DSCP of event and of general messages; 46 and 34 if left out. */
  readonly eventDscp?: number;
  readonly generalDscp?: number;
  readonly io: Io;
  /** The PHC, where stamps come from the card. */
  readonly hardwareClock?: Clock;
}

/** A link that is open. */
export interface OpenLink {
  readonly link: Link;
  readonly io: "ffi" | "deno";
  /** Packets and stamps that went missing, for the summary. */
  losses(): Record<string, number>;
  /** The link whose sockets can be opened anew; not of the portable one. */
  readonly standing: StandingLink | undefined;
}

/** The wait over all links of a command. */
export interface OpenReactor extends Reactor {
  wake(): void;
  close(): void;
}

/** Whether an interface can carry PTP now, and what would make its sockets stale. */
export interface LinkState {
  readonly isUp: boolean;
  readonly index: number;
  readonly address: string;
}

/**
 * The interface `name`, ready for `transport`.
 * @throws Failure 69 naming the nearest interface, or what is missing on it.
 */
export function attach(name: string, transport: Transport): Attachment {
  if (!hasLibc()) return attachWithoutLibc(name);
  const all = interfaces();
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw noInterface(name, all.map((one) => one.name));
  if (!found.isUp) {
    const fix = `type: ip link set ${name} up`;
    throw new Failure(ExitCode.Unavailable, `interface ${name}`, "it is down", fix);
  }
  const address = addressOf(found, transport);
  if (address === undefined) throw noAddress(name, transport);
  const { index, isLoopback, mac } = found;
  return { name, index, isLoopback, mac, address };
}

/**
 * What the interface `name` is at this moment.
 * @param inUse An address that is kept while the interface has it: another one beside it is no
 * reason to open sockets anew, unless it reaches further than a link-local one.
 */
export function linkState(name: string, transport: Transport, inUse: string): LinkState {
  const found = interfaces().find((one) => one.name === name);
  const isKept = !inUse.startsWith("fe80:") &&
    (found?.addresses.some((a) => a.text === inUse) ?? false);
  const address = found === undefined ? undefined : isKept ? inUse : addressOf(found, transport);
  const isUp = found !== undefined && found.isUp && found.isRunning && address !== undefined;
  return { isUp, index: found?.index ?? 0, address: address ?? "" };
}

/** Its first address of the transport's kind; of IPv6 one that is not link-local, if there is one. */
function addressOf(one: NetInterface, transport: Transport): string | undefined {
  switch (transport) {
    case "udp4":
      return one.addresses.find((a) => a.family === Family.Ipv4)?.text;
    case "udp6": {
      const all = one.addresses.filter((a) => a.family === Family.Ipv6).map((a) => a.text);
      return all.find((text) => !text.startsWith("fe80:")) ?? all[0];
    }
    case "l2":
      return one.mac === "" ? undefined : one.mac;
  }
}

function attachWithoutLibc(name: string): Attachment {
  const all = Deno.networkInterfaces();
  const found = all.find((one) => one.name === name && one.family === "IPv4");
  if (found === undefined) {
    if (all.some((one) => one.name === name)) throw noAddress(name, "udp4");
    throw noInterface(name, [...new Set(all.map((one) => one.name))]);
  }
  const isLoopback = found.address.startsWith("127.");
  return { name, index: 0, address: found.address, isLoopback, mac: found.mac };
}

function noAddress(name: string, transport: Transport): Failure {
  const what = { udp4: "IPv4", udp6: "IPv6", l2: "MAC" }[transport];
  const fix = transport === "l2"
    ? "PTP over IEEE 802.3 needs an Ethernet interface"
    : `type: ip address add ADDRESS/${transport === "udp4" ? 24 : 64} dev ${name}`;
  return new Failure(ExitCode.Unavailable, `interface ${name}`, `it has no ${what} address`, fix);
}

function noInterface(name: string, names: readonly string[]): Failure {
  const close = nearest(name, names);
  const guess = close === undefined ? "" : `did you mean ${close}? `;
  const why = `no such interface; ${guess}there are: ${names.join(", ")}`;
  return new Failure(ExitCode.Unavailable, `interface ${name}`, why);
}

/**
 * Opens the sockets of one port.
 * @throws OsError; Failure 77 naming the capability where a port below 1024 is refused.
 */
export async function openLink(options: LinkOptions): Promise<OpenLink> {
  const { io } = options;
  if (io === "deno" || io === "auto" && !hasLibc()) return await openPortable(options);
  const { hardwareClock, attachment } = options;
  if (hardwareClock !== undefined) {
    setHardwareStamping(attachment.name, HWTSTAMP_TX_ON, HWTSTAMP_FILTER_PTP_V2_EVENT);
  }
  const standing = new StandingLink((addresses = new AddressTable(ADDRESSES)) =>
    options.transport === "l2" ? openEthernet(options, addresses) : openUdp(options, addresses)
  );
  return { link: standing, io: "ffi", losses: () => standing.losses(), standing };
}

/**
 * The wait that suits the links, and ends also where one of `others` has something to read: a watch
 * over interfaces, a management socket.
 */
export function openReactor(
  open: readonly OpenLink[],
  others: readonly Pollable[] = [],
): OpenReactor {
  const standing = open.flatMap((one) => one.standing ?? []);
  if (standing.length === open.length) return new AsyncReactor([...standing, ...others]);
  const portable = open.map((one) => one.link).filter((link) => link instanceof DenoUdpLink);
  return new DenoReactor(portable);
}

/** A watch over the machine's interfaces; `undefined` without the C library. */
export function watchNetwork(): NetworkWatch | undefined {
  return hasLibc() ? NetworkWatch.open() : undefined;
}

function openEthernet(options: LinkOptions, addresses: AddressTable | undefined): EthernetLink {
  const { hardwareClock, groups } = options;
  return EthernetLink.open({
    interface: options.attachment.name,
    etherType: ETHER_TYPE,
    join: [groups.primary, groups.peer],
    stamps: hardwareClock === undefined ? "software" : "hardware",
    ...(addresses === undefined ? {} : { addresses }),
    ...(hardwareClock === undefined ? {} : { hardwareClock }),
  });
}

/** On the interface alone; by membership only where an old kernel wants CAP_NET_RAW for that. */
function openUdp(options: LinkOptions, addresses?: AddressTable): UdpLink {
  const { hardwareClock } = options;
  const stamps = hardwareClock === undefined ? "software" : "hardware";
  const eventTraffic = (options.eventDscp ?? EVENT_DSCP) << 2;
  const generalTraffic = (options.generalDscp ?? GENERAL_DSCP) << 2;
  const open = (common: UdpSocketOptions) =>
    UdpLink.open({
      sockets: [
        { ...common, port: options.eventPort, traffic: eventTraffic, stamps, ...BUFFERS },
        { ...common, port: options.generalPort, traffic: generalTraffic, ...BUFFERS },
      ],
      ...(addresses === undefined ? {} : { addresses }),
      ...(hardwareClock === undefined ? {} : { hardwareClock }),
    });
  const common = socketOptions(options);
  try {
    return open({ ...common, device: options.attachment.name });
  } catch (error) {
    if (!(error instanceof OsError) || error.call !== "SO_BINDTODEVICE") throw error;
    return open(common);
  }
}

function socketOptions(options: LinkOptions): UdpSocketOptions {
  const { attachment, groups, transport } = options;
  const { index } = attachment;
  const interfaceIndex = interfaces().find((one) => one.name === attachment.name)?.index ?? index;
  return {
    address: transport === "udp6" ? "::" : "0.0.0.0",
    reuse: true,
    join: [groups.primary, groups.peer].map((group) => ({ group, interfaceIndex })),
    multicastInterface: interfaceIndex,
    multicastLoop: options.multicastLoop || attachment.isLoopback,
    multicastTtl: options.multicastTtl ?? 1,
  };
}

async function openPortable(options: LinkOptions): Promise<OpenLink> {
  const { attachment, transport } = options;
  if (transport !== "udp4") {
    const why = "the portable link speaks udp4 alone";
    throw new UsageError(`--transport ${transport}`, why, "use --io ffi on Linux");
  }
  if (attachment.isLoopback) {
    const why = "Deno cannot choose the interface of multicasts: they would leave by another one";
    throw new Failure(ExitCode.Unavailable, `--io deno on ${attachment.name}`, why, "use --io ffi");
  }
  const { primary, peer } = options.groups;
  const interfaceAddress = attachment.address;
  const common = {
    reuse: true,
    join: [primary, peer].map((group) => ({ group, interfaceAddress })),
    multicastLoop: options.multicastLoop,
    multicastTtl: options.multicastTtl ?? 1,
  };
  const link = await DenoUdpLink.open({
    sockets: [
      { ...common, port: options.eventPort },
      { ...common, port: options.generalPort },
    ],
  });
  return {
    link,
    io: "deno",
    losses: () => ({
      overflowed: link.overflowed,
      truncated: link.truncated,
      refused: link.refused,
    }),
    standing: undefined,
  };
}

/** One end of the demonstration: its link, and where the other end hears it. */
export interface OpenEnd {
  readonly link: Link;
  readonly target: Target;
}

/** Two links on loopback that hear each other. */
export interface OpenPair {
  readonly master: OpenEnd;
  readonly slave: OpenEnd;
  readonly reactor: OpenReactor;
  readonly io: "ffi" | "deno";
}

/**
 * Opens both ends of the demonstration on free high ports of loopback. Kernel sockets share two
 * ports and speak multicast, as on a network; the portable link cannot choose the interface of its
 * multicasts, so its ends have ports of their own and send to each other's.
 */
export async function openLoopback(attachment: Attachment, io: Io): Promise<OpenPair> {
  const groups = groupsOf("udp4");
  const common = { attachment, transport: "udp4", groups, multicastLoop: true, io } as const;
  if (io === "deno" || io === "auto" && !hasLibc()) return await openPortablePair(attachment);
  const first = openUdp({ ...common, eventPort: 0, generalPort: 0 });
  const ports = { eventPort: first.port(0), generalPort: first.port(1) };
  const second = openUdp({ ...common, ...ports });
  const target = { address: groups.primary, ...ports };
  return {
    master: { link: first, target },
    slave: { link: second, target },
    reactor: new AsyncReactor([first, second]),
    io: "ffi",
  };
}

async function openPortablePair(attachment: Attachment): Promise<OpenPair> {
  const { address } = attachment;
  const open = () => DenoUdpLink.open({ sockets: [{ address }, { address }] });
  const ends = [await open(), await open()] as const;
  const target = (link: DenoUdpLink): Target => {
    return { address, eventPort: link.port(0), generalPort: link.port(1) };
  };
  return {
    master: { link: ends[0], target: target(ends[1]) },
    slave: { link: ends[1], target: target(ends[0]) },
    reactor: new DenoReactor(ends),
    io: "deno",
  };
}
