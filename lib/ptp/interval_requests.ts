/**
 * Message intervals that the neighbour asks for by Signaling (IEEE 802.1AS-2020 10.6.4.3).
 * @module
 */
import { sane } from "./interval.ts";
import type { PortOptions } from "./options.ts";
import { IntervalRequest, logAnnounceInterval, logLinkDelayInterval } from "./wire/ieee8021.ts";
import { logTimeSyncInterval } from "./wire/ieee8021.ts";

/** Logarithms taken from a neighbour: 128 messages a second to one in 32 seconds. */
const FASTEST = -7;
const SLOWEST = 5;

/** The intervals in force, all of `portDS`. */
export interface PortIntervals {
  logAnnounceInterval: number;
  logSyncInterval: number;
  logMinPdelayReqInterval: number;
}

/** Applies the request at `t`; what is out of range counts as unchanged. */
export function applyIntervals(
  v: DataView,
  t: number,
  ds: PortIntervals,
  initial: Readonly<PortOptions>,
): void {
  ds.logAnnounceInterval = asked(
    logAnnounceInterval(v, t),
    ds.logAnnounceInterval,
    initial.logAnnounceInterval,
  );
  ds.logSyncInterval = asked(
    logTimeSyncInterval(v, t),
    ds.logSyncInterval,
    initial.logSyncInterval,
  );
  ds.logMinPdelayReqInterval = asked(
    logLinkDelayInterval(v, t),
    ds.logMinPdelayReqInterval,
    initial.logMinPdelayReqInterval,
  );
}

function asked(log: number, present: number, initial: number): number {
  if (log === IntervalRequest.Initial) return initial;
  return log === IntervalRequest.Stop ? log : sane(log, FASTEST, SLOWEST, present);
}
