/**
 * ICMP for IPv4 (RFC 792): 8 octets, then what the type says.
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 8;

export const IcmpType = {
  EchoReply: 0,
  Unreachable: 3,
  SourceQuench: 4,
  Redirect: 5,
  Echo: 8,
  RouterAdvertisement: 9,
  RouterSolicitation: 10,
  TimeExceeded: 11,
  ParameterProblem: 12,
  Timestamp: 13,
  TimestampReply: 14,
  InformationRequest: 15,
  InformationReply: 16,
  MaskRequest: 17,
  MaskReply: 18,
} as const;

/** `WireFault.None`, or why the octets are no ICMP message. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < HEADER_LENGTH ? WireFault.Truncated : WireFault.None;
}

/** One of {@linkcode IcmpType}. */
export function type(v: DataView, o: number): number {
  return v.getUint8(o);
}

export function code(v: DataView, o: number): number {
  return v.getUint8(o + 1);
}

export function checksum(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** Echo, timestamp, information and mask messages. */
export function identifier(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

/** Echo, timestamp, information and mask messages. */
export function sequenceNumber(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** "Fragmentation needed": MTU of the next hop, 0 where not said (RFC 1191). */
export function nextHopMtu(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** True for the messages that carry the start of the packet they complain about. */
export function isError(icmpType: number): boolean {
  return icmpType === IcmpType.Unreachable || icmpType === IcmpType.SourceQuench ||
    icmpType === IcmpType.Redirect || icmpType === IcmpType.TimeExceeded ||
    icmpType === IcmpType.ParameterProblem;
}
