/**
 * A PTP command put together: clock, sockets, instance, port, reporter.
 * @module
 */
import { lane } from "../../lib/base/drive.ts";
import { Random } from "../../lib/base/random.ts";
import { type Instant, millis, type Nanos, timestamp } from "../../lib/base/time.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { taiOffsetAt } from "../../lib/ptp/leap.ts";
import {
  ARB_TIME_PROPERTIES,
  DEFAULT_INSTANCE,
  type InstanceOptions,
  type LocalTimescale,
  type PortOptions,
  type TimeProperties,
} from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import type { PortSnapshot } from "../../lib/ptp/snapshot.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { TimeSource } from "../../lib/ptp/wire/announce.ts";
import { clockText } from "../../lib/ptp/wire/identity.ts";
import type { Kit } from "../kit/kit.ts";
import { drive, everyPeriod, type Timed } from "./drive.ts";
import { LinkMonitor, type LinkSource } from "./net/link_monitor.ts";
import { destinations, groupsOf, type Target } from "./net/transport.ts";
import {
  attach,
  type Attachment,
  type LinkOptions,
  linkState,
  type OpenLink,
  openLink,
  type OpenReactor,
  openReactor,
  watchNetwork,
} from "./net/wiring.ts";
import type { ClockFlags } from "./options.ts";
import { Reporter } from "./report.ts";
import {
  absoluteRaw,
  demandRights,
  identityOf,
  type OpenClock,
  openClock,
  rawNow,
  realTime,
} from "./wiring.ts";

const STATUS_PERIOD = 1e9;
/** Time stamps of the portable link are tens of microseconds late, and how late varies. */
export const PORTABLE_LOCK: Nanos = millis(1);

/** What sets one command apart from the other. */
export interface Role {
  readonly ifaces: readonly string[];
  readonly steers: boolean;
  readonly instance: Partial<InstanceOptions>;
  readonly port?: Partial<PortOptions>;
  /** Makes the servo over the opened clock; left out for a grandmaster. */
  readonly servo?: (clock: OpenClock, io: "ffi" | "deno") => Servo;
}

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
  /** Packets and stamps that went missing, of all ports together. */
  losses(): Record<string, number>;
  /** Runs until the command is stopped or `isOver`; `status` is called once a second. */
  run(status: (now: Instant) => void, isOver?: () => boolean): Promise<void>;
  close(): void;
}

/** Opens what the flags ask for, the clock first, so that its event comes before any packet. */
export async function openSession(kit: Kit, flags: ClockFlags, role: Role): Promise<Session> {
  const { transport } = flags;
  const attachments = role.ifaces.map((name) => attach(name, transport));
  demandRights(kit, {
    ports: transport === "l2" ? [] : [flags.eventPort, flags.generalPort],
    isRaw: transport === "l2",
    steers: role.steers && flags.clock.kind === "system",
  });
  const clock = openClock({
    spec: flags.clock,
    steers: role.steers,
    onPiece: (raw, secondsPart, nanoseconds, ppb) =>
      tellPiece(kit, raw, secondsPart, nanoseconds, ppb),
  });
  const open: OpenLink[] = [];
  try {
    for (const attachment of attachments) {
      open.push(await openLink(linkOptions(flags, attachment, clock)));
    }
    return assemble(kit, flags, role, { attachments, clock, open });
  } catch (error) {
    for (const one of open) one.link.close();
    clock.close();
    throw error;
  }
}

function linkOptions(flags: ClockFlags, attachment: Attachment, clock: OpenClock): LinkOptions {
  const { transport } = flags;
  return {
    attachment,
    transport,
    groups: groupsOf(transport, flags.udp6Scope),
    eventPort: flags.eventPort,
    generalPort: flags.generalPort,
    multicastLoop: flags.multicastLoop,
    multicastTtl: flags.multicastTtl,
    eventDscp: flags.dscpEvent,
    generalDscp: flags.dscpGeneral,
    io: flags.io,
    ...(clock.kind === "phc" ? { hardwareClock: clock.clock } : {}),
  };
}

/** `{"event":"clock"}`: time(raw') = time + (raw' - raw)(1 + ppb / 1e9). */
function tellPiece(kit: Kit, raw: Instant, secondsPart: number, nanos: number, ppb: number): void {
  const time = BigInt(secondsPart) * 1_000_000_000n + BigInt(Math.round(nanos));
  kit.json("clock", { raw: absoluteRaw(raw), time, ppb });
}

interface Parts {
  readonly attachments: readonly Attachment[];
  readonly clock: OpenClock;
  readonly open: readonly OpenLink[];
}

function assemble(kit: Kit, flags: ClockFlags, role: Role, parts: Parts): Session {
  const { attachments, clock, open } = parts;
  const first = attachments[0];
  const io = open[0]?.io;
  if (first === undefined || io === undefined) throw new Error("unreachable: no interface");
  const isShared = flags.multicastLoop || first.isLoopback || clock.kind === "virtual";
  const clockIdentity = identityOf(first, isShared);
  const servo = role.servo?.(clock, io);
  const instance = new PtpInstance({
    ...DEFAULT_INSTANCE,
    clockIdentity,
    domainNumber: flags.domain,
    priority1: flags.priority1,
    priority2: flags.priority2,
    localTimescale: timescaleOf(clock),
    timeProperties: timePropertiesOf(clock),
    ...role.instance,
  }, {
    clock: clock.clock,
    random: new Random(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, "ptp"),
    ...(servo === undefined ? {} : { servo }),
  });
  const options = { ...portOptions(flags), ...role.port };
  const ports = open.map((one, k): SessionPort => ({
    attachment: attachments[k] ?? first,
    open: one,
    port: instance.addPort(options, destinations(one.link, targetOf(flags))),
  }));
  const where = attachments.map((a) => `${a.name} (${a.address})`).join(", ");
  kit.say(
    `clock ${clockText(clockIdentity)} on ${where}, ${flags.transport}, ` +
      `domain ${flags.domain}, ${clockWords(clock)}, ${io} link`,
  );
  return runnable(kit, flags, { clock, instance, ports, servo });
}

