/**
 * Signaling messages of one port: whom they are for, and who takes which TLV (IEEE 1588-2019 13.12).
 * @module
 */
import type { PacketBatch } from "../base/batch.ts";
import type { PortUnicast } from "./port_unicast.ts";
import { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import type { SignalingQueue } from "./signaling_queue.ts";
import * as ieee8021 from "./wire/ieee8021.ts";
import { ANY_PORT, isClockAt, type PortIdentity } from "./wire/identity.ts";
import * as message from "./wire/message.ts";
import { TARGET_PORT_IDENTITY } from "./wire/signaling.ts";
import * as signaling from "./wire/signaling.ts";
import * as tlv from "./wire/tlv.ts";
import { TlvType } from "./wire/tlv.ts";

/** What the port does with the TLVs it understands; each returns why not. */
export interface SignalingContext {
  readonly portIdentity: Readonly<PortIdentity>;
  readonly queue: SignalingQueue;
  readonly unicast: PortUnicast;
  /** A message interval request at `t`. */
  onIntervalRequest(m: Received, t: number): Reason;
}

export class PortSignaling {
  /** Messages to be sent. */
  readonly queue: SignalingQueue;
  readonly #port: SignalingContext;

  constructor(port: SignalingContext) {
    this.#port = port;
    this.queue = port.queue;
  }

  /** `None` where one of the TLVs was used. */
  receive(m: Received): Reason {
    if (!this.#isForUs(m)) return Reason.OtherPort;
    const { view: v, offset: o } = m;
    const end = message.end(v, o);
    const isUnicast = this.#isUnicast(m);
    if (isUnicast) {
      const refusal = this.#beginAnswer(m);
      if (refusal !== Reason.None) return refusal;
    }
    let reason: Reason = Reason.NotConfigured;
    for (let t = message.firstTlv(v, o); t < end; t = tlv.next(v, t)) {
      const one = this.#take(m, t);
      if (one !== undefined && reason !== Reason.None) reason = one;
    }
    if (isUnicast) this.queue.end();
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
    return this.queue.transmit(out);
  }

  clear(): void {
    this.queue.clear();
  }

  #take(m: Received, t: number): Reason | undefined {
    if (ieee8021.isIntervalRequest(m.view, t)) return this.#port.onIntervalRequest(m, t);
    const { server, client } = this.#port.unicast;
    if (signaling.isRequest(m.view, t)) return server?.onRequest(m, t);
    if (signaling.isGrant(m.view, t)) return client?.onGrant(m, t);
    if (signaling.isAcknowledge(m.view, t)) return Reason.None;
    if (!signaling.isCancel(m.view, t)) return undefined;
    const reason = client?.onCancel(m, t);
    const isMasters = reason === undefined || reason === Reason.NotInMasterTable;
    return isMasters && server !== undefined ? server.onCancel(m, t) : reason;
  }

  /** True where the message negotiates, and somebody here does. */
  #isUnicast(m: Received): boolean {
    const { server, client } = this.#port.unicast;
    if (server === undefined && client === undefined) return false;
    const first = message.firstTlv(m.view, m.offset);
    if (first >= message.end(m.view, m.offset)) return false;
    const type = tlv.type(m.view, first);
    return type >= TlvType.REQUEST_UNICAST_TRANSMISSION &&
      type <= TlvType.ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION;
  }

  #beginAnswer(m: Received): Reason {
    const { server, replies } = this.#port.unicast;
    const reason = server?.admits(m) ?? Reason.None;
    if (reason !== Reason.None) return reason;
    return this.queue.begin(m.source, replies.generalOf(m.peer))
      ? Reason.None
      : Reason.ResponseQueueFull;
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
