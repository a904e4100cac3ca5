/**
 * FAULTY: the port is out of order, sends nothing, and tries again after the reset interval (9.2.5).
 * @module
 */
import { type Instant, NEVER } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import { PortState, StateEvent } from "../state.ts";
import type { Role, RolePort } from "./role.ts";

export class Faulty implements Role {
  readonly state = PortState.Faulty;
  readonly #port: RolePort;
  #deadline: Instant = NEVER;

  constructor(port: RolePort) {
    this.#port = port;
  }

  enter(now: Instant): void {
    this.#deadline = now + this.#port.options.faultResetInterval as Instant;
  }

  leave(): void {
    this.#deadline = NEVER;
  }

  receive(): Reason {
    return Reason.PortState;
  }

  stamped(): Reason {
    return Reason.LateStamp;
  }

  expire(now: Instant): void {
    if (now >= this.#deadline) this.#port.apply(now, StateEvent.FaultCleared);
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(): void {}
}
