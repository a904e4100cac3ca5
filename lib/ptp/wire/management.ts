/**
 * Management, 48 octets and one TLV (IEEE 1588-2019 15.4, 15.5), with its tables of numbers.
 * @module
 */

export const MANAGEMENT_LENGTH = 48;
/** Where `targetPortIdentity` stands. */
export const TARGET_PORT_IDENTITY = 34;

/** `actionField` (Table 57). */
export const Action = { Get: 0, Set: 1, Response: 2, Command: 3, Acknowledge: 4 } as const;

/** Names by `actionField`. */
export const ACTION_NAMES = ["GET", "SET", "RESPONSE", "COMMAND", "ACKNOWLEDGE"] as const;

export function startingBoundaryHops(v: DataView, o: number): number {
  return v.getUint8(o + 44);
}

export function boundaryHops(v: DataView, o: number): number {
  return v.getUint8(o + 45);
}

/** 4 bits, see {@linkcode Action}. */
export function actionField(v: DataView, o: number): number {
  return v.getUint8(o + 46) & 0x0f;
}

/** `managementId` of a MANAGEMENT TLV at `t` (its `lengthField` is 2 or more). */
export function managementId(v: DataView, t: number): number {
  return v.getUint16(t + 4);
}

/** Where a MANAGEMENT TLV's `dataField` starts; it has `lengthField` - 2 octets. */
export const MANAGEMENT_DATA = 6;

/** `managementErrorId` of a MANAGEMENT_ERROR_STATUS TLV at `t` (`lengthField` is 8 or more). */
export function managementErrorId(v: DataView, t: number): number {
  return v.getUint16(t + 4);
}

/** The `managementId` a MANAGEMENT_ERROR_STATUS TLV answers. */
export function errorManagementId(v: DataView, t: number): number {
  return v.getUint16(t + 6);
}

/** `managementErrorId` (Table 109). */
export const ManagementError = {
  RESPONSE_TOO_BIG: 0x0001,
  NO_SUCH_ID: 0x0002,
  WRONG_LENGTH: 0x0003,
  WRONG_VALUE: 0x0004,
  NOT_SETABLE: 0x0005,
  NOT_SUPPORTED: 0x0006,
  UNPOPULATED: 0x0007,
  GENERAL_ERROR: 0xfffe,
} as const;

/** `managementId` (Table 59), and linuxptp's own from 0xC000 on (`_NP`). */
export const ManagementId = {
  NULL_PTP_MANAGEMENT: 0x0000,
  CLOCK_DESCRIPTION: 0x0001,
  USER_DESCRIPTION: 0x0002,
  SAVE_IN_NON_VOLATILE_STORAGE: 0x0003,
  RESET_NON_VOLATILE_STORAGE: 0x0004,
  INITIALIZE: 0x0005,
  FAULT_LOG: 0x0006,
  FAULT_LOG_RESET: 0x0007,
  DEFAULT_DATA_SET: 0x2000,
  CURRENT_DATA_SET: 0x2001,
  PARENT_DATA_SET: 0x2002,
  TIME_PROPERTIES_DATA_SET: 0x2003,
  PORT_DATA_SET: 0x2004,
  PRIORITY1: 0x2005,
  PRIORITY2: 0x2006,
  DOMAIN: 0x2007,
  SLAVE_ONLY: 0x2008,
  LOG_ANNOUNCE_INTERVAL: 0x2009,
  ANNOUNCE_RECEIPT_TIMEOUT: 0x200a,
  LOG_SYNC_INTERVAL: 0x200b,
  VERSION_NUMBER: 0x200c,
  ENABLE_PORT: 0x200d,
  DISABLE_PORT: 0x200e,
  TIME: 0x200f,
  CLOCK_ACCURACY: 0x2010,
  UTC_PROPERTIES: 0x2011,
  TRACEABILITY_PROPERTIES: 0x2012,
  TIMESCALE_PROPERTIES: 0x2013,
  UNICAST_NEGOTIATION_ENABLE: 0x2014,
  PATH_TRACE_LIST: 0x2015,
  PATH_TRACE_ENABLE: 0x2016,
  GRANDMASTER_CLUSTER_TABLE: 0x2017,
  UNICAST_MASTER_TABLE: 0x2018,
  UNICAST_MASTER_MAX_TABLE_SIZE: 0x2019,
  ACCEPTABLE_MASTER_TABLE: 0x201a,
  ACCEPTABLE_MASTER_TABLE_ENABLED: 0x201b,
  ACCEPTABLE_MASTER_MAX_TABLE_SIZE: 0x201c,
  ALTERNATE_MASTER: 0x201d,
  ALTERNATE_TIME_OFFSET_ENABLE: 0x201e,
  ALTERNATE_TIME_OFFSET_NAME: 0x201f,
  ALTERNATE_TIME_OFFSET_MAX_KEY: 0x2020,
  ALTERNATE_TIME_OFFSET_PROPERTIES: 0x2021,
  EXTERNAL_PORT_CONFIGURATION_ENABLED: 0x3000,
  MASTER_ONLY: 0x3001,
  HOLDOVER_UPGRADE_ENABLE: 0x3002,
  EXT_PORT_CONFIG_PORT_DATA_SET: 0x3003,
  TRANSPARENT_CLOCK_DEFAULT_DATA_SET: 0x4000,
  TRANSPARENT_CLOCK_PORT_DATA_SET: 0x4001,
  PRIMARY_DOMAIN: 0x4002,
  DELAY_MECHANISM: 0x6000,
  LOG_MIN_PDELAY_REQ_INTERVAL: 0x6001,
  TIME_STATUS_NP: 0xc000,
  GRANDMASTER_SETTINGS_NP: 0xc001,
  PORT_DATA_SET_NP: 0xc002,
  SUBSCRIBE_EVENTS_NP: 0xc003,
  PORT_PROPERTIES_NP: 0xc004,
  PORT_STATS_NP: 0xc005,
  SYNCHRONIZATION_UNCERTAIN_NP: 0xc006,
  PORT_SERVICE_STATS_NP: 0xc007,
  UNICAST_MASTER_TABLE_NP: 0xc008,
  PORT_HWCLOCK_NP: 0xc009,
  POWER_PROFILE_SETTINGS_NP: 0xc00a,
  CMLDS_INFO_NP: 0xc00b,
  PORT_CORRECTIONS_NP: 0xc00c,
  EXTERNAL_GRANDMASTER_PROPERTIES_NP: 0xc00d,
  /** rptp's own: messages not used, by reason. */
  PORT_DROPS_NP: 0xdfd0,
} as const;

const ID_NAMES = new Map<number, string>(
  Object.entries(ManagementId).map(([name, id]) => [id, name]),
);
const ERROR_NAMES = new Map<number, string>(
  Object.entries(ManagementError).map(([name, id]) => [id, name]),
);

/** The table's name of a `managementId`; `undefined` for unknown ones. */
export function managementIdName(id: number): string | undefined {
  return ID_NAMES.get(id);
}

/** The table's name of a `managementErrorId`; `undefined` for unknown ones. */
export function managementErrorName(id: number): string | undefined {
  return ERROR_NAMES.get(id);
}
