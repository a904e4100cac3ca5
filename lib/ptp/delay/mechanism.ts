/**
 * What a port asks of its delay mechanism, end-to-end or peer-to-peer.
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import type { Instant } from "../../base/time.ts";
import type { Reason } from "../reason.ts";
import type { Received } from "../received.ts";

/** Measures the path as a slave and answers as a master. */
export interface DelayMechanism {
  /** The port follows a master from now on (or another one). */
  startRequests(now: Instant): void;
  /** The port follows nobody any more. */
  stopRequests(): void;
  /** A response to a slave, from its parent. */
  receiveResponse(m: Received): Reason;
  /** A request to a master. */
  receiveRequest(m: Received): Reason;
  /** The transmit stamp of a message of this mechanism; NaN where it was refused. */
  stamped(messageType: number, sequenceId: number, at: Instant): Reason;
  /** Forgets unanswered requests of others: the port is no master any more. */
  dropResponses(): void;
  expire(now: Instant): void;
  deadline(): Instant;
  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean;
  /** True where the servo is to have the link's delay as peer delay measures it. */
  readonly usesLink: boolean;
  /** Peer delay has measured the link. */
  linkMeasured(): void;
  /** Peer delay has found more than one neighbour. */
  linkFailed(now: Instant): void;
  /** For a status report. */
  snapshot(): Record<string, number>;
}
