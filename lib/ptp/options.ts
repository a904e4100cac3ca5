/**
 * What a PTP instance and its ports are configured with, as data with the standard's defaults.
 * @module
 */
import type { AddressHandle, AddressTable } from "../base/address.ts";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { millis, type Nanos, nanos, seconds } from "../base/time.ts";
import type { Servo } from "./servo/servo.ts";
import type { UnicastClientOptions } from "./unicast/client.ts";
import type { UnicastServerOptions } from "./unicast/server.ts";
import type { AlternateTimeOffset } from "./wire/alternate_time_offset.ts";
import { TimeSource } from "./wire/announce.ts";
import type { ClockIdentity } from "./wire/identity.ts";

/** `ClockQuality` (5.3.7). */
export interface ClockQuality {
  /** 6 locked to a primary reference, 248 default, 255 slave-only (Table 4). */
  clockClass: number;
  /** Table 5; 0xFE unknown. */
  clockAccuracy: number;
  /** 7.6.3.5; 0xFFFF not computed. */
  offsetScaledLogVariance: number;
}

/** `timePropertiesDS` (8.2.4), as this clock announces it while it is grandmaster. */
export interface TimeProperties {
  /** Seconds, TAI - UTC. */
  currentUtcOffset: number;
  currentUtcOffsetValid: boolean;
  leap59: boolean;
  leap61: boolean;
  timeTraceable: boolean;
  frequencyTraceable: boolean;
  /** True: the epoch is PTP's (TAI since 1970); false: arbitrary. */
  ptpTimescale: boolean;
  /** See `TimeSource` of wire/announce.ts. */
  timeSource: number;
}

/** What the local clock's reading means. */
export type LocalTimescale =
  /** UTC, as CLOCK_REALTIME: served as TAI on the PTP timescale, set from TAI less the offset. */
  | "utc"
  /** The timescale of PTP itself, as a PHC: used as it is. */
  | "tai"
  /** Nothing in particular, as a virtual clock: takes whatever a master has. */
  | "arb";

/** A PTP instance (defaultDS, 8.2.1, and what belongs to no single port). */
export interface InstanceOptions {
  clockIdentity: Readonly<ClockIdentity>;
  domainNumber: number;
  majorSdoId: number;
  minorSdoId: number;
  /**
   * Isolation of profiles (16.5): messages of another `minorSdoId` are foreign, too. Otherwise it is
   * ignored, as the 2008 edition leaves it reserved.
   */
  isolation: boolean;
  /** Takes messages of any `majorSdoId`, as ptp4l's ignore_transport_specific. */
  ignoreMajorSdoId: boolean;
  minorVersionPtp: number;
  priority1: number;
  priority2: number;
  clockQuality: Readonly<ClockQuality>;
  /** Never a master; `clockClass` is announced by nobody and counts as 255. */
  slaveOnly: boolean;
  timeProperties: Readonly<TimeProperties>;
  localTimescale: LocalTimescale;
  /** Let a clock that keeps UTC follow a master of arbitrary timescale. */
  acceptArb: boolean;
  /** Tells the clock it steers of leap seconds and TAI - UTC (`Clock.setLeap`, `setTaiOffset`). */
  kernelLeap: boolean;
  /** Announce messages with as many `stepsRemoved` are dropped (9.3.2.5 d). */
  maxStepsRemoved: number;
  /** 1 to 255: data sets are compared as G.8275.x has it, and this is the clock's own; 0: as 9.3.4. */
  localPriority: number;
  /** Announce carries the path it has come (16.2). Loops are recognised without it, too. */
  pathTrace: boolean;
  /** Local times that Announce carries while this clock is grandmaster (16.3). */
  alternateTimeOffsets: readonly Readonly<AlternateTimeOffset>[];
}

/** How a port measures delay; `auto` answers both and uses the one that is answered. */
export const DELAY_MECHANISMS = ["e2e", "p2p", "auto"] as const;
export type DelayMechanismName = typeof DELAY_MECHANISMS[number];

