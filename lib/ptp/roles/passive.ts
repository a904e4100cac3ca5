/**
 * PASSIVE: a better master is on this path already, or would be our own grandmaster's second path
 * (9.2.5, decision codes P1 and P2). The port is silent and watches that master's Announce.
 * @module
 */
import type { Instant } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { PortState } from "../state.ts";
import { MessageType } from "../wire/header.ts";
import type { Role, RolePort } from "./role.ts";

export class Passive implements Role {
  readonly state = PortState.Passive;
  readonly #port: RolePort;

  constructor(port: RolePort) {
    this.#port = port;
  }

  enter(): void {}

  leave(): void {}

  receive(m: Received): Reason {
    switch (m.type) {
      case MessageType.Announce:
        return this.#port.acceptAnnounce(m);
      case MessageType.Sync:
      case MessageType.FollowUp:
        return this.#port.collect(m);
      default:
        return Reason.PortState;
    }
  }

  stamped(): Reason {
    return Reason.LateStamp;
  }

  expire(now: Instant): void {
    if (this.#port.announceTimer.hasExpired(now)) this.#port.announceExpired(now);
  }

  deadline(): Instant {
    return this.#port.announceTimer.deadline();
  }

  transmit(): void {}
}
