/**
 * A master's Sync and Follow_Up (IEEE 1588-2019 9.5.9, 9.5.10): two-step, each Follow_Up from the
 * stamp of its own Sync, whenever that arrives.
 *
 * A stamp that is late or lost costs that one Sync its Follow_Up and nothing else. Only so many
 * misses in a row are a fault. Where stamps prove to be late as a rule, Syncs wait for them.
 * @module
 */
import type { PacketBatch } from "../base/batch.ts";
import type { Random } from "../base/random.ts";
import { between, type Instant, NEVER, type Timestamp, timestamp } from "../base/time.ts";
import type { Emitter } from "./emit.ts";
import { intervalOf, nextOnGrid } from "./interval.ts";
import { Reason } from "./reason.ts";
import { MessageType } from "./wire/header.ts";

/** Syncs whose time of sending is remembered, to learn how late their stamps are. */
const HISTORY = 16;
/** The longest a Sync waits for the stamp of the one before. */
const MAX_PATIENCE = 1e9;
const NONE = -1;

/** What the sender needs from its port. */
export interface SyncContext {
  readonly emitter: Emitter;
  readonly random: Random;
  readonly logSyncInterval: number;
  readonly maxMissedStamps: number;
  servedTime(at: Instant, into: Timestamp): void;
  /** A Sync went without Follow_Up, the `consecutive`th in a row. */
  stampMissed(now: Instant, messageType: number, sequenceId: number, consecutive: number): void;
  /** Too many in a row. */
  stampsFailed(now: Instant): void;
}

export class SyncSender {
  /** Syncs that went without Follow_Up. */
  missed = 0;
  readonly #port: SyncContext;
  readonly #sentAt = new Float64Array(HISTORY).fill(-Infinity);
  readonly #t1 = timestamp();
  #sequenceId: number;
  #deadline: Instant = NEVER;
  #isDue = false;
  /** The Sync whose stamp is awaited, and the one whose Follow_Up is to be written. */
  #awaited = NONE;
  #followUp = NONE;
  #consecutive = 0;
  #patience = 0;

  constructor(port: SyncContext) {
    this.#port = port;
    this.#sequenceId = port.random.integer(0x1_0000);
  }

  /** The first Sync leaves at once. */
  start(now: Instant): void {
    this.stop();
    this.#deadline = now;
    this.expire(now);
  }

  stop(): void {
    this.#deadline = NEVER;
    this.#isDue = false;
    this.#awaited = NONE;
    this.#followUp = NONE;
    this.#consecutive = 0;
  }

  expire(now: Instant): void {
    if (now < this.#deadline) return;
    this.#deadline = nextOnGrid(this.#deadline, intervalOf(this.#port.logSyncInterval), now);
    if (this.#awaited !== NONE) {
      if (this.#age(this.#awaited, now) < this.#patience) return;
      this.#miss(now);
    }
    // The miss may have made the port FAULTY, which stopped this sender.
    if (this.#deadline !== NEVER) this.#isDue = true;
  }

  /** Leaves out what is due. */
  skip(): void {
    this.#isDue = false;
  }

  /** The interval has changed. */
  retime(now: Instant): void {
    if (this.#deadline === NEVER) return;
    this.#deadline = now + intervalOf(this.#port.logSyncInterval) as Instant;
  }

  deadline(): Instant {
    return this.#deadline;
  }

  /** The transmit stamp of Sync `sequenceId`; NaN where its conversion was refused. */
  stamped(now: Instant, sequenceId: number, at: Instant): Reason {
    if (sequenceId !== this.#awaited) {
      this.#learn(sequenceId, now);
      return Reason.LateStamp;
    }
    if (at !== at) {
      this.#miss(now);
      return Reason.MissingStamp;
    }
    this.#port.servedTime(at, this.#t1);
    this.#awaited = NONE;
    this.#followUp = sequenceId;
    this.#consecutive = 0;
    return Reason.None;
  }

  /** Follow_Up first: it belongs to the Sync before. False where the batch is full. */
  transmit(now: Instant, out: PacketBatch): boolean {
    const log = this.#port.logSyncInterval;
    if (this.#followUp !== NONE) {
      if (!this.#port.emitter.followUp(out, this.#followUp, log, this.#t1)) return false;
      this.#followUp = NONE;
    }
    if (!this.#isDue) return true;
    const id = this.#sequenceId;
    if (!this.#port.emitter.sync(out, id, log)) return false;
    this.#isDue = false;
    this.#awaited = id;
    this.#sentAt[id % HISTORY] = now;
    this.#sequenceId = (id + 1) & 0xffff;
    return true;
  }

  #age(sequenceId: number, now: Instant): number {
    return between(this.#sentAt[sequenceId % HISTORY]! as Instant, now);
  }

  #miss(now: Instant): void {
    const id = this.#awaited;
    this.#awaited = NONE;
    this.missed++;
    this.#consecutive++;
    this.#port.stampMissed(now, MessageType.Sync, id, this.#consecutive);
    if (this.#consecutive >= this.#port.maxMissedStamps) this.#port.stampsFailed(now);
  }

  /** A stamp of a Sync already given up: wait twice as long from now on, and count no row of misses. */
  #learn(sequenceId: number, now: Instant): void {
    const age = this.#age(sequenceId, now);
    if (!(age < 2 * MAX_PATIENCE)) return;
    this.#patience = Math.min(MAX_PATIENCE, Math.max(this.#patience, 2 * age));
    this.#consecutive = 0;
  }
}
