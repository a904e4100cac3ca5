/**
 * The kinds of single fields in management bodies: numbers, identities, times, texts, octets.
 * @module
 */
import { decodeUtf8, encodeUtf8, escapeControl, hex, parseHex } from "../../base/text.ts";
import type { Timestamp } from "../../base/time.ts";
import {
  ANY_PORT,
  CLOCK_IDENTITY_LENGTH,
  type ClockIdentity,
  clockText,
  parseClock,
  parsePort,
  PORT_IDENTITY_LENGTH,
  type PortIdentity,
  portText,
  readClock,
  readPort,
  writeClock,
  writePort,
} from "../wire/identity.ts";
import * as wire from "../wire/timestamp.ts";
import type { Reader, Writer } from "./cursor.ts";
import type { Json, Kind } from "./kind.ts";

/** A kind with one value of one text: what most are. See {@linkcode simple}. */
export interface Simple<T> {
  read(r: Reader): T;
  write(w: Writer, value: T): void;
  text(value: T): string;
  json?(value: T): Json;
  /** `undefined` where the text is something else. */
  parse?(text: string): T | undefined;
  /** What {@linkcode parse} accepts. */
  accepts?: string;
}

/** The kind that `s` describes. */
export function simple<T>(s: Simple<T>): Kind<T> {
  return {
    read: (r) => s.read(r),
    write: (w, value) => s.write(w, value),
    show: (name, value) => [{
      name,
      text: s.text(value),
      json: s.json === undefined ? s.text(value) : s.json(value),
    }],
    names: (name) => s.parse === undefined ? [] : [name],
    parse: (name, given) => {
      const text = given.get(name);
      const value = text === undefined ? undefined : s.parse?.(text);
      if (value === undefined) throw new RangeError(`${name}: expected ${s.accepts ?? "a value"}`);
      return value;
    },
  };
}

/** Octets and sign of a whole number on the wire. */
export type Width = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u48";

const OCTETS: Readonly<Record<Width, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u48: 6,
};

/** The next number; 0 where octets are missing. */
export function readNumber(width: Width, r: Reader): number {
  const o = r.take(OCTETS[width]);
  if (o < 0) return 0;
  const v = r.view;
  switch (width) {
    case "u8":
      return v.getUint8(o);
    case "i8":
      return v.getInt8(o);
    case "u16":
      return v.getUint16(o);
    case "i16":
      return v.getInt16(o);
    case "u32":
      return v.getUint32(o);
    case "i32":
      return v.getInt32(o);
    case "u48":
      return v.getUint16(o) * 0x1_0000_0000 + v.getUint32(o + 2);
  }
}

/** Appends a number. */
export function writeNumber(width: Width, w: Writer, value: number): void {
  const o = w.put(OCTETS[width]);
  if (o < 0) return;
  const v = w.view;
  switch (width) {
    case "u8":
    case "i8":
      return v.setUint8(o, value);
    case "u16":
    case "i16":
      return v.setUint16(o, value);
    case "u32":
    case "i32":
      return v.setUint32(o, value);
    case "u48":
      v.setUint16(o, Math.floor(value / 0x1_0000_0000));
      return v.setUint32(o + 2, value % 0x1_0000_0000);
  }
}

