/**
 * Management ids of the clock (IEEE 1588-2019 15.5.3.1 to 15.5.3.6, and linuxptp's own).
 * @module
 */
import { timestamp } from "../../base/time.ts";
import type { DefaultDS } from "../datasets.ts";
import type { TimeProperties } from "../options.ts";
import { isSameClock } from "../wire/identity.ts";
import { ManagementError } from "../wire/management.ts";
import { MAX_DISPLAY_NAME } from "../wire/alternate_time_offset.ts";
import { MAX_KEY } from "./alternates.ts";
import type { BodyName } from "./bodies.ts";
import type { BodyOf, ClockHandler, Result } from "./handlers.ts";
import type { ManagedNode } from "./node.ts";

const DONE: Result = 0;
const { NOT_SETABLE, NOT_SUPPORTED, WRONG_VALUE } = ManagementError;
/** Octets of UTF-8 in a userDescription (15.5.3.1.3). */
const MAX_USER_DESCRIPTION = 128;
/** The one initializationKey that all clocks know (Table 62). */
const INITIALIZE_EVENT = 0;

function changeTime(node: ManagedNode, change: Partial<TimeProperties>): Result {
  node.instance.setTimeProperties({ ...node.instance.options.timeProperties, ...change });
  return DONE;
}

/** leap59 and leap61 exclude each other. */
function isOneLeap(flags: { leap59: boolean; leap61: boolean }): boolean {
  return !(flags.leap59 && flags.leap61);
}

function qualityOf(d: Readonly<DefaultDS>) {
  const { clockClass, clockAccuracy, offsetScaledLogVariance } = d.clockQuality;
  return { clockClass, clockAccuracy, offsetScaledLogVariance };
}

function timeStatus(node: ManagedNode): BodyOf<"TIME_STATUS_NP"> {
  const { instance, sample, description } = node;
  const { parentDS, defaultDS, currentDS } = instance;
  const ingress = timestamp();
  if (sample !== undefined) description.clock.readAt(sample.at, ingress);
  const offset = currentDS.offsetFromMaster;
  return {
    master_offset: Number.isFinite(offset) ? BigInt(Math.round(offset)) : 0n,
    ingress_time: BigInt(ingress.seconds) * 1_000_000_000n +
      BigInt(Math.floor(ingress.nanoseconds)),
    cumulativeScaledRateOffset: 0,
    scaledLastGmPhaseChange: 0,
    gmTimeBaseIndicator: 0,
    lastGmPhaseChange: 0n,
    gmPresent: isSameClock(parentDS.grandmasterIdentity, defaultDS.clockIdentity) ? 0 : 1,
    gmIdentity: parentDS.grandmasterIdentity,
  };
}

type ClockHandlers = { readonly [N in BodyName]?: ClockHandler<N> };

