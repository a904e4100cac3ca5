/**
 * Signaling messages of one port: whom they are for, and who takes which TLV (IEEE 1588-2019 13.12).
 * @module
 */
import type { PacketBatch } from "../base/batch.ts";
import type { Random } from "../base/random.ts";
import type { Emitter } from "./emit.ts";
import { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import { SignalingQueue } from "./signaling_queue.ts";
import * as ieee8021 from "./wire/ieee8021.ts";
import { ANY_PORT, isClockAt, type PortIdentity } from "./wire/identity.ts";
import * as message from "./wire/message.ts";
import { TARGET_PORT_IDENTITY } from "./wire/signaling.ts";
import * as tlv from "./wire/tlv.ts";

/** What the port does with the TLVs it understands; each returns why not. */
export interface SignalingContext {
  readonly portIdentity: Readonly<PortIdentity>;
  readonly emitter: Emitter;
  readonly random: Random;
  /** A message interval request at `t`. */
  onIntervalRequest(m: Received, t: number): Reason;
}

export class PortSignaling {
  readonly #port: SignalingContext;
  #queue: SignalingQueue | undefined;

  constructor(port: SignalingContext) {
    this.#port = port;
  }

  /** Messages to be sent; made when first used. */
  get queue(): SignalingQueue {
    this.#queue ??= new SignalingQueue(this.#port.emitter, this.#port.random.derive("signaling"));
    return this.#queue;
  }

  /** `None` where one of the TLVs was used. */
  receive(m: Received): Reason {
    if (!this.#isForUs(m)) return Reason.OtherPort;
    const { view: v, offset: o } = m;
    const end = message.end(v, o);
    let reason: Reason = Reason.NotConfigured;
    for (let t = message.firstTlv(v, o); t < end; t = tlv.next(v, t)) {
      const one = this.#take(m, t);
      if (one !== undefined && reason !== Reason.None) reason = one;
    }
    return reason;
  }

  /** Asks the neighbour for intervals (802.1AS-2020 10.6.4.3). */
  requestIntervals(intervals: Readonly<ieee8021.Intervals>): void {
    if (!this.queue.begin(ANY_PORT, 0)) return;
    const t = this.queue.next(ieee8021.MESSAGE_INTERVAL_REQUEST_LENGTH);
    if (t >= 0) ieee8021.writeIntervalRequest(this.queue.view, t, intervals);
    this.queue.end();
  }

  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    return this.#queue === undefined || this.#queue.transmit(out);
  }

  clear(): void {
    this.#queue?.clear();
  }

  #take(m: Received, t: number): Reason | undefined {
    if (ieee8021.isIntervalRequest(m.view, t)) return this.#port.onIntervalRequest(m, t);
    return undefined;
  }

  /** targetPortIdentity: this port, every port of this clock, or every port (13.12.1). */
  #isForUs(m: Received): boolean {
    const o = m.offset + TARGET_PORT_IDENTITY;
    const port = m.view.getUint16(o + 8);
    const isAnyPort = port === ANY_PORT.port;
    if (isClockAt(m.view, o, ANY_PORT)) return isAnyPort;
    return isClockAt(m.view, o, this.#port.portIdentity) &&
      (isAnyPort || port === this.#port.portIdentity.port);
  }
}
