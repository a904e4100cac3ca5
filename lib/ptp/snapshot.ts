/**
 * The status of an instance and its ports as JSON values: numbers, strings, nulls.
 * @module
 */
import type { CurrentDS, DefaultDS, ParentDS, TimePropertiesDS } from "./datasets.ts";
import type { PtpRefusal } from "./event.ts";
import type { ForeignMaster } from "./foreign.ts";
import type { UnicastSnapshot } from "./port_unicast.ts";
import type { PtpPort } from "./port.ts";
import { STATE_NAMES } from "./state.ts";
import { MESSAGE_NAMES } from "./wire/header.ts";
import { clockText, portText } from "./wire/identity.ts";

/** One port's status. */
export interface PortSnapshot {
  portIdentity: string;
  portState: string;
  decision: string;
  logAnnounceInterval: number;
  logSyncInterval: number;
  logMinDelayReqInterval: number;
  logMinPdelayReqInterval: number;
  delayMechanism: string;
  announceReceiptTimeout: number;
  masterOnly: boolean;
  observedLogSyncInterval: number;
  /** Messages by name; those never seen are left out. */
  received: Record<string, number>;
  sent: Record<string, number>;
  /** Messages not used, by reason; those never seen are left out. */
  dropped: Record<string, number>;
  delay: Record<string, number>;
  unicast?: UnicastSnapshot;
  transmitStampsMissed: number;
  eventsLost: number;
  foreignMasters: ForeignMasterSnapshot[];
}

export interface ForeignMasterSnapshot {
  portIdentity: string;
  grandmasterIdentity: string;
  priority1: number;
  clockClass: number;
  priority2: number;
  stepsRemoved: number;
  logAnnounceInterval: number;
}

/** The whole instance's status. */
export interface InstanceSnapshot {
  defaultDS: Omit<DefaultDS, "clockIdentity"> & { clockIdentity: string };
  currentDS: {
    stepsRemoved: number;
    offsetFromMaster: number | null;
    meanDelay: number | null;
  };
  parentDS: ParentSnapshot;
  timePropertiesDS: TimePropertiesDS;
  servo: { state: string; offset: number | null; bound: number | null; frequency: number | null };
  refusal: PtpRefusal | null;
  ports: PortSnapshot[];
}

export interface ParentSnapshot {
  parentPortIdentity: string;
  grandmasterIdentity: string;
  grandmasterClockQuality: ParentDS["grandmasterClockQuality"];
  grandmasterPriority1: number;
  grandmasterPriority2: number;
}

export function parentSnapshot(p: Readonly<ParentDS>): ParentSnapshot {
  return {
    parentPortIdentity: portText(p.parentPortIdentity),
    grandmasterIdentity: clockText(p.grandmasterIdentity),
    grandmasterClockQuality: { ...p.grandmasterClockQuality },
    grandmasterPriority1: p.grandmasterPriority1,
    grandmasterPriority2: p.grandmasterPriority2,
  };
}

export function defaultSnapshot(d: Readonly<DefaultDS>): InstanceSnapshot["defaultDS"] {
  return {
    ...d,
    clockIdentity: clockText(d.clockIdentity),
    clockQuality: { ...d.clockQuality },
  };
}

export function currentSnapshot(c: Readonly<CurrentDS>): InstanceSnapshot["currentDS"] {
  return {
    stepsRemoved: c.stepsRemoved,
    offsetFromMaster: finite(c.offsetFromMaster),
    meanDelay: finite(c.meanDelay),
  };
}

/** JSON has no NaN. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function portSnapshot(port: PtpPort, eventsLost: number): PortSnapshot {
  const d = port.portDS;
  const unicast = port.unicast.snapshot();
  return {
    portIdentity: portText(d.portIdentity),
    portState: STATE_NAMES[d.portState],
    decision: port.decision,
    logAnnounceInterval: d.logAnnounceInterval,
    logSyncInterval: d.logSyncInterval,
    logMinDelayReqInterval: d.logMinDelayReqInterval,
    logMinPdelayReqInterval: d.logMinPdelayReqInterval,
    delayMechanism: port.options.delayMechanism,
    announceReceiptTimeout: d.announceReceiptTimeout,
    masterOnly: d.masterOnly,
    observedLogSyncInterval: port.observedLogSyncInterval,
    received: byName(port.received),
    sent: byName(port.emitter.sent),
    dropped: port.faults.snapshot(),
    delay: { ...port.delay.snapshot(), ...port.peer?.snapshot() },
    ...(unicast === undefined ? {} : { unicast }),
    transmitStampsMissed: port.syncSender.missed,
    eventsLost,
    foreignMasters: port.foreign.list().map(foreignSnapshot),
  };
}

function foreignSnapshot(f: ForeignMaster): ForeignMasterSnapshot {
  return {
    portIdentity: portText(f.sender),
    grandmasterIdentity: clockText(f.grandmasterIdentity),
    priority1: f.priority1,
    clockClass: f.clockClass,
    priority2: f.priority2,
    stepsRemoved: f.stepsRemoved,
    logAnnounceInterval: f.logAnnounceInterval,
  };
}

function byName(counts: Float64Array): Record<string, number> {
  const named: Record<string, number> = {};
  counts.forEach((n, type) => {
    if (n > 0) named[MESSAGE_NAMES[type] ?? `type${type}`] = n;
  });
  return named;
}
