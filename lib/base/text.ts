/**
 * Text for humans and from the wire: UTF-8, hexadecimal, units, and the escaping without which no
 * string of a stranger may reach a terminal.
 * @module
 */

const REPLACEMENT = 0xfffd;
const HEX = "0123456789abcdef";

/** The UTF-8 octets of `text`; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(text.length * 3);
  const n = putUtf8(text, octets, 0);
  return octets.slice(0, n);
}

/**
 * Writes the UTF-8 octets of `text` at `at`, as many whole characters as fit.
 * @returns octets written.
 */
export function putUtf8(text: string, into: Uint8Array, at: number): number {
  let o = at;
  for (let k = 0; k < text.length; k++) {
    let c = text.charCodeAt(k);
    if (c < 0x80 && o < into.length) {
      into[o++] = c;
      continue;
    }
    c = text.codePointAt(k)!;
    if (c > 0xffff) k++;
    if (c >= 0xd800 && c < 0xe000) c = REPLACEMENT;
    const n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (o + n > into.length) break;
    for (let b = n - 1; b > 0; b--) {
      into[o + b] = 0x80 | c & 0x3f;
      c >>>= 6;
    }
    into[o] = n === 1 ? c : 0xf00 >>> n & 0xff | c;
    o += n;
  }
  return o - at;
}

/**
 * The text of UTF-8 octets. Each maximal piece that is no UTF-8 becomes one U+FFFD, as the Unicode
 * standard 3.9 recommends and browsers do; a byte order mark is kept.
 */
export function decodeUtf8(bytes: Uint8Array, at = 0, length = bytes.length - at): string {
  const end = at + length;
  let text = "";
  let o = at;
  while (o < end) {
    const lead = bytes[o]!;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      o++;
      continue;
    }
    const n = sequenceLength(bytes, o, end);
    text += n > 0 ? String.fromCodePoint(codePoint(bytes, o, n)) : "\ufffd";
    o += Math.abs(n);
  }
  return text;
}

/** Octets of the character at `o`; negative: as many octets of an ill-formed one. */
function sequenceLength(bytes: Uint8Array, o: number, end: number): number {
  const lead = bytes[o]!;
  const n = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (n === 0) return -1;
  // The second octet's range excludes overlong forms, surrogates and what is above U+10FFFF.
  let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let k = 1; k < n; k++) {
    if (o + k >= end || bytes[o + k]! < low || bytes[o + k]! > high) return -k;
    low = 0x80;
    high = 0xbf;
  }
  return n;
}

function codePoint(bytes: Uint8Array, o: number, n: number): number {
  let c = bytes[o]! & 0x7f >>> n;
  for (let k = 1; k < n; k++) c = c << 6 | bytes[o + k]! & 0x3f;
  return c;
}

/** Lower-case hexadecimal: `"01ab"`, with a separator `"01:ab"`. */
export function hex(bytes: Uint8Array, at = 0, length = bytes.length - at, between = ""): string {
  let text = "";
  for (let k = at; k < at + length; k++) {
    if (k > at) text += between;
    text += HEX[bytes[k]! >>> 4]! + HEX[bytes[k]! & 15]!;
  }
  return text;
}

/** The octets of hexadecimal text (either case, `:`, `-`, `.` and blanks ignored), or `undefined`. */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/[\s:.-]/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  const octets = new Uint8Array(digits.length / 2);
  for (let k = 0; k < octets.length; k++) octets[k] = parseInt(digits.slice(2 * k, 2 * k + 2), 16);
  return octets;
}

// Controls (C0, DEL, C1), line and paragraph separators, what changes direction or is invisible
// (bidirectional controls, zero width, soft hyphen, byte order mark, tags), lone surrogates.
const UNSAFE = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e" +
    "\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\u{e0000}-\\u{e0fff}]",
  "gu",
);

/**
 * `text` with everything that could steer or deceive a terminal written as `\n`, `\x1b`, `\u202e`
 * or `\u{e0001}`, and `\` as `\\`. The result is one line and shows every octet that was there.
 */
export function escapeControl(text: string): string {
  return text.replaceAll("\\", "\\\\").replace(UNSAFE, escapeOne);
}

function escapeOne(character: string): string {
  const c = character.codePointAt(0)!;
  if (c === 0x0a) return "\\n";
  if (c === 0x0d) return "\\r";
  if (c === 0x09) return "\\t";
  if (c < 0x100) return `\\x${c.toString(16).padStart(2, "0")}`;
  return c > 0xffff ? `\\u{${c.toString(16)}}` : `\\u${c.toString(16).padStart(4, "0")}`;
}

/** {@linkcode decodeUtf8}, then {@linkcode escapeControl}: a string of the wire, fit to be shown. */
export function wireText(bytes: Uint8Array, at = 0, length = bytes.length - at): string {
  return escapeControl(decodeUtf8(bytes, at, length));
}

/** A duration with four digits or so: `"-12.35 us"`, `"1.500 s"`, `"0 ns"`; `"-"` for NaN. */
export function formatNanos(nanos: number): string {
  if (Number.isNaN(nanos)) return "-";
  const size = Math.abs(nanos);
  if (size < 999.95) return `${trim(nanos, 1)} ns`;
  if (size < 999.95e3) return `${digits4(nanos / 1e3)} us`;
  if (size < 999.95e6) return `${digits4(nanos / 1e6)} ms`;
  return Number.isFinite(nanos) ? `${digits4(nanos / 1e9)} s` : nanos < 0 ? "-never" : "never";
}

/** A frequency error: `"+12.3 ppb"`, `"-50.00 ppm"`; `"-"` for NaN. */
export function formatPpb(ppb: number): string {
  if (Number.isNaN(ppb)) return "-";
  const sign = ppb > 0 ? "+" : "";
  if (Math.abs(ppb) < 999.95) return `${sign}${trim(ppb, 1)} ppb`;
  return `${sign}${digits4(ppb / 1e3)} ppm`;
}

/** A rate in powers of 1000: `"8.000 Mbit/s"`. */
export function formatBitRate(bitsPerSecond: number): string {
  return `${scaled(bitsPerSecond, 1000, ["", "k", "M", "G", "T"])}bit/s`;
}

/** An amount in powers of 1024: `"1.500 KiB"`, `"17 B"`. */
export function formatOctets(octets: number): string {
  return `${scaled(octets, 1024, ["", "Ki", "Mi", "Gi", "Ti"])}B`;
}

/** A count in powers of 1000: `"12.35 k"`, `"17"`. */
export function formatCount(count: number): string {
  return scaled(count, 1000, ["", "k", "M", "G", "T"]).trimEnd();
}

function scaled(value: number, base: number, prefixes: readonly string[]): string {
  if (Number.isNaN(value)) return "- ";
  let v = value;
  let k = 0;
  while (Math.abs(v) >= base * 0.99995 && k + 1 < prefixes.length) {
    v /= base;
    k++;
  }
  return `${k === 0 ? trim(v, 1) : digits4(v)} ${prefixes[k]}`;
}

/** Four significant digits, at most three of them behind the point. */
function digits4(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.9995 ? 3 : size < 99.995 ? 2 : 1);
}

/** At most `places` behind the point, none where they are 0; never "-0". */
function trim(value: number, places: number): string {
  const text = value.toFixed(places).replace(/\.0+$/, "");
  return text === "-0" ? "0" : text;
}
