/**
 * A reused buffer that text is appended to as octets: what the dissectors write their lines into,
 * without a string per packet.
 * @module
 */

const ZERO = 0x30;
const MINUS = 0x2d;
const HEX = new Uint8Array(16);
for (let k = 0; k < 16; k++) HEX[k] = k.toString(16).charCodeAt(0);

/** The two digits of 0 to 99. */
const PAIRS = new Uint8Array(200);
for (let k = 0; k < 100; k++) {
  PAIRS[2 * k] = ZERO + Math.floor(k / 10);
  PAIRS[2 * k + 1] = ZERO + k % 10;
}

/** The octets of a text of this program, for {@linkcode ByteBuffer.fixed}. */
export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Decimal digits of a number from 100 up to 31 bits. */
function digitsOf(n: number): number {
  if (n < 100_000) return n < 1000 ? 3 : n < 10_000 ? 4 : 5;
  if (n < 10_000_000) return n < 1_000_000 ? 6 : 7;
  return n < 100_000_000 ? 8 : n < 1_000_000_000 ? 9 : 10;
}

/** Grows as needed and keeps its size; `bytes[0...length)` is the text, ASCII only. */
export class ByteBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(Math.max(64, capacity));
  }

  /** Forgets the text. */
  clear(): void {
    this.length = 0;
  }

  /** What is to be written out; valid until the next append. */
  pending(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** The text as a string, for tests and short outputs. */
  text(): string {
    let s = "";
    for (let k = 0; k < this.length; k++) s += String.fromCharCode(this.bytes[k]!);
    return s;
  }

  /** Appends one character by its code. */
  octet(code: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length++] = code;
  }

  /** Appends a string that this program made; characters above 0x7e become "?". */
  ascii(s: string): void {
    const n = s.length;
    if (this.length + n > this.bytes.length) this.#grow(n);
    const bytes = this.bytes;
    let at = this.length;
    for (let k = 0; k < n; k++) {
      const c = s.charCodeAt(k);
      bytes[at++] = c < 0x7f ? c : 0x3f;
    }
    this.length = at;
  }

  /** Appends the text of another buffer. */
  copy(other: ByteBuffer): void {
    this.part(other.bytes, 0, other.length);
  }

  /** Appends `n` octets of text from `from[start]` on: for short ones, octet by octet. */
  part(from: Uint8Array, start: number, n: number): void {
    if (this.length + n > this.bytes.length) this.#grow(n);
    const bytes = this.bytes;
    const at = this.length;
    for (let k = 0; k < n; k++) bytes[at + k] = from[start + k]!;
    this.length = at + n;
  }

  /** Appends text that {@linkcode octetsOf} made: quicker than a string. */
  fixed(text: Uint8Array): void {
    this.part(text, 0, text.length);
  }

  /** Appends a whole number, also a negative one, in decimal. */
  decimal(n: number): void {
    if (this.length + 24 > this.bytes.length) this.#grow(24);
    if (n < 0) {
      this.bytes[this.length++] = MINUS;
      n = -n;
    }
    if (n < 10) {
      this.bytes[this.length++] = ZERO + n;
    } else if (n < 100) {
      this.bytes[this.length] = PAIRS[n << 1]!;
      this.bytes[this.length + 1] = PAIRS[n << 1 | 1]!;
      this.length += 2;
    } else if (n > 0xffff_ffff) {
      this.ascii(String(n));
    } else if (n > 0x7fff_ffff) {
      const high = Math.floor(n / 100_000);
      this.padded(high, 5);
      this.padded(n - high * 100_000, 5);
    } else {
      this.padded(n, digitsOf(n));
    }
  }

  /** Appends the last `digits` decimal digits of `n`, zeros in front. */
  padded(n: number, digits: number): void {
    if (this.length + digits > this.bytes.length) this.#grow(digits);
    if (n > 0x7fff_ffff) {
      this.ascii(String(n).padStart(digits, "0").slice(-digits));
      return;
    }
    const bytes = this.bytes;
    let at = this.length + digits;
    this.length = at;
    let rest = n | 0;
    for (; digits >= 2; digits -= 2) {
      const q = rest / 100 | 0;
      const pair = rest - q * 100 << 1;
      bytes[--at] = PAIRS[pair | 1]!;
      bytes[--at] = PAIRS[pair]!;
      rest = q;
    }
    if (digits === 1) bytes[--at] = ZERO + rest % 10;
  }

  /** Appends `n` (32 bits) in hexadecimal without leading zeros. */
  hex(n: number): void {
    let digits = 1;
    for (let rest = n >>> 4; rest !== 0; rest >>>= 4) digits++;
    this.hexPadded(n, digits);
  }

  /** Appends the last `digits` hexadecimal digits of `n` (32 bits). */
  hexPadded(n: number, digits: number): void {
    if (this.length + digits > this.bytes.length) this.#grow(digits);
    for (let shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      this.bytes[this.length++] = HEX[n >>> shift & 0xf]!;
    }
  }

  /** Appends `192.0.2.1` from 4 octets. */
  ipv4(v: DataView, o: number): void {
    if (this.length + 16 > this.bytes.length) this.#grow(16);
    const bytes = this.bytes;
    let at = this.length;
    for (let k = 0; k < 4; k++) {
      let n = v.getUint8(o + k);
      if (k > 0) bytes[at++] = 0x2e;
      if (n >= 100) {
        const q = n / 100 | 0;
        bytes[at++] = ZERO + q;
        n -= q * 100;
        const t = n / 10 | 0;
        bytes[at++] = ZERO + t;
        bytes[at++] = ZERO + n - t * 10;
      } else if (n >= 10) {
        const t = n / 10 | 0;
        bytes[at++] = ZERO + t;
        bytes[at++] = ZERO + n - t * 10;
      } else {
        bytes[at++] = ZERO + n;
      }
    }
    this.length = at;
  }

  /** Appends an IPv6 address from 16 octets, as inet_ntop() writes it. */
  ipv6(v: DataView, o: number): void {
    let best = -1;
    let longest = 1;
    for (let k = 0; k < 8; k++) {
      let n = 0;
      while (k + n < 8 && v.getUint16(o + 2 * (k + n)) === 0) n++;
      if (n > longest) {
        best = k;
        longest = n;
      }
      if (n > 0) k += n;
    }
    const mapped = best === 0 &&
      (longest === 6 || longest === 5 && v.getUint16(o + 10) === 0xffff);
    const groups = mapped ? 6 : 8;
    for (let k = 0; k < groups; k++) {
      if (best >= 0 && k >= best && k < best + longest) {
        if (k === best) this.octet(0x3a);
        continue;
      }
      if (k > 0) this.octet(0x3a);
      this.hex(v.getUint16(o + 2 * k));
    }
    if (mapped) {
      this.octet(0x3a);
      this.ipv4(v, o + 12);
    } else if (best >= 0 && best + longest === 8) {
      this.octet(0x3a);
    }
  }

  /** Appends `n` octets as `01:1b:19:00:00:00`. */
  mac(v: DataView, o: number, n = 6): void {
    if (this.length + 3 * n > this.bytes.length) this.#grow(3 * n);
    for (let k = 0; k < n; k++) {
      if (k > 0) this.bytes[this.length++] = 0x3a;
      const b = v.getUint8(o + k);
      this.bytes[this.length++] = HEX[b >>> 4]!;
      this.bytes[this.length++] = HEX[b & 0xf]!;
    }
  }

  /** Appends one octet of the wire: printable as it is, else `^X`, `M-x`, `M-^X` as tcpdump does. */
  wireOctet(c: number): void {
    if (c >= 0x80) {
      this.octet(0x4d);
      this.octet(0x2d);
      c &= 0x7f;
    }
    if (c < 0x20 || c === 0x7f) {
      this.octet(0x5e);
      c ^= 0x40;
    }
    this.octet(c);
  }

  /** Appends `n` octets of the wire, escaped. */
  wire(v: DataView, o: number, n: number): void {
    for (let k = 0; k < n; k++) this.wireOctet(v.getUint8(o + k));
  }

  /** Appends `n` octets as two hexadecimal digits each. */
  octetsHex(v: DataView, o: number, n: number): void {
    for (let k = 0; k < n; k++) this.hexPadded(v.getUint8(o + k), 2);
  }

  /** Makes room for `n` more octets. */
  #grow(n: number): void {
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n));
    wider.set(this.bytes);
    this.bytes = wider;
  }
}
