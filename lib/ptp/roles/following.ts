/**
 * What UNCALIBRATED and SLAVE have in common: the port takes its parent's Sync, Follow_Up and
 * Delay_Resp, and nobody else's (9.5.4 to 9.5.7), and asks for the delay.
 * @module
 */
import { shift, timestamp } from "../../base/time.ts";
import type { PacketBatch } from "../../base/batch.ts";
import { earliest, type Instant, NEVER } from "../../base/time.ts";
import { intervalOf } from "../interval.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { SyncReceiver } from "../sync_receiver.ts";
import { MessageType } from "../wire/header.ts";
import { assignPort, isSamePort, type PortIdentity, portIdentity } from "../wire/identity.ts";
import type { RolePort } from "./role.ts";

/** One per port, shared by both roles, so that going from one to the other loses nothing. */
export class Following {
  readonly sync = new SyncReceiver();
  readonly #port: RolePort;
  readonly #master: PortIdentity = portIdentity();
  readonly #time = timestamp();
  #isActive = false;
  /** When the master counts as gone for want of Sync. */
  #syncDeadline: Instant = NEVER;

  constructor(port: RolePort) {
    this.#port = port;
  }

  /** Follows the parent from now on; goes on where it is the one followed already. */
  begin(now: Instant): void {
    if (this.#isActive && isSamePort(this.#master, this.#port.parent)) return;
    this.#isActive = true;
    assignPort(this.#port.parent, this.#master);
    this.sync.reset();
    this.#syncDeadline = NEVER;
    this.#port.restartServo(now);
    this.#port.delay.startRequests(now);
  }

  /** Follows nobody. */
  end(now: Instant): void {
    this.#isActive = false;
    this.#port.delay.stopRequests();
    this.#port.unfollowed(now);
  }

  receive(m: Received): Reason {
    if (m.type === MessageType.Announce) return this.#port.acceptAnnounce(m);
    if (m.type === MessageType.DelayReq) return Reason.PortState;
    if (!isSamePort(m.source, this.#master)) {
      if (m.type !== MessageType.DelayResp) this.#port.collect(m);
      return Reason.NotParent;
    }
    if (m.type === MessageType.DelayResp) return this.#port.delay.receiveResponse(m);
    const isPair = m.type === MessageType.Sync ? this.sync.sync(m) : this.sync.followUp(m);
    if (isPair) {
      this.#watch(m.at);
      shift(this.sync.masterTime, this.#port.options.delayAsymmetry, this.#time);
      this.#port.forward(this.#time, this.sync.localTime);
    }
    if (m.type === MessageType.FollowUp && this.sync.reason === Reason.None) {
      this.#port.onFollowUp(m);
    }
    return this.sync.reason;
  }

  stamped(messageType: number, sequenceId: number, at: Instant): Reason {
    return this.#port.delay.stamped(messageType, sequenceId, at);
  }

  expire(now: Instant): void {
    this.#port.delay.expire(now);
    const isSilent = this.#port.announceTimer.hasExpired(now) || now >= this.#syncDeadline;
    if (isSilent) this.#port.announceExpired(now);
  }

  deadline(): Instant {
    const watch = earliest(this.#syncDeadline, this.#port.announceTimer.deadline());
    return earliest(this.#port.delay.deadline(), watch);
  }

  transmit(out: PacketBatch): void {
    this.#port.delay.transmit(out);
  }

  /** SYNC_RECEIPT_TIMEOUT (802.1AS-2020 10.7.3.1): begins with the first Sync. */
  #watch(now: Instant): void {
    const count = this.#port.options.syncReceiptTimeout;
    if (count === 0) return;
    this.#syncDeadline = now + count * intervalOf(this.sync.logSyncInterval) as Instant;
  }
}
