/**
 * The bodies of management TLVs (IEEE 1588-2019 15.5.3) and of linuxptp's own (`_NP`): scope,
 * actions and layout by the table's name. Field names, their order and notation are pmc's where pmc
 * knows the field, so that one table serves the responder, our client and its text.
 *
 * Where linuxptp's octets differ from the standard's, the comment says which are sent.
 * @module
 */
import { STATE_NAMES } from "../state.ts";
import { ManagementId } from "../wire/management.ts";
import { addressText, bareAddress, eventMask, flags, list, portAddress } from "./composite.ts";
import type { Layout } from "./kind.ts";
import * as k from "./kinds.ts";
import { portText } from "../wire/identity.ts";

/** What answers: the clock once, with port number 0, or each port for itself. */
export type Scope = "clock" | "port";

/** One row of the table. */
export interface Body<L extends Layout = Layout> {
  readonly id: number;
  readonly scope: Scope;
  /** Letters of the actions that the standard (or linuxptp) gives the id: G, S, C. */
  readonly actions: string;
  readonly layout: L;
  /** Column of the values in text; left out: one behind the longest name. */
  readonly width?: number;
}

function body<L extends Layout>(
  name: keyof typeof ManagementId,
  scope: Scope,
  actions: string,
  layout: L,
  width?: number,
): Body<L> {
  const row = { id: ManagementId[name], scope, actions, layout };
  return width === undefined ? row : { ...row, width };
}

/** One octet and a reserved one. */
function single<K extends Layout>(layout: K): K & { readonly _reserved: typeof pad } {
  return { ...layout, _reserved: pad };
}

const pad = k.reserved(1);

/** `clockQuality` (5.3.7) under other names. */
const quality = {
  clockClass: k.u8,
  clockAccuracy: k.hex8,
  offsetScaledLogVariance: k.hex16,
} as const;

/** The flags of timePropertiesDS, in the octet's order. */
const timeFlags = flags({
  leap61: 0x01,
  leap59: 0x02,
  currentUtcOffsetValid: 0x04,
  ptpTimescale: 0x08,
  timeTraceable: 0x10,
  frequencyTraceable: 0x20,
});

const portState = k.named({ 0: "NONE", ...STATE_NAMES }, "NONE");

/** PORT_PROPERTIES_NP's `timestamping`. */
export const Timestamping = { Software: 0, Hardware: 1, LegacyHardware: 2, OneStep: 3 } as const;
const timestamping = k.named({
  0: "SOFTWARE",
  1: "HARDWARE",
  2: "LEGACY_HW",
  3: "ONESTEP",
  4: "P2P1STEP",
});

/** What SUBSCRIBE_EVENTS_NP can ask for, by bit. */
export const NOTIFICATIONS = [
  "NOTIFY_PORT_STATE",
  "NOTIFY_TIME_SYNC",
  "NOTIFY_PARENT_DATA_SET",
  "NOTIFY_CMLDS",
] as const;
export type Notification = typeof NOTIFICATIONS[number];

const faultRecord = {
  /** Octets behind this field. */
  faultRecordLength: k.hidden(k.u16),
  faultTime: k.timestamp,
  severityCode: k.u8,
  faultName: k.text,
  faultValue: k.text,
  faultDescription: k.text,
} as const;

/** How far a unicast master has got, by number. */
export const UNICAST_STATES: readonly string[] = ["WAIT", "HAVE_ANN", "NEED_SYDY", "HAVE_SYDY"];

const unicastMaster = {
  portIdentity: k.portIdentity,
  ...quality,
  selected: k.u8,
  portState: k.named({ ...UNICAST_STATES }),
  priority1: k.u8,
  priority2: k.u8,
  address: bareAddress,
} as const;

/** linuxptp's names of message types in PORT_STATS_NP, by `messageType`. */
export const STATS_NAMES = [
  "Sync",
  "Delay_Req",
  "Pdelay_Req",
  "Pdelay_Resp",
  "4",
  "5",
  "6",
  "7",
  "Follow_Up",
  "Delay_Resp",
  "Pdelay_Resp_Follow_Up",
  "Announce",
  "Signaling",
  "Management",
  "14",
  "15",
] as const;
type StatsName = typeof STATS_NAMES[number];

