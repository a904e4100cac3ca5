/**
 * Delay request-response mechanism, end to end (IEEE 1588-2019 11.3, 9.5.11, 9.5.12).
 * @module
 */
import type { AddressHandle } from "../../base/address.ts";
import type { PacketBatch } from "../../base/batch.ts";
import type { Random } from "../../base/random.ts";
import {
  between,
  type Instant,
  type Nanos,
  NEVER,
  shift,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";
import type { Emitter } from "../emit.ts";
import { intervalOf } from "../interval.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { checkTime } from "../sync_receiver.ts";
import { isPortAt, type PortIdentity } from "../wire/identity.ts";
import { MessageType } from "../wire/header.ts";
import * as message from "../wire/message.ts";
import * as wire from "../wire/timestamp.ts";
import { HeavySources } from "./heavy_sources.ts";
import type { DelayMechanism } from "./mechanism.ts";
import { ResponseQueue } from "./response_queue.ts";

/** Requests that may be under way at once. */
const OUTSTANDING = 8;
const MASK = OUTSTANDING - 1;
/** A request older than this many mean intervals, and than a second, is given up. */
const MAX_AGE_INTERVALS = 4;
const MIN_AGE = 1e9;
/** Unicast requests in a row without answer, after which the multicast group is tried. */
const UNICAST_PATIENCE = 4;
/** logMinDelayReqInterval of a Delay_Resp is adopted within these, as ptp4l does. */
const MIN_LOG = -10;
const MAX_LOG = 22;

/** What the mechanism needs from its port. */
export interface E2eContext {
  readonly emitter: Emitter;
  readonly portIdentity: Readonly<PortIdentity>;
  readonly random: Random;
  /** `portDS.logMinDelayReqInterval`: what a master grants, and a slave adopts. */
  logMinDelayReqInterval: number;
  readonly delayAsymmetry: Nanos;
  /** Where Delay_Req go: 0 by multicast, -1 nowhere as yet. */
  delayReqPeer(now: Instant): AddressHandle;
  /** A request to one master may be sent to all, if that one is not answered. */
  readonly mayMulticast: boolean;
  /** A measurement: left at `t3`, arrived at the master at `t4`, all corrections applied. */
  reverse(t3: Instant, t4: Readonly<Timestamp>): void;
  /** What this clock serves as the time at `at`, on the announced timescale. */
  servedTime(at: Instant, into: Timestamp): void;
}

/** Columns of outstanding requests, indexed by the sequenceId's low bits. */
class Outstanding {
  readonly id = new Int32Array(OUTSTANDING).fill(-1);
  readonly sentAt = new Float64Array(OUTSTANDING);
  /** t3; NaN until its stamp arrives. */
  readonly stamp = new Float64Array(OUTSTANDING);
  /** t4 with corrections; seconds NaN until the response arrives. */
  readonly seconds = new Float64Array(OUTSTANDING);
  readonly nanoseconds = new Float64Array(OUTSTANDING);
}

export class EndToEnd implements DelayMechanism {
  readonly usesLink = false;
  readonly #port: E2eContext;
  readonly #pending = new Outstanding();
  readonly #responses: ResponseQueue;
  readonly #heavy: HeavySources;
  readonly #time = timestamp();
  #deadline: Instant = NEVER;
  #isDue = false;
  #sequenceId: number;
  #unanswered = 0;
  #isAdopted = false;
  readonly #configuredLog: number;

  constructor(port: E2eContext, responses: ResponseQueue) {
    this.#port = port;
    this.#responses = responses;
    this.#heavy = new HeavySources(port.random);
    this.#configuredLog = port.logMinDelayReqInterval;
    this.#sequenceId = port.random.integer(0x1_0000);
  }

  /** The first request leaves at once: without a path delay nothing can be set. */
  startRequests(now: Instant): void {
    this.#pending.id.fill(-1);
    this.#unanswered = 0;
    this.#restoreInterval();
    this.#deadline = now;
    this.#isDue = true;
    this.#schedule(now);
  }

  stopRequests(): void {
    this.#pending.id.fill(-1);
    this.#unanswered = 0;
    this.#isDue = false;
    this.#deadline = NEVER;
    this.#restoreInterval();
  }

  receiveResponse(m: Received): Reason {
    if (m.type !== MessageType.DelayResp) return Reason.PortState;
    const requester = m.offset + message.REQUESTING_PORT_IDENTITY;
    if (!isPortAt(m.view, requester, this.#port.portIdentity)) return Reason.OtherPort;
    const p = this.#pending;
    const k = m.sequenceId & MASK;
    if (p.id[k] !== m.sequenceId || this.#isStale(k, m.at)) return Reason.UnknownSequence;
    if (!Number.isNaN(p.seconds[k]!)) return Reason.Duplicate;
    const reason = checkTime(m);
    if (reason !== Reason.None) return reason;
    wire.read(m.view, m.offset + message.TIMESTAMP, this.#time);
    shift(this.#time, this.#port.delayAsymmetry - m.correction, this.#time);
    p.seconds[k] = this.#time.seconds;
    p.nanoseconds[k] = this.#time.nanoseconds;
    this.#unanswered = 0;
    this.#adoptInterval(m.logMessageInterval, m.at);
    this.#completeIfWhole(k);
    return Reason.None;
  }

  receiveRequest(m: Received): Reason {
    if (m.type !== MessageType.DelayReq) return Reason.NotConfigured;
    if (m.stamp !== m.stamp) return Reason.MissingStamp;
    if (!this.#heavy.admits(m)) return Reason.RateExceeded;
    this.#port.servedTime(m.stamp, this.#time);
    return this.#responses.push(m, this.#time) ? Reason.None : Reason.ResponseQueueFull;
  }

  stamped(messageType: number, sequenceId: number, at: Instant): Reason {
    const p = this.#pending;
    const k = sequenceId & MASK;
    if (messageType !== MessageType.DelayReq || p.id[k] !== sequenceId) return Reason.LateStamp;
    if (at !== at) {
      p.id[k] = -1;
      return Reason.MissingStamp;
    }
    p.stamp[k] = at;
    this.#completeIfWhole(k);
    return Reason.None;
  }

  dropResponses(): void {
    this.#responses.clear();
  }

  expire(now: Instant): void {
    if (now < this.#deadline) return;
    this.#isDue = true;
    this.#schedule(now);
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(out: PacketBatch): boolean {
    if (!this.#transmitResponses(out)) return false;
    if (!this.#isDue) return true;
    const id = this.#sequenceId;
    const peer = this.#peer();
    if (peer >= 0 && !this.#port.emitter.delayReq(out, id, peer)) return false;
    this.#isDue = false;
    if (peer < 0) return true;
    this.#sequenceId = (id + 1) & 0xffff;
    this.#unanswered++;
    const p = this.#pending;
    const k = id & MASK;
    p.id[k] = id;
    p.sentAt[k] = this.#lastDue;
    p.stamp[k] = NaN;
    p.seconds[k] = NaN;
    return true;
  }

  linkMeasured(): void {}

  linkFailed(): void {}

  /** Requests since the last answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  snapshot(): Record<string, number> {
    return {
      logMinDelayReqInterval: this.#port.logMinDelayReqInterval,
      requestsUnanswered: this.#unanswered,
      responsesDropped: this.#responses.dropped,
      requestsShed: this.#heavy.shed,
    };
  }

  /** When the request now due became due, for the age of its answer. */
  #lastDue = 0 as Instant;

  #peer(): AddressHandle {
    const peer = this.#port.delayReqPeer(this.#lastDue);
    const isMute = peer > 0 && this.#unanswered >= UNICAST_PATIENCE;
    return isMute && this.#port.mayMulticast ? 0 : peer;
  }

  #transmitResponses(out: PacketBatch): boolean {
    const log = this.#port.logMinDelayReqInterval;
    for (let r = this.#responses.first(); r !== undefined; r = this.#responses.first()) {
      if (!this.#port.emitter.delayResp(out, log, r)) return false;
      this.#responses.shift();
    }
    this.#heavy.drained();
    return true;
  }

  /** The next request: uniform in [0, 2 x interval] from now (9.5.11.2). */
  #schedule(now: Instant): void {
    this.#lastDue = now;
    const mean = intervalOf(this.#port.logMinDelayReqInterval);
    this.#deadline = now + this.#port.random.between(0, 2 * mean) as Instant;
  }

  /** Unicast responses carry 0x7F and leave the interval alone. */
  #adoptInterval(log: number, now: Instant): void {
    if (log < MIN_LOG || log > MAX_LOG) return;
    const isFaster = log < this.#port.logMinDelayReqInterval;
    this.#port.logMinDelayReqInterval = log;
    this.#isAdopted = true;
    if (isFaster) this.#schedule(now);
  }

  #restoreInterval(): void {
    if (this.#isAdopted) this.#port.logMinDelayReqInterval = this.#configuredLog;
    this.#isAdopted = false;
  }

  #isStale(k: number, now: Instant): boolean {
    const mean = intervalOf(this.#port.logMinDelayReqInterval);
    const age = between(this.#pending.sentAt[k]! as Instant, now);
    return age > Math.max(MIN_AGE, MAX_AGE_INTERVALS * mean);
  }

  #completeIfWhole(k: number): void {
    const p = this.#pending;
    if (Number.isNaN(p.stamp[k]!) || Number.isNaN(p.seconds[k]!)) return;
    this.#time.seconds = p.seconds[k]!;
    this.#time.nanoseconds = p.nanoseconds[k]!;
    // The id stays, so that a second response is named a duplicate; the stamp goes.
    const t3 = p.stamp[k]! as Instant;
    p.stamp[k] = NaN;
    this.#port.reverse(t3, this.#time);
  }
}
