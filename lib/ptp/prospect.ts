/**
 * Sync measurements of the master that will probably be chosen, taken before it may be.
 *
 * A slave must hear two Announce before it follows (9.3.2.5 c). What its next master's Sync say
 * meanwhile is kept here, so that at the moment of choice the frequency is already known: measure
 * earlier, step later.
 * @module
 */
import { type Instant, type Timestamp, timestamp } from "../base/time.ts";
import { SyncReceiver } from "./sync_receiver.ts";
import type { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import { MessageType } from "./wire/header.ts";
import { assignPort, isSamePort, type PortIdentity, portIdentity } from "./wire/identity.ts";

/** Pairs kept: 8 s at 2^-3 s, the newest ones. */
const CAPACITY = 64;
/** A candidate that is silent for so long makes room for another sender. */
const PATIENCE = 4e9;

/** A bounded record of one sender's pairs. */
export class Prospect {
  readonly sender: PortIdentity = portIdentity();
  readonly #receiver = new SyncReceiver();
  readonly #seconds = new Float64Array(CAPACITY);
  readonly #nanoseconds = new Float64Array(CAPACITY);
  readonly #local = new Float64Array(CAPACITY);
  readonly #scratch = timestamp();
  #first = 0;
  #count = 0;
  #heardAt = -Infinity;

  /** Collects from `sender` from now on; keeps what is there if it is the same. */
  prefer(sender: Readonly<PortIdentity>, now: Instant): void {
    if (!isSamePort(sender, this.sender)) this.#begin(sender, now);
  }

  /** Takes a Sync or Follow_Up of anybody but the parent; `undefined` where it is not collected. */
  offer(m: Received): Reason | undefined {
    if (!isSamePort(m.source, this.sender)) {
      if (m.at - this.#heardAt <= PATIENCE) return undefined;
      this.#begin(m.source, m.at);
    }
    this.#heardAt = m.at;
    const r = this.#receiver;
    const isPair = m.type === MessageType.Sync ? r.sync(m) : r.followUp(m);
    if (isPair) this.#push(r.masterTime, r.localTime);
    return r.reason;
  }

  /** Hands the pairs, oldest first, to `forward` and forgets them, if they are `sender`'s. */
  deliver(
    sender: Readonly<PortIdentity>,
    forward: (masterTime: Timestamp, local: Instant) => void,
  ): number {
    const n = isSamePort(sender, this.sender) ? this.#count : 0;
    for (let k = 0; k < n; k++) {
      const slot = (this.#first + k) % CAPACITY;
      this.#scratch.seconds = this.#seconds[slot]!;
      this.#scratch.nanoseconds = this.#nanoseconds[slot]!;
      forward(this.#scratch, this.#local[slot]! as Instant);
    }
    this.clear();
    return n;
  }

  /** Forgets everything. */
  clear(): void {
    assignPort(portIdentity(), this.sender);
    this.#receiver.reset();
    this.#count = 0;
    this.#heardAt = -Infinity;
  }

  /** Pairs held. */
  get count(): number {
    return this.#count;
  }

  #begin(sender: Readonly<PortIdentity>, now: Instant): void {
    assignPort(sender, this.sender);
    this.#heardAt = now;
    this.#receiver.reset();
    this.#count = 0;
  }

  #push(masterTime: Timestamp, local: Instant): void {
    const slot = (this.#first + this.#count) % CAPACITY;
    this.#seconds[slot] = masterTime.seconds;
    this.#nanoseconds[slot] = masterTime.nanoseconds;
    this.#local[slot] = local;
    if (this.#count < CAPACITY) this.#count++;
    else this.#first = (this.#first + 1) % CAPACITY;
  }
}
