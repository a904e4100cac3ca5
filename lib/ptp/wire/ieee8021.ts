/**
 * Organization extensions of IEEE 802.1 (00-80-C2): the follow-up information TLV (IEEE 802.1AS-2020
 * 11.4.4.3) and the message interval request TLV (10.6.4.3).
 * @module
 */
import * as tlv from "./tlv.ts";
import { TlvType } from "./tlv.ts";

/** `organizationId`. */
export const IEEE_802_1 = 0x0080c2;
const FOLLOW_UP_INFORMATION = 1;
const MESSAGE_INTERVAL_REQUEST = 2;
/** Octets of whole TLVs. */
export const FOLLOW_UP_INFORMATION_LENGTH = 32;
export const MESSAGE_INTERVAL_REQUEST_LENGTH = 16;

/** What a Follow_Up says of the grandmaster. */
export interface FollowUpInformation {
  /** (rateRatio - 1) x 2^41. */
  cumulativeScaledRateOffset: number;
  gmTimeBaseIndicator: number;
  /** ScaledNs: the upper 32 bits (signed), the middle and the lower 32 (unsigned). */
  lastGmPhaseChange: [number, number, number];
  /** Frequency change x 2^41. */
  scaledLastGmFreqChange: number;
}

/** All zeros: the grandmaster has not changed. */
export function followUpInformation(): FollowUpInformation {
  return {
    cumulativeScaledRateOffset: 0,
    gmTimeBaseIndicator: 0,
    lastGmPhaseChange: [0, 0, 0],
    scaledLastGmFreqChange: 0,
  };
}

/** True where the TLV at `t` is a whole follow-up information TLV. */
export function isFollowUpInformation(v: DataView, t: number): boolean {
  return isOurs(v, t, FOLLOW_UP_INFORMATION, FOLLOW_UP_INFORMATION_LENGTH);
}

export function readFollowUpInformation(v: DataView, t: number, into: FollowUpInformation): void {
  into.cumulativeScaledRateOffset = v.getInt32(t + 10);
  into.gmTimeBaseIndicator = v.getUint16(t + 14);
  into.lastGmPhaseChange[0] = v.getInt32(t + 16);
  into.lastGmPhaseChange[1] = v.getUint32(t + 20);
  into.lastGmPhaseChange[2] = v.getUint32(t + 24);
  into.scaledLastGmFreqChange = v.getInt32(t + 28);
}

/** Writes 32 octets. */
export function writeFollowUpInformation(
  v: DataView,
  t: number,
  f: Readonly<FollowUpInformation>,
): void {
  writeHead(v, t, FOLLOW_UP_INFORMATION, FOLLOW_UP_INFORMATION_LENGTH);
  v.setInt32(t + 10, f.cumulativeScaledRateOffset);
  v.setUint16(t + 14, f.gmTimeBaseIndicator);
  v.setInt32(t + 16, f.lastGmPhaseChange[0]);
  v.setUint32(t + 20, f.lastGmPhaseChange[1]);
  v.setUint32(t + 24, f.lastGmPhaseChange[2]);
  v.setInt32(t + 28, f.scaledLastGmFreqChange);
}

/** What an interval request may hold instead of a logarithm (Tables 10-14 to 10-16). */
export const IntervalRequest = { Unchanged: -128, Initial: 126, Stop: 127 } as const;

/** True where the TLV at `t` is a whole message interval request. */
export function isIntervalRequest(v: DataView, t: number): boolean {
  return isOurs(v, t, MESSAGE_INTERVAL_REQUEST, MESSAGE_INTERVAL_REQUEST_LENGTH);
}

export function logLinkDelayInterval(v: DataView, t: number): number {
  return v.getInt8(t + 10);
}

export function logTimeSyncInterval(v: DataView, t: number): number {
  return v.getInt8(t + 11);
}

export function logAnnounceInterval(v: DataView, t: number): number {
  return v.getInt8(t + 12);
}

/** Intervals asked for, as logarithms or {@linkcode IntervalRequest}. */
export interface Intervals {
  linkDelay: number;
  sync: number;
  announce: number;
}

/** Writes 16 octets; `flags` as 10.6.4.3.9: compute the rate ratio and the delay. */
export function writeIntervalRequest(v: DataView, t: number, i: Readonly<Intervals>): void {
  writeHead(v, t, MESSAGE_INTERVAL_REQUEST, MESSAGE_INTERVAL_REQUEST_LENGTH);
  v.setInt8(t + 10, i.linkDelay);
  v.setInt8(t + 11, i.sync);
  v.setInt8(t + 12, i.announce);
  v.setUint8(t + 13, 0x03);
  v.setUint16(t + 14, 0);
}

function isOurs(v: DataView, t: number, subType: number, length: number): boolean {
  return tlv.type(v, t) === TlvType.ORGANIZATION_EXTENSION &&
    tlv.length(v, t) >= length - tlv.TLV_HEADER_LENGTH &&
    tlv.organizationId(v, t) === IEEE_802_1 && tlv.organizationSubType(v, t) === subType;
}

function writeHead(v: DataView, t: number, subType: number, length: number): void {
  tlv.writeHeader(v, t, TlvType.ORGANIZATION_EXTENSION, length - tlv.TLV_HEADER_LENGTH);
  v.setUint16(t + 4, IEEE_802_1 >>> 8);
  v.setUint8(t + 6, IEEE_802_1 & 0xff);
  v.setUint8(t + 7, subType >>> 16);
  v.setUint16(t + 8, subType & 0xffff);
}
