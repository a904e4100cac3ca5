/**
 * Internet checksums (RFC 1071) of headers and of UDP, TCP, ICMP and IGMP under their pseudo header
 * (RFC 768, RFC 8200 8.1), for -v.
 * @module
 */

/**
 * Adds `n` octets at `o` as big-endian words to `sum`; an odd last octet is padded. Words of 32 bits
 * are added whole: {@linkcode fold} brings them to 16 (RFC 1071 2).
 */
export function addWords(v: DataView, o: number, n: number, sum: number): number {
  const end = o + n;
  let at = o;
  for (; at + 4 <= end; at += 4) sum += v.getUint32(at);
  if (at + 2 <= end) {
    sum += v.getUint16(at);
    at += 2;
  }
  if (at < end) sum += v.getUint8(at) << 8;
  return sum;
}

/** The one's complement sum folded to 16 bits; 0xffff over octets that contain a right checksum. */
export function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return sum;
}

/** Sum of the pseudo header of an IPv4 packet at `ip`. */
export function pseudoIpv4(v: DataView, ip: number, protocol: number, length: number): number {
  return addWords(v, ip + 12, 8, protocol + length);
}

/** Sum of the pseudo header of an IPv6 packet at `ip` whose final destination is at `destination`. */
export function pseudoIpv6(
  v: DataView,
  ip: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  const sum = addWords(v, ip + 8, 16, protocol + (length >>> 16) + (length & 0xffff));
  return addWords(v, destination, 16, sum);
}

/** What the checksum field should have held, given it held `present` and all summed up to `sum`. */
export function shouldBe(present: number, sum: number): number {
  const wrong = ~fold(sum) & 0xffff; // what a checksum over everything, field included, comes to
  let right = present + wrong;
  right = (right & 0xffff) + (right >>> 16);
  return (right & 0xffff) + (right >>> 16);
}
