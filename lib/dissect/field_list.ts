/**
 * Fields of a protocol in the order they were found: tshark's names without the protocol's prefix,
 * tshark's text as values. A field that occurs again becomes a list.
 * @module
 */

/** Names to text, or to a list of texts. */
export type Fields = Record<string, string | string[]>;

/** Collects {@linkcode Fields}. */
export class FieldList {
  readonly fields: Fields = Object.create(null) as Fields;

  /** Adds a value as it is. */
  text(name: string, value: string): void {
    const before = this.fields[name];
    if (before === undefined) this.fields[name] = value;
    else if (typeof before === "string") this.fields[name] = [before, value];
    else before.push(value);
  }

  /** A decimal number. */
  decimal(name: string, value: number | bigint): void {
    this.text(name, String(value));
  }

  /** `0x` and at least `digits` hexadecimal digits. */
  hex(name: string, value: number | bigint, digits: number): void {
    this.text(name, "0x" + value.toString(16).padStart(digits, "0"));
  }

  /** "1" or "0". */
  flag(name: string, value: boolean): void {
    this.text(name, value ? "1" : "0");
  }

  /** `n` octets as `00:11:22`; also MAC addresses. */
  octets(name: string, v: DataView, o: number, n: number): void {
    let s = "";
    for (let k = 0; k < n; k++) s += (k > 0 ? ":" : "") + hex2(v.getUint8(o + k));
    this.text(name, s);
  }

  /** 64 bits: `0x` and 16 digits. */
  identity(name: string, v: DataView, o: number): void {
    this.hex(name, v.getBigUint64(o), 16);
  }

  /** Octets of the wire as Latin-1 characters up to the first NUL. */
  string(name: string, v: DataView, o: number, n: number): void {
    let s = "";
    for (let k = 0; k < n; k++) {
      const c = v.getUint8(o + k);
      if (c === 0) break;
      s += String.fromCharCode(c);
    }
    this.text(name, s);
  }
}

function hex2(n: number): string {
  return (n < 16 ? "0" : "") + n.toString(16);
}

/** UTF-8 as text; what is none becomes U+FFFD, octet by octet. */
export function decodeUtf8(octets: Uint8Array): string {
  let s = "";
  for (let k = 0; k < octets.length;) {
    const first = octets[k]!;
    const n = first < 0x80
      ? 1
      : first < 0xc2
      ? 0
      : first < 0xe0
      ? 2
      : first < 0xf0
      ? 3
      : first < 0xf5
      ? 4
      : 0;
    let code = n <= 1 ? first : first & 0x7f >>> n;
    let valid = n > 0 && k + n <= octets.length;
    for (let j = 1; valid && j < n; j++) {
      const c = octets[k + j]!;
      valid = (c & 0xc0) === 0x80;
      code = code << 6 | c & 0x3f;
    }
    if (valid && (n === 3 && code < 0x800 || n === 4 && (code < 0x10000 || code > 0x10ffff))) {
      valid = false;
    }
    if (code >= 0xd800 && code <= 0xdfff) valid = false;
    s += valid ? String.fromCodePoint(code) : "\ufffd";
    k += valid ? n : 1;
  }
  return s;
}