interface Assembled {
  readonly clock: OpenClock;
  readonly instance: PtpInstance;
  readonly ports: readonly SessionPort[];
  readonly servo: Servo | undefined;
}

function runnable(kit: Kit, flags: ClockFlags, parts: Assembled): Session {
  const { clock, instance, ports, servo } = parts;
  const reporter = new Reporter(kit, absoluteRaw);
  const watch = watchNetwork();
  const reactor = openReactor(ports.map((one) => one.open), watch);
  const monitor = monitorOf(kit, flags, ports, () => watch?.hasChanged() ?? false);
  const lanes = ports.map((one) => lane(one.open.link, one.port));
  return {
    clock,
    instance,
    ports,
    reactor,
    reporter,
    losses: () => sumOf(ports.map((one) => one.open.losses())),
    run: (status, isOver) => {
      const timed: Timed[] = [everyPeriod(rawNow(), STATUS_PERIOD, status), monitor];
      if (clock.plan !== undefined) timed.push(clock.plan);
      monitor.begin(rawNow());
      return drive(kit, {
        now: rawNow,
        reactor,
        lanes,
        shared: instance,
        timed,
        begin: (now) => monitor.check(now),
        take: (event) => reporter.take(event),
        ...(isOver === undefined ? {} : { isOver }),
      });
    },
    close: () => {
      servo?.finish(rawNow());
      reactor.close();
      watch?.close();
      for (const one of ports) one.open.link.close();
      clock.close();
    },
  };
}

/** The counters of port 1, of a clock that has no other. */
export function snapshotOf(session: Session): PortSnapshot {
  const first = session.ports[0];
  if (first === undefined) throw new Error("unreachable: no port");
  return first.port.snapshot();
}

function monitorOf(
  kit: Kit,
  flags: ClockFlags,
  ports: readonly SessionPort[],
  hasChanged: () => boolean,
): LinkMonitor {
  const source: LinkSource = {
    hasChanged,
    stateOf: (port) => linkState(port.name, flags.transport),
  };
  const standing = ports.filter((one) => one.open.standing !== undefined);
  const monitored = standing.map((one) => ({
    name: one.attachment.name,
    setLink: (now: Instant, isUp: boolean) => one.port.setLink(now, isUp),
    reopen: () => one.open.standing?.reopen(),
  }));
  return new LinkMonitor(monitored, source, (line) => kit.warn(line));
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

function targetOf(flags: ClockFlags): Target {
  const groups = groupsOf(flags.transport, flags.udp6Scope);
  const isRaw = flags.transport === "l2";
  return {
    address: groups.primary,
    peerAddress: groups.peer,
    eventPort: isRaw ? 0 : flags.eventPort,
    generalPort: isRaw ? 0 : flags.generalPort,
  };
}

function sumOf(all: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of all) {
    for (const [name, n] of Object.entries(one)) total[name] = (total[name] ?? 0) + n;
  }
  return total;
}

function clockWords(clock: OpenClock): string {
  switch (clock.kind) {
    case "system":
      return "system clock";
    case "phc":
      return "hardware clock";
    case "virtual":
      return "virtual clock";
  }
}

function timescaleOf(clock: OpenClock): LocalTimescale {
  switch (clock.kind) {
    case "system":
      return "utc";
    case "phc":
      return "tai";
    case "virtual":
      return "arb";
  }
}

/** What a grandmaster with this clock announces, and what a slave knows of TAI by itself. */
function timePropertiesOf(clock: OpenClock): TimeProperties {
  if (clock.kind === "virtual") return ARB_TIME_PROPERTIES;
  const now = timestamp();
  realTime(now);
  const table = taiOffsetAt(now.seconds);
  const isKernels = clock.kernelTaiOffset > 0;
  return {
    ...ARB_TIME_PROPERTIES,
    currentUtcOffset: isKernels ? clock.kernelTaiOffset : table.seconds,
    currentUtcOffsetValid: isKernels || table.isCertain,
    ptpTimescale: true,
    timeSource: TimeSource.InternalOscillator,
  };
}

/** The servo of `rptp slave` with the limits its flags set. */
export function servoOf(clock: OpenClock, io: "ffi" | "deno", flags: {
  readonly freeRunning: boolean;
  readonly acceptEpoch: boolean;
  readonly allowStep: boolean;
  readonly maxStep: Nanos;
}): Servo {
  const isVirtual = clock.kind === "virtual";
  return new RobustServo(clock.clock, {
    freeRunning: flags.freeRunning,
    acceptEpoch: isVirtual || flags.acceptEpoch,
    allowStep: isVirtual || flags.allowStep || flags.freeRunning,
    maxStep: flags.maxStep,
    ...(io === "deno" ? { lockThreshold: PORTABLE_LOCK } : {}),
  });
}
