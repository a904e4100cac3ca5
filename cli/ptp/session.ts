/**
 * A PTP command put together: clock, sockets, instance, port, reporter.
 * @module
 */
import { lane } from "../../lib/base/drive.ts";
import type { Link } from "../../lib/base/link.ts";
import { Random } from "../../lib/base/random.ts";
import { type Instant, millis, type Nanos, timestamp } from "../../lib/base/time.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { taiOffsetAt } from "../../lib/ptp/leap.ts";
import {
  ARB_TIME_PROPERTIES,
  DEFAULT_INSTANCE,
  type Destinations,
  type InstanceOptions,
  type LocalTimescale,
  type TimeProperties,
} from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import { TimeSource } from "../../lib/ptp/wire/announce.ts";
import { clockText } from "../../lib/ptp/wire/identity.ts";
import type { Kit } from "../kit/kit.ts";
import { drive, everyPeriod, type Timed } from "./drive.ts";
import type { SharedFlags } from "./options.ts";
import { Reporter } from "./report.ts";
import {
  absoluteRaw,
  attach,
  type Attachment,
  demandRights,
  identityOf,
  type OpenClock,
  openClock,
  type OpenLink,
  openLink,
  PRIMARY_GROUP,
  rawNow,
  realTime,
  type Target,
} from "./wiring.ts";

const STATUS_PERIOD = 1e9;
/** Time stamps of the portable link are tens of microseconds late, and how late varies. */
export const PORTABLE_LOCK: Nanos = millis(1);

/** What sets one command apart from the other. */
export interface Role {
  readonly steers: boolean;
  readonly instance: Partial<InstanceOptions>;
  /** Makes the servo over the opened clock; left out for a grandmaster. */
  readonly servo?: (clock: OpenClock, io: "ffi" | "deno") => Servo;
}

/** Everything a running command holds. */
export interface Session {
  readonly attachment: Attachment;
  readonly clock: OpenClock;
  readonly open: OpenLink;
  readonly instance: PtpInstance;
  readonly port: PtpPort;
  readonly reporter: Reporter;
  /** Runs until the command is stopped or `isOver`; `status` is called once a second. */
  run(status: (now: Instant) => void, isOver?: () => boolean): Promise<void>;
  close(): void;
}

/** Opens what the flags ask for, the clock first, so that its event comes before any packet. */
export async function openSession(kit: Kit, flags: SharedFlags, role: Role): Promise<Session> {
  const attachment = attach(flags.iface);
  const ports = [flags.eventPort, flags.generalPort];
  demandRights(kit, { ports, steers: role.steers && flags.clock.kind === "system" });
  const clock = openClock({
    spec: flags.clock,
    steers: role.steers,
    onPiece: (raw, secondsPart, nanoseconds, ppb) =>
      tellPiece(kit, raw, secondsPart, nanoseconds, ppb),
  });
  let open: OpenLink | undefined;
  try {
    open = await openLink({
      attachment,
      eventPort: flags.eventPort,
      generalPort: flags.generalPort,
      multicastLoop: flags.multicastLoop,
      io: flags.io,
      ...(clock.kind === "phc" ? { hardwareClock: clock.clock } : {}),
    });
    return assemble(kit, flags, role, { attachment, clock, open });
  } catch (error) {
    open?.reactor.close();
    open?.link.close();
    clock.close();
    throw error;
  }
}

/** `{"event":"clock"}`: time(raw') = time + (raw' - raw)(1 + ppb / 1e9). */
function tellPiece(kit: Kit, raw: Instant, secondsPart: number, nanos: number, ppb: number): void {
  const time = BigInt(secondsPart) * 1_000_000_000n + BigInt(Math.round(nanos));
  kit.json("clock", { raw: absoluteRaw(raw), time, ppb });
}

interface Parts {
  readonly attachment: Attachment;
  readonly clock: OpenClock;
  readonly open: OpenLink;
}

function assemble(kit: Kit, flags: SharedFlags, role: Role, parts: Parts): Session {
  const { attachment, clock, open } = parts;
  const isShared = flags.multicastLoop || attachment.isLoopback || clock.kind === "virtual";
  const clockIdentity = identityOf(attachment, isShared);
  const servo = role.servo?.(clock, open.io);
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
  const port = instance.addPort({
    logAnnounceInterval: flags.logAnnounce,
    logSyncInterval: flags.logSync,
    logMinDelayReqInterval: flags.logMinDelayReq,
  }, destinations(open.link, { address: PRIMARY_GROUP, ...flags }));
  const reporter = new Reporter(kit, absoluteRaw);
  kit.say(
    `clock ${clockText(clockIdentity)} on ${attachment.name} (${attachment.address}), ` +
      `domain ${flags.domain}, ${clockWords(clock)}, ${open.io} link`,
  );
  return {
    attachment,
    clock,
    open,
    instance,
    port,
    reporter,
    run: (status, isOver) => {
      const timed: Timed[] = [everyPeriod(rawNow(), STATUS_PERIOD, status)];
      if (clock.plan !== undefined) timed.push(clock.plan);
      return drive(kit, {
        now: rawNow,
        reactor: open.reactor,
        lanes: [lane(open.link, port)],
        shared: instance,
        timed,
        take: (event) => reporter.take(event),
        ...(isOver === undefined ? {} : { isOver }),
      });
    },
    close: () => {
      servo?.finish(rawNow());
      open.reactor.close();
      open.link.close();
      clock.close();
    },
  };
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

/** The destinations of a port with end-to-end delay. */
export function destinations(link: Link, target: Target): Destinations {
  const { addresses } = link;
  const event = addresses.internText(target.address, target.eventPort);
  const general = addresses.internText(target.address, target.generalPort);
  addresses.retain(event);
  addresses.retain(general);
  return { addresses, event, general, peerEvent: 0, peerGeneral: 0 };
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