function counters<D extends "rx" | "tx">(
  direction: D,
): Readonly<Record<`${D}_${StatsName}`, typeof k.counter>> {
  return Object.fromEntries(
    STATS_NAMES.map((name) => [
      `${direction}_${name}`,
      /^\d/.test(name) ? k.hidden(k.counter) : k.counter,
    ]),
  ) as Record<`${D}_${StatsName}`, typeof k.counter>;
}

/** All bodies by name. */
export const BODIES = {
  NULL_PTP_MANAGEMENT: body("NULL_PTP_MANAGEMENT", "port", "GSC", {}),
  CLOCK_DESCRIPTION: body("CLOCK_DESCRIPTION", "port", "G", {
    /** 0x8000 ordinary, 0x4000 boundary clock (Table 60). */
    clockType: k.bits16,
    physicalLayerProtocol: k.text,
    physicalAddress: k.counted,
    protocolAddress: portAddress,
    manufacturerId: k.octets(3),
    _reserved: pad,
    productDescription: k.text,
    revisionData: k.text,
    userDescription: k.text,
    profileId: k.octets(6),
  }),
  USER_DESCRIPTION: body("USER_DESCRIPTION", "clock", "GS", { userDescription: k.text }, 17),
  SAVE_IN_NON_VOLATILE_STORAGE: body("SAVE_IN_NON_VOLATILE_STORAGE", "clock", "C", {}),
  RESET_NON_VOLATILE_STORAGE: body("RESET_NON_VOLATILE_STORAGE", "clock", "C", {}),
  INITIALIZE: body("INITIALIZE", "clock", "C", { initializationKey: k.u16 }),
  FAULT_LOG: body("FAULT_LOG", "clock", "G", { faultRecords: list("u16", faultRecord) }, 17),
  FAULT_LOG_RESET: body("FAULT_LOG_RESET", "clock", "C", {}),
  DEFAULT_DATA_SET: body("DEFAULT_DATA_SET", "clock", "G", {
    flags: flags({ twoStepFlag: 0x01, slaveOnly: 0x02 }),
    _reserved1: pad,
    numberPorts: k.u16,
    priority1: k.u8,
    ...quality,
    priority2: k.u8,
    clockIdentity: k.clockIdentity,
    domainNumber: k.u8,
    _reserved2: pad,
  }),
  CURRENT_DATA_SET: body("CURRENT_DATA_SET", "clock", "G", {
    stepsRemoved: k.u16,
    offsetFromMaster: k.intervalTenths,
    meanPathDelay: k.intervalTenths,
  }),
  PARENT_DATA_SET: body("PARENT_DATA_SET", "clock", "G", {
    parentPortIdentity: k.portIdentity,
    parentStats: k.u8,
    _reserved: pad,
    observedParentOffsetScaledLogVariance: k.hex16,
    observedParentClockPhaseChangeRate: k.hex32,
    grandmasterPriority1: k.u8,
    "gm.ClockClass": k.u8,
    "gm.ClockAccuracy": k.hex8,
    "gm.OffsetScaledLogVariance": k.hex16,
    grandmasterPriority2: k.u8,
    grandmasterIdentity: k.clockIdentity,
  }),
  TIME_PROPERTIES_DATA_SET: body("TIME_PROPERTIES_DATA_SET", "clock", "G", {
    currentUtcOffset: k.i16,
    flags: timeFlags,
    timeSource: k.hex8,
  }),
  PORT_DATA_SET: body("PORT_DATA_SET", "port", "G", {
    portIdentity: k.portIdentity,
    portState,
    logMinDelayReqInterval: k.i8,
    peerMeanPathDelay: k.intervalWhole,
    logAnnounceInterval: k.i8,
    announceReceiptTimeout: k.u8,
    logSyncInterval: k.i8,
    delayMechanism: k.u8,
    logMinPdelayReqInterval: k.i8,
    versionNumber: k.version,
  }),
  PRIORITY1: body("PRIORITY1", "clock", "GS", single({ priority1: k.u8 })),
  PRIORITY2: body("PRIORITY2", "clock", "GS", single({ priority2: k.u8 })),
  DOMAIN: body("DOMAIN", "clock", "GS", single({ domainNumber: k.u8 })),
  /** The standard has the flag in bit 0, linuxptp 3.1.1 in bit 1: both are sent, either is taken. */
  SLAVE_ONLY: body("SLAVE_ONLY", "clock", "GS", single({ flags: flags({ slaveOnly: 0x03 }) })),
  LOG_ANNOUNCE_INTERVAL: body(
    "LOG_ANNOUNCE_INTERVAL",
    "port",
    "GS",
    single({ logAnnounceInterval: k.i8 }),
  ),
  ANNOUNCE_RECEIPT_TIMEOUT: body(
    "ANNOUNCE_RECEIPT_TIMEOUT",
    "port",
    "GS",
    single({ announceReceiptTimeout: k.u8 }),
  ),
  LOG_SYNC_INTERVAL: body("LOG_SYNC_INTERVAL", "port", "GS", single({ logSyncInterval: k.i8 })),
  VERSION_NUMBER: body("VERSION_NUMBER", "port", "GS", single({ versionNumber: k.version })),
  ENABLE_PORT: body("ENABLE_PORT", "port", "C", {}),
  DISABLE_PORT: body("DISABLE_PORT", "port", "C", {}),
  TIME: body("TIME", "clock", "GS", { currentTime: k.timestamp }),
  CLOCK_ACCURACY: body("CLOCK_ACCURACY", "clock", "GS", single({ clockAccuracy: k.hex8 })),
  UTC_PROPERTIES: body(
    "UTC_PROPERTIES",
    "clock",
    "GS",
    single({
      currentUtcOffset: k.i16,
      flags: flags({ leap61: 0x01, leap59: 0x02, currentUtcOffsetValid: 0x04 }),
    }),
  ),
  TRACEABILITY_PROPERTIES: body(
    "TRACEABILITY_PROPERTIES",
    "clock",
    "GS",
    single({ flags: flags({ timeTraceable: 0x10, frequencyTraceable: 0x20 }) }),
  ),
  /** linuxptp leaves timeSource 0 and does not tell it. */
  TIMESCALE_PROPERTIES: body("TIMESCALE_PROPERTIES", "clock", "GS", {
    flags: flags({ ptpTimescale: 0x08 }),
    timeSource: k.quiet(k.hex8),
  }, 13),
  UNICAST_NEGOTIATION_ENABLE: body(
    "UNICAST_NEGOTIATION_ENABLE",
    "port",
    "GS",
    single({ flags: flags({ enable: 0x01 }) }),
  ),
  PATH_TRACE_LIST: body("PATH_TRACE_LIST", "clock", "G", {
    pathSequence: list("rest", { clockIdentity: k.clockIdentity }),
  }, 14),
  PATH_TRACE_ENABLE: body(
    "PATH_TRACE_ENABLE",
    "clock",
    "GS",
    single({ flags: flags({ enable: 0x01 }) }),
  ),
  GRANDMASTER_CLUSTER_TABLE: body("GRANDMASTER_CLUSTER_TABLE", "clock", "GS", {
    logQueryInterval: k.i8,
    actualTableSize: list("u8", { portAddress }),
  }),
  UNICAST_MASTER_TABLE: body("UNICAST_MASTER_TABLE", "port", "GS", {
    logQueryInterval: k.i8,
    actualTableSize: list("u16", { portAddress }),
  }),
  UNICAST_MASTER_MAX_TABLE_SIZE: body("UNICAST_MASTER_MAX_TABLE_SIZE", "port", "G", {
    maxTableSize: k.u16,
  }),
  ACCEPTABLE_MASTER_TABLE: body("ACCEPTABLE_MASTER_TABLE", "clock", "GS", {
    actualTableSize: list("u16", {
      acceptablePortIdentity: k.portIdentity,
      alternatePriority1: k.u8,
    }),
  }, 23),
  ACCEPTABLE_MASTER_TABLE_ENABLED: body(
    "ACCEPTABLE_MASTER_TABLE_ENABLED",
    "port",
    "GS",
    single({ flags: flags({ enable: 0x01 }) }),
  ),
  ACCEPTABLE_MASTER_MAX_TABLE_SIZE: body("ACCEPTABLE_MASTER_MAX_TABLE_SIZE", "clock", "G", {
    maxTableSize: k.u16,
  }),
  ALTERNATE_MASTER: body(
    "ALTERNATE_MASTER",
    "port",
    "GS",
    single({
      flags: flags({ transmitAlternateMulticastSync: 0x01 }),
      logAlternateMulticastSyncInterval: k.i8,
      numberOfAlternateMasters: k.u8,
    }),
  ),
  ALTERNATE_TIME_OFFSET_ENABLE: body("ALTERNATE_TIME_OFFSET_ENABLE", "clock", "GS", {
    keyField: k.u8,
    flags: flags({ enable: 0x01 }),
  }, 15),
  ALTERNATE_TIME_OFFSET_NAME: body("ALTERNATE_TIME_OFFSET_NAME", "clock", "GS", {
    keyField: k.u8,
    displayName: k.text,
  }, 15),
  ALTERNATE_TIME_OFFSET_MAX_KEY: body(
    "ALTERNATE_TIME_OFFSET_MAX_KEY",
    "clock",
    "G",
    single({ maxKey: k.u8 }),
  ),
  ALTERNATE_TIME_OFFSET_PROPERTIES: body("ALTERNATE_TIME_OFFSET_PROPERTIES", "clock", "GS", {
    keyField: k.u8,
    currentOffset: k.i32,
    jumpSeconds: k.i32,
    timeOfNextJump: k.u48,
    _reserved: pad,
  }),
  EXTERNAL_PORT_CONFIGURATION_ENABLED: body(
    "EXTERNAL_PORT_CONFIGURATION_ENABLED",
    "clock",
    "GS",
    single({ flags: flags({ enable: 0x01 }) }),
  ),
  MASTER_ONLY: body("MASTER_ONLY", "port", "GS", single({ flags: flags({ masterOnly: 0x01 }) })),
  HOLDOVER_UPGRADE_ENABLE: body(
    "HOLDOVER_UPGRADE_ENABLE",
    "clock",
    "GS",
    single({ flags: flags({ enable: 0x01 }) }),
  ),
  EXT_PORT_CONFIG_PORT_DATA_SET: body(
    "EXT_PORT_CONFIG_PORT_DATA_SET",
    "port",
    "GS",
    single({ desiredState: portState }),
  ),
  TRANSPARENT_CLOCK_DEFAULT_DATA_SET: body("TRANSPARENT_CLOCK_DEFAULT_DATA_SET", "clock", "G", {
    clockIdentity: k.clockIdentity,
    numberPorts: k.u16,
    delayMechanism: k.u8,
    primaryDomain: k.u8,
  }),
  TRANSPARENT_CLOCK_PORT_DATA_SET: body("TRANSPARENT_CLOCK_PORT_DATA_SET", "port", "G", {
    portIdentity: k.portIdentity,
    flags: flags({ faultyFlag: 0x01 }),
    logMinPdelayReqInterval: k.i8,
    peerMeanPathDelay: k.intervalWhole,
  }),
  PRIMARY_DOMAIN: body("PRIMARY_DOMAIN", "clock", "GS", single({ primaryDomain: k.u8 })),
  DELAY_MECHANISM: body("DELAY_MECHANISM", "port", "GS", single({ delayMechanism: k.u8 })),
  LOG_MIN_PDELAY_REQ_INTERVAL: body(
    "LOG_MIN_PDELAY_REQ_INTERVAL",
    "port",
    "GS",
    single({ logMinPdelayReqInterval: k.i8 }),
  ),
  TIME_STATUS_NP: body("TIME_STATUS_NP", "clock", "G", {
    master_offset: k.i64,
    ingress_time: k.i64,
    cumulativeScaledRateOffset: k.rateOffset,
    scaledLastGmPhaseChange: k.i32,
    gmTimeBaseIndicator: k.u16,
    lastGmPhaseChange: k.phase96,
    gmPresent: k.truth32,
    gmIdentity: k.clockIdentity,
  }),
  GRANDMASTER_SETTINGS_NP: body("GRANDMASTER_SETTINGS_NP", "clock", "GS", {
    ...quality,
    currentUtcOffset: k.i16,
    flags: timeFlags,
    timeSource: k.hex8,
  }),
  PORT_DATA_SET_NP: body("PORT_DATA_SET_NP", "port", "GS", {
    neighborPropDelayThresh: k.u32,
    asCapable: k.switch32,
  }),
  SUBSCRIBE_EVENTS_NP: body("SUBSCRIBE_EVENTS_NP", "clock", "GS", {
    duration: k.u16,
    events: eventMask(NOTIFICATIONS),
  }, 18),
  PORT_PROPERTIES_NP: body("PORT_PROPERTIES_NP", "port", "G", {
    portIdentity: k.portIdentity,
    portState,
    timestamping,
    interface: k.text,
  }, 24),
  /** By messageType, those of reserved types are sent but not told. */
  PORT_STATS_NP: body("PORT_STATS_NP", "port", "G", {
    portIdentity: k.portIdentity,
    ...counters("rx"),
    ...counters("tx"),
  }, 26),
  SYNCHRONIZATION_UNCERTAIN_NP: body(
    "SYNCHRONIZATION_UNCERTAIN_NP",
    "clock",
    "GS",
    single({ uncertain: k.u8 }),
  ),
  PORT_SERVICE_STATS_NP: body("PORT_SERVICE_STATS_NP", "port", "G", {
    portIdentity: k.portIdentity,
    announce_timeout: k.counter,
    sync_timeout: k.counter,
    delay_timeout: k.counter,
    unicast_service_timeout: k.counter,
    unicast_request_timeout: k.counter,
    master_announce_timeout: k.counter,
    master_sync_timeout: k.counter,
    qualification_timeout: k.counter,
    sync_mismatch: k.counter,
    followup_mismatch: k.counter,
  }, 26),
  UNICAST_MASTER_TABLE_NP: body("UNICAST_MASTER_TABLE_NP", "port", "G", {
    actual_table_size: list("u16", unicastMaster, {
      title: `BM  ${"identity".padEnd(24)} ${"address".padEnd(34)} ${"state".padEnd(9)} ` +
        "clockClass clockQuality offsetScaledLogVariance p1  p2",
      row: (e) =>
        `${e.selected !== 0 ? "yes" : "no "} ${portText(e.portIdentity).padEnd(24)} ` +
        `${addressText(e.address).padEnd(34)} ${
          (UNICAST_STATES[e.portState] ?? "???").padEnd(9)
        } ` +
        `${String(e.clockClass).padEnd(10)} 0x${e.clockAccuracy.toString(16).padStart(2, "0")}` +
        `         0x${e.offsetScaledLogVariance.toString(16).padStart(4, "0")}` +
        `                  ${String(e.priority1).padEnd(3)} ${String(e.priority2).padEnd(3)}`,
    }),
  }),
  PORT_HWCLOCK_NP: body("PORT_HWCLOCK_NP", "port", "G", {
    portIdentity: k.portIdentity,
    phcIndex: k.i32,
    flags: k.u8,
    _reserved: pad,
  }, 24),
  POWER_PROFILE_SETTINGS_NP: body("POWER_PROFILE_SETTINGS_NP", "port", "GS", {
    version: k.u16,
    grandmasterID: k.hex16,
    grandmasterTimeInaccuracy: k.u32,
    networkTimeInaccuracy: k.u32,
    totalTimeInaccuracy: k.u32,
  }),
  CMLDS_INFO_NP: body("CMLDS_INFO_NP", "port", "G", {
    meanLinkDelay: k.intervalWhole,
    scaledNeighborRateRatio: k.i32,
    as_capable: k.u32,
  }),
  PORT_CORRECTIONS_NP: body("PORT_CORRECTIONS_NP", "port", "GS", {
    egressLatency: k.intervalWhole,
    ingressLatency: k.intervalWhole,
    delayAsymmetry: k.intervalWhole,
  }),
  EXTERNAL_GRANDMASTER_PROPERTIES_NP: body("EXTERNAL_GRANDMASTER_PROPERTIES_NP", "clock", "GS", {
    gmIdentity: k.clockIdentity,
    stepsRemoved: k.u16,
  }),
  /** Ours: why messages were not used. */
  PORT_DROPS_NP: body("PORT_DROPS_NP", "port", "G", {
    portIdentity: k.portIdentity,
    drops: list("u16", { reason: k.text, count: k.counter }, {
      title: "reason                    count",
      row: (e) => `${e.reason.padEnd(25)} ${e.count}`,
    }),
  }, 26),
} as const;

/** The table's names. */
export type BodyName = keyof typeof BODIES;

const BY_ID = new Map<number, BodyName>(
  Object.entries(BODIES).map(([name, { id }]) => [id, name as BodyName]),
);

/** The table's name of an id; `undefined` where it has none. */
export function bodyName(id: number): BodyName | undefined {
  return BY_ID.get(id);
}