function rangeOf(width: Width): [min: number, max: number] {
  const bits = 8 * OCTETS[width];
  return width.startsWith("i") ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** A whole number as `text` writes it; typed in decimal or, with 0x, hexadecimal. */
function integer(width: Width, text: (value: number) => string): Kind<number> {
  const [min, max] = rangeOf(width);
  return simple({
    read: (r) => readNumber(width, r),
    write: (w, value) => writeNumber(width, w, value),
    text,
    json: (value) => value,
    parse: (typed) => {
      const isNumber = /^[+-]?\d+$/.test(typed) || /^0x[0-9a-f]+$/i.test(typed);
      const value = isNumber ? Number(typed) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
    accepts: `a whole number from ${min} to ${max}`,
  });
}

export const u8: Kind<number> = integer("u8", String);
export const i8: Kind<number> = integer("i8", String);
export const u16: Kind<number> = integer("u16", String);
export const i16: Kind<number> = integer("i16", String);
export const u32: Kind<number> = integer("u32", String);
export const i32: Kind<number> = integer("i32", String);
export const u48: Kind<number> = integer("u48", String);
/** `0xfe`, `0xffff`, `0x7fffffff`. */
export const hex8: Kind<number> = integer("u8", (n) => `0x${n.toString(16).padStart(2, "0")}`);
export const hex16: Kind<number> = integer("u16", (n) => `0x${n.toString(16).padStart(4, "0")}`);
export const hex32: Kind<number> = integer("u32", (n) => `0x${n.toString(16).padStart(8, "0")}`);
/** `0x8000` without leading zeros. */
export const bits16: Kind<number> = integer("u16", (n) => `0x${n.toString(16)}`);
/** 32 bits that are 0 or not, as `true` or `false`. */
export const truth32: Kind<number> = integer("i32", (n) => n !== 0 ? "true" : "false");
/** 32 bits that are 0 or not, as 1 or 0. */
export const switch32: Kind<number> = integer("i32", (n) => n !== 0 ? "1" : "0");
/** The upper nibble is the minor version; pmc tells the lower one. */
export const version: Kind<number> = integer("u8", (n) => String(n & 0x0f));
/** Parts of 2^-41, as a ratio. */
export const rateOffset: Kind<number> = integer("i32", (n) => {
  const ratio = n / 2 ** 41;
  return `${ratio < 0 ? "-" : "+"}${Math.abs(ratio).toFixed(9)}`;
});

/** A number whose values have names; others are told as `otherwise` or as they are. */
export function named(
  names: Readonly<Record<number, string>>,
  otherwise?: string,
): Kind<number> {
  const texts = Object.values(names);
  return simple({
    read: (r) => readNumber("u8", r),
    write: (w, value) => writeNumber("u8", w, value),
    text: (value) => names[value] ?? otherwise ?? String(value),
    parse: (typed) => {
      const found = Object.entries(names).find(([, n]) => n === typed.toUpperCase());
      return found === undefined ? undefined : Number(found[0]);
    },
    accepts: texts.join(", "),
  });
}

/** Signed 64 bits as they are. */
export const i64: Kind<bigint> = simple({
  read: (r) => {
    const o = r.take(8);
    return o < 0 ? 0n : r.view.getBigInt64(o);
  },
  write: (w, value) => {
    const o = w.put(8);
    if (o >= 0) w.view.setBigInt64(o, BigInt.asIntN(64, value));
  },
  text: String,
  json: String,
  parse: (typed) => /^-?\d{1,18}$/.test(typed) ? BigInt(typed) : undefined,
  accepts: "a whole number",
});

/** IEEE 802.1AS `ScaledNs`: signed 96 bits of 2^-16 ns, as pmc writes them. */
export const phase96: Kind<bigint> = simple({
  read: (r) => {
    const o = r.take(12);
    return o < 0 ? 0n : BigInt(r.view.getInt16(o)) << 80n | r.view.getBigUint64(o + 2) << 16n |
      BigInt(r.view.getUint16(o + 10));
  },
  write: (w, value) => {
    const o = w.put(12);
    if (o < 0) return;
    w.view.setUint16(o, Number(value >> 80n & 0xffffn));
    w.view.setBigUint64(o + 2, value >> 16n & 0xffff_ffff_ffff_ffffn);
    w.view.setUint16(o + 10, Number(value & 0xffffn));
  },
  text: (value) => {
    const digits = BigInt.asUintN(96, value).toString(16).padStart(24, "0");
    return `0x${digits.slice(0, 4)}'${digits.slice(4, 20)}.${digits.slice(20)}`;
  },
});

/** Unsigned 64 bits, the least significant octet first: linuxptp's counters are in host order. */
export const counter: Kind<number> = simple({
  read: (r) => {
    const o = r.take(8);
    return o < 0 ? 0 : Number(r.view.getBigUint64(o, true));
  },
  write: (w, value) => {
    const o = w.put(8);
    if (o >= 0) w.view.setBigUint64(o, BigInt(Math.round(value)), true);
  },
  text: String,
  json: (value) => value,
});

/** `TimeInterval` (5.3.2): nanoseconds, on the wire 2^-16 of them. */
function interval(text: (nanos: number) => string): Kind<number> {
  return simple({
    read: (r) => {
      const o = r.take(8);
      return o < 0 ? 0 : r.view.getInt32(o) * 0x1_0000 + r.view.getUint32(o + 4) / 0x1_0000;
    },
    write: (w, value) => {
      const o = w.put(8);
      if (o < 0) return;
      const scaled = Number.isFinite(value) ? Math.round(value * 0x1_0000) : 0;
      w.view.setBigInt64(o, clamp64(scaled));
    },
    text,
    json: (value) => value,
    parse: (typed) => /^[+-]?\d+(\.\d*)?$/.test(typed) ? Number(typed) : undefined,
    accepts: "nanoseconds",
  });
}

/** Beyond the range: "too big to be represented" (5.3.2). */
function clamp64(value: number): bigint {
  if (value >= 2 ** 63) return 0x7fff_ffff_ffff_ffffn;
  return value < -(2 ** 63) ? -0x8000_0000_0000_0000n : BigInt(value);
}

/** `-521.0` */
export const intervalTenths: Kind<number> = interval((n) => n.toFixed(1));
/** `-521`, rounded down. */
export const intervalWhole: Kind<number> = interval((n) => String(Math.floor(n)));

export const clockIdentity: Kind<Readonly<ClockIdentity>> = simple({
  read: (r) => {
    const id = { high: 0, low: 0 };
    const o = r.take(CLOCK_IDENTITY_LENGTH);
    if (o >= 0) readClock(r.view, o, id);
    return id;
  },
  write: (w, value) => {
    const o = w.put(CLOCK_IDENTITY_LENGTH);
    if (o >= 0) writeClock(w.view, o, value);
  },
  text: clockText,
  parse: parseClock,
  accepts: "a clock identity such as 001122.fffe.334455",
});

export const portIdentity: Kind<Readonly<PortIdentity>> = simple({
  read: (r) => {
    const id = { high: 0, low: 0, port: 0 };
    const o = r.take(PORT_IDENTITY_LENGTH);
    if (o >= 0) readPort(r.view, o, id);
    return id;
  },
  write: (w, value) => {
    const o = w.put(PORT_IDENTITY_LENGTH);
    if (o >= 0) writePort(w.view, o, value);
  },
  text: portText,
  parse: (text) => text === "*" ? ANY_PORT : parsePort(text),
  accepts: "a port identity such as 001122.fffe.334455-1",
});

/** `Timestamp` (5.3.3). */
export const timestamp: Kind<Readonly<Timestamp>> = simple({
  read: (r) => {
    const t = { seconds: 0, nanoseconds: 0 };
    const o = r.take(wire.TIMESTAMP_LENGTH);
    if (o >= 0) wire.read(r.view, o, t);
    return t;
  },
  write: (w, value) => {
    const o = w.put(wire.TIMESTAMP_LENGTH);
    if (o >= 0) wire.write(w.view, o, value);
  },
  text: (t) => `${t.seconds}.${String(Math.floor(t.nanoseconds)).padStart(9, "0")}`,
  json: (t) => `${BigInt(t.seconds) * 1_000_000_000n + BigInt(Math.floor(t.nanoseconds))}`,
  parse: (typed) => {
    const match = /^(\d{1,14})\.(\d{9})$/.exec(typed);
    return match === null
      ? undefined
      : { seconds: Number(match[1]), nanoseconds: Number(match[2]) };
  },
  accepts: "seconds with nine digits behind the point",
});

/** `PTPText` (5.3.9): an octet of length, then UTF-8. Control characters are shown escaped. */
export const text: Kind<string> = simple({
  read: (r) => decodeUtf8(r.octets(readNumber("u8", r))),
  write: (w, value) => {
    const octets = encodeUtf8(value).slice(0, 255);
    writeNumber("u8", w, octets.length);
    w.octets(octets);
  },
  text: escapeControl,
  json: (value) => value,
  parse: (typed) => typed,
  accepts: "text",
});

/** `n` octets as `00:1b:19`. */
export function octets(n: number): Kind<Uint8Array> {
  return octetString((r) => r.octets(n), (w, value) => {
    const o = w.put(n);
    if (o >= 0) w.bytes.set(value.slice(0, n), o);
  });
}

/** Octets behind a length of 16 bits. */
export const counted: Kind<Uint8Array> = octetString(
  (r) => r.octets(Math.min(readNumber("u16", r), r.left)),
  (w, value) => {
    writeNumber("u16", w, value.length);
    w.octets(value);
  },
);

function octetString(
  read: (r: Reader) => Uint8Array,
  write: (w: Writer, value: Uint8Array) => void,
): Kind<Uint8Array> {
  return simple({
    read,
    write,
    text: (value) => hex(value, 0, value.length, ":"),
    parse: (typed) => parseHex(typed.replaceAll(":", "")),
    accepts: "hexadecimal octets such as 00:1b:19",
  });
}

/** `n` octets that mean nothing. */
export function reserved(n: number): Kind<undefined> {
  return {
    read: (r) => void r.take(n),
    write: (w) => void w.put(n),
    show: () => [],
    names: () => [],
    parse: () => undefined,
  };
}

/** A kind that pmc does not tell: not in text, but in JSON. */
export function quiet<T>(kind: Kind<T>): Kind<T> {
  return {
    ...kind,
    show: (name, value) => kind.show(name, value).map(({ json }) => ({ name, json })),
  };
}

/** A kind that is not told at all. */
export function hidden<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, show: () => [] };
}
