/**
 * LISTENING: the port waits for Announce messages, and becomes a master where none come (9.2.5).
 * @module
 */
import type { Instant } from "../../base/time.ts";
import { ORIGIN } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { PortState } from "../state.ts";
import { MessageType } from "../wire/header.ts";
import type { Role, RolePort } from "./role.ts";

/** The slowest announce interval that is waited for: 16 s. */
const MAX_LOG_WAIT = 4;

export class Listening implements Role {
  readonly state = PortState.Listening;
  readonly #port: RolePort;
  #isExtended = false;

  constructor(port: RolePort) {
    this.#port = port;
  }

  enter(now: Instant): void {
    this.#isExtended = false;
    this.#port.announceTimer.restart(now, this.#port.options.logAnnounceInterval);
  }

  leave(): void {}

  receive(m: Received): Reason {
    switch (m.type) {
      case MessageType.Announce:
        return this.#onAnnounce(m);
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

  /** A port that is never a slave has nothing to wait for. */
  expire(now: Instant): void {
    const { options, announceTimer } = this.#port;
    if (options.masterOnly || announceTimer.hasExpired(now)) this.#port.announceExpired(now);
  }

  deadline(): Instant {
    return this.#port.options.masterOnly ? ORIGIN : this.#port.announceTimer.deadline();
  }

  transmit(): void {}

  /** The first master heard gets once more the whole timeout to be heard a second time. */
  #onAnnounce(m: Received): Reason {
    const reason = this.#port.acceptAnnounce(m);
    if (reason === Reason.None && !this.#isExtended) {
      this.#isExtended = true;
      this.#port.announceTimer.restart(m.at, Math.min(m.logMessageInterval, MAX_LOG_WAIT));
    }
    return reason;
  }
}
