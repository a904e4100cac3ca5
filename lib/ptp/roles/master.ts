/**
 * MASTER: the port sends Announce, Sync and Follow_Up, and answers Delay_Req (9.2.5).
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import { earliest, type Instant } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { PortState } from "../state.ts";
import { MessageType } from "../wire/header.ts";
import type { Role, RolePort } from "./role.ts";

export class Master implements Role {
  readonly state = PortState.Master;
  readonly #port: RolePort;
  #isNew = true;

  constructor(port: RolePort) {
    this.#port = port;
  }

  enter(now: Instant): void {
    this.#isNew = true;
    if (!this.#port.options.multicast) return;
    this.#port.announceSender.start(now);
    this.#port.syncSender.start(now);
  }

  leave(): void {
    this.#port.announceSender.stop();
    this.#port.syncSender.stop();
    this.#port.delay.dropResponses();
  }

  receive(m: Received): Reason {
    switch (m.type) {
      case MessageType.DelayReq:
        return this.#onDelayReq(m);
      case MessageType.Announce:
        return this.#port.acceptAnnounce(m);
      case MessageType.Sync:
      case MessageType.FollowUp:
        return this.#port.collect(m);
      default:
        return Reason.PortState;
    }
  }

  stamped(now: Instant, messageType: number, sequenceId: number, at: Instant): Reason {
    return messageType === MessageType.Sync
      ? this.#port.syncSender.stamped(now, sequenceId, at)
      : Reason.LateStamp;
  }

  expire(now: Instant): void {
    this.#port.announceSender.expire(now);
    this.#port.syncSender.expire(now);
  }

  deadline(): Instant {
    return earliest(this.#port.announceSender.deadline(), this.#port.syncSender.deadline());
  }

  /**
   * The first Announce before the first Sync, so that slaves learn who is speaking; later the Sync first:
   * a message sent right before it would warm the way for it, and slaves would see a delay shorter
   * than that of the way back. Responses last, they may be many.
   */
  transmit(now: Instant, out: PacketBatch): void {
    if (!this.#port.isCapable) {
      this.#port.announceSender.skip();
      this.#port.syncSender.skip();
    }
    if (this.#isNew && !this.#port.announceSender.transmit(out)) return;
    this.#isNew = false;
    if (!this.#port.syncSender.transmit(now, out)) return;
    if (!this.#port.announceSender.transmit(out)) return;
    this.#port.delay.transmit(out);
  }

  #onDelayReq(m: Received): Reason {
    const reason = this.#port.admitsDelayReq(m);
    return reason === Reason.None ? this.#port.delay.receiveRequest(m) : reason;
  }
}
