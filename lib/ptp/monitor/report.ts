/**
 * What a monitor knows, as plain records: for the table on the screen, for `--json`, for tests.
 * @module
 */
import { clockText } from "../wire/identity.ts";
import { MESSAGE_NAMES, MessageType } from "../wire/header.ts";
import type { SyncMetadata } from "../profile/sync_metadata.ts";
import type { ProfileSettings } from "../profile/profile.ts";
import { timeFlagNames } from "./announced.ts";
import { guessProfile, type ProfileGuess } from "./guess.ts";
import { type Monitor, utcOffset } from "./monitor.ts";
import type { NegotiationState } from "./negotiation.ts";
import { CARRIER_NAMES } from "./sighting.ts";
import { type MessageStream, NO_INTERVAL } from "./stream.ts";
import { type ClockNode, clockTree } from "./tree.ts";
import type { GmChange, WatchedDomain } from "./watched_domain.ts";
import type { WatchedPort } from "./watched_port.ts";

/** One row of messages. Intervals in ns; null where there is none. */
export interface StreamReport {
  readonly message: string;
  /** "" for multicast. */
  readonly to: string;
  readonly count: number;
  /** log2 of seconds; null for none. */
  readonly logMessageInterval: number | null;
  readonly mean: number | null;
  /** Standard deviation of the interval. */
  readonly jitter: number | null;
  /** Farthest an interval was from what logMessageInterval says (from the mean without one). */
  readonly farthest: number | null;
  /** Longest silence. */
  readonly longest: number | null;
  readonly missing: number;
  readonly duplicates: number;
  readonly late: number;
  readonly restarts: number;
}

/** What an Announce says. */
export interface AnnouncedReport {
  readonly grandmasterIdentity: string;
  readonly priority1: number;
  readonly clockClass: number;
  readonly clockAccuracy: number;
  readonly offsetScaledLogVariance: number;
  readonly priority2: number;
  readonly stepsRemoved: number;
  readonly timeSource: number;
  readonly currentUtcOffset: number;
  readonly flags: readonly string[];
}

/** Offset and delay of the capture's clock, from one master's messages. */
export interface PathReport {
  readonly samples: number;
  /** Capture's clock less master, ns beside `offsetSeconds`; null below one sample. */
  readonly offset: number | null;
  readonly offsetSeconds: number;
  readonly offsetDeviation: number | null;
  readonly meanPathDelay: number | null;
  readonly meanPathDelayLeast: number | null;
  readonly meanPathDelayDeviation: number | null;
  /** Of the newest 512 Syncs: rate of the capture's clock against the master's, ppb, and scatter, ns. */
  readonly drift: number | null;
  readonly scatter: number | null;
  /** Steps of either clock. */
  readonly steps: number;
}

/** One port. Times are ns since the first message. */
export interface PortReport {
  readonly portIdentity: string;
  readonly roles: readonly ("grandmaster" | "boundary" | "master" | "slave" | "peer")[];
  readonly address: string;
  readonly mac: string;
  readonly vlan: number | null;
  readonly transport: string;
  readonly dscp: number | null;
  readonly version: string;
  readonly communication: "multicast" | "unicast" | "hybrid";
  readonly firstAt: number;
  readonly lastAt: number;
  readonly isAnnouncing: boolean;
  readonly announced: AnnouncedReport | null;
  readonly pathTrace: readonly string[];
  readonly steps: "one" | "two" | "both" | null;
  readonly missingFollowUps: number;
  readonly orphanFollowUps: number;
  readonly addressChanges: number;
  readonly streams: readonly StreamReport[];
  readonly path: PathReport | null;
  /** Of a slave: its master, and how its requests fared. */
  readonly master: string | null;
  readonly answered: number;
  readonly unanswered: number;
  readonly responseTime: number | null;
  readonly masterChanges: number;
}

