/**
 * INITIALIZING: the port has forgotten everything and sends nothing (9.2.5, Table 13). There is
 * nothing left to initialize by the time this object exists, so it is left at once: for FAULTY
 * where the interface is down.
 * @module
 */
import { type Instant, ORIGIN } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import { PortState, StateEvent } from "../state.ts";
import type { Role, RolePort } from "./role.ts";

export class Initializing implements Role {
  readonly state = PortState.Initializing;
  readonly #port: RolePort;

  constructor(port: RolePort) {
    this.#port = port;
  }

  enter(): void {}

  leave(): void {}

  receive(): Reason {
    return Reason.PortState;
  }

  stamped(): Reason {
    return Reason.LateStamp;
  }

  expire(now: Instant): void {
    const { isLinkUp } = this.#port;
    this.#port.apply(now, isLinkUp ? StateEvent.InitComplete : StateEvent.FaultDetected);
  }

  deadline(): Instant {
    return ORIGIN;
  }

  transmit(): void {}
}