/** One port (portDS, 8.2.15). Intervals are base-2 logarithms of seconds. */
export interface PortOptions {
  /** 1 and up. */
  portNumber: number;
  /** Never a slave: Announce messages are dropped, and the port becomes master at once. */
  masterOnly: boolean;
  logAnnounceInterval: number;
  logSyncInterval: number;
  logMinDelayReqInterval: number;
  delayMechanism: DelayMechanismName;
  logMinPdelayReqInterval: number;
  /** Pdelay_Req in a row that may go unanswered before the link's delay counts as unknown. */
  allowedLostResponses: number;
  /** A link longer than this is not `asCapable`. */
  neighborPropDelayThresh: Nanos;
  /**
   * `auto`: Announce, Sync and Follow_Up only while peer delay finds one neighbour, near enough
   * (802.1AS-2020 10.2.5.1); `always`: as IEEE 1588 has it.
   */
  asCapable: "always" | "auto";
  /** Follow_Up carries 802.1AS's follow-up information. */
  followUpInfo: boolean;
  /** Does as a neighbour's message interval request says (802.1AS-2020 10.6.4.3). */
  acceptIntervalRequests: boolean;
  /** A master sends Announce and Sync to the multicast group; false: only to whom it granted them. */
  multicast: boolean;
  /**
   * A slave sends Delay_Req to its master alone, and by multicast after four without answer; a
   * unicast server answers a unicast Delay_Req without grant, too.
   */
  hybridE2e: boolean;
  /** Delay_Req a second of one source that a master answers without grant; 0 for all. */
  maxDelayReqRate: number;
  /** Grants unicast transmissions (16.1). */
  unicastServer: Readonly<UnicastServerOptions> | undefined;
  /** Follows only masters of this table, by unicast (17.4). */
  unicastClient: Readonly<UnicastClientOptions> | undefined;
  /** Of the masters heard at this port, 1 to 255; only for a clock with one of its own. */
  localPriority: number;
  /** Announce intervals without Announce after which a master counts as gone, 2 or more. */
  announceReceiptTimeout: number;
  /** Sync intervals without Sync after which a master counts as gone; 0: never (802.1AS: 3). */
  syncReceiptTimeout: number;
  /** Path delay master to slave less the mean (7.4.2). */
  delayAsymmetry: Nanos;
  /** Transmit stamps missed in a row that make the port FAULTY. */
  maxMissedStamps: number;
  /** How long a port stays FAULTY before it initializes again. */
  faultResetInterval: Nanos;
}

/** Where a port's messages go, as handles of its link's address table. */
export interface Destinations {
  addresses: AddressTable;
  /** Sync, Delay_Req: 224.0.1.129:319, ff0e::181, 01-1B-19-00-00-00. */
  event: AddressHandle;
  /** Announce, Follow_Up, Delay_Resp, Signaling, Management: 224.0.1.129:320. */
  general: AddressHandle;
  /** Pdelay_Req and Pdelay_Resp: 224.0.0.107:319, 01-80-C2-00-00-0E; 0 with end-to-end delay. */
  peerEvent: AddressHandle;
  /** Pdelay_Resp_Follow_Up: 224.0.0.107:320. */
  peerGeneral: AddressHandle;
}

/** What an instance is given besides numbers. */
export interface Resources {
  /** What a master serves. The servo steers the same one. */
  clock: Clock;
  /** Left out for an instance that is never a slave: measurements are dropped. */
  servo?: Servo;
  /** For the random parts of timeouts and intervals. */
  random: Random;
}

/** Table 4 and 5: default class, unknown accuracy, variance not computed. */
export const DEFAULT_CLOCK_QUALITY: Readonly<ClockQuality> = {
  clockClass: 248,
  clockAccuracy: 0xfe,
  offsetScaledLogVariance: 0xffff,
};

/** An arbitrary timescale from an internal oscillator; the offset is today's, not valid. */
export const ARB_TIME_PROPERTIES: Readonly<TimeProperties> = {
  currentUtcOffset: 37,
  currentUtcOffsetValid: false,
  leap59: false,
  leap61: false,
  timeTraceable: false,
  frequencyTraceable: false,
  ptpTimescale: false,
  timeSource: TimeSource.InternalOscillator,
};

/** The default profile of Annex I.3, all but the identity. */
export const DEFAULT_INSTANCE: Readonly<Omit<InstanceOptions, "clockIdentity">> = {
  domainNumber: 0,
  majorSdoId: 0,
  minorSdoId: 0,
  isolation: false,
  ignoreMajorSdoId: false,
  minorVersionPtp: 1,
  priority1: 128,
  priority2: 128,
  clockQuality: DEFAULT_CLOCK_QUALITY,
  slaveOnly: false,
  timeProperties: ARB_TIME_PROPERTIES,
  localTimescale: "arb",
  acceptArb: false,
  kernelLeap: true,
  maxStepsRemoved: 255,
  localPriority: 0,
  pathTrace: false,
  alternateTimeOffsets: [],
};

/** The default profile of Annex I.3, port 1. */
export const DEFAULT_PORT: Readonly<PortOptions> = {
  portNumber: 1,
  masterOnly: false,
  logAnnounceInterval: 1,
  logSyncInterval: 0,
  logMinDelayReqInterval: 0,
  delayMechanism: "e2e",
  logMinPdelayReqInterval: 0,
  allowedLostResponses: 3,
  neighborPropDelayThresh: millis(20),
  asCapable: "always",
  followUpInfo: false,
  acceptIntervalRequests: false,
  multicast: true,
  hybridE2e: false,
  maxDelayReqRate: 1024,
  unicastServer: undefined,
  unicastClient: undefined,
  localPriority: 128,
  announceReceiptTimeout: 3,
  syncReceiptTimeout: 0,
  delayAsymmetry: nanos(0),
  maxMissedStamps: 8,
  faultResetInterval: seconds(4),
};
