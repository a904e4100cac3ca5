/**
 * The granting side of unicast message negotiation (IEEE 1588-2019 16.1): who may have what, how
 * long, and the Announce, Sync and Follow_Up of every grant on its own schedule.
 *
 * Nothing is granted without bound: clients, clients a host, messages a second of all grants, the
 * rate of each and its duration are limited; requests of one host are rate limited before anything
 * is looked up. What is due is sent in order of time, so nobody waits for another's stamp.
 * @module
 */
import type { AddressHandle, AddressTable } from "../../base/address.ts";
import type { PacketBatch } from "../../base/batch.ts";
import { type Instant, type Timestamp, timestamp } from "../../base/time.ts";
import { TimerHeap } from "../../base/timers.ts";
import type { AnnounceSource, Emitter } from "../emit.ts";
import { intervalOf, nextOnGrid } from "../interval.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import type { SignalingQueue } from "../signaling_queue.ts";
import type { UnicastReplies } from "../unicast_reply.ts";
import { portIdentity } from "../wire/identity.ts";
import * as signaling from "../wire/signaling.ts";
import type { Transmission } from "../wire/signaling.ts";
import { AccessList, type AccessRule } from "./access.ts";
import { FairShare } from "./fair_share.ts";
import { clientOf, GRANTED_TYPES, grantId, GrantTable, Index, indexOf } from "./grants.ts";
import { StampBook } from "./stamp_book.ts";

/** Limits of a server. */
export interface UnicastServerOptions {
  maxClients: number;
  /** Clients behind one address. */
  maxClientsPerHost: number;
  /** Messages a second that all grants together may promise. */
  maxRate: number;
  /** The fastest period granted, by type; a faster one is refused. */
  minLogAnnounce: number;
  minLogSync: number;
  minLogDelayResp: number;
  /** Seconds; longer requests are granted this much, shorter ones than the least are refused. */
  minDuration: number;
  maxDuration: number;
  /** Signaling messages a second of one host. */
  maxSignalingRate: number;
  access: readonly AccessRule[];
}

/** The slowest period granted, s as a logarithm: an hour and more. */
const MAX_LOG = 12;
/** Delay_Req that may come at once under one grant, and beyond which seconds of it. */
const BURST = 8;
const SWEEP = 1e9;
const EMPTY: readonly AccessRule[] = [];

/** Enough for 8,000 slaves at 8 Sync and 8 Delay_Resp a second. */
export const DEFAULT_UNICAST_SERVER: Readonly<UnicastServerOptions> = {
  maxClients: 8192,
  maxClientsPerHost: 64,
  maxRate: 150_000,
  minLogAnnounce: -3,
  minLogSync: -7,
  minLogDelayResp: -7,
  minDuration: 10,
  maxDuration: 1000,
  maxSignalingRate: 16,
  access: EMPTY,
};

/** What the server needs from its port. */
export interface ServerContext {
  readonly emitter: Emitter;
  readonly dataSets: AnnounceSource;
  /** True in MASTER. */
  readonly isMaster: boolean;
  servedTime(at: Instant, into: Timestamp): void;
}

/** What a server counted. */
export interface ServerCounters {
  granted: number;
  renewed: number;
  refused: number;
  canceled: number;
  expired: number;
  /** Messages left out because the one before had not left yet. */
  overrun: number;
}

export class UnicastServer {
  readonly grants: GrantTable;
  readonly counters: ServerCounters = {
    granted: 0,
    renewed: 0,
    refused: 0,
    canceled: 0,
    expired: 0,
    overrun: 0,
  };
  readonly #port: ServerContext;
  readonly #options: Readonly<UnicastServerOptions>;
  readonly #addresses: AddressTable;
  readonly #replies: UnicastReplies;
  readonly #queue: SignalingQueue;
  readonly #access: AccessList;
  readonly #requests: FairShare;
  readonly #stamps = new StampBook();
  readonly #timers: TimerHeap;
  /** Grants with a message to be written, in order; each at most once. */
  readonly #ready: Int32Array;
  readonly #isReady: Uint8Array;
  #first = 0;
  #count = 0;
  #sweepAt = 0;
  /** Clients from here on have not been told yet that all is over; -1: nothing to tell. */
  #cancelFrom = -1;
  readonly #time = timestamp();
  readonly #id = portIdentity();
  readonly #answer: Transmission = { messageType: 0, logInterMessagePeriod: 0, duration: 0 };

  constructor(
    port: ServerContext,
    options: Readonly<UnicastServerOptions>,
    addresses: AddressTable,
    io: { readonly replies: UnicastReplies; readonly queue: SignalingQueue },
  ) {
    this.#port = port;
    this.#options = options;
    this.#addresses = addresses;
    this.#replies = io.replies;
    this.#queue = io.queue;
    this.#access = new AccessList(options.access);
    this.#requests = new FairShare(options.maxSignalingRate, 4 * options.maxSignalingRate);
    this.grants = new GrantTable(addresses, options.maxClients);
    const n = grantId(options.maxClients, 0);
    this.#timers = new TimerHeap(n);
    this.#ready = new Int32Array(n);
    this.#isReady = new Uint8Array(n);
  }

