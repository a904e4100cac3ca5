/**
 * Rejection reasons: handshake types from 1000 on (draft-sharabayko-srt-01 Table 7; libsrt adds
 * those from GROUP on).
 * @module
 */

export const Rejection = {
  Unknown: 1000,
  System: 1001,
  Peer: 1002,
  Resource: 1003,
  Rogue: 1004,
  Backlog: 1005,
  InternalError: 1006,
  Close: 1007,
  Version: 1008,
  RendezvousCookie: 1009,
  BadSecret: 1010,
  Unsecure: 1011,
  MessageApi: 1012,
  Congestion: 1013,
  Filter: 1014,
  Group: 1015,
  Timeout: 1016,
  Crypto: 1017,
} as const;

const NAMES: readonly string[] = [
  "UNKNOWN",
  "SYSTEM",
  "PEER",
  "RESOURCE",
  "ROGUE",
  "BACKLOG",
  "IPE",
  "CLOSE",
  "VERSION",
  "RDVCOOKIE",
  "BADSECRET",
  "UNSECURE",
  "MESSAGEAPI",
  "CONGESTION",
  "FILTER",
  "GROUP",
  "TIMEOUT",
  "CRYPTO",
];

/** First of the application's own reasons, and of those that look like HTTP statuses. */
const USER_DEFINED = 3000;
const PREDEFINED = 2000;

/** libsrt's word for a reason: `BADSECRET`; `predefined 404`; `user 17`; `reason N` where unknown. */
export function rejectionName(reason: number): string {
  if (reason >= USER_DEFINED) return `user ${reason - USER_DEFINED}`;
  if (reason >= PREDEFINED) return `predefined ${reason - PREDEFINED}`;
  return NAMES[reason - Rejection.Unknown] ?? `reason ${reason}`;
}
