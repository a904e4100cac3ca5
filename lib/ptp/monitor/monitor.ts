/**
 * A passive look at PTP: fed with messages as they were seen, it knows domains, grandmasters, masters,
 * slaves and links, and how well all of them keep what they promise.
 *
 * Times inside are ns since the first message; {@linkcode Monitor.timeOf} gives them back as readings
 * of the capture's clock. Memory is bounded (`tables.ts`); malformed messages are counted by fault.
 * @module
 */
import { shift, type Timestamp, timestamp } from "../../base/time.ts";
import * as syncMetadata from "../profile/sync_metadata.ts";
import { Fault } from "../wire/fault.ts";
import * as header from "../wire/header.ts";
import { Flag, MessageType } from "../wire/header.ts";
import { isFollowUpInformation } from "../wire/ieee8021.ts";
import { clockText, portIdentity, readPort } from "../wire/identity.ts";
import * as message from "../wire/message.ts";
import * as pathTrace from "../wire/path_trace.ts";
import * as wireTime from "../wire/timestamp.ts";
import * as tlv from "../wire/tlv.ts";
import { TlvType } from "../wire/tlv.ts";
import {
  type Announced,
  announced,
  assignAnnounced,
  changes,
  copyOf,
  hasTimeFlag,
  isSameAnnounced,
  readAnnounced,
} from "./announced.ts";
import type { MonitorEvent } from "./event.ts";
import { PathEstimate, type PathSample } from "./path_estimate.ts";
import { Requests } from "./requests.ts";
import type { Sighting } from "./sighting.ts";
import { isUnicast } from "./sighting.ts";
import { takeSignaling } from "./signaling.ts";
import { SyncPairs } from "./sync_pairs.ts";
import { DEFAULT_LIMITS, type MonitorLimits, Tables } from "./tables.ts";
import type { WatchedDomain } from "./watched_domain.ts";
import type { WatchedPort } from "./watched_port.ts";

/** What a monitor may be told. */
export interface MonitorOptions {
  limits?: Partial<MonitorLimits>;
  /** Only this domain. */
  domain?: number;
  /** Announce intervals without an Announce after which a master counts as gone; 3. */
  announceReceiptTimeout?: number;
  /** Tell the interval of each Sync, and drift, for charts. */
  hasDetails?: boolean;
  /** Told of each measurement, as a slave would hand it to its servo; the record is reused. */
  measured?: (m: Readonly<Measurement>) => void;
}

/** A Sync that is complete, or a Delay_Req with its answer, as seen where the capture was taken. */
export interface Measurement {
  kind: "sync" | "delay";
  /** The master, and the slave that asked. */
  master: WatchedPort;
  slave: WatchedPort | undefined;
  /** When it was seen, ns since the first message. */
  at: number;
  /** t1 or t4, corrected, on UTC where the master's timescale is PTP and its offset known. */
  readonly masterTime: Timestamp;
}

/** Events that may wait. */
const MAX_EVENTS = 4096;
/** Clocks in a path trace that are shown. */
const MAX_TRACE = 32;
/** Whole seconds below which an offset is told in ns alone. */
const NEAR = 86_400;

/** See the module. */
export class Monitor {
  readonly tables: Tables;
  /** Messages that were read. */
  messages = 0;
  /** Of another domain than the one asked for. */
  ignored = 0;
  /** Of domains beyond the limit. */
  overflow = 0;
  /** Messages of PTP version 1. */
  version1 = 0;
  /** Malformed ones by {@linkcode Fault}. */
  readonly faults = new Float64Array(Object.keys(Fault).length);
  /** Events that found the queue full. */
  lostEvents = 0;
  /** Delay_Resp and Pdelay_Resp whose request was not seen. */
  strayResponses = 0;
  /** Management messages by action. */
  readonly managementActions = new Float64Array(16);
  readonly #start = timestamp();
  /** Monotonic time of the first message; NaN where only the capture's clock is known. */
  #origin = NaN;
  readonly #timeout: number;
  readonly #only: number | undefined;
  readonly #hasDetails: boolean;
  readonly #measured: MonitorOptions["measured"];
  readonly #measuredTime = timestamp();
  #events: MonitorEvent[] = [];
  #taken = 0;
  #nextExpiry = Infinity;
  readonly #source = portIdentity();
  readonly #other = portIdentity();
  readonly #time = timestamp();
  readonly #announced: Announced = announced();
  #at = 0;