/** By name; SUBSCRIBE_EVENTS_NP is the responder's own, because it needs the asker. */
export const CLOCK_HANDLERS: ClockHandlers = {
  USER_DESCRIPTION: {
    get: ({ description }) => ({ userDescription: description.userDescription }),
    set: ({ description }, { userDescription }) => {
      if (userDescription.length > MAX_USER_DESCRIPTION) return WRONG_VALUE;
      description.userDescription = userDescription;
      return DONE;
    },
  },
  SAVE_IN_NON_VOLATILE_STORAGE: { command: () => NOT_SUPPORTED },
  RESET_NON_VOLATILE_STORAGE: { command: () => NOT_SUPPORTED },
  INITIALIZE: {
    command: ({ instance }, { initializationKey }, now) => {
      if (initializationKey !== INITIALIZE_EVENT) return WRONG_VALUE;
      instance.initialize(now);
      return DONE;
    },
  },
  FAULT_LOG: {
    get: ({ faultLog }) => ({
      faultRecords: faultLog.map((f) => ({ ...f, faultRecordLength: recordLength(f) })),
    }),
  },
  FAULT_LOG_RESET: {
    command: ({ faultLog }) => {
      faultLog.length = 0;
      return DONE;
    },
  },
  DEFAULT_DATA_SET: {
    get: ({ instance: { defaultDS: d } }) => ({
      flags: { twoStepFlag: d.twoStepFlag, slaveOnly: d.slaveOnly },
      numberPorts: d.numberPorts,
      priority1: d.priority1,
      ...qualityOf(d),
      priority2: d.priority2,
      clockIdentity: d.clockIdentity,
      domainNumber: d.domainNumber,
    }),
  },
  CURRENT_DATA_SET: {
    get: ({ instance: { currentDS: c } }) => ({
      stepsRemoved: c.stepsRemoved,
      offsetFromMaster: c.offsetFromMaster,
      meanPathDelay: c.meanDelay,
    }),
  },
  PARENT_DATA_SET: {
    get: ({ instance: { parentDS: p } }) => ({
      parentPortIdentity: p.parentPortIdentity,
      parentStats: p.parentStats ? 1 : 0,
      observedParentOffsetScaledLogVariance: p.observedParentOffsetScaledLogVariance,
      observedParentClockPhaseChangeRate: p.observedParentClockPhaseChangeRate,
      grandmasterPriority1: p.grandmasterPriority1,
      "gm.ClockClass": p.grandmasterClockQuality.clockClass,
      "gm.ClockAccuracy": p.grandmasterClockQuality.clockAccuracy,
      "gm.OffsetScaledLogVariance": p.grandmasterClockQuality.offsetScaledLogVariance,
      grandmasterPriority2: p.grandmasterPriority2,
      grandmasterIdentity: p.grandmasterIdentity,
    }),
  },
  TIME_PROPERTIES_DATA_SET: {
    get: ({ instance: { timePropertiesDS: t } }) => ({
      currentUtcOffset: t.currentUtcOffset,
      flags: t,
      timeSource: t.timeSource,
    }),
  },
  PRIORITY1: {
    get: ({ instance }) => ({ priority1: instance.defaultDS.priority1 }),
    set: ({ instance }, values) => (instance.setQuality(values), DONE),
  },
  PRIORITY2: {
    get: ({ instance }) => ({ priority2: instance.defaultDS.priority2 }),
    set: ({ instance }, values) => (instance.setQuality(values), DONE),
  },
  DOMAIN: {
    get: ({ instance }) => ({ domainNumber: instance.defaultDS.domainNumber }),
    set: ({ instance }, { domainNumber }, now) => {
      if (domainNumber !== instance.defaultDS.domainNumber) instance.setDomain(now, domainNumber);
      return DONE;
    },
  },
  SLAVE_ONLY: {
    get: ({ instance }) => ({ flags: { slaveOnly: instance.defaultDS.slaveOnly } }),
    set: ({ instance }, { flags: { slaveOnly } }, now) => {
      if (slaveOnly === instance.defaultDS.slaveOnly) return DONE;
      // A clock without a servo cannot follow, one that only follows was told so by its command.
      if (!instance.discipline.canSteer || instance.ports.some((p) => p.options.masterOnly)) {
        return NOT_SETABLE;
      }
      instance.setSlaveOnly(now, slaveOnly);
      return DONE;
    },
  },
  TIME: {
    get: ({ instance }, now) => {
      const currentTime = timestamp();
      instance.servedTime(now, currentTime);
      return { currentTime };
    },
    set: () => NOT_SETABLE,
  },
  CLOCK_ACCURACY: {
    get: ({ instance }) => ({ clockAccuracy: instance.defaultDS.clockQuality.clockAccuracy }),
    set: ({ instance }, values) => (instance.setQuality(values), DONE),
  },
  UTC_PROPERTIES: {
    get: ({ instance: { timePropertiesDS: t } }) => ({
      currentUtcOffset: t.currentUtcOffset,
      flags: t,
    }),
    set: (node, { currentUtcOffset, flags }) =>
      isOneLeap(flags) ? changeTime(node, { currentUtcOffset, ...flags }) : WRONG_VALUE,
  },
  TRACEABILITY_PROPERTIES: {
    get: ({ instance }) => ({ flags: instance.timePropertiesDS }),
    set: (node, { flags }) => changeTime(node, flags),
  },
  TIMESCALE_PROPERTIES: {
    get: ({ instance: { timePropertiesDS: t } }) => ({ flags: t, timeSource: t.timeSource }),
    set: (node, { flags, timeSource }) => changeTime(node, { ...flags, timeSource }),
  },
  PATH_TRACE_LIST: {
    get: ({ instance: { announceTlvs } }) => ({
      pathSequence: announceTlvs.path.map((clockIdentity) => ({ clockIdentity })),
    }),
  },
  PATH_TRACE_ENABLE: {
    get: ({ instance }) => ({ flags: { enable: instance.options.pathTrace } }),
    set: ({ instance }, { flags }) =>
      flags.enable === instance.options.pathTrace ? DONE : NOT_SETABLE,
  },
  ALTERNATE_TIME_OFFSET_ENABLE: {
    get: ({ alternates }, _now, asked) => {
      const found = alternates.find(asked?.keyField);
      return found && { keyField: found.keyField, flags: { enable: found.isEnabled } };
    },
    set: (node, { keyField, flags }) => node.changeAlternate(keyField, { isEnabled: flags.enable }),
  },
  ALTERNATE_TIME_OFFSET_NAME: {
    get: ({ alternates }, _now, asked) => {
      const found = alternates.find(asked?.keyField);
      return found && { keyField: found.keyField, displayName: found.displayName };
    },
    set: (node, { keyField, displayName }) =>
      displayName.length > MAX_DISPLAY_NAME
        ? WRONG_VALUE
        : node.changeAlternate(keyField, { displayName }),
  },
  ALTERNATE_TIME_OFFSET_MAX_KEY: { get: () => ({ maxKey: MAX_KEY }) },
  ALTERNATE_TIME_OFFSET_PROPERTIES: {
    get: ({ alternates }, _now, asked) => {
      const found = alternates.find(asked?.keyField);
      if (found === undefined) return undefined;
      const { keyField, currentOffset, jumpSeconds, timeOfNextJump } = found;
      return { keyField, currentOffset, jumpSeconds, timeOfNextJump };
    },
    set: (node, { keyField, ...rest }) => node.changeAlternate(keyField, rest),
  },
  TIME_STATUS_NP: { get: timeStatus },
  GRANDMASTER_SETTINGS_NP: {
    get: ({ instance: { defaultDS, options: { timeProperties: t } } }) => ({
      ...qualityOf(defaultDS),
      currentUtcOffset: t.currentUtcOffset,
      flags: t,
      timeSource: t.timeSource,
    }),
    set: (node, { flags, currentUtcOffset, timeSource, ...quality }) => {
      if (!isOneLeap(flags)) return WRONG_VALUE;
      node.instance.setQuality(quality);
      return changeTime(node, { ...flags, currentUtcOffset, timeSource });
    },
  },
  SYNCHRONIZATION_UNCERTAIN_NP: {
    get: ({ uncertain }) => ({ uncertain }),
    set: (node, { uncertain }) => {
      if (uncertain > 1 && uncertain !== 0xff) return WRONG_VALUE;
      node.uncertain = uncertain;
      return DONE;
    },
  },
};

/** Octets of a fault record behind its length field. */
function recordLength(f: ManagedNode["faultLog"][number]): number {
  return 11 + 3 + f.faultName.length + f.faultValue.length + f.faultDescription.length;
}
