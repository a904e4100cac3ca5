/**
 * ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and multicast listener discovery (RFC 2710,
 * RFC 3810).
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 8;

export const Icmp6Type = {
  Unreachable: 1,
  PacketTooBig: 2,
  TimeExceeded: 3,
  ParameterProblem: 4,
  EchoRequest: 128,
  EchoReply: 129,
  ListenerQuery: 130,
  ListenerReport: 131,
  ListenerDone: 132,
  RouterSolicitation: 133,
  RouterAdvertisement: 134,
  NeighborSolicitation: 135,
  NeighborAdvertisement: 136,
  Redirect: 137,
  ListenerReportV2: 143,
} as const;

/** `WireFault.None`, or why the octets are no ICMPv6 message. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < HEADER_LENGTH ? WireFault.Truncated : WireFault.None;
}

/** One of {@linkcode Icmp6Type}. */
export function type(v: DataView, o: number): number {
  return v.getUint8(o);
}

export function code(v: DataView, o: number): number {
  return v.getUint8(o + 1);
}

export function checksum(v: DataView, o: number): number {
  return v.getUint16(o + 2);
}

/** Echo messages. */
export function identifier(v: DataView, o: number): number {
  return v.getUint16(o + 4);
}

/** Echo messages. */
export function sequenceNumber(v: DataView, o: number): number {
  return v.getUint16(o + 6);
}

/** Packet Too Big: MTU of the next hop. */
export function mtu(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}

/** Neighbour solicitation and advertisement, redirect, MLD: offset of the target or group address. */
export function target(_v: DataView, o: number): number {
  return o + HEADER_LENGTH;
}
