/**
 * Management ids of ports (IEEE 1588-2019 15.5.3.7, and linuxptp's own).
 * @module
 */
import { type AddressHandle, type AddressTable, Family } from "../../base/address.ts";
import { nanos } from "../../base/time.ts";
import { DelayMechanismId } from "../datasets.ts";
import type { PtpPort } from "../port.ts";
import { ManagementError } from "../wire/management.ts";
import { MessageType } from "../wire/header.ts";
import { type BodyName, STATS_NAMES, UNICAST_STATES } from "./bodies.ts";
import type { BodyOf, PortHandler, Result } from "./handlers.ts";
import type { PortChange } from "../port_management.ts";
import { NetworkProtocol, type PortAddress } from "./composite.ts";
import type { ManagedNode } from "./node.ts";

const DONE: Result = 0;
const { NOT_SETABLE, WRONG_VALUE } = ManagementError;
/** Intervals a SET may ask for: 128 a second to one in 64 s. */
const MIN_LOG = -7;
const MAX_LOG = 6;
/** Table 60. */
const CLOCK_TYPE_ORDINARY = 0x8000;
const CLOCK_TYPE_BOUNDARY = 0x4000;
/** Annex I: the default profiles with the delay request-response and the peer delay mechanism. */
const PROFILE_E2E = Uint8Array.of(0x00, 0x1b, 0x19, 0x00, 0x01, 0x00);
const PROFILE_P2P = Uint8Array.of(0x00, 0x1b, 0x19, 0x00, 0x02, 0x00);
const MAX_U32 = 0xffff_ffff;
const NO_MANUFACTURER = new Uint8Array(3);

function configure(port: PtpPort, log: number, change: PortChange): Result {
  if (log < MIN_LOG || log > MAX_LOG) return WRONG_VALUE;
  port.configure(change);
  return DONE;
}

/** Only what is in force already may be set. */
function fixed(is: boolean): Result {
  return is ? DONE : NOT_SETABLE;
}

function portDataSet({ portDS: d }: PtpPort): BodyOf<"PORT_DATA_SET"> {
  return {
    portIdentity: d.portIdentity,
    portState: d.portState,
    logMinDelayReqInterval: d.logMinDelayReqInterval,
    peerMeanPathDelay: d.meanLinkDelay,
    logAnnounceInterval: d.logAnnounceInterval,
    announceReceiptTimeout: d.announceReceiptTimeout,
    logSyncInterval: d.logSyncInterval,
    delayMechanism: d.delayMechanism,
    logMinPdelayReqInterval: d.logMinPdelayReqInterval,
    versionNumber: versionOf(d),
  };
}

function versionOf(d: PtpPort["portDS"]): number {
  return d.minorVersionNumber << 4 | d.versionNumber;
}

function counts(direction: "rx" | "tx", of: Float64Array): Record<string, number> {
  return Object.fromEntries(
    STATS_NAMES.map((name, type) => [`${direction}_${name}`, of[type] ?? 0]),
  );
}

function portStats(port: PtpPort): BodyOf<"PORT_STATS_NP"> {
  return {
    portIdentity: port.portIdentity,
    ...counts("rx", port.received),
    ...counts("tx", port.emitter.sent),
  } as BodyOf<"PORT_STATS_NP">;
}

function drops(port: PtpPort): BodyOf<"PORT_DROPS_NP"> {
  return {
    portIdentity: port.portIdentity,
    drops: Object.entries(port.faults.snapshot()).map(([reason, count]) => ({ reason, count })),
  };
}

function negotiates(unicast: PtpPort["unicast"]): boolean {
  return unicast.client !== undefined || unicast.server !== undefined;
}

function masterTable(
  node: ManagedNode,
  port: PtpPort,
): BodyOf<"UNICAST_MASTER_TABLE"> | undefined {
  const { client } = port.unicast;
  const addresses = node.describe(port)?.addresses;
  if (client === undefined || addresses === undefined) return undefined;
  return {
    logQueryInterval: client.logQueryInterval,
    actualTableSize: client.rows().map(({ address }) => {
      return { portAddress: portAddressOf(addresses, address) };
    }),
  };
}

