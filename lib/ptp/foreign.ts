/**
 * The foreign master list of one port (IEEE 1588-2019 9.3.2.4, 9.3.2.5).
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import { between, type Instant, NEVER } from "../base/time.ts";
import { type DataSet, isBetter } from "./compare.ts";
import { intervalOf, sane } from "./interval.ts";
import type { TimeProperties } from "./options.ts";
import { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import { TlvStore } from "./tlv_store.ts";
import * as announce from "./wire/announce.ts";
import { Flag } from "./wire/header.ts";
import {
  assignPort,
  type ClockIdentity,
  isSamePort,
  type PortIdentity,
  portIdentity,
} from "./wire/identity.ts";

/** FOREIGN_MASTER_TIME_WINDOW in announce intervals; FOREIGN_MASTER_THRESHOLD is 2. */
const TIME_WINDOW = 4;
/** Announce intervals a sender may claim; else ours counts. */
const MIN_LOG_ANNOUNCE = -7;
const MAX_LOG_ANNOUNCE = 5;
/** After the originTimestamp, which no decision depends on. */
const FIRST_BODY_OCTET = 44;

/** What one foreign master last announced, and when. Records are reused. */
export class ForeignMaster implements DataSet {
  readonly sender: PortIdentity = portIdentity();
  readonly receiver: Readonly<PortIdentity>;
  readonly localPriority: number;
  readonly grandmasterIdentity: ClockIdentity = { high: 0, low: 0 };
  readonly timeProperties: TimeProperties = {
    currentUtcOffset: 0,
    currentUtcOffsetValid: false,
    leap59: false,
    leap61: false,
    timeTraceable: false,
    frequencyTraceable: false,
    ptpTimescale: false,
    timeSource: 0,
  };
  priority1 = 0;
  clockClass = 0;
  clockAccuracy = 0;
  offsetScaledLogVariance = 0;
  priority2 = 0;
  stepsRemoved = 0;
  logAnnounceInterval = 0;
  sequenceId = 0;
  /** The address its last Announce came from. */
  peer: AddressHandle = 0;
  /** Behind its last Announce. */
  readonly tlvs = new TlvStore();
  /** True where the last Announce's TLVs differ from those of the one before. */
  hasNewTlvs = false;
  #flags = -1;
  readonly #octets = new Uint8Array(announce.ANNOUNCE_LENGTH - FIRST_BODY_OCTET);
  /** Arrival of the newest Announce and of the one before; -Infinity for none. */
  last = -Infinity as Instant;
  lastButOne = -Infinity as Instant;

  constructor(receiver: Readonly<PortIdentity>, localPriority: number) {
    this.receiver = receiver;
    this.localPriority = localPriority;
  }

  get isUsed(): boolean {
    return this.last > -Infinity;
  }

  /** FOREIGN_MASTER_TIME_WINDOW at the sender's own rate. */
  get window(): number {
    return TIME_WINDOW * intervalOf(this.logAnnounceInterval);
  }

  /** Two Announce within the window that ends now (9.3.2.5 c). */
  isQualified(now: Instant): boolean {
    return between(this.lastButOne, now) <= this.window;
  }

  /** Its clock is not sure of its time (synchronizationUncertain, Table 37). */
  get isUncertain(): boolean {
    return this.isUsed && (this.#flags & Flag.SynchronizationUncertain) !== 0;
  }

  forget(): void {
    this.last = -Infinity as Instant;
    this.lastButOne = -Infinity as Instant;
  }

  /** Takes over a message's contents; true where anything but the times changed. */
  update(m: Received): boolean {
    const { view: v, offset: o } = m;
    this.hasNewTlvs = this.tlvs.update(m);
    if (!this.#isNew(m)) return false;
    announce.grandmasterIdentity(v, o, this.grandmasterIdentity);
    this.priority1 = announce.grandmasterPriority1(v, o);
    this.clockClass = announce.grandmasterClockClass(v, o);
    this.clockAccuracy = announce.grandmasterClockAccuracy(v, o);
    this.offsetScaledLogVariance = announce.grandmasterVariance(v, o);
    this.priority2 = announce.grandmasterPriority2(v, o);
    this.stepsRemoved = announce.stepsRemoved(v, o);
    this.#updateTimeProperties(m);
    return true;
  }

  /** Keeps the flags and the body's octets; true where one of them differs from those kept. */
  #isNew(m: Received): boolean {
    const kept = this.#octets;
    let isNew = this.#flags !== m.flags;
    this.#flags = m.flags;
    for (let k = 0; k < kept.length; k++) {
      const octet = m.view.getUint8(m.offset + FIRST_BODY_OCTET + k);
      if (kept[k] !== octet) isNew = true;
      kept[k] = octet;
    }
    return isNew;
  }

  #updateTimeProperties(m: Received): void {
    const t = this.timeProperties;
    t.currentUtcOffset = announce.currentUtcOffset(m.view, m.offset);
    t.currentUtcOffsetValid = (m.flags & Flag.CurrentUtcOffsetValid) !== 0;
    t.leap59 = (m.flags & Flag.Leap59) !== 0;
    t.leap61 = (m.flags & Flag.Leap61) !== 0;
    t.timeTraceable = (m.flags & Flag.TimeTraceable) !== 0;
    t.frequencyTraceable = (m.flags & Flag.FrequencyTraceable) !== 0;
    t.ptpTimescale = (m.flags & Flag.PtpTimescale) !== 0;
    t.timeSource = announce.timeSource(m.view, m.offset);
  }
}

