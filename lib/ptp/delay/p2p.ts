/**
 * Peer delay mechanism (IEEE 1588-2019 11.4, 9.5.13 to 9.5.15): the delay of the link to the
 * neighbour, measured in every state in which the port runs, and answered likewise.
 *
 * One exchange is under way at a time. One- and two-step responses are understood, Follow_Up before
 * Pdelay_Resp included; the time the neighbour took is scaled by neighborRateRatio.
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import type { Random } from "../../base/random.ts";
import {
  difference,
  type Instant,
  type Nanos,
  nanos,
  NEVER,
  shift,
  type Timestamp,
  timestamp,
} from "../../base/time.ts";
import type { Emitter } from "../emit.ts";
import { intervalOf, nextOnGrid } from "../interval.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { checkTime } from "../sync_receiver.ts";
import type { UnicastReplies } from "../unicast_reply.ts";
import { Flag, MessageType } from "../wire/header.ts";
import {
  assignPort,
  isPortAt,
  isSamePort,
  type PortIdentity,
  portIdentity,
} from "../wire/identity.ts";
import * as message from "../wire/message.ts";
import * as wire from "../wire/timestamp.ts";
import { LinkFilter } from "./link_filter.ts";
import { NeighborRate } from "./neighbor_rate.ts";
import { PeerResponder } from "./peer_responder.ts";

/** Exchanges in a row with more than one responder that make a fault, as ptp4l and 802.1AS have it. */
const MULTIPLE_LIMIT = 3;
/** A link delay beyond this is nonsense. */
const MAX_DELAY = 10e9;
const NONE = -1;

/** What the mechanism needs from its port. */
export interface P2pContext {
  readonly emitter: Emitter;
  readonly portIdentity: Readonly<PortIdentity>;
  readonly random: Random;
  readonly logMinPdelayReqInterval: number;
  readonly allowedLostResponses: number;
  readonly neighborPropDelayThresh: Nanos;
  servedTime(at: Instant, into: Timestamp): void;
  /** A measurement of the link, `at` its end. */
  linkMeasured(delay: Nanos, at: Instant): void;
  /** For the third exchange in a row several ports have answered: this is no link of two. */
  severalResponders(now: Instant): void;
}

export class PeerToPeer {
  /** Requests not answered in time, all told, and in a row. */
  lost = 0;
  lostInRow = 0;
  /** The port at the other end, as it last answered. */
  readonly neighbor: PortIdentity = portIdentity();
  readonly #port: P2pContext;
  readonly #responder: PeerResponder;
  readonly #filter = new LinkFilter();
  readonly #rate = new NeighborRate();
  readonly #time = timestamp();
  /** The exchange under way: t1, t4 as instants, t2 and t3 as the neighbour told. */
  #id = NONE;
  #t1 = NaN;
  #t4 = NaN;
  readonly #t2 = timestamp();
  readonly #t3 = timestamp();
  #respCorrection = 0;
  #hasResp = false;
  #isTwoStep = false;
  #hasFollowUp = false;
  #isDone = false;
  #others = 0;
  #multipleInRow = 0;
  #sequenceId: number;
  #deadline: Instant = NEVER;
  #isDue = false;

  constructor(port: P2pContext, replies: UnicastReplies) {
    this.#port = port;
    this.#responder = new PeerResponder(port, replies);
    this.#sequenceId = port.random.integer(0x1_0000);
  }

  /** Asks from now on. */
  start(now: Instant): void {
    this.#forget();
    this.#deadline = now;
    this.expire(now);
  }

  /** Asks no more; what was measured is forgotten. Answers go on. */
  stop(): void {
    this.#forget();
    this.#deadline = NEVER;
  }

  /** The port does not run any more. */
  clear(): void {
    this.stop();
    this.#responder.clear();
  }

  get isRequesting(): boolean {
    return this.#deadline !== NEVER;
  }

  /** `<meanLinkDelay>`: the median of the last measurements; NaN before the first. */
  get meanLinkDelay(): Nanos {
    return this.#filter.median;
  }

  get neighborRateRatio(): number {
    return this.#rate.ratio;
  }

  /** The neighbour answers alone, in time, and is near enough (802.1AS-2020 10.2.5.1). */
  get isCapable(): boolean {
    return this.#filter.count > 0 && this.lostInRow <= this.#port.allowedLostResponses &&
      this.#multipleInRow === 0 && this.meanLinkDelay <= this.#port.neighborPropDelayThresh;
  }

  receive(m: Received): Reason {
    switch (m.type) {
      case MessageType.PdelayReq:
        return this.#responder.receive(m);
      case MessageType.PdelayResp:
        return this.#onResponse(m);
      default:
        return this.#onFollowUp(m);
    }
  }