function masterStates(
  node: ManagedNode,
  port: PtpPort,
): BodyOf<"UNICAST_MASTER_TABLE_NP"> | undefined {
  const { client } = port.unicast;
  const addresses = node.describe(port)?.addresses;
  if (client === undefined || addresses === undefined) return undefined;
  const rows = client.rows().map((row) => {
    const known = port.foreign.find(row.identity);
    return {
      portIdentity: row.identity,
      clockClass: known?.clockClass ?? 0,
      clockAccuracy: known?.clockAccuracy ?? 0,
      offsetScaledLogVariance: known?.offsetScaledLogVariance ?? 0,
      selected: row.isSelected ? 1 : 0,
      portState: UNICAST_STATES.indexOf(row.state),
      priority1: known?.priority1 ?? 0,
      priority2: known?.priority2 ?? 0,
      address: portAddressOf(addresses, row.address),
    };
  });
  return { actual_table_size: rows };
}

/** The address of a handle as management has it. */
function portAddressOf(addresses: AddressTable, handle: AddressHandle): PortAddress {
  const octets = new Uint8Array(16);
  addresses.copyOctets(handle, octets, 0);
  switch (addresses.family(handle)) {
    case Family.Ipv4:
      return { networkProtocol: NetworkProtocol.UdpIpv4, address: octets.slice(0, 4) };
    case Family.Ipv6:
      return { networkProtocol: NetworkProtocol.UdpIpv6, address: octets };
    default:
      return { networkProtocol: NetworkProtocol.Ieee8023, address: octets.slice(0, 6) };
  }
}

type PortHandlers = { readonly [N in BodyName]?: PortHandler<N> };

