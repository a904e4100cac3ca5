/**
 * IGMP versions 1, 2 and 3 (RFC 1112, RFC 2236, RFC 3376).
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 8;
/** A version 3 query is at least this long. */
export const QUERY_V3_LENGTH = 12;

export const IgmpType = {
  Query: 0x11,
  ReportV1: 0x12,
  Dvmrp: 0x13,
  PimV1: 0x14,
  ReportV2: 0x16,
  Leave: 0x17,
  MtraceReply: 0x1e,
  Mtrace: 0x1f,
  ReportV3: 0x22,
} as const;

/** `WireFault.None`, or why the octets are no IGMP message. */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < HEADER_LENGTH) return WireFault.Truncated;
  if (type(v, o) === IgmpType.Query && length > HEADER_LENGTH && length < QUERY_V3_LENGTH) {
    return WireFault.BadLength;
  }
  return WireFault.None;
}

/** One of {@linkcode IgmpType}. */
export function type(v: DataView, o: number): number {
  return v.getUint8(o);
}

/** Max Resp Code; 0 in version 1. */
export function maxResponse(v: DataView, o: number): number {
  return v.getUint8(o + 1);
}

export function checksum(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** Offset of the group address of a query, report or leave. */
export function group(_v: DataView, o: number): number {
  return o + 4;
}

/** Version 3 report: number of group records, which start at `o + 8`. */
export function recordCount(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** Version 3 query: number of sources, which start at `o + 12`. */
export function sourceCount(v: DataView, o: number): number {
  return v.getUint16(o + 10);
}
