/**
 * Hexadecimal dumps in tcpdump's layout: -x (hexadecimal), -X (with text), -A (text alone).
 * @module
 */
import type { ByteBuffer } from "./byte_buffer.ts";

const OCTETS_PER_LINE = 16;
/** Characters of eight groups of " 0123", after two spaces. */
const GROUP_WIDTH = 40;

/** Appends `\n\t0x0000:  4500 0054 ...` for `n` octets at `o`; with `text` also as characters. */
export function appendHexDump(
  out: ByteBuffer,
  v: DataView,
  o: number,
  n: number,
  text: boolean,
  lead = "\n\t",
): void {
  for (let at = 0; at < n; at += OCTETS_PER_LINE) {
    out.ascii(lead);
    out.octet(0x30);
    out.octet(0x78);
    out.hexPadded(at, at > 0xffff ? 5 : 4);
    out.octet(0x3a);
    out.octet(0x20);
    const m = Math.min(OCTETS_PER_LINE, n - at);
    const start = out.length;
    for (let k = 0; k < m; k++) {
      if ((k & 1) === 0) out.octet(0x20);
      out.hexPadded(v.getUint8(o + at + k), 2);
    }
    if (!text) continue;
    while (out.length < start + GROUP_WIDTH + 1) out.octet(0x20);
    out.octet(0x20);
    for (let k = 0; k < m; k++) {
      const c = v.getUint8(o + at + k);
      out.octet(c > 0x20 && c < 0x7f ? c : 0x2e);
    }
  }
}

/** Appends a line feed and `n` octets at `o` as text: graphic characters, white space, else dots. */
export function appendAscii(out: ByteBuffer, v: DataView, o: number, n: number): void {
  out.octet(0x0a);
  for (let k = 0; k < n; k++) {
    const c = v.getUint8(o + k);
    if (c === 0x0d) {
      // not before a line feed, nor near the end (as tcpdump has it); elsewhere a dot
      if (k + 2 >= n || v.getUint8(o + k + 1) === 0x0a) continue;
      out.octet(0x2e);
    } else out.octet(c >= 0x20 && c < 0x7f || c === 0x09 || c === 0x0a ? c : 0x2e);
  }
}
