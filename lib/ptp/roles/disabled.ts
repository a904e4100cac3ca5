/**
 * DISABLED: the port sends nothing and discards everything until it is enabled (9.2.5).
 * @module
 */
import { type Instant, NEVER } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import { PortState } from "../state.ts";
import type { Role } from "./role.ts";

export class Disabled implements Role {
  readonly state = PortState.Disabled;

  enter(): void {}

  leave(): void {}

  receive(): Reason {
    return Reason.PortState;
  }

  stamped(): Reason {
    return Reason.LateStamp;
  }

  expire(): void {}

  deadline(): Instant {
    return NEVER;
  }

  transmit(): void {}
}
