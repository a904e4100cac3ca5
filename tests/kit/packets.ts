/**
 * What frames are made of here: octets, the headers of each layer, PTP's header and TLVs. The frames
 * themselves stand in ptp_messages.ts, srt_packets.ts and plain_frames.ts: for comparison with other
 * programs and as a corpus for mutation.
 * @module
 */
import type { Packet } from "./capture.ts";

/** Octets that own their buffer. */
export type Octets = Uint8Array<ArrayBuffer>;

/** Octets of numbers, strings of hexadecimal digits and other octets, one after the other. */
export function join(...parts: readonly (number | string | Uint8Array)[]): Octets {
  const out: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") out.push(part & 0xff);
    else if (typeof part !== "string") { for (const octet of part) out.push(octet); }
    else {for (const pair of part.replaceAll(" ", "").match(/../g) ?? []) {
        out.push(parseInt(pair, 16));
      }}
  }
  return Uint8Array.from(out);
}

/** Big-endian 16-bit words. */
export function u16(...words: readonly number[]): Octets {
  return join(...words.flatMap((w) => [w >>> 8, w]));
}

/** Big-endian 32-bit words. */
export function u32(...words: readonly number[]): Octets {
  return join(...words.flatMap((w) => [w >>> 24, w >>> 16, w >>> 8, w]));
}

/** The characters' codes. */
export function chars(text: string): Octets {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** `n` octets 0, 1, 2, ... */
export function count(n: number): Octets {
  return Uint8Array.from({ length: n }, (_, k) => k & 0xff);
}

export function zeros(n: number): Octets {
  return new Uint8Array(n);
}

/** An Ethernet frame between two addresses of no meaning. */
export function ethernet(etherType: number, ...payload: readonly Uint8Array[]): Octets {
  return join("0180c2000001 020000000001", u16(etherType), ...payload);
}

function sum16(octets: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < octets.length; k += 2) sum += octets[k]! << 8 | (octets[k + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What {@linkcode ipv4} may be told. */
export interface Ipv4Options {
  source?: string;
  destination?: string;
  options?: Uint8Array;
  fragment?: number;
  tos?: number;
  ttl?: number;
  total?: number;
}

/** The two hosts of the frames, in IPv4 and IPv6. */
export const A = "0a000001";
export const B = "0a000002";

/** An IPv4 packet in a frame, header checksum right. */
export function ipv4(protocol: number, payload: Uint8Array, o: Ipv4Options = {}): Octets {
  return ethernet(0x0800, ipv4Packet(protocol, payload, o));
}

/** The same without the frame. */
export function ipv4Packet(protocol: number, payload: Uint8Array, o: Ipv4Options = {}): Octets {
  const options = o.options ?? zeros(0);
  const header = 20 + options.length;
  const octets = join(
    0x40 | header / 4,
    o.tos ?? 0,
    u16(o.total ?? header + payload.length, 0x1234, o.fragment ?? 0x4000),
    o.ttl ?? 64,
    protocol,
    u16(0),
    o.source ?? A,
    o.destination ?? B,
    options,
    payload,
  );
  octets.set(u16(sum16(octets.subarray(0, header))), 10);
  return octets;
}

export const A6 = "20010db8000000000000000000000001";
export const B6 = "20010db8000000000000000000000002";

/** An IPv6 packet in a frame. */
export function ipv6(next: number, payload: Uint8Array, first = 0x60000000): Octets {
  return ethernet(0x86dd, u32(first), u16(payload.length), join(next, 64), join(A6, B6), payload);
}

/** A UDP datagram; its checksum 0 or what is given. */
export function udp(from: number, to: number, payload: Uint8Array, checksum = 0): Octets {
  return join(u16(from, to, 8 + payload.length, checksum), payload);
}

/** A TCP segment; checksum right for {@linkcode ipv4}'s addresses unless given. */
export function tcp(
  flags: number,
  numbers: readonly [number, number],
  options: Uint8Array = zeros(0),
  payload: Uint8Array = zeros(0),
): Octets {
  const reverse = numbers[0] >= 0x8000_0000;
  const ports = reverse ? u16(4242, 40000) : u16(40000, 4242);
  const offset = (20 + options.length) / 4 << 4;
  const octets = join(ports, u32(...numbers), offset, flags, u16(512, 0, 7), options, payload);
  const pseudo = join(A, B, u16(6, octets.length), octets);
  octets.set(u16(sum16(pseudo)), 16);
  return octets;
}

/** An ICMP, IGMP or ICMPv6 message whose checksum (over itself) is right. */
export function checked(...parts: readonly (number | string | Uint8Array)[]): Octets {
  const octets = join(...parts);
  octets.set(u16(sum16(octets)), 2);
  return octets;
}

// PTP

/** What {@linkcode ptp} may be told. */
export interface PtpOptions {
  flags?: number;
  minor?: number;
  major?: number;
  correction?: bigint;
}

/** A version 2 message of a type with the body given. */
export function ptp(type: number, body: Uint8Array, o: PtpOptions = {}): Octets {
  const correction = new DataView(new ArrayBuffer(8));
  correction.setBigInt64(0, o.correction ?? 0x1_2345_0000n);
  return join(
    (o.major ?? 0) << 4 | type,
    (o.minor ?? 1) << 4 | 2,
    u16(34 + body.length),
    3,
    0x55,
    u16(o.flags ?? 0),
    new Uint8Array(correction.buffer),
    u32(0xdeadbeef),
    "00112233fffe4455 0009 0007",
    [0, 1, 5, 5, 5, 5, 5, 5, 2, 3, 5, 5, 5, 4, 5, 5][type] ?? 5,
    0xfd,
    body,
  );
}

/** A PTP timestamp. */
export function stamp(seconds: number, nanoseconds: number): Octets {
  return join(u16(0), u32(seconds, nanoseconds));
}

/** A TLV. */
export function tlv(type: number, value: Uint8Array): Octets {
  return join(u16(type, value.length), value);
}

/** Frames as packets of a capture, a second apart. */
export function asPackets(frames: readonly Octets[]): Packet[] {
  return frames.map((octets, k) => ({
    seconds: 1_700_000_000 + k,
    nanoseconds: k * 1000,
    len: octets.length,
    linktype: 1,
    octets,
  }));
}