/** Two ports that measure their link. */
export interface PairReport {
  readonly requester: string;
  readonly responder: string;
  readonly exchanges: number;
  /** Link delay as seen at the requester; near 0 where captured at the responder. */
  readonly delay: number | null;
  readonly delayDeviation: number | null;
  readonly residence: number | null;
}

/** One unicast contract. */
export interface NegotiationReport {
  readonly client: string;
  readonly server: string;
  readonly message: string;
  readonly state: NegotiationState;
  readonly requests: number;
  readonly grants: number;
  readonly denials: number;
  readonly cancels: number;
  readonly logInterval: number | null;
  readonly duration: number | null;
}

/** One domain. */
export interface DomainReport {
  readonly domain: number;
  readonly majorSdoId: number;
  readonly minorSdoId: number;
  readonly messages: number;
  /** "" while nobody announces. */
  readonly grandmaster: string;
  readonly grandmasters: readonly string[];
  readonly utcOffset: number;
  readonly profile: ProfileGuess | null;
  readonly ports: readonly PortReport[];
  /** Clocks, parents before children. */
  readonly tree: readonly ClockNode[];
  readonly changes: readonly GmChange[];
  readonly metadata: SyncMetadata | null;
}

/** Everything. */
export interface MonitorReport {
  /** ns from the first message to the last. */
  readonly span: number;
  readonly messages: number;
  readonly version1: number;
  readonly malformed: number;
  readonly domains: readonly DomainReport[];
  readonly pairs: readonly PairReport[];
  readonly negotiations: readonly NegotiationReport[];
  readonly strayResponses: number;
  /** Ports, rows, pairs and contracts forgotten to keep memory bounded. */
  readonly forgotten: number;
}

/** All that `monitor` knows now. */
export function report(monitor: Monitor): MonitorReport {
  const { tables } = monitor;
  const rows = new Map<object, MessageStream[]>();
  for (const row of tables.streams) {
    const list = rows.get(row.port);
    if (list === undefined) rows.set(row.port, [row]);
    else list.push(row);
  }
  const ports = new Map<WatchedDomain, WatchedPort[]>();
  for (const port of tables.ports) {
    const list = ports.get(port.domain);
    if (list === undefined) ports.set(port.domain, [port]);
    else list.push(port);
  }
  const domains = [...tables.domains.values()]
    .sort((a, b) => a.number - b.number || a.sdoId - b.sdoId)
    .map((domain) => domainReport(domain, ports.get(domain) ?? [], rows));
  return {
    span: monitor.now,
    messages: monitor.messages,
    version1: monitor.version1,
    malformed: monitor.faults.reduce((sum, n) => sum + n, 0),
    domains,
    pairs: [...tables.pairs].reverse().map((pair) => ({
      requester: pair.requester.text,
      responder: pair.responder.text,
      exchanges: pair.delays.count,
      delay: pair.delays.count === 0 ? null : pair.delays.mean,
      delayDeviation: pair.delays.count < 2 ? null : pair.delays.deviation,
      residence: pair.residences.count === 0 ? null : pair.residences.mean,
    })),
    negotiations: negotiations(monitor),
    strayResponses: monitor.strayResponses,
    forgotten: tables.ports.evicted + tables.streams.evicted + tables.pairs.evicted +
      tables.negotiations.evicted,
  };
}

function negotiations(monitor: Monitor): NegotiationReport[] {
  return [...monitor.tables.negotiations].reverse().map((n) => ({
    client: n.client.text,
    server: n.server?.text ?? n.serverAddress,
    message: MESSAGE_NAMES[n.messageType] ?? String(n.messageType),
    state: n.state(monitor.now),
    requests: n.requests,
    grants: n.grants,
    denials: n.denials,
    cancels: n.cancels,
    logInterval: finite(n.grants > 0 ? n.grantedInterval : n.requestedInterval),
    duration: finite(n.grants > 0 ? n.grantedDuration : n.requestedDuration),
  }));
}

