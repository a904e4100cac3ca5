/**
 * Whole messages: fixed lengths by type, the check of everything, and the bodies of the timing
 * messages (IEEE 1588-2019 13.6 to 13.11). Announce, Signaling and Management have their own files.
 * @module
 */
import { Fault } from "./fault.ts";
import * as header from "./header.ts";
import { Flag, MessageType } from "./header.ts";
import * as timestamp from "./timestamp.ts";
import * as tlv from "./tlv.ts";

/** Octets of header and body by `messageType`, TLVs excluded; 0 for reserved types. */
export const FIXED_LENGTH: readonly number[] = [
  44, // Sync
  44, // Delay_Req
  54, // Pdelay_Req
  54, // Pdelay_Resp
  0,
  0,
  0,
  0,
  44, // Follow_Up
  54, // Delay_Resp
  54, // Pdelay_Resp_Follow_Up
  64, // Announce
  44, // Signaling
  48, // Management
  0,
  0,
];

/** Octets after `messageLength` that count as padding: a minimal Ethernet frame leaves 2. */
const MAX_PADDING = 3;

/** Where the body's timestamp stands, in every type that has one. */
export const TIMESTAMP = 34;
/** Where `requestingPortIdentity` stands in Delay_Resp, Pdelay_Resp and Pdelay_Resp_Follow_Up. */
export const REQUESTING_PORT_IDENTITY = 44;

/**
 * `Fault.None`, or why the `length` octets at `o` are not one well-formed message: header, length,
 * type, all TLVs, and the nanoseconds of a timestamp that a receiver would use.
 */
export function check(v: DataView, o: number, length: number): Fault {
  const fault = header.check(v, o, length);
  if (fault !== Fault.None) return fault;
  const type = header.messageType(v, o);
  const fixed = FIXED_LENGTH[type] ?? 0;
  if (fixed === 0) return Fault.MessageType;
  const stated = header.messageLength(v, o);
  if (stated < fixed) return Fault.MessageLength;
  if (length - stated > MAX_PADDING) return Fault.TrailingOctets;
  if (hasUsedTimestamp(v, o, type) && timestamp.check(v, o + TIMESTAMP) !== Fault.None) {
    return Fault.Nanoseconds;
  }
  return stated === fixed ? Fault.None : tlv.check(v, o + fixed, o + stated);
}

/** True for types below 8: sent and received with time stamps. */
export function isEvent(type: number): boolean {
  return type < 8;
}

/** Offset of the first TLV (equal to {@linkcode end} where there is none). */
export function firstTlv(v: DataView, o: number): number {
  return o + (FIXED_LENGTH[header.messageType(v, o)] ?? 0);
}

/** Offset just after the message's last octet. */
export function end(v: DataView, o: number): number {
  return o + header.messageLength(v, o);
}

/** Sync and Delay_Req: an estimate or 0 unless a one-step Sync; Follow_Up: the precise one. */
export const originTimestamp = TIMESTAMP;
/** Delay_Resp and Pdelay_Resp: when the request arrived. */
export const receiveTimestamp = TIMESTAMP;

/** One-step Sync, Follow_Up and all responses carry a time that a receiver computes with. */
function hasUsedTimestamp(v: DataView, o: number, type: number): boolean {
  switch (type) {
    case MessageType.Sync:
      return !header.hasFlag(v, o, Flag.TwoStep);
    case MessageType.FollowUp:
    case MessageType.DelayResp:
    case MessageType.PdelayResp:
    case MessageType.PdelayRespFollowUp:
      return true;
    default:
      return false;
  }
}
