/**
 * A PTP command put together: clock, sockets, instance, port, reporter.
 * @module
 */
import { lane } from "../../lib/base/drive.ts";
import type { Link } from "../../lib/base/link.ts";
import { Random } from "../../lib/base/random.ts";
import type { Instant } from "../../lib/base/time.ts";
import type { ClockSpec } from "../../lib/ptp/clock_spec.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import {
  DEFAULT_INSTANCE,
  type InstanceOptions,
  type PortOptions,
  type TimeProperties,
} from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import type { PortSnapshot } from "../../lib/ptp/snapshot.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { clockText } from "../../lib/ptp/wire/identity.ts";
import { UsageError } from "../kit/errors.ts";
import type { Kit } from "../kit/kit.ts";
import { drive, everyPeriod, type Timed } from "./drive.ts";
import { LinkMonitor, type LinkSource } from "./net/link_monitor.ts";
import {
  destinations,
  type Groups,
  groupsOf,
  masterHandles,
  type Target,
  type Transport,
  zoned,
} from "./net/transport.ts";
import {
  attach,
  type Attachment,
  linkState,
  type OpenLink,
  openLink,
  type OpenReactor,
  openReactor,
  watchNetwork,
} from "./net/wiring.ts";
import type { ClockFlags, Io } from "./options.ts";
import { type ManagedPort, type ManagementPlan, openManagement } from "./pmc/service.ts";
import type { ManagementService } from "./pmc/service.ts";
import { applyProfile } from "./profile_flag.ts";
import { Reporter, type Teller } from "./report.ts";
import { clockWords, timePropertiesOf, timescaleOf } from "./timescale.ts";
import type { UnicastMasters } from "./unicast_flags.ts";
import {
  absoluteRaw,
  demandRights,
  identityOf,
  type OpenClock,
  openClock,
  rawNow,
} from "./wiring.ts";

const STATUS_PERIOD = 1e9;
/** What sets one command apart from the other. */
export interface Role {
  readonly ifaces: readonly string[];
  readonly steers: boolean;
  readonly instance: Partial<InstanceOptions>;
  readonly port?: Partial<PortOptions>;
  readonly unicastMasters?: UnicastMasters | undefined;
  /** Makes the servo over the opened clock; left out for a grandmaster. */
  readonly servo?: (clock: OpenClock, io: "ffi" | "deno") => Servo;
  /** Puts a decorator around a port's link; what it returns is what the port speaks through. */
  readonly decorate?: Decorate | undefined;
  /** Where the lines about the clock go; the kit. */
  readonly teller?: Teller;
}

/** Wraps the link of one port. */
export type Decorate = (link: Link, planned: PlannedPort, attachment: Attachment) => Link;

/** One port with the interface and the link it stands on. */
export interface SessionPort {
  readonly attachment: Attachment;
  readonly open: OpenLink;
  readonly port: PtpPort;
}

/** Everything a running command holds. */
export interface Session {
  readonly clock: OpenClock;
  readonly instance: PtpInstance;
  /** Port k + 1 at k. */
  readonly ports: readonly SessionPort[];
  readonly reactor: OpenReactor;
  readonly reporter: Reporter;
  /** `undefined` where management is not served. */
  readonly management: ManagementService | undefined;
  /** Packets and stamps that went missing, of all ports together. */
  losses(): Record<string, number>;
  /** Runs until the command is stopped or `isOver`; `status` is called once a second. */
  run(status: (now: Instant) => void, isOver?: () => boolean): Promise<void>;
  close(): void;
}

/** One port to open. */
export interface PlannedPort {
  readonly iface: string;
  readonly transport: Transport;
  readonly groups: Groups;
  readonly eventPort: number;
  readonly generalPort: number;
  readonly multicastTtl: number;
  /** Our own choice where left out. */
  readonly eventDscp?: number;
  readonly generalDscp?: number;
  readonly options: Partial<PortOptions>;
  /** Follows these alone, by unicast. */
  readonly unicastMasters?: UnicastMasters;
}

