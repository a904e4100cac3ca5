/**
 * Answers Pdelay_Req: a two-step Pdelay_Resp, then its Pdelay_Resp_Follow_Up from the transmit stamp
 * (IEEE 1588-2019 11.4.2, 9.5.13, 9.5.14).
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import { type Instant, type Timestamp, timestamp } from "../../base/time.ts";
import type { Emitter, PeerResponse } from "../emit.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import type { UnicastReplies } from "../unicast_reply.ts";
import * as header from "../wire/header.ts";
import { Flag } from "../wire/header.ts";
import { portIdentity } from "../wire/identity.ts";

/** Responses under way at once; a segment has one neighbour, a hub a few. */
const CAPACITY = 64;
const MASK = CAPACITY - 1;

/** What has become of a response. */
const Stage = { Free: 0, Queued: 1, Awaiting: 2, FollowUp: 3 } as const;

/** What the responder needs from its port. */
export interface ResponderContext {
  readonly emitter: Emitter;
  servedTime(at: Instant, into: Timestamp): void;
}

/** Responses as columns; slot = number of the response modulo the capacity. */
export class PeerResponder {
  /** Responses whose transmit stamp never came: they had no Follow_Up. */
  missed = 0;
  readonly #port: ResponderContext;
  readonly #replies: UnicastReplies;
  readonly #stage = new Uint8Array(CAPACITY);
  readonly #number = new Uint16Array(CAPACITY);
  readonly #sequenceId = new Uint16Array(CAPACITY);
  readonly #high = new Uint32Array(CAPACITY);
  readonly #low = new Uint32Array(CAPACITY);
  readonly #portNumber = new Uint16Array(CAPACITY);
  readonly #correctionHigh = new Int32Array(CAPACITY);
  readonly #correctionLow = new Uint32Array(CAPACITY);
  readonly #seconds = new Float64Array(CAPACITY);
  readonly #nanoseconds = new Float64Array(CAPACITY);
  readonly #general = new Int32Array(CAPACITY);
  readonly #event = new Int32Array(CAPACITY);
  readonly #response: PeerResponse = {
    sequenceId: 0,
    requester: portIdentity(),
    correctionHigh: 0,
    correctionLow: 0,
    time: timestamp(),
    peer: 0,
  };
  readonly #time = timestamp();
  #next = 0;
  /** Slots with something to write. */
  #due = 0;

  constructor(port: ResponderContext, replies: UnicastReplies) {
    this.#port = port;
    this.#replies = replies;
  }

  /** Queues the answer to Pdelay_Req `m`. */
  receive(m: Received): Reason {
    if (m.stamp !== m.stamp) return Reason.MissingStamp;
    const k = this.#next & MASK;
    const stage = this.#stage[k]!;
    if (stage === Stage.Queued || stage === Stage.FollowUp) return Reason.ResponseQueueFull;
    if (stage === Stage.Awaiting) this.missed++;
    this.#port.servedTime(m.stamp, this.#time);
    this.#number[k] = this.#next;
    this.#next = (this.#next + 1) & 0xffff;
    this.#stage[k] = Stage.Queued;
    this.#due++;
    this.#sequenceId[k] = m.sequenceId;
    this.#high[k] = m.source.high;
    this.#low[k] = m.source.low;
    this.#portNumber[k] = m.source.port;
    this.#correctionHigh[k] = header.correctionHigh(m.view, m.offset);
    this.#correctionLow[k] = header.correctionLow(m.view, m.offset);
    this.#seconds[k] = this.#time.seconds;
    this.#nanoseconds[k] = this.#time.nanoseconds;
    const isUnicast = (m.flags & Flag.Unicast) !== 0;
    this.#event[k] = isUnicast ? this.#replies.eventOf(m.peer) : 0;
    this.#general[k] = isUnicast ? this.#replies.generalOf(m.peer) : 0;
    return Reason.None;
  }

  /** The transmit stamp of response number `id`; NaN where it was refused. */
  stamped(id: number, at: Instant): Reason {
    const k = id & MASK;
    if (this.#stage[k] !== Stage.Awaiting || this.#number[k] !== id) return Reason.LateStamp;
    if (at !== at) {
      this.#stage[k] = Stage.Free;
      this.missed++;
      return Reason.MissingStamp;
    }
    this.#port.servedTime(at, this.#time);
    this.#seconds[k] = this.#time.seconds;
    this.#nanoseconds[k] = this.#time.nanoseconds;
    this.#stage[k] = Stage.FollowUp;
    this.#due++;
    return Reason.None;
  }

  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    for (let n = 0; n < CAPACITY && this.#due > 0; n++) {
      const k = (this.#next + n) & MASK;
      const stage = this.#stage[k]!;
      if (stage === Stage.Queued) {
        const r = this.#load(k, this.#event[k]!);
        if (!this.#port.emitter.pdelayResp(out, this.#number[k]!, r)) return false;
        this.#stage[k] = Stage.Awaiting;
        this.#due--;
      } else if (stage === Stage.FollowUp) {
        const r = this.#load(k, this.#general[k]!);
        if (!this.#port.emitter.pdelayRespFollowUp(out, r)) return false;
        this.#stage[k] = Stage.Free;
        this.#due--;
      }
    }
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#stage.fill(Stage.Free);
    this.#due = 0;
  }

  #load(k: number, peer: number): PeerResponse {
    const r = this.#response;
    r.sequenceId = this.#sequenceId[k]!;
    r.requester.high = this.#high[k]!;
    r.requester.low = this.#low[k]!;
    r.requester.port = this.#portNumber[k]!;
    r.correctionHigh = this.#correctionHigh[k]!;
    r.correctionLow = this.#correctionLow[k]!;
    r.time.seconds = this.#seconds[k]!;
    r.time.nanoseconds = this.#nanoseconds[k]!;
    r.peer = peer;
    return r;
  }
}
