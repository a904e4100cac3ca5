/**
 * A PTP command's hold on the machine: interface, clock, sockets, reactor. The only file of cli/ptp
 * that imports `ffi/`.
 * @module
 */
import { Family } from "../../lib/base/address.ts";
import type { Clock } from "../../lib/base/clock.ts";
import type { Link, Reactor } from "../../lib/base/link.ts";
import { type Instant, type Timestamp, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { WanderingClock } from "../../lib/base/wander.ts";
import type { ClockSpec, VirtualSpec } from "../../lib/ptp/clock_spec.ts";
import type { ClockIdentity } from "../../lib/ptp/wire/identity.ts";
import { PtpHardwareClock, SystemClock } from "../../ffi/clock.ts";
import { DenoReactor, DenoUdpLink } from "../../ffi/deno_udp.ts";
import { OsError } from "../../ffi/errno.ts";
import { hasLibc } from "../../ffi/libc.ts";
import { interfaces, type NetInterface, setHardwareStamping } from "../../ffi/netif.ts";
import {
  advice,
  effectiveCapabilities,
  firstFreePort,
  isInUserNamespace,
} from "../../ffi/privileges.ts";
import { absoluteRaw, rawNow } from "../../ffi/raw_clock.ts";
import { AsyncReactor } from "../../ffi/reactor.ts";
import { RecordingClock } from "../../ffi/recording_clock.ts";
import { UdpLink } from "../../ffi/udp.ts";
import type { UdpSocketOptions } from "../../ffi/udp_socket.ts";
import { ExitCode } from "../kit/exit.ts";
import { Failure, UsageError } from "../kit/errors.ts";
import type { Kit } from "../kit/kit.ts";
import { nearest } from "../../lib/base/nearest.ts";
import type { Io } from "./options.ts";

/** The groups of PTP over IPv4 (IEEE 1588-2019 C.3). */
export const PRIMARY_GROUP = "224.0.1.129";
/** Table C.2 leaves the code point open; ptp4l and the broadcast profiles use these. */
const EVENT_TRAFFIC = 46 << 2;
const GENERAL_TRAFFIC = 34 << 2;
const HWTSTAMP_TX_ON = 1;
const HWTSTAMP_FILTER_PTP_V2_EVENT = 12;

export { absoluteRaw, rawNow };

/** An interface that PTP over IPv4 can use. */
export interface Attachment {
  readonly name: string;
  readonly index: number;
  readonly address: string;
  readonly isLoopback: boolean;
  readonly mac: string;
}

/** How the sockets are opened. */
export interface LinkOptions {
  readonly attachment: Attachment;
  /** 0: any free one. */
  readonly eventPort: number;
  readonly generalPort: number;
  readonly multicastLoop: boolean;
  readonly io: Io;
  /** The PHC, where stamps come from the card. */
  readonly hardwareClock?: Clock;
}

/** A link with the wait that suits it. */
export interface OpenLink {
  readonly link: Link;
  readonly reactor: Reactor & { wake(): void; close(): void };
  readonly io: "ffi" | "deno";
  /** Packets and stamps that went missing, for the summary. */
  losses(): Record<string, number>;
}

/** The clock a command serves or steers. */
export interface OpenClock {
  readonly clock: Clock;
  readonly kind: ClockSpec["kind"];
  /** A virtual clock's plan; the loop expires it. */
  readonly plan: WanderingClock | undefined;
  /** TAI - UTC as the kernel holds it for the system clock; 0 where unknown. */
  readonly kernelTaiOffset: number;
  /** Declares the system clock synchronised, so that others may rely on it; nothing otherwise. */
  declare(maxErrorMicros: number): void;
  close(): void;
}

/**
 * The interface `name`, ready for PTP over IPv4.
 * @throws Failure 69 naming the nearest interface, or what is missing on it.
 */
export function attach(name: string): Attachment {
  if (!hasLibc()) return attachWithoutLibc(name);
  const all = interfaces();
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw noInterface(name, all.map((one) => one.name));
  if (!found.isUp) {
    const fix = `type: ip link set ${name} up`;
    throw new Failure(ExitCode.Unavailable, `interface ${name}`, "it is down", fix);
  }
  const address = found.addresses.find((one) => one.family === Family.Ipv4)?.text;
  if (address === undefined) throw noAddress(name);
  return { ...pick(found), address };
}

function pick(one: NetInterface): Omit<Attachment, "address"> {
  const { name, index, isLoopback, mac } = one;
  return { name, index, isLoopback, mac };
}

function attachWithoutLibc(name: string): Attachment {
  const all = Deno.networkInterfaces();
  const found = all.find((one) => one.name === name && one.family === "IPv4");
  if (found === undefined) {
    if (all.some((one) => one.name === name)) throw noAddress(name);
    throw noInterface(name, [...new Set(all.map((one) => one.name))]);
  }
  const isLoopback = found.address.startsWith("127.");
  return { name, index: 0, address: found.address, isLoopback, mac: found.mac };
}

function noAddress(name: string): Failure {
  const fix = `type: ip address add ADDRESS/24 dev ${name}`;
  return new Failure(ExitCode.Unavailable, `interface ${name}`, "it has no IPv4 address", fix);
}

function noInterface(name: string, names: readonly string[]): Failure {
  const close = nearest(name, names);
  const guess = close === undefined ? "" : `did you mean ${close}? `;
  const why = `no such interface; ${guess}there are: ${names.join(", ")}`;
  return new Failure(ExitCode.Unavailable, `interface ${name}`, why);
}

/**
 * Opens the event and the general socket.
 * @throws OsError; Failure 77 naming the capability where a port below 1024 is refused.
 */
export async function openLink(options: LinkOptions): Promise<OpenLink> {
  const { io } = options;
  if (io === "deno" || io === "auto" && !hasLibc()) return await openPortable(options);
  const link = openStamped(options);
  return {
    link,
    reactor: new AsyncReactor([link]),
    io: "ffi",
    losses: () => ({
      overflowed: link.counters.overflowed,
      truncated: link.counters.truncated,
      refused: link.counters.refusedTotal(),
      stampsRefused: link.refusedStamps,
      stampsLost: link.lostStamps,
    }),
  };
}

/** On the interface alone; by membership only where an old kernel wants CAP_NET_RAW for that. */
function openStamped(options: LinkOptions): UdpLink {
  const { hardwareClock } = options;
  const stamps = hardwareClock === undefined ? "software" : "hardware";
  if (stamps === "hardware") {
    setHardwareStamping(options.attachment.name, HWTSTAMP_TX_ON, HWTSTAMP_FILTER_PTP_V2_EVENT);
  }
  const open = (common: UdpSocketOptions) =>
    UdpLink.open({
      sockets: [
        { ...common, port: options.eventPort, traffic: EVENT_TRAFFIC, stamps },
        { ...common, port: options.generalPort, traffic: GENERAL_TRAFFIC },
      ],
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
  const { attachment } = options;
  return {
    address: "0.0.0.0",
    reuse: true,
    join: [{ group: PRIMARY_GROUP, interfaceIndex: attachment.index }],
    multicastInterface: attachment.index,
    multicastLoop: options.multicastLoop || attachment.isLoopback,
    multicastTtl: 1,
  };
}

async function openPortable(options: LinkOptions): Promise<OpenLink> {
  const { attachment } = options;
  if (attachment.isLoopback) {
    const why = "Deno cannot choose the interface of multicasts: they would leave by another one";
    throw new Failure(ExitCode.Unavailable, `--io deno on ${attachment.name}`, why, "use --io ffi");
  }
  const common = {
    reuse: true,
    join: [{ group: PRIMARY_GROUP, interfaceAddress: attachment.address }],
    multicastLoop: options.multicastLoop,
    multicastTtl: 1,
  };
  const link = await DenoUdpLink.open({
    sockets: [
      { ...common, port: options.eventPort },
      { ...common, port: options.generalPort },
    ],
  });
  return {
    link,
    reactor: new DenoReactor([link]),
    io: "deno",
    losses: () => ({
      overflowed: link.overflowed,
      truncated: link.truncated,
      refused: link.refused,
    }),
  };
}

/** Where a clock sends its messages. */
export interface Target {
  readonly address: string;
  readonly eventPort: number;
  readonly generalPort: number;
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
  readonly reactor: Reactor & { wake(): void; close(): void };
  readonly io: "ffi" | "deno";
}

/**
 * Opens both ends of the demonstration on free high ports of loopback. Kernel sockets share two
 * ports and speak multicast, as on a network; the portable link cannot choose the interface of its
 * multicasts, so its ends have ports of their own and send to each other's.
 */
export async function openLoopback(attachment: Attachment, io: Io): Promise<OpenPair> {
  const free = { attachment, multicastLoop: true, eventPort: 0, generalPort: 0, io };
  if (io === "deno" || io === "auto" && !hasLibc()) return await openPortablePair(attachment);
  const first = openStamped(free);
  const ports = { eventPort: first.port(0), generalPort: first.port(1) };
  const second = openStamped({ ...free, ...ports });
  const target = { address: PRIMARY_GROUP, ...ports };
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

/**
 * Says at once what a run without enough rights would only meet on its way.
 * @throws Failure 77 with the capability and the command.
 */
export function demandRights(kit: Kit, needs: { ports: readonly number[]; steers: boolean }): void {
  if (!hasLibc()) return;
  const held = effectiveCapabilities();
  const command = kit.sudoLine.replace(/^sudo /, "");
  const lowest = Math.min(...needs.ports);
  if (lowest < firstFreePort() && !held.has("CAP_NET_BIND_SERVICE")) {
    const fix = "or choose --event-port and --general-port of 1024 and above on every clock";
    const why = advice("CAP_NET_BIND_SERVICE", command);
    throw new Failure(ExitCode.NoPermission, `bind UDP port ${lowest}`, why, fix);
  }
  const maySet = held.has("CAP_SYS_TIME") && !isInUserNamespace();
  if (needs.steers && !maySet) {
    const why = advice("CAP_SYS_TIME", command);
    const fix = "or --clock virtual, or --free-running";
    throw new Failure(ExitCode.NoPermission, "steer the system clock", why, fix);
  }
}

/** How a clock is opened. */
export interface ClockOptions {
  readonly spec: ClockSpec;
  /** False where the clock is only read. */
  readonly steers: boolean;
  /** Told of each piece of a virtual clock, the first before this returns. */
  readonly onPiece: (raw: Instant, seconds: number, nanoseconds: number, ppb: number) => void;
}

/** Opens the clock that the user named. */
export function openClock(options: ClockOptions): OpenClock {
  const { spec, steers } = options;
  switch (spec.kind) {
    case "virtual":
      return openVirtual(spec, options);
    case "phc": {
      const clock = PtpHardwareClock.open(spec.path, !steers);
      return {
        clock: steers ? clock : new RecordingClock(clock),
        kind: "phc",
        plan: undefined,
        kernelTaiOffset: 0,
        declare: () => {},
        close: () => clock.close(),
      };
    }
    case "system": {
      if (!hasLibc()) {
        throw new UsageError(
          "--clock system",
          "needs Linux with the GNU C library",
          "virtual works",
        );
      }
      const clock = new SystemClock();
      return {
        clock: steers ? clock : new RecordingClock(clock),
        kind: "system",
        plan: undefined,
        kernelTaiOffset: clock.taiOffset(),
        declare: (micros) => {
          if (steers) clock.setSynchronized(micros);
        },
        close: () => {},
      };
    }
  }
}

function openVirtual(spec: VirtualSpec, options: ClockOptions): OpenClock {
  const start = timestamp();
  realTime(start);
  start.seconds += spec.offset.seconds;
  start.nanoseconds += spec.offset.nanoseconds;
  const carry = Math.floor(start.nanoseconds / 1e9);
  start.seconds += carry;
  start.nanoseconds -= carry * 1e9;
  const clock = new VirtualClock({
    now: rawNow,
    start,
    oscillatorPpb: spec.ppb,
    onChange: options.onPiece,
  });
  const plan = new WanderingClock(clock, {
    ppb: spec.ppb,
    steps: spec.steps,
    ...(spec.wander === undefined ? {} : { seed: spec.wander }),
  }, rawNow());
  return {
    clock: options.steers ? clock : new RecordingClock(clock),
    kind: "virtual",
    plan,
    kernelTaiOffset: 0,
    declare: () => {},
    close: () => {},
  };
}

/** CLOCK_REALTIME, from JavaScript's own clock where there is no C library. */
export function realTime(into: Timestamp): void {
  if (hasLibc()) {
    new SystemClock().read(into);
    return;
  }
  const millis = Date.now();
  into.seconds = Math.floor(millis / 1000);
  into.nanoseconds = (millis - into.seconds * 1000) * 1e6;
}

/**
 * A clock identity: EUI-64 from the interface's MAC (7.5.2.2.2), with this process's number in the
 * middle where several clocks may run on one interface; random where there is no MAC.
 */
export function identityOf(attachment: Attachment, isShared: boolean): ClockIdentity {
  const mac = attachment.mac.split(":").map((octet) => parseInt(octet, 16));
  const isUsable = mac.length === 6 && mac.some((octet) => octet !== 0);
  const octets = new Uint8Array(8);
  if (!isUsable) {
    crypto.getRandomValues(octets);
    octets[0] = (octets[0]! | 0x02) & 0xfe;
  } else {
    octets.set(mac.slice(0, 3), 0);
    octets.set(mac.slice(3), 5);
    octets[3] = isShared ? Deno.pid >> 8 & 0xff : 0xff;
    octets[4] = isShared ? Deno.pid & 0xff : 0xfe;
  }
  const view = new DataView(octets.buffer);
  return { high: view.getUint32(0), low: view.getUint32(4) };
}
