/**
 * Checksums: the Internet checksum (RFC 1071) with pseudo headers (RFC 9293 3.1, RFC 8200 8.1) and
 * incremental update (RFC 1624), and the CRC-32 of IEEE 802.3.
 *
 * A sum under way is a plain number: start with 0 or a pseudo header, {@linkcode add} pieces of even
 * length (the last may be odd), then {@linkcode finish}.
 * @module
 */

/** Adds `length` octets at `o`, as 16-bit words in network order; an odd last one is padded. */
export function add(sum: number, v: DataView, o: number, length: number): number {
  let s = sum;
  const end = o + (length & ~3);
  let k = o;
  for (; k < end; k += 4) {
    // A float64 holds two million such additions exactly; a packet needs 16,384 at most.
    s += v.getUint32(k);
  }
  if (length & 2) {
    s += v.getUint16(k);
    k += 2;
  }
  return length & 1 ? s + (v.getUint8(k) << 8) : s;
}

/** Adds one 16-bit word, or several in one number below 2^48. */
export function addWord(sum: number, word: number): number {
  return sum + word;
}

/** The checksum field's value: the complement of the sum, folded to 16 bits. */
export function finish(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/** As {@linkcode finish}, with 0 sent as 0xffff (RFC 768: 0 means "none computed"). */
export function finishUdp(sum: number): number {
  const c = finish(sum);
  return c === 0 ? 0xffff : c;
}

/** True where a sum over octets that include their checksum field says they are unharmed. */
export function isValid(sum: number): boolean {
  return fold(sum) === 0xffff;
}

/** The sum of an IPv4 pseudo header; `source` and `destination` are octet positions in `v`. */
export function pseudoHeader4(
  v: DataView,
  source: number,
  destination: number,
  rest: { protocol: number; length: number },
): number {
  return v.getUint32(source) + v.getUint32(destination) + rest.protocol + rest.length;
}

/** The sum of an IPv6 pseudo header; `source` and `destination` are octet positions in `v`. */
export function pseudoHeader6(
  v: DataView,
  source: number,
  destination: number,
  rest: { protocol: number; length: number },
): number {
  return add(add(rest.protocol + rest.length, v, source, 16), v, destination, 16);
}

/** The checksum after one 16-bit word changed (RFC 1624 equation 3). */
export function update16(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

/** The checksum after a 32-bit field changed. */
export function update32(checksum: number, before: number, after: number): number {
  const high = update16(checksum, before >>> 16, after >>> 16);
  return update16(high, before & 0xffff, after & 0xffff);
}

/** Adds the carries back in until 16 bits are left. */
function fold(sum: number): number {
  let s = sum;
  while (s > 0xffff) s = s % 0x10000 + Math.floor(s / 0x10000);
  return s;
}

const CRC_TABLE = crcTable();

/**
 * CRC-32 of IEEE 802.3, zlib and PNG (reflected, polynomial 0x04c11db7).
 * @param before The CRC of what precedes, to go on piece by piece.
 */
export function crc32(bytes: Uint8Array, at = 0, length = bytes.length - at, before = 0): number {
  let c = ~before;
  for (let k = at; k < at + length; k++) c = CRC_TABLE[(c ^ bytes[k]!) & 0xff]! ^ c >>> 8;
  return ~c >>> 0;
}

function crcTable(): Int32Array {
  const table = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ c >>> 1 : c >>> 1;
    table[n] = c;
  }
  return table;
}
