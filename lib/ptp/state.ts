/**
 * Port states and the arcs between them (IEEE 1588-2019 9.2.5, Figures 30 and 31).
 * @module
 */

/** `portDS.portState`, the numbers management messages carry (Table 20). */
export const PortState = {
  Initializing: 1,
  Faulty: 2,
  Disabled: 3,
  Listening: 4,
  PreMaster: 5,
  Master: 6,
  Passive: 7,
  Uncalibrated: 8,
  Slave: 9,
} as const;
export type PortState = typeof PortState[keyof typeof PortState];

/** The standard's names by number. */
export const STATE_NAMES: Readonly<Record<PortState, string>> = {
  [PortState.Initializing]: "INITIALIZING",
  [PortState.Faulty]: "FAULTY",
  [PortState.Disabled]: "DISABLED",
  [PortState.Listening]: "LISTENING",
  [PortState.PreMaster]: "PRE_MASTER",
  [PortState.Master]: "MASTER",
  [PortState.Passive]: "PASSIVE",
  [PortState.Uncalibrated]: "UNCALIBRATED",
  [PortState.Slave]: "SLAVE",
};

/** What drives a port (9.2.6), in the words that linuxptp logs. */
export const StateEvent = {
  Powerup: "POWERUP",
  Initialize: "INITIALIZE",
  DesignatedEnabled: "DESIGNATED_ENABLED",
  DesignatedDisabled: "DESIGNATED_DISABLED",
  FaultCleared: "FAULT_CLEARED",
  FaultDetected: "FAULT_DETECTED",
  InitComplete: "INIT_COMPLETE",
  AnnounceReceiptTimeout: "ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES",
  QualificationTimeout: "QUALIFICATION_TIMEOUT_EXPIRES",
  /** BMC_MASTER: decision codes M1, M2, M3. */
  RecommendMaster: "RS_MASTER",
  /** BMC_SLAVE: decision code S1. */
  RecommendSlave: "RS_SLAVE",
  /** BMC_PASSIVE: decision codes P1, P2. */
  RecommendPassive: "RS_PASSIVE",
  MasterClockSelected: "MASTER_CLOCK_SELECTED",
  SynchronizationFault: "SYNCHRONIZATION_FAULT",
} as const;
export type StateEvent = typeof StateEvent[keyof typeof StateEvent];

/**
 * The state a port enters, or `undefined` where it stays in the one it is in (Figure 30).
 * @param isNewMaster With `RecommendSlave`: the master is another one than before.
 */
export function successor(
  state: PortState,
  event: StateEvent,
  isNewMaster = false,
): PortState | undefined {
  const anywhere = always(state, event);
  if (anywhere !== undefined || !isRunning(state)) return anywhere;
  switch (event) {
    case StateEvent.AnnounceReceiptTimeout:
      return isReceiving(state) ? PortState.Master : undefined;
    case StateEvent.QualificationTimeout:
      return state === PortState.PreMaster ? PortState.Master : undefined;
    case StateEvent.RecommendMaster:
      return isReceiving(state) ? PortState.PreMaster : undefined;
    case StateEvent.RecommendPassive:
      return state === PortState.Passive ? undefined : PortState.Passive;
    default:
      return following(state, event, isNewMaster);
  }
}

/** As {@linkcode successor} for a slave-only clock (Figure 31). */
export function slaveOnlySuccessor(
  state: PortState,
  event: StateEvent,
  isNewMaster = false,
): PortState | undefined {
  const anywhere = always(state, event);
  if (anywhere !== undefined || !isRunning(state)) return anywhere;
  switch (event) {
    case StateEvent.AnnounceReceiptTimeout:
    case StateEvent.RecommendMaster:
    case StateEvent.RecommendPassive:
      return isFollowing(state) ? PortState.Listening : undefined;
    default:
      return following(state, event, isNewMaster);
  }
}

/** True in UNCALIBRATED and SLAVE. */
export function isFollowing(state: PortState): boolean {
  return state === PortState.Uncalibrated || state === PortState.Slave;
}

/** True in the states that take part in the best master clock algorithm. */
export function isRunning(state: PortState): boolean {
  return state >= PortState.Listening;
}

/** LISTENING, UNCALIBRATED, SLAVE and PASSIVE: the states that an Announce timeout ends. */
function isReceiving(state: PortState): boolean {
  return state === PortState.Listening || state === PortState.Passive || isFollowing(state);
}

/** The arcs that are the same in both figures and leave nearly every state. */
function always(state: PortState, event: StateEvent): PortState | undefined {
  switch (event) {
    case StateEvent.Powerup:
    case StateEvent.Initialize:
      return PortState.Initializing;
    case StateEvent.DesignatedDisabled:
      return state === PortState.Disabled ? undefined : PortState.Disabled;
    case StateEvent.DesignatedEnabled:
      return state === PortState.Disabled ? PortState.Initializing : undefined;
    case StateEvent.FaultDetected:
      return state === PortState.Disabled || state === PortState.Faulty
        ? undefined
        : PortState.Faulty;
    case StateEvent.FaultCleared:
      return state === PortState.Faulty ? PortState.Initializing : undefined;
    case StateEvent.InitComplete:
      return state === PortState.Initializing ? PortState.Listening : undefined;
    default:
      return undefined;
  }
}

/** The arcs around UNCALIBRATED and SLAVE. */
function following(
  state: PortState,
  event: StateEvent,
  isNewMaster: boolean,
): PortState | undefined {
  switch (event) {
    case StateEvent.RecommendSlave:
      return isFollowing(state) && !isNewMaster ? undefined : PortState.Uncalibrated;
    case StateEvent.MasterClockSelected:
      return state === PortState.Uncalibrated ? PortState.Slave : undefined;
    case StateEvent.SynchronizationFault:
      return state === PortState.Slave ? PortState.Uncalibrated : undefined;
    default:
      return undefined;
  }
}
