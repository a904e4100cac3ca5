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

/** First in, first out; bounded. */
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
  readonly #sequenceId = new Uint16Array(CAPACITY);
  readonly #high = new Uint32Array(CAPACITY);
  readonly #low = new Uint32Array(CAPACITY);
  readonly #port = new Uint16Array(CAPACITY);
  readonly #correctionHigh = new Int32Array(CAPACITY);
  readonly #correctionLow = new Uint32Array(CAPACITY);
  readonly #seconds = new Float64Array(CAPACITY);
  readonly #nanoseconds = new Float64Array(CAPACITY);
  readonly #peer = new Int32Array(CAPACITY);
  #first = 0;
  #count = 0;

  constructor(replies: UnicastReplies) {
    this.#replies = replies;
  }

  /** Queues the answer to request `m`, which arrived at `t4`; false where there is no room. */
  push(m: Received, t4: Readonly<Timestamp>): boolean {
    if (this.#count === CAPACITY) {
      this.dropped++;
      return false;
    }
    const k = (this.#first + this.#count) % CAPACITY;
    this.#count++;
    this.#sequenceId[k] = m.sequenceId;
    this.#high[k] = m.source.high;
    this.#low[k] = m.source.low;
    this.#port[k] = m.source.port;
    this.#correctionHigh[k] = header.correctionHigh(m.view, m.offset);
    this.#correctionLow[k] = header.correctionLow(m.view, m.offset);
    this.#seconds[k] = t4.seconds;
    this.#nanoseconds[k] = t4.nanoseconds;
    this.#peer[k] = (m.flags & Flag.Unicast) === 0 ? 0 : this.#replies.generalOf(m.peer);
    return true;
  }

  /** The oldest one, in a reused record; `undefined` where there is none. */
  first(): DelayResponse | undefined {
    if (this.#count === 0) return undefined;
    const k = this.#first;
    const r = this.#response;
    r.sequenceId = this.#sequenceId[k]!;
    r.requester.high = this.#high[k]!;
    r.requester.low = this.#low[k]!;
    r.requester.port = this.#port[k]!;
    r.correctionHigh = this.#correctionHigh[k]!;
    r.correctionLow = this.#correctionLow[k]!;
    r.receiveTime.seconds = this.#seconds[k]!;
    r.receiveTime.nanoseconds = this.#nanoseconds[k]!;
    r.peer = this.#peer[k]!;
    return r;
  }

  /** Removes the oldest one. */
  shift(): void {
    this.#first = (this.#first + 1) % CAPACITY;
    this.#count--;
  }

  clear(): void {
    this.#count = 0;
  }

  get count(): number {
    return this.#count;
  }
}
