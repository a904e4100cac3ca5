/**
 * PRE_MASTER: as MASTER, but silent, until the qualification timeout (9.2.5, 9.2.6.11).
 * @module
 */
import { type Instant, NEVER } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { PortState, StateEvent } from "../state.ts";
import { MessageType } from "../wire/header.ts";
import type { Role, RolePort } from "./role.ts";

export class PreMaster implements Role {
  readonly state = PortState.PreMaster;
  readonly #port: RolePort;
  #deadline: Instant = NEVER;

  constructor(port: RolePort) {
    this.#port = port;
  }

  /** Decision codes M1 and M2 have a qualification interval of 0. */
  enter(now: Instant): void {
    this.#deadline = now + this.#port.qualificationInterval as Instant;
    this.expire(now);
  }

  leave(): void {
    this.#deadline = NEVER;
  }

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
    if (now >= this.#deadline) this.#port.apply(now, StateEvent.QualificationTimeout);
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(): void {}
}