function domainReport(
  domain: WatchedDomain,
  seen: readonly WatchedPort[],
  rows: ReadonlyMap<object, readonly MessageStream[]>,
): DomainReport {
  const ports = [...seen].sort((a, b) =>
    rank(a, domain) - rank(b, domain) || a.firstAt - b.firstAt
  );
  const best = domain.best?.announced;
  return {
    domain: domain.number,
    majorSdoId: domain.sdoId >>> 8,
    minorSdoId: domain.sdoId & 0xff,
    messages: domain.messages,
    grandmaster: best === undefined ? "" : clockText(best.grandmasterIdentity),
    grandmasters: domain.grandmasters(),
    utcOffset: utcOffset(domain),
    profile: guessProfile(settingsOf(domain, ports, rows)) ?? null,
    ports: ports.map((port) => portReport(port, rows.get(port) ?? [])),
    tree: clockTree(ports),
    changes: domain.history,
    metadata: domain.metadata ?? null,
  };
}

/** The best announcer first, then other masters, slaves, the rest. */
function rank(port: WatchedPort, domain: WatchedDomain): number {
  return port === domain.best ? 0 : port.isMaster ? 1 : port.isSlave ? 2 : 3;
}

/** What was seen of a domain, in the words of profiles. */
function settingsOf(
  domain: WatchedDomain,
  ports: readonly WatchedPort[],
  rows: ReadonlyMap<object, readonly MessageStream[]>,
): Partial<ProfileSettings> {
  const found: Partial<ProfileSettings> = {
    domainNumber: domain.number,
    majorSdoId: domain.sdoId >>> 8,
  };
  const master = ports.find((port) => port.isMaster);
  const all = ports.flatMap((port) => rows.get(port) ?? []);
  const log = (type: number): number | undefined => rhythm(all, type);
  const announce = log(MessageType.Announce);
  const sync = log(MessageType.Sync);
  const pdelay = log(MessageType.PdelayReq);
  if (announce !== undefined) found.logAnnounceInterval = announce;
  if (sync !== undefined) found.logSyncInterval = sync;
  if (pdelay !== undefined) found.logMinPdelayReqInterval = pdelay;
  if (master !== undefined && !Number.isNaN(master.logMinDelayReqInterval)) {
    found.logMinDelayReqInterval = master.logMinDelayReqInterval;
  }
  const isPeer = ports.some((port) => (port.counts[MessageType.PdelayReq] ?? 0) > 0);
  const isEnd = ports.some((port) => port.isSlave);
  if (isPeer !== isEnd) found.delayMechanism = isPeer ? "p2p" : "e2e";
  const carrier = CARRIER_NAMES[master?.carrier ?? 0];
  if (carrier !== "" && carrier !== undefined) found.transport = carrier;
  if (master !== undefined && carrier !== "") {
    const isUnicast = master.unicasts > master.multicasts;
    const asks = ports.some((port) => port.isSlave && port.unicasts > 0);
    found.communication = isUnicast ? "unicast" : asks ? "hybrid" : "multicast";
  }
  if (master?.hasFollowUpInformation === true) found.followUpInformation = true;
  if (domain.hasPathTrace) found.pathTrace = true;
  return found;
}

/** The interval of a message type: as it says, or as it was measured. */
function rhythm(rows: readonly MessageStream[], type: number): number | undefined {
  const row = rows.find((one) => one.messageType === type);
  if (row === undefined) return undefined;
  const said = row.logMessageInterval;
  if (said >= -10 && said <= 10) return said;
  return row.intervals.count < 2 ? undefined : Math.round(Math.log2(row.intervals.mean / 1e9));
}