  stamped(messageType: number, id: number, at: Instant): Reason {
    if (messageType === MessageType.PdelayResp) return this.#responder.stamped(id, at);
    if (id !== this.#id) return Reason.LateStamp;
    if (at !== at) {
      this.#id = NONE;
      return Reason.MissingStamp;
    }
    this.#t1 = at;
    this.#completeIfWhole();
    return Reason.None;
  }

  expire(now: Instant): void {
    if (now < this.#deadline) return;
    this.#isDue = true;
    const interval = intervalOf(this.#port.logMinPdelayReqInterval);
    this.#deadline = nextOnGrid(this.#deadline, interval, now);
    this.#conclude(now);
  }

  /** The interval has changed. */
  retime(now: Instant): void {
    if (this.#deadline === NEVER) return;
    this.#deadline = now + intervalOf(this.#port.logMinPdelayReqInterval) as Instant;
  }

  deadline(): Instant {
    return this.#deadline;
  }

  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    if (!this.#responder.transmit(out)) return false;
    if (!this.#isDue) return true;
    const id = this.#sequenceId;
    if (!this.#port.emitter.pdelayReq(out, id, this.#port.logMinPdelayReqInterval)) return false;
    this.#isDue = false;
    this.#sequenceId = (id + 1) & 0xffff;
    this.#begin(id);
    return true;
  }

  snapshot(): Record<string, number> {
    const delay = this.meanLinkDelay;
    return {
      ...(delay === delay ? { meanLinkDelay: delay } : {}),
      neighborRateRatio: this.#rate.ratio,
      pdelayLost: this.lost,
      pdelayStampsMissed: this.#responder.missed,
      isCapable: this.isCapable ? 1 : 0,
    };
  }

  #onResponse(m: Received): Reason {
    const reason = this.#isAnswer(m);
    if (reason !== Reason.None) return reason;
    if (this.#hasResp) return this.#isOther(m) ? this.#several() : Reason.Duplicate;
    if (m.stamp !== m.stamp) return Reason.MissingStamp;
    const unusable = checkTime(m);
    if (unusable !== Reason.None) return unusable;
    if (this.#hasFollowUp && this.#isOther(m)) return this.#several();
    this.#adopt(m);
    this.#hasResp = true;
    this.#isTwoStep = (m.flags & Flag.TwoStep) !== 0;
    this.#t4 = m.stamp;
    this.#respCorrection = m.correction;
    wire.read(m.view, m.offset + message.TIMESTAMP, this.#t2);
    this.#completeIfWhole();
    return Reason.None;
  }

  #onFollowUp(m: Received): Reason {
    const reason = this.#isAnswer(m);
    if (reason !== Reason.None) return reason;
    if ((this.#hasResp || this.#hasFollowUp) && this.#isOther(m)) return this.#several();
    if (this.#hasFollowUp) return Reason.Duplicate;
    const unusable = checkTime(m);
    if (unusable !== Reason.None) return unusable;
    this.#adopt(m);
    this.#hasFollowUp = true;
    wire.read(m.view, m.offset + message.TIMESTAMP, this.#time);
    shift(this.#time, m.correction, this.#t3);
    this.#completeIfWhole();
    return Reason.None;
  }

  #isAnswer(m: Received): Reason {
    const requester = m.offset + message.REQUESTING_PORT_IDENTITY;
    if (!isPortAt(m.view, requester, this.#port.portIdentity)) return Reason.OtherPort;
    return m.sequenceId === this.#id ? Reason.None : Reason.UnknownSequence;
  }

  #isOther(m: Received): boolean {
    return !isSamePort(m.source, this.neighbor);
  }

  #several(): Reason {
    this.#others++;
    return Reason.SeveralResponders;
  }

  /** Another neighbour than before has another clock and another link. */
  #adopt(m: Received): void {
    if (!this.#isOther(m)) return;
    assignPort(m.source, this.neighbor);
    this.#rate.clear();
    this.#filter.clear();
  }

  /** meanLinkDelay = ((t4 - t1) r - (t3 - t2) - corrections) / 2, in the neighbour's nanoseconds. */
  #completeIfWhole(): void {
    if (this.#isDone || !this.#hasResp || this.#t1 !== this.#t1) return;
    if (this.#isTwoStep && !this.#hasFollowUp) return;
    this.#isDone = true;
    this.lostInRow = 0;
    const t4 = this.#t4 as Instant;
    let turnaround = this.#respCorrection;
    if (this.#isTwoStep) {
      turnaround += difference(this.#t3, this.#t2);
      shift(this.#t3, this.#respCorrection, this.#time);
      this.#rate.push(this.#time, t4);
    }
    const delay = nanos(((t4 - this.#t1) * this.#rate.ratio - turnaround) / 2);
    if (!(Math.abs(delay) < MAX_DELAY) || !this.#filter.push(delay)) return;
    this.#port.linkMeasured(delay, t4);
  }

  #begin(id: number): void {
    this.#id = id;
    this.#t1 = NaN;
    this.#hasResp = false;
    this.#hasFollowUp = false;
    this.#isDone = false;
    this.#others = 0;
  }

  /** Before the next request: what came of the last one. */
  #conclude(now: Instant): void {
    if (this.#id === NONE) return;
    if (!this.#isDone) {
      this.lost++;
      this.lostInRow++;
      if (this.lostInRow > this.#port.allowedLostResponses) {
        this.#rate.clear();
        this.#filter.clear();
      }
    }
    this.#multipleInRow = this.#others > 0 ? this.#multipleInRow + 1 : 0;
    this.#id = NONE;
    if (this.#multipleInRow < MULTIPLE_LIMIT) return;
    this.#multipleInRow = 0;
    this.#port.severalResponders(now);
  }

  #forget(): void {
    this.#id = NONE;
    this.#isDue = false;
    this.#isDone = false;
    this.#others = 0;
    this.#multipleInRow = 0;
    this.lostInRow = 0;
    this.#rate.clear();
    this.#filter.clear();
    assignPort(portIdentity(), this.neighbor);
  }
}
