/**
 * BOOTP and DHCP messages (RFC 951, RFC 2131 2): 236 octets, the magic cookie, options.
 * @module
 */
import { WireFault } from "./fault.ts";

export const HEADER_LENGTH = 236;
export const MAGIC_COOKIE = 0x63825363;

/** Octets of `chaddr`, of which `hlen` count. */
export const CLIENT_HARDWARE_LENGTH = 16;

/** `WireFault.None`, or why the octets are no BOOTP message. */
export function check(_v: DataView, _o: number, length: number): WireFault {
  return length < HEADER_LENGTH ? WireFault.Truncated : WireFault.None;
}

/** 1 BOOTREQUEST, 2 BOOTREPLY. */
export function operation(v: DataView, o: number): number {
  return v.getUint8(o);
}

export function hardwareType(v: DataView, o: number): number {
  return v.getUint8(o + 1);
}

export function hardwareLength(v: DataView, o: number): number {
  return v.getUint8(o + 2);
}

export function hops(v: DataView, o: number): number {
  return v.getUint8(o + 3);
}

export function transactionId(v: DataView, o: number): number {
  return v.getUint32(o + 4);
}

export function seconds(v: DataView, o: number): number {
  return v.getUint16(o + 8);
}

/** Bit 15 is "broadcast". */
export function flags(v: DataView, o: number): number {
  return v.getUint16(o + 10);
}

/** Offsets of ciaddr, yiaddr, siaddr and giaddr, 4 octets each, and of chaddr. */
export const CLIENT_ADDRESS = 12;
export const YOUR_ADDRESS = 16;
export const SERVER_ADDRESS = 20;
export const GATEWAY_ADDRESS = 24;
export const CLIENT_HARDWARE = 28;

/** True where options follow the magic cookie; `length` octets are present. */
export function hasOptions(v: DataView, o: number, length: number): boolean {
  return length >= HEADER_LENGTH + 4 && v.getUint32(o + HEADER_LENGTH) === MAGIC_COOKIE;
}

/** Value of option 53 (DHCP message type), 0 where absent. */
export function messageType(v: DataView, o: number, length: number): number {
  if (!hasOptions(v, o, length)) return 0;
  for (let at = HEADER_LENGTH + 4; at < length;) {
    const code = v.getUint8(o + at);
    if (code === 255) return 0;
    if (code === 0) {
      at++;
      continue;
    }
    if (at + 2 > length) return 0;
    const n = v.getUint8(o + at + 1);
    if (at + 2 + n > length) return 0;
    if (code === 53 && n === 1) return v.getUint8(o + at + 2);
    at += 2 + n;
  }
  return 0;
}
