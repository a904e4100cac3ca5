/**
 * Delay_Resp waiting to be written, as columns: a burst of requests costs no objects.
 * @module
 */
import type { Timestamp } from "../../base/time.ts";
import { timestamp } from "../../base/time.ts";
import type { DelayResponse } from "../emit.ts";
import type { Received } from "../received.ts";
import * as header from "../wire/header.ts";
import { Flag } from "../wire/header.ts";
import { portIdentity } from "../wire/identity.ts";
import type { UnicastReplies } from "../unicast_reply.ts";

const CAPACITY = 1024;
/** To begin with: a clock that is never master, or has few slaves, needs no more. */
const FIRST_CAPACITY = 8;

/** Delay_Resp as columns; what is in which is said by their names. */
class Columns {
  readonly capacity: number;
  readonly sequenceId: Uint16Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly port: Uint16Array;
  readonly correctionHigh: Int32Array;
  readonly correctionLow: Uint32Array;
  readonly seconds: Float64Array;
  readonly nanoseconds: Float64Array;
  readonly peer: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.sequenceId = new Uint16Array(capacity);
    this.high = new Uint32Array(capacity);
    this.low = new Uint32Array(capacity);
    this.port = new Uint16Array(capacity);
    this.correctionHigh = new Int32Array(capacity);
    this.correctionLow = new Uint32Array(capacity);
    this.seconds = new Float64Array(capacity);
    this.nanoseconds = new Float64Array(capacity);
    this.peer = new Int32Array(capacity);
  }

  /** Entry `from` of `other` becomes entry `k` here. */
  copy(k: number, other: Columns, from: number): void {
    this.sequenceId[k] = other.sequenceId[from]!;
    this.high[k] = other.high[from]!;
    this.low[k] = other.low[from]!;
    this.port[k] = other.port[from]!;
    this.correctionHigh[k] = other.correctionHigh[from]!;
    this.correctionLow[k] = other.correctionLow[from]!;
    this.seconds[k] = other.seconds[from]!;
    this.nanoseconds[k] = other.nanoseconds[from]!;
    this.peer[k] = other.peer[from]!;
  }
}

/** First in, first out; grows to its bound. */
export class ResponseQueue {
  /** Requests refused because the queue was full. */
  dropped = 0;
  readonly #replies: UnicastReplies;
  readonly #response: DelayResponse = {
    sequenceId: 0,
    requester: portIdentity(),
    correctionHigh: 0,
    correctionLow: 0,
    receiveTime: timestamp(),
    peer: 0,
  };
  #columns = new Columns(FIRST_CAPACITY);
  #first = 0;
  #count = 0;

  constructor(replies: UnicastReplies) {
    this.#replies = replies;
  }

  /** Queues the answer to request `m`, which arrived at `t4`; false where there is no room. */
  push(m: Received, t4: Readonly<Timestamp>): boolean {
    if (this.#count === this.#columns.capacity && !this.#grow()) {
      this.dropped++;
      return false;
    }
    const c = this.#columns;
    const k = (this.#first + this.#count) % c.capacity;
    this.#count++;
    c.sequenceId[k] = m.sequenceId;
    c.high[k] = m.source.high;
    c.low[k] = m.source.low;
    c.port[k] = m.source.port;
    c.correctionHigh[k] = header.correctionHigh(m.view, m.offset);
    c.correctionLow[k] = header.correctionLow(m.view, m.offset);
    c.seconds[k] = t4.seconds;
    c.nanoseconds[k] = t4.nanoseconds;
    c.peer[k] = (m.flags & Flag.Unicast) === 0 ? 0 : this.#replies.generalOf(m.peer);
    return true;
  }

  /** The oldest one, in a reused record; `undefined` where there is none. */
  first(): DelayResponse | undefined {
    if (this.#count === 0) return undefined;
    const c = this.#columns;
    const k = this.#first;
    const r = this.#response;
    r.sequenceId = c.sequenceId[k]!;
    r.requester.high = c.high[k]!;
    r.requester.low = c.low[k]!;
    r.requester.port = c.port[k]!;
    r.correctionHigh = c.correctionHigh[k]!;
    r.correctionLow = c.correctionLow[k]!;
    r.receiveTime.seconds = c.seconds[k]!;
    r.receiveTime.nanoseconds = c.nanoseconds[k]!;
    r.peer = c.peer[k]!;
    return r;
  }

  /** Removes the oldest one. */
  shift(): void {
    this.#first = (this.#first + 1) % this.#columns.capacity;
    this.#count--;
  }

  clear(): void {
    this.#count = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Twice the room; false at the bound. */
  #grow(): boolean {
    const old = this.#columns;
    if (old.capacity === CAPACITY) return false;
    this.#columns = new Columns(old.capacity * 2);
    for (let k = 0; k < this.#count; k++) {
      this.#columns.copy(k, old, (this.#first + k) % old.capacity);
    }
    this.#first = 0;
    return true;
  }
}