  /** Syncs that went without Follow_Up. */
  get missed(): number {
    return this.#stamps.missed;
  }

  // Negotiation

  /** True where the sender of Signaling message `m` may speak; asked once a message. */
  admits(m: Received): Reason {
    if (!this.#access.isAllowed(this.#addresses, m.peer)) return Reason.AccessDenied;
    return this.#requests.take(this.#replies.generalOf(m.peer), m.at)
      ? Reason.None
      : Reason.RateExceeded;
  }

  /** REQUEST_UNICAST_TRANSMISSION at `t`; the answer goes into the message being queued. */
  onRequest(m: Received, t: number): Reason {
    const a = this.#answer;
    a.messageType = signaling.unicastMessageType(m.view, t);
    a.logInterMessagePeriod = signaling.unicastLogInterMessagePeriod(m.view, t);
    a.duration = Math.min(signaling.unicastDuration(m.view, t), this.#options.maxDuration);
    const isGranted = this.#decide(m, a);
    if (!isGranted) a.duration = 0;
    const at = this.#queue.next(signaling.GRANT_LENGTH);
    if (at >= 0) signaling.writeGrant(this.#queue.view, at, a);
    if (isGranted) return Reason.None;
    this.counters.refused++;
    return Reason.NotGranted;
  }

  /** CANCEL_UNICAST_TRANSMISSION at `t`. */
  onCancel(m: Received, t: number): Reason {
    const type = signaling.unicastMessageType(m.view, t);
    const at = this.#queue.next(signaling.CANCEL_LENGTH);
    if (at >= 0) signaling.writeAcknowledge(this.#queue.view, at, type);
    const index = GRANTED_TYPES.indexOf(type);
    const client = this.grants.find(this.#replies.generalOf(m.peer), m.source);
    if (client < 0 || index < 0 || !this.grants.isGranted(grantId(client, index))) {
      return Reason.NotGranted;
    }
    this.#end(grantId(client, index));
    this.counters.canceled++;
    return Reason.None;
  }

  /** Delay_Req `m` came by unicast: `None` where a grant covers it and its rate. */
  onDelayReq(m: Received): Reason {
    const client = this.grants.find(this.#replies.generalOf(m.peer), m.source);
    if (client < 0) return Reason.NotGranted;
    const id = grantId(client, Index.DelayResp);
    if (this.grants.expires[id]! <= m.at) return Reason.NotGranted;
    const interval = intervalOf(this.grants.log[id]!);
    const earned = Math.max(this.grants.due[id]!, m.at) + interval / 2;
    if (earned - m.at > Math.max(BURST * interval, 1e9)) return Reason.RateExceeded;
    this.grants.due[id] = earned;
    return Reason.None;
  }

  // Schedules

  expire(now: Instant): void {
    const g = this.grants;
    for (let id = this.#timers.take(now); id >= 0; id = this.#timers.take(now)) {
      if (g.expires[id]! <= now) {
        this.#end(id);
        this.counters.expired++;
        continue;
      }
      const next = nextOnGrid(g.due[id]! as Instant, intervalOf(g.log[id]!), now);
      g.due[id] = next;
      this.#timers.set(id, next);
      this.#makeReady(id);
    }
    if (now >= this.#sweepAt) this.#sweep(now);
  }

  deadline(): Instant {
    const send = this.#timers.deadline();
    return (this.grants.size === 0 ? send : Math.min(send, this.#sweepAt)) as Instant;
  }

  /** The transmit stamp of a unicast Sync; NaN where it was refused. */
  stamped(ticket: number, at: Instant): Reason {
    if (!this.#stamps.isAwaited(ticket)) return Reason.LateStamp;
    if (at !== at) {
      this.#stamps.drop(ticket);
      return Reason.MissingStamp;
    }
    this.#port.servedTime(at, this.#time);
    this.#stamps.stamped(ticket, this.#time);
    return Reason.None;
  }

  /** Follow_Ups first. False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    if (this.#cancelFrom >= 0) this.#tellCancels();
    const stamps = this.#stamps;
    for (; stamps.count > 0; stamps.shift()) {
      stamps.time(this.#time);
      const { emitter } = this.#port;
      if (!emitter.followUpTo(out, stamps.sequenceId, stamps.general, this.#time)) return false;
    }
    for (; this.#count > 0; this.#shift()) {
      const id = this.#ready[this.#first]!;
      if (this.grants.isGranted(id) && !this.#write(out, id)) return false;
    }
    return true;
  }

  /** The port is no master any more: every client is told so, and owed nothing. */
  cancelAll(): void {
    this.#count = 0;
    this.#isReady.fill(0);
    if (this.grants.size > 0) this.#cancelFrom = 0;
  }

  /** The port does not run any more. */
  clear(): void {
    this.#count = 0;
    this.#isReady.fill(0);
    this.#stamps.clear();
    this.#cancelFrom = -1;
    for (let c = 0; c < this.grants.highest; c++) {
      if (this.grants.general(c) !== 0) this.#removeClient(c);
    }
  }

  snapshot(): Record<string, number> {
    return {
      clients: this.grants.size,
      grantedRate: Math.round(this.grants.rate),
      ...this.counters,
      followUpsMissed: this.#stamps.missed,
      signalingRefused: this.#requests.refused,
    };
  }

  /** Grants what `a` asks for, or not; `a` holds what was granted. */
  #decide(m: Received, a: Transmission): boolean {
    const o = this.#options;
    const index = GRANTED_TYPES.indexOf(a.messageType);
    if (!this.#port.isMaster || index < 0 || a.duration < o.minDuration) return false;
    const least = index === Index.Announce
      ? o.minLogAnnounce
      : index === Index.Sync
      ? o.minLogSync
      : o.minLogDelayResp;
    if (a.logInterMessagePeriod < least || a.logInterMessagePeriod > MAX_LOG) return false;
    const client = this.#clientOf(m);
    if (client < 0) return false;
    const id = grantId(client, index);
    const isRenewal = this.grants.isGranted(id);
    const before = isRenewal ? 2 ** -this.grants.log[id]! : 0;
    if (this.grants.rate - before + 2 ** -a.logInterMessagePeriod > o.maxRate) {
      if (this.grants.isIdle(client)) this.grants.remove(client);
      return false;
    }
    this.#grant(m.at, id, a, isRenewal);
    return true;
  }

  #grant(now: Instant, id: number, a: Transmission, isRenewal: boolean): void {
    const isSamePace = isRenewal && this.grants.log[id] === a.logInterMessagePeriod;
    this.grants.grant(id, a.logInterMessagePeriod, now + a.duration * 1e9 as Instant);
    if (isRenewal) this.counters.renewed++;
    else this.counters.granted++;
    if (isSamePace) return;
    this.grants.due[id] = now;
    if (indexOf(id) !== Index.DelayResp) this.#timers.set(id, now);
  }

  #clientOf(m: Received): number {
    const general = this.#replies.generalOf(m.peer);
    const known = this.grants.find(general, m.source);
    if (known >= 0) return known;
    if (this.grants.countOf(general) >= this.#options.maxClientsPerHost) return -1;
    return this.grants.add(this.#replies.eventOf(m.peer), general, m.source);
  }

  #end(id: number): void {
    this.grants.revoke(id);
    this.#timers.clear(id);
    if (this.grants.isIdle(clientOf(id))) this.grants.remove(clientOf(id));
  }

  #removeClient(client: number): void {
    for (let k = 0; k < GRANTED_TYPES.length; k++) {
      this.grants.revoke(grantId(client, k));
      this.#timers.clear(grantId(client, k));
    }
    this.grants.remove(client);
  }

  /** Grants of Delay_Resp end without a timer of their own. */
  #sweep(now: Instant): void {
    this.#sweepAt = now + SWEEP;
    for (let c = 0; c < this.grants.highest; c++) {
      const id = grantId(c, Index.DelayResp);
      if (!this.grants.isGranted(id) || this.grants.expires[id]! > now) continue;
      this.#end(id);
      this.counters.expired++;
    }
  }

  #makeReady(id: number): void {
    if (this.#isReady[id] === 1) {
      this.counters.overrun++;
      return;
    }
    this.#isReady[id] = 1;
    this.#ready[(this.#first + this.#count++) % this.#ready.length] = id;
  }

  #shift(): void {
    this.#isReady[this.#ready[this.#first]!] = 0;
    this.#first = (this.#first + 1) % this.#ready.length;
    this.#count--;
  }

  #write(out: PacketBatch, id: number): boolean {
    if (!out.hasRoom) return false;
    const g = this.grants;
    const client = clientOf(id);
    const { emitter, dataSets } = this.#port;
    const sequenceId = g.sequenceId[id]!;
    g.sequenceId[id] = sequenceId + 1;
    if (indexOf(id) === Index.Announce) {
      return emitter.announceTo(out, sequenceId, g.general(client), g.log[id]!, dataSets);
    }
    const ticket = this.#stamps.open(sequenceId, g.general(client));
    return emitter.syncTo(out, sequenceId, g.event(client), ticket);
  }

  /** Says CANCEL to as many clients as the queue takes; goes on with the rest next time. */
  #tellCancels(): void {
    const g = this.grants;
    let c = this.#cancelFrom;
    for (; c < g.highest; c++) {
      const peer: AddressHandle = g.general(c);
      if (peer === 0) continue;
      g.identity(c, this.#id);
      if (!this.#queue.begin(this.#id, peer)) break;
      for (let k = 0; k < GRANTED_TYPES.length; k++) {
        if (!g.isGranted(grantId(c, k))) continue;
        const at = this.#queue.next(signaling.CANCEL_LENGTH);
        if (at >= 0) signaling.writeCancel(this.#queue.view, at, GRANTED_TYPES[k]!);
      }
      this.#queue.end();
      this.#removeClient(c);
    }
    this.#cancelFrom = c < g.highest ? c : -1;
  }
}
