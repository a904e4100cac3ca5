/**
 * FAULTY: the port is out of order, sends nothing, and tries again after the reset interval,
 * or when its interface is back (9.2.5).
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
    const { isLinkUp, options } = this.#port;
    this.#deadline = isLinkUp ? now + options.faultResetInterval as Instant : NEVER;
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
    if (now < this.#deadline) return;
    if (this.#port.isLinkUp) this.#port.apply(now, StateEvent.FaultCleared);
    else this.#deadline = NEVER;
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(): void {}
}
