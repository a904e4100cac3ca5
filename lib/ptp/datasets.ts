/**
 * The data sets of a PTP instance and its ports (IEEE 1588-2019 8.2), as plain records.
 * @module
 */
import type { Nanos } from "../base/time.ts";
import type { ClockQuality, InstanceOptions, PortOptions, TimeProperties } from "./options.ts";
import { type PortState, PortState as State } from "./state.ts";
import { type ClockIdentity, type PortIdentity, portIdentity } from "./wire/identity.ts";

/** 8.2.1. */
export interface DefaultDS {
  twoStepFlag: boolean;
  clockIdentity: ClockIdentity;
  numberPorts: number;
  clockQuality: ClockQuality;
  priority1: number;
  priority2: number;
  domainNumber: number;
  slaveOnly: boolean;
  /** 12 bits: majorSdoId, then minorSdoId. */
  sdoId: number;
}

/** 8.2.2. */
export interface CurrentDS {
  stepsRemoved: number;
  /** NaN before the first measurement. */
  offsetFromMaster: Nanos;
  /** NaN before the first measurement. */
  meanDelay: Nanos;
}

/** 8.2.3. */
export interface ParentDS {
  parentPortIdentity: PortIdentity;
  parentStats: boolean;
  observedParentOffsetScaledLogVariance: number;
  observedParentClockPhaseChangeRate: number;
  grandmasterIdentity: ClockIdentity;
  grandmasterClockQuality: ClockQuality;
  grandmasterPriority1: number;
  grandmasterPriority2: number;
}

/** 8.2.4. */
export type TimePropertiesDS = TimeProperties;

/** 8.2.15. */
export interface PortDS {
  portIdentity: PortIdentity;
  portState: PortState;
  logMinDelayReqInterval: number;
  /** `meanLinkDelay` of the 2019 edition, `peerMeanPathDelay` of the 2008 one; 0 if not measured. */
  meanLinkDelay: Nanos;
  logAnnounceInterval: number;
  announceReceiptTimeout: number;
  logSyncInterval: number;
  delayMechanism: number;
  logMinPdelayReqInterval: number;
  versionNumber: number;
  minorVersionNumber: number;
  masterOnly: boolean;
}

/** `portDS.delayMechanism` (Table 21). */
export const DelayMechanismId = { E2E: 1, P2P: 2, COMMON_P2P: 3, SPECIAL: 4, NONE: 0xfe } as const;

/** Table 4: the class of a clock that is slave only. */
const SLAVE_ONLY_CLASS = 255;

export function defaultDS(o: Readonly<InstanceOptions>): DefaultDS {
  const clockClass = o.slaveOnly ? SLAVE_ONLY_CLASS : o.clockQuality.clockClass;
  return {
    twoStepFlag: true,
    clockIdentity: { ...o.clockIdentity },
    numberPorts: 0,
    clockQuality: { ...o.clockQuality, clockClass },
    priority1: o.priority1,
    priority2: o.priority2,
    domainNumber: o.domainNumber,
    slaveOnly: o.slaveOnly,
    sdoId: (o.majorSdoId << 8) | o.minorSdoId,
  };
}

export function currentDS(): CurrentDS {
  return { stepsRemoved: 0, offsetFromMaster: NaN as Nanos, meanDelay: NaN as Nanos };
}

/** The parent of a clock that is its own (Table 33). */
export function ownParentDS(d: Readonly<DefaultDS>): ParentDS {
  return {
    parentPortIdentity: portIdentity(d.clockIdentity.high, d.clockIdentity.low, 0),
    parentStats: false,
    observedParentOffsetScaledLogVariance: 0xffff,
    observedParentClockPhaseChangeRate: 0x7fff_ffff,
    grandmasterIdentity: { ...d.clockIdentity },
    grandmasterClockQuality: { ...d.clockQuality },
    grandmasterPriority1: d.priority1,
    grandmasterPriority2: d.priority2,
  };
}

export function portDS(
  d: Readonly<DefaultDS>,
  o: Readonly<PortOptions>,
  minorVersionPtp: number,
): PortDS {
  return {
    portIdentity: portIdentity(d.clockIdentity.high, d.clockIdentity.low, o.portNumber),
    portState: State.Initializing,
    logMinDelayReqInterval: o.logMinDelayReqInterval,
    meanLinkDelay: 0 as Nanos,
    logAnnounceInterval: o.logAnnounceInterval,
    announceReceiptTimeout: o.announceReceiptTimeout,
    logSyncInterval: o.logSyncInterval,
    delayMechanism: o.delayMechanism === "p2p" ? DelayMechanismId.P2P : DelayMechanismId.E2E,
    logMinPdelayReqInterval: o.logMinPdelayReqInterval,
    versionNumber: 2,
    minorVersionNumber: minorVersionPtp,
    masterOnly: o.masterOnly,
  };
}
