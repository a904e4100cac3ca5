/**
 * The asking side of unicast message negotiation (IEEE 1588-2019 16.1, 17.4): a table of masters,
 * each asked for Announce; the one that the best master clock algorithm chooses also for Sync and
 * Delay_Resp. Grants are renewed after three quarters of their time, as ptp4l does.
 * @module
 */
import type { AddressHandle, AddressTable } from "../../base/address.ts";
import { type Instant, NEVER } from "../../base/time.ts";
import { intervalOf, sane } from "../interval.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import type { SignalingQueue } from "../signaling_queue.ts";
import type { UnicastReplies } from "../unicast_reply.ts";
import { MessageType } from "../wire/header.ts";
import {
  ANY_PORT,
  assignPort,
  isSamePort,
  type PortIdentity,
  portIdentity,
} from "../wire/identity.ts";
import * as signaling from "../wire/signaling.ts";
import type { Transmission } from "../wire/signaling.ts";

/** The masters of a port, and how they are asked. */
export interface UnicastClientOptions {
  /** Their addresses, with any port; the general port is used for asking. */
  masters: readonly AddressHandle[];
  /** Seconds between two questions to one master, as a logarithm. */
  logQueryInterval: number;
  /** Seconds asked for. */
  duration: number;
}

const RENEW_AT = 0.75;
/** Periods that a grant may name; any other is taken for the one asked for. */
const MIN_LOG = -10;
const MAX_LOG = 22;
/** A refusal doubles the time to the next question, up to so many doublings. */
const MAX_BACKOFF = 6;
/** Without Sync for so many intervals, and for a second, the grant is taken for lost. */
const SILENCE = 8;
/** What a grant may promise. */
const MAX_DURATION = 0xffff_ffff;

const TYPES = [MessageType.Announce, MessageType.Sync, MessageType.DelayResp] as const;
const ANNOUNCE = 0;
const SYNC = 1;
const DELAY_RESP = 2;

/** How far a master has got; ptp4l's words. */
export type MasterState = "WAIT" | "HAVE_ANN" | "NEED_SYDY" | "HAVE_SYDY";

/** One row of the master table as it is told. */
export interface MasterRow {
  readonly address: AddressHandle;
  /** Of its last Announce; zeros before. */
  readonly identity: Readonly<PortIdentity>;
  readonly isSelected: boolean;
  readonly state: MasterState;
}

/** One row of the master table. */
class Entry {
  readonly general: AddressHandle;
  readonly event: AddressHandle;
  /** Of its last Announce; zeros before. */
  readonly identity: PortIdentity = portIdentity();
  /** Per type: when the grant ends (0: none), when it is to be renewed, its period. */
  readonly until = new Float64Array(3);
  readonly renewAt = new Float64Array(3);
  readonly log = new Int8Array(3);
  isSelected = false;
  askAt = NEVER as number;
  refusals = 0;
  lastSync = 0;

  constructor(general: AddressHandle, event: AddressHandle) {
    this.general = general;
    this.event = event;
  }

  isGranted(k: number, now: Instant): boolean {
    return this.until[k]! > now;
  }

  /** Wanted, and not granted or to be renewed. */
  needs(k: number, now: Instant): boolean {
    return (k === ANNOUNCE || this.isSelected) && now >= this.renewAt[k]!;
  }

  /** When one of the types is needed next. */
  get neededAt(): number {
    let first = this.renewAt[ANNOUNCE]!;
    if (this.isSelected) {
      first = Math.min(first, this.renewAt[SYNC]!, this.renewAt[DELAY_RESP]!);
    }
    return first;
  }

  lose(k: number): void {
    this.until[k] = 0;
    this.renewAt[k] = 0;
  }

  loseAll(): void {
    for (let k = 0; k < TYPES.length; k++) this.lose(k);
  }

  /** Without Sync so long, while it is granted. */
  silentAt(): number {
    if (!this.isSelected || this.until[SYNC] === 0) return NEVER;
    return this.lastSync + Math.max(1e9, SILENCE * intervalOf(this.log[SYNC]!));
  }
}

/** What the client needs from its port. */
export interface ClientContext {
  /** The periods to ask for. */
  readonly options: {
    readonly logAnnounceInterval: number;
    readonly logSyncInterval: number;
    readonly logMinDelayReqInterval: number;
  };
  /** The period of the master's Sync, or of the answers to Delay_Req, has been granted. */
  granted(now: Instant, messageType: number, log: number, isNew: boolean): void;
}