/** The bounded list; a full one gives up the unqualified master heard longest ago. */
export class ForeignMasters {
  readonly capacity: number;
  readonly #entries: ForeignMaster[] = [];
  readonly #receiver: Readonly<PortIdentity>;
  readonly #logAnnounceInterval: number;
  readonly #localPriority: number;
  #held: ForeignMaster | undefined;
  #deadline: Instant = NEVER;

  /**
   * @param receiver Our port; kept by reference.
   * @param localPriority Of the masters heard here, see `DataSet`.
   */
  constructor(
    receiver: Readonly<PortIdentity>,
    logAnnounceInterval: number,
    capacity = 16,
    localPriority = 0,
  ) {
    this.capacity = capacity;
    this.#receiver = receiver;
    this.#logAnnounceInterval = logAnnounceInterval;
    this.#localPriority = localPriority;
  }

  /** True after an `accept` or `age` that may change the state decision. */
  hasChanged = false;

  /** The record of the last accepted Announce. */
  newest: ForeignMaster | undefined;

  /** Takes in an Announce that passed the port's checks. */
  accept(m: Received): Reason {
    const known = this.find(m.source);
    const entry = known ?? this.#slot(m.at);
    if (entry === undefined) return Reason.ForeignTableFull;
    if (known !== undefined && known.sequenceId === m.sequenceId) return Reason.Duplicate;
    if (known === undefined) {
      entry.forget();
      assignPort(m.source, entry.sender);
    }
    const wasQualified = entry === this.#held || entry.isQualified(m.at);
    entry.sequenceId = m.sequenceId;
    entry.peer = m.peer;
    entry.logAnnounceInterval = sane(
      m.logMessageInterval,
      MIN_LOG_ANNOUNCE,
      MAX_LOG_ANNOUNCE,
      this.#logAnnounceInterval,
    );
    entry.lastButOne = entry.last;
    entry.last = m.at;
    const isChanged = entry.update(m);
    const isQualified = entry === this.#held || entry.isQualified(m.at);
    if (isQualified !== wasQualified || (isQualified && isChanged)) this.hasChanged = true;
    this.newest = entry;
    this.#schedule();
    return Reason.None;
  }

  /** The record of `sender`, if there is one. */
  find(sender: Readonly<PortIdentity>): ForeignMaster | undefined {
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (e.isUsed && isSamePort(e.sender, sender)) return e;
    }
    return undefined;
  }

  /** Erbest: the best qualified master (9.3.2.3). */
  best(now: Instant): ForeignMaster | undefined {
    let best: ForeignMaster | undefined;
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (!e.isUsed || (e !== this.#held && !e.isQualified(now))) continue;
      if (isBetter(e, best)) best = e;
    }
    return best;
  }

  /** The best master that is not `parent`, qualified or not yet: whose Sync to collect early. */
  candidate(parent: Readonly<PortIdentity>): ForeignMaster | undefined {
    let best: ForeignMaster | undefined;
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (e.isUsed && !isSamePort(e.sender, parent) && isBetter(e, best)) best = e;
    }
    return best;
  }

  /** Exempts `entry` from ageing while the port's Announce receipt timeout watches it. */
  hold(entry: ForeignMaster | undefined): void {
    this.#held = entry;
    this.#schedule();
  }

  get held(): ForeignMaster | undefined {
    return this.#held;
  }

  /** Drops the held master: its Announce receipt timeout has expired. */
  dropHeld(): void {
    this.#held?.forget();
    this.#held = undefined;
    this.hasChanged = true;
    this.#schedule();
  }

  /** Forgets all. */
  clear(): void {
    for (let k = 0; k < this.#entries.length; k++) this.#entries[k]!.forget();
    this.#held = undefined;
    this.#schedule();
  }

  /** When {@linkcode age} has something to do. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** Forgets masters not heard within their window, and notes lost qualifications. */
  age(now: Instant): void {
    if (now < this.#deadline) return;
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (!e.isUsed || e === this.#held) continue;
      if (e.lastButOne > -Infinity && !e.isQualified(now)) {
        e.lastButOne = -Infinity as Instant;
        this.hasChanged = true;
      }
      if (between(e.last, now) > e.window) e.forget();
    }
    this.#schedule();
  }

  /** How many masters are known. */
  get size(): number {
    let n = 0;
    for (let k = 0; k < this.#entries.length; k++) if (this.#entries[k]!.isUsed) n++;
    return n;
  }

  /** The records in use, for a status report. */
  list(): ForeignMaster[] {
    return this.#entries.filter((e) => e.isUsed);
  }

  /** A free record, or the one to give up. They are made as needed: most ports hear of few. */
  #slot(now: Instant): ForeignMaster | undefined {
    let oldest: ForeignMaster | undefined;
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (!e.isUsed) return e;
      if (e === this.#held || e.isQualified(now)) continue;
      if (oldest === undefined || e.last < oldest.last) oldest = e;
    }
    if (this.#entries.length === this.capacity) return oldest;
    const fresh = new ForeignMaster(this.#receiver, this.#localPriority);
    this.#entries.push(fresh);
    return fresh;
  }

  #schedule(): void {
    let first: number = NEVER;
    for (let k = 0; k < this.#entries.length; k++) {
      const e = this.#entries[k]!;
      if (!e.isUsed || e === this.#held) continue;
      const start = e.lastButOne > -Infinity ? e.lastButOne : e.last;
      // One nanosecond beyond, because the window's last instant still counts.
      first = Math.min(first, start + e.window + 1);
    }
    this.#deadline = first as Instant;
  }
}