/** A clock to open, its ports in the order of their numbers. */
export interface SessionPlan {
  readonly clock: ClockSpec;
  readonly steers: boolean;
  readonly ports: readonly PlannedPort[];
  readonly multicastLoop: boolean;
  readonly io: Io;
  /** The identity is made from port 1's interface where it is left out. */
  readonly instance: Partial<InstanceOptions>;
  /** What differs from what the clock and this machine tell. */
  readonly timeProperties?: Partial<TimeProperties>;
  readonly servo?: Role["servo"];
  readonly decorate?: Decorate;
  /** Nanoseconds between two calls of `status`; 1 s. */
  readonly statusPeriod?: number;
  /** Where the lines about the clock go; the kit. */
  readonly teller?: Teller;
  /** Left out: management is not served. */
  readonly management?: ManagementPlan;
}

/** Opens what the flags ask for. */
export function openSession(kit: Kit, flags: ClockFlags, role: Role): Promise<Session> {
  const { transport } = flags;
  if (transport === "l2" && flags.multicastLoop && !role.ifaces.includes("lo")) {
    const why = "frames of IEEE 802.3 do not come back to the host that sent them";
    throw new UsageError("--multicast-loop", why, "use --transport udp4 or udp6");
  }
  const profile = flags.profile === undefined ? undefined : applyProfile(flags.profile, flags);
  for (const one of profile?.lacking ?? []) kit.warn(`profile ${flags.profile}: ${one}`);
  const port = {
    transport,
    groups: profile?.groups ?? groupsOf(transport, flags.udp6Scope),
    eventPort: flags.eventPort,
    generalPort: flags.generalPort,
    multicastTtl: flags.multicastTtl,
    eventDscp: flags.dscpEvent,
    generalDscp: flags.dscpGeneral,
    options: { ...portOptions(flags), ...profile?.port, ...overrides(flags), ...role.port },
    ...(role.unicastMasters === undefined ? {} : { unicastMasters: role.unicastMasters }),
  };
  return openPlanned(kit, {
    clock: flags.clock,
    steers: role.steers,
    ports: role.ifaces.map((iface) => ({ iface, ...port })),
    multicastLoop: flags.multicastLoop,
    io: flags.io,
    instance: {
      domainNumber: flags.domain,
      priority1: flags.priority1,
      priority2: flags.priority2,
      ...profile?.instance,
      ...role.instance,
    },
    ...managementOf(flags),
    ...(role.servo === undefined ? {} : { servo: role.servo }),
    ...(role.decorate === undefined ? {} : { decorate: role.decorate }),
    ...(role.teller === undefined ? {} : { teller: role.teller }),
  });
}

/** Opens a clock, the clock first, so that its event comes before any packet. */
export async function openPlanned(kit: Kit, plan: SessionPlan): Promise<Session> {
  const attachments = plan.ports.map((one) => attach(one.iface, one.transport));
  const overUdp = plan.ports.filter((one) => one.transport !== "l2");
  demandRights(kit, {
    ports: overUdp.flatMap((one) => [one.eventPort, one.generalPort]),
    isRaw: overUdp.length < plan.ports.length,
    steers: plan.steers && plan.clock.kind === "system",
  });
  const clock = openClock({
    spec: plan.clock,
    steers: plan.steers,
    onPiece: (raw, secondsPart, nanoseconds, ppb) =>
      tellPiece(kit, raw, secondsPart, nanoseconds, ppb),
  });
  const open: OpenPort[] = [];
  try {
    for (const [k, planned] of plan.ports.entries()) {
      const attachment = attachments[k];
      if (attachment === undefined) throw new Error("unreachable: a port without interface");
      const link = await openLink({
        ...planned,
        attachment,
        multicastLoop: plan.multicastLoop,
        io: plan.io,
        ...(clock.kind === "phc" ? { hardwareClock: clock.clock } : {}),
      });
      open.push({ planned, attachment, open: link });
    }
    return assemble(kit, plan, clock, open);
  } catch (error) {
    for (const one of open) one.open.link.close();
    clock.close();
    throw error;
  }
}

/** `{"event":"clock"}`: time(raw') = time + (raw' - raw)(1 + ppb / 1e9). */
function tellPiece(kit: Kit, raw: Instant, secondsPart: number, nanos: number, ppb: number): void {
  const time = BigInt(secondsPart) * 1_000_000_000n + BigInt(Math.round(nanos));
  kit.json("clock", { raw: absoluteRaw(raw), time, ppb });
}

