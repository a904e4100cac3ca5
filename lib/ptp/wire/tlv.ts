/**
 * TLVs behind a message's body: type, length, value (IEEE 1588-2019 14.1), walked in place.
 *
 * ```ts
 * for (let t = firstTlv(v, o); t < end(v, o); t = tlv.next(v, t)) { ... tlv.type(v, t) ... }
 * ```
 * @module
 */
import { Fault } from "./fault.ts";

/** Octets of `tlvType` and `lengthField`. */
export const TLV_HEADER_LENGTH = 4;

/** `tlvType` (Table 52). */
export const TlvType = {
  MANAGEMENT: 0x0001,
  MANAGEMENT_ERROR_STATUS: 0x0002,
  ORGANIZATION_EXTENSION: 0x0003,
  REQUEST_UNICAST_TRANSMISSION: 0x0004,
  GRANT_UNICAST_TRANSMISSION: 0x0005,
  CANCEL_UNICAST_TRANSMISSION: 0x0006,
  ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION: 0x0007,
  PATH_TRACE: 0x0008,
  ALTERNATE_TIME_OFFSET_INDICATOR: 0x0009,
  /** Experimental in the 2008 edition, Annex K. */
  AUTHENTICATION_2008: 0x2000,
  AUTHENTICATION_CHALLENGE: 0x2001,
  SECURITY_ASSOCIATION_UPDATE: 0x2002,
  CUM_FREQ_SCALE_FACTOR_OFFSET: 0x2003,
  ORGANIZATION_EXTENSION_PROPAGATE: 0x4000,
  ENHANCED_ACCURACY_METRICS: 0x4001,
  ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE: 0x8000,
  L1_SYNC: 0x8001,
  PORT_COMMUNICATION_AVAILABILITY: 0x8002,
  PROTOCOL_ADDRESS: 0x8003,
  SLAVE_RX_SYNC_TIMING_DATA: 0x8004,
  SLAVE_RX_SYNC_COMPUTED_DATA: 0x8005,
  SLAVE_TX_EVENT_TIMESTAMPS: 0x8006,
  CUMULATIVE_RATE_RATIO: 0x8007,
  PAD: 0x8008,
  AUTHENTICATION: 0x8009,
} as const;

const NAMES = new Map<number, string>(Object.entries(TlvType).map(([name, type]) => [type, name]));

/** The table's name of a `tlvType`; `undefined` for reserved and experimental ones. */
export function tlvTypeName(type: number): string | undefined {
  return NAMES.get(type);
}

/** `Fault.None`, or why the octets from `t` to `end` are not a row of whole TLVs. */
export function check(v: DataView, t: number, end: number): Fault {
  while (t < end) {
    if (end - t < TLV_HEADER_LENGTH) return Fault.TlvOverrun;
    const n = length(v, t);
    if (t + TLV_HEADER_LENGTH + n > end) return Fault.TlvOverrun;
    if ((n & 1) !== 0) return Fault.TlvOddLength;
    t += TLV_HEADER_LENGTH + n;
  }
  return Fault.None;
}

/** `tlvType` of the TLV at `t`, 16 bits. */
export function type(v: DataView, t: number): number {
  return v.getUint16(t);
}

/** `lengthField` of the TLV at `t`: octets of its value. */
export function length(v: DataView, t: number): number {
  return v.getUint16(t + 2);
}

/** Offset of the value of the TLV at `t`. */
export function value(t: number): number {
  return t + TLV_HEADER_LENGTH;
}

/** Offset of the TLV after the one at `t`. */
export function next(v: DataView, t: number): number {
  return t + TLV_HEADER_LENGTH + length(v, t);
}

/** Writes type and length; the value is the caller's. */
export function writeHeader(v: DataView, t: number, tlvType: number, valueLength: number): void {
  v.setUint16(t, tlvType);
  v.setUint16(t + 2, valueLength);
}

/** `organizationId` of an ORGANIZATION_EXTENSION TLV (`lengthField` 6 or more), 24 bits. */
export function organizationId(v: DataView, t: number): number {
  return (v.getUint16(t + 4) << 8) | v.getUint8(t + 6);
}

/** `organizationSubType`, 24 bits. */
export function organizationSubType(v: DataView, t: number): number {
  return (v.getUint8(t + 7) << 16) | v.getUint16(t + 8);
}