/** By name. */
export const PORT_HANDLERS: PortHandlers = {
  NULL_PTP_MANAGEMENT: { get: () => ({}), set: () => DONE, command: () => DONE },
  CLOCK_DESCRIPTION: {
    get: (node, port) => {
      const { description, instance } = node;
      const p = node.describe(port);
      return {
        clockType: instance.ports.length > 1 ? CLOCK_TYPE_BOUNDARY : CLOCK_TYPE_ORDINARY,
        physicalLayerProtocol: p?.physicalLayer ?? "",
        physicalAddress: p?.physicalAddress ?? new Uint8Array(0),
        protocolAddress: p?.protocolAddress ??
          { networkProtocol: NetworkProtocol.UdpIpv4, address: new Uint8Array(4) },
        manufacturerId: NO_MANUFACTURER,
        productDescription: description.productDescription,
        revisionData: description.revisionData,
        userDescription: description.userDescription,
        profileId: port.portDS.delayMechanism === DelayMechanismId.P2P ? PROFILE_P2P : PROFILE_E2E,
      };
    },
  },
  PORT_DATA_SET: { get: (_, port) => portDataSet(port) },
  LOG_ANNOUNCE_INTERVAL: {
    get: (_, { portDS }) => ({ logAnnounceInterval: portDS.logAnnounceInterval }),
    set: (_, port, values) => configure(port, values.logAnnounceInterval, values),
  },
  ANNOUNCE_RECEIPT_TIMEOUT: {
    get: (_, { portDS }) => ({ announceReceiptTimeout: portDS.announceReceiptTimeout }),
    set: (_, port, values) => {
      if (values.announceReceiptTimeout < 2) return WRONG_VALUE;
      port.configure(values);
      return DONE;
    },
  },
  LOG_SYNC_INTERVAL: {
    get: (_, { portDS }) => ({ logSyncInterval: portDS.logSyncInterval }),
    set: (_, port, values) => configure(port, values.logSyncInterval, values),
  },
  VERSION_NUMBER: {
    get: (_, { portDS }) => ({ versionNumber: versionOf(portDS) }),
    set: (_, { portDS }, { versionNumber }) => fixed(versionNumber === versionOf(portDS)),
  },
  ENABLE_PORT: { command: (_, port, _values, now) => (port.setEnabled(now, true), DONE) },
  DISABLE_PORT: { command: (_, port, _values, now) => (port.setEnabled(now, false), DONE) },
  MASTER_ONLY: {
    get: (_, { portDS }) => ({ flags: { masterOnly: portDS.masterOnly } }),
    set: ({ instance }, port, { flags: { masterOnly } }, now) => {
      if (masterOnly === port.portDS.masterOnly) return DONE;
      if (masterOnly && instance.defaultDS.slaveOnly) return WRONG_VALUE;
      port.configure({ masterOnly });
      instance.initialize(now);
      return DONE;
    },
  },
  DELAY_MECHANISM: {
    get: (_, { portDS }) => ({ delayMechanism: portDS.delayMechanism }),
    set: (_, { portDS }, values) => fixed(values.delayMechanism === portDS.delayMechanism),
  },
  LOG_MIN_PDELAY_REQ_INTERVAL: {
    get: (_, { portDS }) => ({ logMinPdelayReqInterval: portDS.logMinPdelayReqInterval }),
    set: (_, port, values) => configure(port, values.logMinPdelayReqInterval, values),
  },
  PORT_DATA_SET_NP: {
    get: (_, port) => ({
      neighborPropDelayThresh: Math.min(port.options.neighborPropDelayThresh, MAX_U32),
      asCapable: port.isCapable ? 1 : 0,
    }),
    set: (_, port, { neighborPropDelayThresh, asCapable }) => {
      if (asCapable !== (port.isCapable ? 1 : 0)) return NOT_SETABLE;
      port.configure({ neighborPropDelayThresh: nanos(neighborPropDelayThresh) });
      return DONE;
    },
  },
  PORT_PROPERTIES_NP: {
    get: (node, port) => {
      const p = node.describe(port);
      return p === undefined ? undefined : {
        portIdentity: port.portIdentity,
        portState: port.state,
        timestamping: p.timestamping,
        interface: p.interfaceName,
      };
    },
  },
  PORT_STATS_NP: { get: (_, port) => portStats(port) },
  PORT_SERVICE_STATS_NP: {
    get: (node, port) => {
      const timeouts = node.timeouts(port.options.portNumber);
      const { sent } = port.emitter;
      return {
        portIdentity: port.portIdentity,
        announce_timeout: timeouts.announce,
        sync_timeout: 0,
        delay_timeout: sent[MessageType.DelayReq]! + sent[MessageType.PdelayReq]!,
        unicast_service_timeout: 0,
        unicast_request_timeout: 0,
        master_announce_timeout: sent[MessageType.Announce]!,
        master_sync_timeout: sent[MessageType.Sync]!,
        qualification_timeout: timeouts.qualification,
        sync_mismatch: port.mismatches.syncs,
        followup_mismatch: port.mismatches.followUps,
      };
    },
  },
  UNICAST_NEGOTIATION_ENABLE: {
    get: (_, { unicast }) => ({ flags: { enable: negotiates(unicast) } }),
    set: (_, { unicast }, { flags }) => fixed(flags.enable === negotiates(unicast)),
  },
  UNICAST_MASTER_TABLE: { get: masterTable },
  UNICAST_MASTER_MAX_TABLE_SIZE: {
    get: (_, { unicast }) => unicast.client && { maxTableSize: unicast.client.rows().length },
  },
  UNICAST_MASTER_TABLE_NP: { get: masterStates },
  CMLDS_INFO_NP: {
    get: (_, { peer }) =>
      peer?.isRequesting === true
        ? {
          meanLinkDelay: peer.meanLinkDelay,
          scaledNeighborRateRatio: Math.round((peer.neighborRateRatio - 1) * 2 ** 41),
          as_capable: peer.isCapable ? 1 : 0,
        }
        : undefined,
  },
  PORT_HWCLOCK_NP: {
    get: (node, port) => {
      const p = node.describe(port);
      return p === undefined
        ? undefined
        : { portIdentity: port.portIdentity, phcIndex: p.phcIndex, flags: 0 };
    },
  },
  PORT_CORRECTIONS_NP: {
    get: (_, port) => ({
      egressLatency: 0,
      ingressLatency: 0,
      delayAsymmetry: port.delayAsymmetry,
    }),
    set: (_, port, { egressLatency, ingressLatency, delayAsymmetry }) => {
      if (egressLatency !== 0 || ingressLatency !== 0) return NOT_SETABLE;
      port.configure({ delayAsymmetry: nanos(delayAsymmetry) });
      return DONE;
    },
  },
  PORT_DROPS_NP: { get: (_, port) => drops(port) },
};
