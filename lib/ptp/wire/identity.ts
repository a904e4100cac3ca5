/**
 * `ClockIdentity` (8 octets) and `PortIdentity` (10 octets), IEEE 1588-2019 5.3.4, 5.3.5, 7.5.2.
 *
 * In memory an identity is two unsigned 32-bit numbers, so that comparing two costs no loop.
 * @module
 */

/** A clock identity: octets 0-3 as `high`, 4-7 as `low`, both unsigned. */
export interface ClockIdentity {
  high: number;
  low: number;
}

/** A clock identity with the port's number (1 to 0xFFFE; 0 and 0xFFFF have special meanings). */
export interface PortIdentity extends ClockIdentity {
  port: number;
}

export const CLOCK_IDENTITY_LENGTH = 8;
export const PORT_IDENTITY_LENGTH = 10;

/** All ones: "every port", the wildcard of management and signaling targets. */
export const ANY_PORT: Readonly<PortIdentity> = {
  high: 0xffff_ffff,
  low: 0xffff_ffff,
  port: 0xffff,
};

/** A zeroed port identity for reuse. */
export function portIdentity(high = 0, low = 0, port = 0): PortIdentity {
  return { high, low, port };
}

/** Reads 8 octets at `o` into `into`. */
export function readClock(v: DataView, o: number, into: ClockIdentity): void {
  into.high = v.getUint32(o);
  into.low = v.getUint32(o + 4);
}

/** Reads 10 octets at `o` into `into`. */
export function readPort(v: DataView, o: number, into: PortIdentity): void {
  into.high = v.getUint32(o);
  into.low = v.getUint32(o + 4);
  into.port = v.getUint16(o + 8);
}

/** Writes 8 octets. */
export function writeClock(v: DataView, o: number, id: Readonly<ClockIdentity>): void {
  v.setUint32(o, id.high);
  v.setUint32(o + 4, id.low);
}

/** Writes 10 octets. */
export function writePort(v: DataView, o: number, id: Readonly<PortIdentity>): void {
  v.setUint32(o, id.high);
  v.setUint32(o + 4, id.low);
  v.setUint16(o + 8, id.port);
}

/** True where the 8 octets at `o` are `id`. */
export function isClockAt(v: DataView, o: number, id: Readonly<ClockIdentity>): boolean {
  return v.getUint32(o) === id.high && v.getUint32(o + 4) === id.low;
}

/** True where the 10 octets at `o` are `id`. */
export function isPortAt(v: DataView, o: number, id: Readonly<PortIdentity>): boolean {
  return v.getUint32(o) === id.high && v.getUint32(o + 4) === id.low &&
    v.getUint16(o + 8) === id.port;
}

/** Copies the clock identity. */
export function assignClock(from: Readonly<ClockIdentity>, into: ClockIdentity): void {
  into.high = from.high;
  into.low = from.low;
}

/** Copies the port identity. */
export function assignPort(from: Readonly<PortIdentity>, into: PortIdentity): void {
  into.high = from.high;
  into.low = from.low;
  into.port = from.port;
}

export function isSameClock(a: Readonly<ClockIdentity>, b: Readonly<ClockIdentity>): boolean {
  return a.high === b.high && a.low === b.low;
}

export function isSamePort(a: Readonly<PortIdentity>, b: Readonly<PortIdentity>): boolean {
  return a.high === b.high && a.low === b.low && a.port === b.port;
}

/** Negative, 0 or positive as `a` is before, equal to or after `b` as an octet string (7.5.2.4). */
export function compareClocks(a: Readonly<ClockIdentity>, b: Readonly<ClockIdentity>): number {
  return a.high !== b.high ? a.high - b.high : a.low - b.low;
}

/** As {@linkcode compareClocks}; port numbers decide between ports of one clock (7.5.2.4). */
export function comparePorts(a: Readonly<PortIdentity>, b: Readonly<PortIdentity>): number {
  const order = compareClocks(a, b);
  return order !== 0 ? order : a.port - b.port;
}

/**
 * The identity made of a MAC address by putting FF-FE between its halves, as ptp4l does and
 * IEEE 802.1AS requires. (IEEE 1588-2019 7.5.2.2 also allows {@linkcode fromMacAndSuffix}.)
 * @param mac 6 octets from `at` on.
 */
export function fromMac(mac: Uint8Array, at = 0): ClockIdentity {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.subarray(at, at + 6);
  return {
    high: ((a << 24) | (b << 16) | (c << 8) | 0xff) >>> 0,
    low: ((0xfe << 24) | (d << 16) | (e << 8) | f) >>> 0,
  };
}

/** The identity whose first 6 octets are the MAC address and whose last two are `suffix`. */
export function fromMacAndSuffix(mac: Uint8Array, suffix: number): ClockIdentity {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
  return {
    high: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0,
    low: ((e << 24) | (f << 16) | (suffix & 0xffff)) >>> 0,
  };
}

/** `001122.fffe.334455`, as linuxptp writes it. */
export function clockText(id: Readonly<ClockIdentity>): string {
  const hex = hex32(id.high) + hex32(id.low);
  return `${hex.slice(0, 6)}.${hex.slice(6, 10)}.${hex.slice(10)}`;
}

/** `001122.fffe.334455-1`, as linuxptp writes it. */
export function portText(id: Readonly<PortIdentity>): string {
  return `${clockText(id)}-${id.port}`;
}

/**
 * Parses a clock identity: 16 hexadecimal digits with any of `.`, `:`, `-` between octets.
 * @returns `undefined` where the text is something else.
 */
export function parseClock(text: string): ClockIdentity | undefined {
  const hex = text.replace(/[.:-]/g, "");
  if (!/^[0-9a-f]{16}$/i.test(hex)) return undefined;
  return { high: parseInt(hex.slice(0, 8), 16), low: parseInt(hex.slice(8), 16) };
}

/** Parses {@linkcode portText}'s form. */
export function parsePort(text: string): PortIdentity | undefined {
  const match = /^(.*)-(\d{1,5})$/.exec(text);
  const clock = match === null ? undefined : parseClock(match[1] ?? "");
  const port = Number(match?.[2]);
  return clock === undefined || port > 0xffff ? undefined : { ...clock, port };
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
