/**
 * Every SRT packet, made here.
 * @module
 */
import { chars, count, ipv4, join, type Octets, u16, u32, udp, zeros } from "./packets.ts";

function srtControl(
  type: number,
  info: number,
  body: Uint8Array = zeros(0),
  subtype = 0,
): Octets {
  return join(u16(0x8000 | type, subtype), u32(info, 77, type === 0 ? 0 : 0x1234), body);
}

/** A handshake with extensions. */
export function srtHandshake(
  version: number,
  fields: number,
  type: number,
  extensions: Uint8Array = zeros(0),
): Octets {
  const words = u32(version, fields, 100, 1500, 8192, type, 0x77, 99);
  return srtControl(0, 0, join(words, "0100000a", zeros(12), extensions));
}

function extension(type: number, content: Uint8Array): Octets {
  return join(u16(type, content.length / 4), content);
}

function swapped(s: string): Octets {
  const padded = join(chars(s), zeros((4 - s.length % 4) % 4));
  return Uint8Array.from(padded, (_, k) => padded[k ^ 3]!);
}

/** Every SRT packet here; the first ones are handshakes. */
export function srtPackets(): Octets[] {
  const hs = join(u32(0x10505, 0xbf), u16(120, 250));
  const km = join("12202901 00000000 02000200 00000404", count(16), count(24));
  const both = join("12202903 00000000 04010200 00000404", count(16), count(40));
  const strings = join(
    extension(1, hs),
    extension(5, swapped("abcdefg")),
    extension(6, swapped("live")),
    extension(7, swapped("fec,cols:10,rows:5")),
    extension(8, join(u32(0x40000001), "01000005")),
    extension(3, km),
  );
  const data = (sequence: number, word: number, n = 20) =>
    join(u32(sequence, word, 55, 0x1234), count(n));
  const ack = (...words: number[]) => srtControl(2, 5, u32(...words));
  return [
    srtHandshake(4, 2, 1),
    srtHandshake(5, 0x0002_4a17, 1),
    srtHandshake(5, 0x0002_0007, -1, strings),
    srtHandshake(5, 0x0000_0001, -1, extension(2, hs)),
    srtHandshake(5, 3, -1, join(extension(2, hs), extension(4, u32(4)))),
    srtHandshake(5, 3, -1, join(extension(2, hs), extension(4, both))),
    srtHandshake(5, 3, -1, join(extension(2, hs), extension(9, u32(4, 5)))),
    srtHandshake(5, 0, 1010),
    srtHandshake(5, 0, -2),
    srtHandshake(5, 0, 0),
    srtControl(1, 0),
    srtControl(1, 0, zeros(4)),
    ack(7),
    ack(7, 100, 50, 8190),
    ack(7, 100, 50, 8190, 5, 6),
    ack(7, 100, 50, 8190, 5, 6, 7),
    srtControl(3, 0, u32(7)),
    srtControl(3, 0, u32(5, 0x80000007, 9, 12)),
    srtControl(4, 0),
    srtControl(5, 0, zeros(4)),
    srtControl(6, 7),
    srtControl(6, 7, zeros(4)),
    srtControl(7, 5, u32(4, 9)),
    srtControl(8, 4000),
    srtControl(0x7fff, 0, km, 3),
    srtControl(0x7fff, 0, both, 4),
    srtControl(0x7fff, 0, u32(3), 4),
    srtControl(0x7fff, 0, hs, 1),
    data(5, 0xc0000001),
    data(6, 0x80000002),
    data(7, 0x40000002),
    data(8, 0x20000003),
    data(9, 0xf4000004),
    data(0x7fffffff, 0xcbffffff),
    data(10, 0xc0000000, 4),
  ];
}

/** SRT packets as frames of one flow. */
export function srtFrames(): Octets[] {
  return srtPackets().map((packet) => ipv4(17, udp(5000, 6000, packet)));
}