/** One port with its rows. */
export function portReport(port: WatchedPort, rows: readonly MessageStream[]): PortReport {
  const { announced, pairs, path, requests } = port;
  return {
    portIdentity: port.text,
    roles: rolesOf(port),
    address: port.address,
    mac: port.mac,
    vlan: port.vlan < 0 ? null : port.vlan,
    transport: CARRIER_NAMES[port.carrier] ?? "",
    dscp: port.dscp < 0 ? null : port.dscp,
    version: `2.${port.minorVersion}`,
    communication: port.unicasts === 0 ? "multicast" : port.multicasts === 0 ? "unicast" : "hybrid",
    firstAt: port.firstAt,
    lastAt: port.lastAt,
    isAnnouncing: port.isAnnouncing,
    announced: announced === undefined ? null : {
      ...announced,
      grandmasterIdentity: clockText(announced.grandmasterIdentity),
      flags: timeFlagNames(announced),
    },
    pathTrace: port.pathTrace,
    steps: stepsOf(port),
    missingFollowUps: pairs?.missingFollowUps ?? 0,
    orphanFollowUps: pairs?.orphanFollowUps ?? 0,
    addressChanges: port.addressChanges,
    streams: [...rows].sort((a, b) => a.messageType - b.messageType).map(streamReport),
    path: path === undefined ? null : pathReport(port),
    master: port.master?.text ?? null,
    answered: requests?.answered ?? 0,
    unanswered: requests?.unanswered ?? 0,
    responseTime: requests === undefined || requests.turnarounds.count === 0
      ? null
      : requests.turnarounds.mean,
    masterChanges: port.masterChanges,
  };
}

function rolesOf(port: WatchedPort): PortReport["roles"] {
  const roles: ("grandmaster" | "boundary" | "master" | "slave" | "peer")[] = [];
  if (port.isMaster) {
    const gm = port.announced?.grandmasterIdentity;
    const isOwn = gm !== undefined && gm.high === port.identity.high &&
      gm.low === port.identity.low;
    roles.push(gm === undefined ? "master" : isOwn ? "grandmaster" : "boundary");
  }
  if (port.isSlave) roles.push("slave");
  const { counts } = port;
  if ((counts[MessageType.PdelayReq] ?? 0) + (counts[MessageType.PdelayResp] ?? 0) > 0) {
    roles.push("peer");
  }
  return roles;
}

function stepsOf(port: WatchedPort): PortReport["steps"] {
  if (port.oneStepSyncs > 0 && port.twoStepSyncs > 0) return "both";
  return port.oneStepSyncs > 0 ? "one" : port.twoStepSyncs > 0 ? "two" : null;
}

function streamReport(row: MessageStream): StreamReport {
  const { intervals } = row;
  const has = intervals.count > 0;
  return {
    message: MESSAGE_NAMES[row.messageType] ?? String(row.messageType),
    to: row.destinationText,
    count: row.count,
    logMessageInterval: row.logMessageInterval === NO_INTERVAL ? null : row.logMessageInterval,
    mean: has ? intervals.mean : null,
    jitter: intervals.count > 1 ? intervals.deviation : null,
    farthest: has ? row.farthest : null,
    longest: row.count > 1 ? row.longest : null,
    missing: row.missing,
    duplicates: row.duplicates,
    late: row.late,
    restarts: row.restarts,
  };
}

function pathReport(port: WatchedPort): PathReport | null {
  const { path } = port;
  if (path === undefined) return null;
  const whole = path.baseSeconds + utcOffset(port.domain);
  const isNear = Math.abs(whole) <= 86_400;
  const { offsets, delays } = path;
  const has = offsets.count > 0;
  const trend = path.trend.fit();
  return {
    samples: delays.count,
    offset: has ? offsets.mean + (isNear ? whole * 1e9 : 0) : null,
    offsetSeconds: isNear ? 0 : whole,
    offsetDeviation: offsets.count > 1 ? offsets.deviation : null,
    meanPathDelay: delays.count > 0 ? delays.mean : null,
    meanPathDelayLeast: delays.count > 0 ? delays.least : null,
    meanPathDelayDeviation: delays.count > 1 ? delays.deviation : null,
    drift: finite(trend.slope * 1e9),
    scatter: finite(trend.deviation),
    steps: path.steps,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