/** A planned port whose sockets are open. */
interface OpenPort {
  readonly planned: PlannedPort;
  readonly attachment: Attachment;
  readonly open: OpenLink;
}

function assemble(
  kit: Kit,
  plan: SessionPlan,
  clock: OpenClock,
  open: readonly OpenPort[],
): Session {
  const first = open[0];
  if (first === undefined) throw new Error("unreachable: no interface");
  const { io } = first.open;
  const isShared = plan.multicastLoop || first.attachment.isLoopback || clock.kind === "virtual";
  const servo = plan.servo?.(clock, io);
  const instance = new PtpInstance({
    ...DEFAULT_INSTANCE,
    clockIdentity: identityOf(first.attachment, isShared),
    localTimescale: timescaleOf(clock),
    timeProperties: { ...timePropertiesOf(clock), ...plan.timeProperties },
    ...plan.instance,
  }, {
    clock: clock.clock,
    random: new Random(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, "ptp"),
    ...(servo === undefined ? {} : { servo }),
  });
  const targets = open.map((one) => destinations(one.open.link, targetOf(one)));
  const ports = open.map((one, k): SessionPort => ({
    attachment: one.attachment,
    open: one.open,
    port: instance.addPort(optionsOf(one), targets[k]!),
  }));
  const management = manage(
    plan,
    instance,
    clock,
    open.map(({ attachment }, k) => {
      const { name, mac, address } = attachment;
      return { interfaceName: name, mac, address, destinations: targets[k]! };
    }),
  );
  if (io === "deno" && (management?.sockets.length ?? 0) > 0) {
    management?.close();
    throw new UsageError("--uds", "the portable link cannot wait for it", "use --io ffi on Linux");
  }
  const { clockIdentity, domainNumber } = instance.options;
  const where = open.map((one) =>
    `${one.attachment.name} (${one.attachment.address}), ${one.planned.transport}`
  );
  (plan.teller ?? kit).say(
    `clock ${clockText(clockIdentity)} on ${where.join(", ")}, ` +
      `domain ${domainNumber}, ${clockWords(clock)}, ${io} link`,
  );
  return runnable(kit, plan, { clock, instance, ports, servo, management });
}

function manage(
  plan: SessionPlan,
  instance: PtpInstance,
  clock: OpenClock,
  ports: readonly ManagedPort[],
): ManagementService | undefined {
  if (plan.management === undefined) return undefined;
  const phcIndex = phcIndexOf(plan.clock);
  return openManagement(plan.management, { instance, clock: clock.clock, phcIndex, ports });
}

/** A port's options, its unicast masters as handles of its link. */
function optionsOf(port: OpenPort): Partial<PortOptions> {
  const { planned, attachment, open } = port;
  const masters = planned.unicastMasters;
  if (masters === undefined) return planned.options;
  const { generalPort } = targetOf(port);
  const { addresses } = open.link;
  return {
    ...planned.options,
    unicastClient: {
      masters: masterHandles(addresses, masters.addresses, attachment, generalPort),
      logQueryInterval: masters.logQueryInterval,
      duration: masters.duration,
    },
  };
}

interface Assembled {
  readonly clock: OpenClock;
  readonly instance: PtpInstance;
  readonly ports: readonly SessionPort[];
  readonly servo: Servo | undefined;
  readonly management: ManagementService | undefined;
}