  constructor(options: MonitorOptions = {}) {
    this.tables = new Tables({ ...DEFAULT_LIMITS, ...options.limits });
    this.#timeout = options.announceReceiptTimeout ?? 3;
    this.#only = options.domain;
    this.#hasDetails = options.hasDetails ?? false;
    this.#measured = options.measured;
  }

  /** When the newest message was seen, ns since the first. */
  get now(): number {
    return this.#at;
  }

  /** The next event. */
  event(): MonitorEvent | undefined {
    if (this.#taken < this.#events.length) return this.#events[this.#taken++];
    this.#events = [];
    this.#taken = 0;
    return undefined;
  }

  /** The reading of the capture's clock at `at`. */
  timeOf(at: number, into: Timestamp): void {
    shift(this.#start, at, into);
  }

  /** A message was seen. Returns why it was not read. */
  take(s: Sighting): Fault {
    const fault = message.check(s.view, s.offset, s.length);
    if (fault !== Fault.None) {
      if (fault === Fault.Version && header.versionPtp(s.view, s.offset) === 1) this.version1++;
      else this.faults[fault] = (this.faults[fault] ?? 0) + 1;
      return fault;
    }
    const v = s.view;
    const o = s.offset;
    const number = header.domainNumber(v, o);
    if (this.#only !== undefined && number !== this.#only) {
      this.ignored++;
      return Fault.None;
    }
    if (this.messages === 0) {
      this.#start.seconds = s.seconds;
      this.#start.nanoseconds = s.nanoseconds;
      this.#origin = s.monotonic;
    }
    const at = Number.isNaN(this.#origin)
      ? (s.seconds - this.#start.seconds) * 1e9 + (s.nanoseconds - this.#start.nanoseconds)
      : s.monotonic - this.#origin;
    this.advance(at);
    this.messages++;
    const sdoId = (header.majorSdoId(v, o) << 8) | header.minorSdoId(v, o);
    const domain = this.tables.domain(sdoId, number, at);
    if (domain === undefined) {
      this.overflow++;
      return Fault.None;
    }
    domain.messages++;
    domain.lastAt = at;
    const type = header.messageType(v, o);
    readPort(v, o + header.SOURCE_PORT_IDENTITY, this.#source);
    const port = this.tables.port(domain, this.#source, at);
    port.locate(s, header.minorVersionPtp(v, o), message.isEvent(type));
    port.lastAt = at;
    const nth = (port.counts[type] ?? 0) + 1;
    port.counts[type] = nth;
    if (isRequestOrSync(type)) isUnicast(s) ? port.unicasts++ : port.multicasts++;
    this.#dispatch(type, port, s, at);
    if (type === MessageType.DelayReq && nth === 1) this.#tell({ kind: "slave", at, port });
    return Fault.None;
  }

  /** Monotonic time has come to `now`: as {@linkcode advance}, where sightings have such times. */
  advanceTo(now: number): void {
    if (this.messages > 0 && !Number.isNaN(this.#origin)) this.advance(now - this.#origin);
  }

  /** Time has come to `at`: masters may have fallen silent. */
  advance(at: number): void {
    if (at > this.#at) this.#at = at;
    if (at < this.#nextExpiry) return;
    this.#nextExpiry = Infinity;
    for (const domain of this.tables.domains.values()) {
      for (let k = domain.announcers.length - 1; k >= 0; k--) {
        const port = domain.announcers[k];
        if (port === undefined) continue;
        if (port.announceExpires > at) {
          this.#nextExpiry = Math.min(this.#nextExpiry, port.announceExpires);
          continue;
        }
        domain.leave(port);
        this.#tell({ kind: "masterLost", at, port, silence: at - port.lastAnnounceAt });
        this.#elect(domain, at);
      }
    }
  }

  #dispatch(type: number, port: WatchedPort, s: Sighting, at: number): void {
    switch (type) {
      case MessageType.Sync:
        return this.#sync(port, s, at);
      case MessageType.FollowUp:
        return this.#followUp(port, s, at);
      case MessageType.DelayReq:
        return this.#delayReq(port, s, at);
      case MessageType.DelayResp:
        return this.#delayResp(port, s, at);
      case MessageType.PdelayReq:
        this.#request(port, s, at);
        this.#row(port, type, s, at);
        return;
      case MessageType.PdelayResp:
        return this.#pdelayResp(port, s, at);
      case MessageType.PdelayRespFollowUp:
        return this.#pdelayFollowUp(port, s);
      case MessageType.Announce:
        return this.#announce(port, s, at);
      case MessageType.Signaling:
        return takeSignaling(this.tables, port, s, at);
      case MessageType.Management:
        return this.#management(port, s);
    }
  }

  /** Counts a message in its row; false for a repetition. */
  #row(port: WatchedPort, type: number, s: Sighting, at: number): boolean {
    const row = this.tables.stream(port, type, s);
    const isNew = row.take(
      at,
      header.sequenceId(s.view, s.offset),
      header.logMessageInterval(s.view, s.offset),
    );
    const isTold = this.#hasDetails && type === MessageType.Sync && isNew &&
      !Number.isNaN(row.lastInterval);
    if (isTold) {
      const { lastInterval: interval, nominal } = row;
      this.#tell({ kind: "interval", at, port, interval, nominal });
    }
    return isNew;
  }

  #sync(port: WatchedPort, s: Sighting, at: number): void {
    if (!this.#row(port, MessageType.Sync, s, at)) return;
    const v = s.view;
    const o = s.offset;
    const correction = header.correctionField(v, o);
    if (header.hasFlag(v, o, Flag.TwoStep)) {
      port.twoStepSyncs++;
      if (isUnicast(s) && port.multicasts > 0) return; // of a copy for one slave: ids of their own
      port.pairs ??= new SyncPairs();
      const seen = { at, seconds: s.seconds, nanoseconds: s.nanoseconds };
      if (port.pairs.sync(header.sequenceId(v, o), seen, correction)) this.#forward(port);
      return;
    }
    port.oneStepSyncs++;
    wireTime.read(v, o + message.TIMESTAMP, this.#time);
    const origin = { seconds: this.#time.seconds, nanos: this.#time.nanoseconds + correction };
    this.#path(port).forward(at, { seconds: s.seconds, nanos: s.nanoseconds }, origin);
    this.#measure("sync", port, undefined, at, origin);
    this.#drift(port, at);
  }

  #followUp(port: WatchedPort, s: Sighting, at: number): void {
    if (!this.#row(port, MessageType.FollowUp, s, at)) return;
    const v = s.view;
    const o = s.offset;
    const end = message.end(v, o);
    for (let t = message.firstTlv(v, o); t < end; t = tlv.next(v, t)) {
      if (isFollowUpInformation(v, t)) port.hasFollowUpInformation = true;
    }
    port.pairs ??= new SyncPairs();
    wireTime.read(v, o + message.TIMESTAMP, this.#time);
    const { seconds, nanoseconds } = this.#time;
    const correction = header.correctionField(v, o);
    const sequenceId = header.sequenceId(v, o);
    if (port.pairs.followUp(sequenceId, seconds, nanoseconds, correction)) this.#forward(port);
  }

  /** A two-step Sync is complete. */
  #forward(port: WatchedPort): void {
    const c = port.pairs?.complete;
    if (c === undefined) return;
    const seen = { seconds: c.seenSeconds, nanos: c.seenNanos };
    const origin = { seconds: c.originSeconds, nanos: c.originNanos };
    this.#path(port).forward(c.at, seen, origin);
    this.#measure("sync", port, undefined, c.at, origin);
    this.#drift(port, c.at);
  }

  #measure(
    kind: Measurement["kind"],
    master: WatchedPort,
    slave: WatchedPort | undefined,
    at: number,
    time: { readonly seconds: number; readonly nanos: number },
  ): void {
    if (this.#measured === undefined) return;
    const masterTime = this.#measuredTime;
    masterTime.seconds = time.seconds - utcOffset(master.domain);
    masterTime.nanoseconds = 0;
    shift(masterTime, time.nanos, masterTime);
    this.#measured({ kind, master, slave, at, masterTime });
  }

  #drift(port: WatchedPort, at: number): void {
    const { path } = port;
    if (!this.#hasDetails || path === undefined || path.delays.count > 0) return;
    port.firstForward ??= path.lastForward;
    if (path.forwards <= 1) port.firstForward = path.lastForward;
    this.#tell({ kind: "drift", at, port, value: path.lastForward - port.firstForward });
  }

  #path(port: WatchedPort): PathEstimate {
    port.path ??= new PathEstimate((sample) => this.#sample(port, sample));
    return port.path;
  }

  #sample(port: WatchedPort, sample: PathSample): void {
    const whole = (port.path?.baseSeconds ?? 0) + utcOffset(port.domain);
    const isNear = Math.abs(whole) <= NEAR;
    this.#tell({
      kind: "sample",
      at: sample.at,
      port,
      slave: sample.slave as WatchedPort,
      offset: sample.offset + (isNear ? whole * 1e9 : 0),
      offsetSeconds: isNear ? 0 : whole,
      meanPathDelay: sample.meanPathDelay,
    });
  }

  #request(port: WatchedPort, s: Sighting, at: number): void {
    port.requests ??= new Requests();
    port.requests.ask(
      header.sequenceId(s.view, s.offset),
      at,
      s.seconds,
      s.nanoseconds,
      header.correctionField(s.view, s.offset),
    );
  }

  #delayReq(port: WatchedPort, s: Sighting, at: number): void {
    if (this.#row(port, MessageType.DelayReq, s, at)) this.#request(port, s, at);
  }

  /** The port that a response is for. */
  #requester(port: WatchedPort, s: Sighting): WatchedPort | undefined {
    readPort(s.view, s.offset + message.REQUESTING_PORT_IDENTITY, this.#other);
    const requester = this.tables.findPort(port.domain, this.#other);
    if (requester === undefined) this.strayResponses++;
    return requester;
  }

  #delayResp(port: WatchedPort, s: Sighting, at: number): void {
    const v = s.view;
    const o = s.offset;
    const log = header.logMessageInterval(v, o);
    if (log !== 0x7f) port.logMinDelayReqInterval = log;
    const slave = this.#requester(port, s);
    if (slave === undefined) return;
    if (slave.master !== undefined && slave.master !== port) slave.masterChanges++;
    slave.master = port;
    const request = slave.requests?.answer(header.sequenceId(v, o), at);
    if (request === undefined) {
      this.strayResponses++;
      return;
    }
    wireTime.read(v, o + message.TIMESTAMP, this.#time);
    const correction = header.correctionField(v, o) - request.correction;
    const seen = { seconds: request.seconds, nanos: request.nanos };
    const arrived = { seconds: this.#time.seconds, nanos: this.#time.nanoseconds - correction };
    port.path?.reverse(request.at, seen, arrived, slave);
    this.#measure("delay", port, slave, request.at, arrived);
  }

  #pdelayResp(port: WatchedPort, s: Sighting, at: number): void {
    const requester = this.#requester(port, s);
    if (requester === undefined) return;
    const v = s.view;
    const o = s.offset;
    const request = requester.requests?.answer(header.sequenceId(v, o), at);
    if (request === undefined) {
      this.strayResponses++;
      return;
    }
    wireTime.read(v, o + message.TIMESTAMP, this.#time);
    this.tables.pair(requester, port).response(request, at, {
      isTwoStep: header.hasFlag(v, o, Flag.TwoStep),
      seconds: this.#time.seconds,
      nanos: this.#time.nanoseconds,
      correction: header.correctionField(v, o),
    });
  }

  #pdelayFollowUp(port: WatchedPort, s: Sighting): void {
    const requester = this.#requester(port, s);
    if (requester === undefined) return;
    const v = s.view;
    const o = s.offset;
    wireTime.read(v, o + message.TIMESTAMP, this.#time);
    const { seconds, nanoseconds } = this.#time;
    const correction = header.correctionField(v, o);
    const pair = this.tables.pair(requester, port);
    pair.followUp(header.sequenceId(v, o), seconds, nanoseconds, correction);
  }

  #announce(port: WatchedPort, s: Sighting, at: number): void {
    if (!this.#row(port, MessageType.Announce, s, at)) return;
    const v = s.view;
    const o = s.offset;
    if (header.hasFlag(v, o, Flag.AlternateMaster)) {
      port.alternates++;
      return;
    }
    const { domain } = port;
    const set = this.#announced;
    readAnnounced(v, o, set);
    this.#trace(port, v, o);
    const isBack = port.announced !== undefined;
    const isNew = !port.isAnnouncing;
    if (!domain.join(port)) return;
    const log = header.logMessageInterval(v, o);
    const interval = 2 ** Math.max(-7, Math.min(6, log === 0x7f ? 1 : log)) * 1e9;
    port.lastAnnounceAt = at;
    port.announceExpires = at + this.#timeout * interval;
    this.#nextExpiry = Math.min(this.#nextExpiry, port.announceExpires);
    const old = port.announced;
    let before: { port: WatchedPort; set: Announced } | undefined;
    if (old === undefined) port.announced = copyOf(set);
    else if (!isSameAnnounced(old, set)) {
      before = { port, set: copyOf(old) };
      port.announceChanges++;
      this.#tell({ kind: "announceChange", at, port, changes: changes(old, set) });
      assignAnnounced(set, old);
    }
    if (isNew) this.#tell({ kind: "master", at, port, isBack });
    if (isNew || before !== undefined) this.#elect(domain, at, before);
    else domain.confirm(port, at);
  }

  #elect(domain: WatchedDomain, at: number, before?: { port: WatchedPort; set: Announced }): void {
    const change = domain.elect(at, before);
    if (change !== undefined) this.#tell({ kind: "gmChange", domain, change });
  }

  #trace(port: WatchedPort, v: DataView, o: number): void {
    const end = message.end(v, o);
    for (let t = message.firstTlv(v, o); t < end; t = tlv.next(v, t)) {
      if (tlv.type(v, t) !== TlvType.PATH_TRACE) continue;
      port.domain.hasPathTrace = true;
      const n = Math.min(MAX_TRACE, pathTrace.count(v, t));
      const found: string[] = [];
      for (let k = 0; k < n; k++) {
        pathTrace.identity(v, t, k, this.#other);
        found.push(clockText(this.#other));
      }
      port.pathTrace = found;
    }
  }

  #management(port: WatchedPort, s: Sighting): void {
    const v = s.view;
    const action = v.getUint8(s.offset + 46) & 0x0f;
    this.managementActions[action] = (this.managementActions[action] ?? 0) + 1;
    const end = message.end(v, s.offset);
    for (let t = message.firstTlv(v, s.offset); t < end; t = tlv.next(v, t)) {
      if (!syncMetadata.isSyncMetadata(v, t) || syncMetadata.check(v, t) !== Fault.None) continue;
      port.domain.metadata ??= syncMetadata.syncMetadata();
      syncMetadata.read(v, t, port.domain.metadata);
    }
  }

  #tell(event: MonitorEvent): void {
    if (this.#events.length >= MAX_EVENTS) this.lostEvents++;
    else this.#events.push(event);
  }
}

/** Seconds that the master's time is ahead of UTC, as its domain's grandmaster says. */
export function utcOffset(domain: WatchedDomain): number {
  const { set } = domain;
  return set !== undefined && hasTimeFlag(set, Flag.PtpTimescale) ? set.currentUtcOffset : 0;
}

function isRequestOrSync(type: number): boolean {
  return type === MessageType.Sync || type === MessageType.DelayReq ||
    type === MessageType.Announce;
}
