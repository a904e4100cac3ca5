/**
 * A port with peer delay has no Delay_Req: masters do not answer them, slaves do not send them
 * (IEEE 1588-2019 11.4.1).
 * @module
 */
import { type Instant, NEVER } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { DelayMechanism } from "./mechanism.ts";

export class PeerOnly implements DelayMechanism {
  readonly usesLink = true;

  startRequests(): void {}

  stopRequests(): void {}

  receiveResponse(): Reason {
    return Reason.NotConfigured;
  }

  receiveRequest(): Reason {
    return Reason.NotConfigured;
  }

  stamped(): Reason {
    return Reason.LateStamp;
  }

  dropResponses(): void {}

  expire(): void {}

  deadline(): Instant {
    return NEVER;
  }

  transmit(): boolean {
    return true;
  }

  linkMeasured(): void {}

  linkFailed(): void {}

  snapshot(): Record<string, number> {
    return {};
  }
}
