/**
 * Address resolution, ARP and RARP (RFC 826, RFC 903): 8 octets, then sender and target hardware
 * and protocol addresses of the lengths given.
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 8;

/** ar$op values (RFC 826, 903, 2390). */
export const Operation = {
  Request: 1,
  Reply: 2,
  ReverseRequest: 3,
  ReverseReply: 4,
  InverseRequest: 8,
  InverseReply: 9,
} as const;

/** `WireFault.None`, or why the octets are no ARP packet. */
export function check(v: DataView, o: number, length: number): WireFault {
  if (length < HEADER_LENGTH) return WireFault.Truncated;
  return length < packetLength(v, o) ? WireFault.Truncated : WireFault.None;
}

/** Octets of the header and the four addresses. */
export function packetLength(v: DataView, o: number): number {
  return HEADER_LENGTH + 2 * (hardwareLength(v, o) + protocolLength(v, o));
}

/** Hardware type, 1 = Ethernet. */
export function hardwareType(v: DataView, o: number): number {
  return v.getUint16(o);
}

/** EtherType of the protocol whose addresses are resolved. */
export function protocolType(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

export function hardwareLength(v: DataView, o: number): number {
  return v.getUint8(o + 4);
}

export function protocolLength(v: DataView, o: number): number {
  return v.getUint8(o + 5);
}

/** One of {@linkcode Operation}. */
export function operation(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** Offset of the sender's hardware address. */
export function senderHardware(_v: DataView, o: number): number {
  return o + HEADER_LENGTH;
}

/** Offset of the sender's protocol address. */
export function senderProtocol(v: DataView, o: number): number {
  return o + HEADER_LENGTH + hardwareLength(v, o);
}

/** Offset of the target's hardware address. */
export function targetHardware(v: DataView, o: number): number {
  return senderProtocol(v, o) + protocolLength(v, o);
}

/** Offset of the target's protocol address. */
export function targetProtocol(v: DataView, o: number): number {
  return targetHardware(v, o) + hardwareLength(v, o);
}