export class UnicastClient {
  readonly #port: ClientContext;
  readonly #options: Readonly<UnicastClientOptions>;
  readonly #replies: UnicastReplies;
  readonly #queue: SignalingQueue;
  readonly #entries: readonly Entry[];
  #now = 0 as Instant;
  readonly #request: Transmission = { messageType: 0, logInterMessagePeriod: 0, duration: 0 };

  constructor(
    port: ClientContext,
    options: Readonly<UnicastClientOptions>,
    addresses: AddressTable,
    io: { readonly replies: UnicastReplies; readonly queue: SignalingQueue },
  ) {
    this.#port = port;
    this.#options = options;
    this.#replies = io.replies;
    this.#queue = io.queue;
    this.#entries = options.masters.map((m) => {
      const entry = new Entry(io.replies.generalOf(m), io.replies.eventOf(m));
      addresses.retain(entry.general);
      addresses.retain(entry.event);
      return entry;
    });
  }

  /** The port runs: every master is asked. */
  start(now: Instant): void {
    this.clear();
    for (const entry of this.#entries) entry.askAt = now;
  }

  /** The port does not run any more. */
  clear(): void {
    for (const entry of this.#entries) {
      entry.loseAll();
      entry.isSelected = false;
      entry.askAt = NEVER;
      entry.refusals = 0;
    }
  }

  /** An Announce: `None` where it is of a master of the table. */
  onAnnounce(m: Received): Reason {
    const entry = this.#entryOf(m);
    if (entry === undefined) return Reason.NotInMasterTable;
    assignPort(m.source, entry.identity);
    return Reason.None;
  }

  /** A Sync of the parent has come. */
  onSync(now: Instant): void {
    const entry = this.#selected();
    if (entry !== undefined) entry.lastSync = now;
  }

  /** The port follows `parent` from now on. */
  select(now: Instant, parent: Readonly<PortIdentity>): void {
    for (const entry of this.#entries) {
      const isIt = isSamePort(entry.identity, parent);
      if (isIt === entry.isSelected) continue;
      if (!isIt) this.#cancel(now, entry);
      entry.isSelected = isIt;
      entry.lastSync = now;
      if (isIt) entry.askAt = now;
    }
  }

  /** The port follows nobody any more. */
  unselect(now: Instant): void {
    const entry = this.#selected();
    if (entry === undefined) return;
    this.#cancel(now, entry);
    entry.isSelected = false;
  }

  /** Nothing was heard of `master` for the Announce receipt timeout: it is asked anew. */
  lost(now: Instant, master: Readonly<PortIdentity>): void {
    for (const entry of this.#entries) {
      if (!isSamePort(entry.identity, master)) continue;
      entry.loseAll();
      entry.askAt = now;
    }
  }

  /** Where Delay_Req go; 0 while there is no grant for their answers. */
  delayReqPeer(now: Instant): AddressHandle {
    const entry = this.#selected();
    return entry !== undefined && entry.isGranted(DELAY_RESP, now) ? entry.event : 0;
  }

  /** GRANT_UNICAST_TRANSMISSION at `t`. */
  onGrant(m: Received, t: number): Reason {
    const entry = this.#entryOf(m);
    const k = TYPES.indexOf(signaling.unicastMessageType(m.view, t) as 0);
    if (entry === undefined || k < 0) return Reason.NotInMasterTable;
    const duration = Math.min(signaling.unicastDuration(m.view, t), MAX_DURATION) * 1e9;
    if (duration === 0) {
      entry.lose(k);
      entry.refusals = Math.min(MAX_BACKOFF, entry.refusals + 1);
      entry.askAt = m.at + this.#pause(entry);
      return Reason.None;
    }
    const isNew = !entry.isGranted(k, m.at);
    entry.refusals = 0;
    entry.until[k] = m.at + duration;
    entry.renewAt[k] = m.at + RENEW_AT * duration;
    const log = signaling.unicastLogInterMessagePeriod(m.view, t);
    entry.log[k] = sane(log, MIN_LOG, MAX_LOG, this.#periodOf(k));
    if (k === SYNC) entry.lastSync = m.at;
    if (entry.isSelected) this.#port.granted(m.at, TYPES[k]!, entry.log[k]!, isNew);
    return Reason.None;
  }

  /** CANCEL_UNICAST_TRANSMISSION at `t`, acknowledged into the message being queued. */
  onCancel(m: Received, t: number): Reason {
    const entry = this.#entryOf(m);
    if (entry === undefined) return Reason.NotInMasterTable;
    const type = signaling.unicastMessageType(m.view, t);
    const at = this.#queue.next(signaling.CANCEL_LENGTH);
    if (at >= 0) signaling.writeAcknowledge(this.#queue.view, at, type);
    const k = TYPES.indexOf(type as 0);
    if (k >= 0) entry.lose(k);
    entry.askAt = Math.max(entry.askAt === NEVER ? 0 : entry.askAt, m.at + this.#pause(entry));
    return Reason.None;
  }

  expire(now: Instant): void {
    this.#now = now;
    for (let k = 0; k < this.#entries.length; k++) {
      const entry = this.#entries[k]!;
      if (entry.askAt === NEVER) continue;
      if (now >= entry.silentAt()) {
        entry.lose(SYNC);
        entry.lose(DELAY_RESP);
        entry.lastSync = now;
      }
      if (now >= entry.askAt && now >= entry.neededAt) this.#ask(now, entry);
    }
  }

  deadline(): Instant {
    let first: number = NEVER;
    for (let k = 0; k < this.#entries.length; k++) {
      const entry = this.#entries[k]!;
      if (entry.askAt === NEVER) continue;
      first = Math.min(first, Math.max(entry.askAt, entry.neededAt), entry.silentAt());
    }
    return first as Instant;
  }

  /** The master table, in its order. */
  rows(): MasterRow[] {
    const states = this.states();
    return this.#entries.map(({ general, identity, isSelected }, k) => {
      return { address: general, identity, isSelected, state: states[k] ?? "WAIT" };
    });
  }

  /** Seconds between two questions to one master, as a logarithm. */
  get logQueryInterval(): number {
    return this.#options.logQueryInterval;
  }

  /** The state of each master, in the table's order. */
  states(): MasterState[] {
    const now = this.#now;
    return this.#entries.map((e) => {
      if (!e.isGranted(ANNOUNCE, now)) return "WAIT";
      if (!e.isSelected) return "HAVE_ANN";
      return e.isGranted(SYNC, now) && e.isGranted(DELAY_RESP, now) ? "HAVE_SYDY" : "NEED_SYDY";
    });
  }

  /** One message with everything that is needed of this master. */
  #ask(now: Instant, entry: Entry): void {
    entry.askAt = now + this.#pause(entry);
    const target = entry.identity.port === 0 ? ANY_PORT : entry.identity;
    if (!this.#queue.begin(target, entry.general)) return;
    const r = this.#request;
    r.duration = this.#options.duration;
    for (let k = 0; k < TYPES.length; k++) {
      if (!entry.needs(k, now)) continue;
      r.messageType = TYPES[k]!;
      r.logInterMessagePeriod = this.#periodOf(k);
      const at = this.#queue.next(signaling.REQUEST_LENGTH);
      if (at >= 0) signaling.writeRequest(this.#queue.view, at, r);
    }
    this.#queue.end();
  }

  /** Sync and Delay_Resp of this master are of no use any more. */
  #cancel(now: Instant, entry: Entry): void {
    const isOwed = entry.isGranted(SYNC, now) || entry.isGranted(DELAY_RESP, now);
    if (isOwed && this.#queue.begin(entry.identity, entry.general)) {
      for (const k of [SYNC, DELAY_RESP]) {
        if (!entry.isGranted(k, now)) continue;
        const at = this.#queue.next(signaling.CANCEL_LENGTH);
        if (at >= 0) signaling.writeCancel(this.#queue.view, at, TYPES[k]!);
      }
      this.#queue.end();
    }
    entry.lose(SYNC);
    entry.lose(DELAY_RESP);
  }

  #periodOf(k: number): number {
    const p = this.#port.options;
    if (k === ANNOUNCE) return p.logAnnounceInterval;
    return k === SYNC ? p.logSyncInterval : p.logMinDelayReqInterval;
  }

  #pause(entry: Entry): number {
    return intervalOf(this.#options.logQueryInterval + entry.refusals);
  }

  #selected(): Entry | undefined {
    for (let k = 0; k < this.#entries.length; k++) {
      if (this.#entries[k]!.isSelected) return this.#entries[k]!;
    }
    return undefined;
  }

  #entryOf(m: Received): Entry | undefined {
    const general = this.#replies.generalOf(m.peer);
    for (let k = 0; k < this.#entries.length; k++) {
      if (this.#entries[k]!.general === general) return this.#entries[k]!;
    }
    return undefined;
  }
}
