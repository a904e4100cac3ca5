/**
 * What a port asks of the management node beside it (IEEE 1588-2019 15), and what that may change.
 * @module
 */
import type { PacketBatch } from "../base/batch.ts";
import type { Instant } from "../base/time.ts";
import type { PortOptions } from "./options.ts";
import type { Reason } from "./reason.ts";
import type { Received } from "./received.ts";

/** Management messages of the network at one port, in every state. */
export interface PortManagement {
  receive(m: Received): Reason;
  /** Writes answers; false where the batch is full. */
  transmit(now: Instant, out: PacketBatch): boolean;
}

/** What of a port's configuration may change while it runs. */
export type PortChange = Partial<
  Pick<
    PortOptions,
    | "logAnnounceInterval"
    | "logSyncInterval"
    | "logMinPdelayReqInterval"
    | "announceReceiptTimeout"
    | "masterOnly"
    | "neighborPropDelayThresh"
    | "delayAsymmetry"
  >
>;

/** What of a change is told by portDS. */
export function portDSChange(change: PortChange): PortChange {
  const { neighborPropDelayThresh: _thresh, delayAsymmetry: _asymmetry, ...rest } = change;
  return rest;
}