function runnable(kit: Kit, plan: SessionPlan, parts: Assembled): Session {
  const { clock, instance, ports, servo, management } = parts;
  const teller = plan.teller ?? kit;
  const reporter = new Reporter(teller, absoluteRaw);
  const watch = watchNetwork();
  const sources = [...(watch === undefined ? [] : [watch]), ...(management?.sockets ?? [])];
  const reactor = openReactor(ports.map((one) => one.open), sources);
  const monitor = monitorOf(kit, plan, ports, () => watch?.hasChanged() ?? false);
  const lanes = ports.map((one, k) => lane(linkOf(plan, one, k), one.port));
  return {
    clock,
    instance,
    ports,
    reactor,
    reporter,
    management,
    losses: () => sumOf(ports.map((one) => one.open.losses())),
    run: (status, isOver) => {
      const period = plan.statusPeriod ?? STATUS_PERIOD;
      const timed: Timed[] = [everyPeriod(rawNow(), period, status), monitor];
      if (clock.plan !== undefined) timed.push(clock.plan);
      if (management !== undefined) timed.push(management);
      monitor.begin(rawNow());
      return drive(kit, {
        now: rawNow,
        reactor,
        lanes,
        shared: instance,
        timed,
        begin: (now) => {
          monitor.check(now);
          management?.receive(now);
        },
        take: (event) => {
          reporter.take(event);
          management?.take(rawNow(), event);
        },
        ...(isOver === undefined ? {} : { isOver }),
      });
    },
    close: () => {
      servo?.finish(rawNow());
      reactor.close();
      watch?.close();
      management?.close();
      for (const one of ports) one.open.link.close();
      clock.close();
    },
  };
}

function linkOf(plan: SessionPlan, port: SessionPort, k: number): Link {
  const planned = plan.ports[k];
  const { link } = port.open;
  if (plan.decorate === undefined || planned === undefined) return link;
  return plan.decorate(link, planned, port.attachment);
}

/** The counters of port 1, of a clock that has no other. */
export function snapshotOf(session: Session): PortSnapshot {
  const first = session.ports[0];
  if (first === undefined) throw new Error("unreachable: no port");
  return first.port.snapshot();
}

function monitorOf(
  kit: Kit,
  plan: SessionPlan,
  ports: readonly SessionPort[],
  hasChanged: () => boolean,
): LinkMonitor {
  const source: LinkSource = {
    hasChanged,
    stateOf: (port, inUse) => {
      const planned = plan.ports.find((one) => one.iface === port.name);
      return linkState(port.name, planned?.transport ?? "udp4", inUse);
    },
  };
  const standing = ports.filter((one) => one.open.standing !== undefined);
  const monitored = standing.map((one) => ({
    name: one.attachment.name,
    setLink: (now: Instant, isUp: boolean) => one.port.setLink(now, isUp),
    reopen: () => one.open.standing?.reopen(),
  }));
  return new LinkMonitor(monitored, source, (line) => (plan.teller ?? kit).warn(line));
}

/** Where the flags have management served; nothing where they do not. */
function managementOf(flags: ClockFlags): { management?: ManagementPlan } {
  const { uds, udsRo, management: network } = flags;
  if (uds === undefined && udsRo === undefined && network === "off") return {};
  return {
    management: {
      network,
      ...(uds === undefined ? {} : { uds }),
      ...(udsRo === undefined ? {} : { udsRo }),
    },
  };
}

/** The number of /dev/ptpN; -1 for a clock that is none. */
function phcIndexOf(spec: ClockSpec): number {
  const number = spec.kind === "phc" ? /(\d+)$/.exec(spec.path)?.[1] : undefined;
  return number === undefined ? -1 : Number(number);
}

/** Flags that go before a profile's own value. */
function overrides(flags: ClockFlags): Partial<PortOptions> {
  const threshold = flags.neighborDelayThreshold;
  return threshold === undefined ? {} : { neighborPropDelayThresh: threshold };
}

function portOptions(flags: ClockFlags): Partial<PortOptions> {
  return {
    logAnnounceInterval: flags.logAnnounce,
    logSyncInterval: flags.logSync,
    logMinDelayReqInterval: flags.logMinDelayReq,
    delayMechanism: flags.delay,
    logMinPdelayReqInterval: flags.logMinPdelayReq,
  };
}

function targetOf({ planned, attachment }: OpenPort): Target {
  const isRaw = planned.transport === "l2";
  const peer = planned.unicastMasters?.peer;
  return {
    address: planned.groups.primary,
    peerAddress: peer === undefined ? planned.groups.peer : zoned(peer, attachment),
    eventPort: isRaw ? 0 : planned.eventPort,
    generalPort: isRaw ? 0 : planned.generalPort,
  };
}

function sumOf(all: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of all) {
    for (const [name, n] of Object.entries(one)) total[name] = (total[name] ?? 0) + n;
  }
  return total;
}
