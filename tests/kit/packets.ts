/**
 * Frames made here: every PTP message and TLV, every SRT packet, and the forms of ARP, IP, ICMP,
 * IGMP, UDP and TCP that a dissector must tell apart. For comparison with other programs and as a
 * corpus for mutation.
 * @module
 */
import type { Packet } from "./capture.ts";

type Octets = Uint8Array<ArrayBuffer>;

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

function zeros(n: number): Octets {
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

const A = "0a000001";
const B = "0a000002";

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

const A6 = "20010db8000000000000000000000001";
const B6 = "20010db8000000000000000000000002";

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

const PORT = join("aabbccfffe001122 0005");
const text = (s: string) => join(s.length, chars(s));

function announceMessages(): Octets[] {
  const body = join(
    stamp(5, 6),
    u16(37),
    "00 80 06 21 4e5d 7f 00112233fffe4455 0002 20",
  );
  const tlvs = [
    [],
    [tlv(8, count(16))],
    [
      tlv(9, join(1, u32(-3600, 3600), "000000001234", text("CET"))),
      tlv(8, count(8)),
    ],
    [tlv(3, join("080030 000001 2000000d"))],
    [tlv(3, join("080030 dead01 2000000d"))],
    [tlv(3, join("1c129d 000001", u16(3), u32(50, 200), u16(0)))],
    [tlv(3, join("1c129d 000002", u16(3), u32(50, 200), u16(0, 0, 0)))],
    [tlv(3, join("68975b 000001", count(40)))],
    [tlv(0x8008, zeros(6))],
    [tlv(0x4000, join("123456 000009 7777"))],
  ];
  return tlvs.map((list) => ptp(11, join(body, ...list)));
}

function timingMessages(): Octets[] {
  const t = stamp(1516736650, 34751783);
  const gptp = tlv(3, join("0080c2 000001", u32(-5), u16(1), count(12), u32(-77)));
  const corrections = [0x8000n, 1n, -1n, -0x18000n, 0x7fff_ffff_ffff_ffffn, 0xabcdn];
  return [
    ptp(0, t, { flags: 0x200 }),
    ptp(0, zeros(10), { flags: 0x200, major: 1 }),
    ptp(0, join(t, gptp), { major: 1 }),
    ptp(8, t),
    ptp(8, t, { minor: 0 }),
    ptp(8, join(t, gptp), { major: 1 }),
    ptp(1, t),
    ptp(9, join(t, PORT)),
    ptp(2, join(t, zeros(10))),
    ptp(3, join(t, PORT)),
    ptp(10, join(t, PORT)),
    ptp(0, t, { flags: 0xe77f }),
    ...corrections.map((correction) => ptp(0, t, { flags: 0x200, correction })),
  ];
}

function signalingMessages(): Octets[] {
  const wr = (...parts: (string | Uint8Array)[]) => tlv(3, join("080030 dead01", ...parts));
  const lists: [Octets[], number?][] = [
    [[tlv(4, join("b001", u32(300))), tlv(4, join("00fd", u32(300)))]],
    [[tlv(5, join("b001", u32(300), "0001")), tlv(6, join("b000")), tlv(7, join("9000"))]],
    [[tlv(0x8001, zeros(6))]],
    [[tlv(3, join("123456 000001", zeros(4)))]],
    [[wr("1000")]],
    [[wr("1003 0102 00000400")]],
    [[wr("1004", count(16))]],
    [[tlv(3, join("0080c2 000002 0102030e 0000"))], 1],
    [[tlv(0x8000, join("0080c2 000004 0102030e"))], 1],
  ];
  return lists.map(([list, major]) => ptp(12, join(PORT, ...list), { major: major ?? 0 }));
}

const OLD = "00112233fffe4455";

/** managementId and data of each data set. */
function managementData(): [number, Octets][] {
  const clock = join(
    u16(0x8000),
    text("IEEE 802.3"),
    u16(6),
    "010203040506 0001 0004 0a000001 001b19 00",
    text("prod;desc;x"),
    text("1;2;3"),
    text("user"),
    "001b19000100",
  );
  const record = join(stamp(5, 6), 3, text("nm"), text("val"), text("dd"));
  const short = [0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x200b, 0x200c, 0x4002, 0x6000];
  return [
    [0, zeros(0)],
    [1, clock],
    [2, text("loc;name")],
    [5, zeros(2)],
    [6, join(u16(1, record.length + 2), record)],
    [0x2000, join("0300 0001 80 06 21 4e5d 7f", OLD, "0500")],
    [0x2001, join(u16(1), "0000000123450000 fffffffffffe8000")],
    [0x2002, join(OLD, "0009 01 00 ffff fffffffb 80 06 21 4e5d 7f", OLD)],
    [0x2003, join("0025 3d 20")],
    [0x2004, join(PORT, "06 fd 0000000000008000 01 03 fc 01 00 02")],
    ...short.map((id): [number, Octets] => [id, join("8100")]),
    [0x200f, stamp(5, 6)],
    [0x2010, join("2100")],
    [0x2011, join("00250700")],
    [0x2012, join("3000")],
    [0x2013, join("0820")],
    [0x2014, join("0100")],
    [0x2015, count(8)],
    [0x2016, join("0100")],
    [0x2018, zeros(10)],
    [0x201d, join("01fe0200")],
    [0x201e, join("0101")],
    [0x201f, join("01", text("CET"), "00")],
    [0x2020, join("0500")],
    [0x2021, join("01", u32(-3600, 3600), "000000001234 00")],
    [0x4000, join(OLD, "0003 01 02")],
    [0x4001, join(PORT, "01 fe 0000000000018000")],
    [0x6001, join("fe00")],
    [0xc000, zeros(50)],
  ];
}

function managementMessages(): Octets[] {
  const message = (action: number, ...list: Uint8Array[]) =>
    ptp(13, join(PORT, 4, 3, action, 0, ...list));
  return [
    ...managementData().map(([id, data]) => message(2, tlv(1, join(u16(id), data)))),
    message(0, tlv(1, u16(0x2000))),
    message(2, tlv(2, join(u16(3, 0x2005), u32(0), text("bad")))),
    message(2, tlv(0x8008, join("0102"))),
  ];
}

function version1Messages(): Octets[] {
  const head = (length: number, control: number) =>
    join(
      u16(1, 1),
      chars("_DFLT"),
      zeros(11),
      control < 2 ? 1 : 2,
      1,
      "0030051d1e27",
      u16(1, 94),
      control,
      0,
      u16(0x0008),
      zeros(4),
      count(length - 40).map((x) => x & 0x3f),
    );
  return [head(124, 0), head(124, 1), head(52, 2), head(60, 3)];
}

/** Every PTP message here, without frame. */
export function ptpMessages(): Octets[] {
  return [
    ...announceMessages(),
    ...timingMessages(),
    ...signalingMessages(),
    ...managementMessages(),
    ...version1Messages(),
  ];
}

// SRT

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

// layers 2 to 4

function arpFrames(): Octets[] {
  const arp = (operation: number, target = "000000000000") =>
    ethernet(
      0x0806,
      join("0001 0800 06 04", u16(operation), "020000000001", A, target, B, zeros(18)),
    );
  return [
    arp(1),
    arp(1, "0a0b0c0d0e0f"),
    arp(2),
    arp(3),
    arp(4, "0a0b0c0d0e0f"),
    arp(8),
    arp(9),
    ethernet(0x8035, join("0001 0800 06 04 0003 020000000001", A, "0a0b0c0d0e0f", B)),
    ethernet(0x0806, join("0006 0800 06 04 0001 020000000001", A, "000000000000", B)),
    ethernet(0x0806, join("0001 0800 06 04 0001 0200")),
  ];
}

function icmpFrames(): Octets[] {
  const quoted = ipv4Packet(17, udp(7, 9, count(8)), { source: B, destination: A });
  const quotedTcp = ipv4Packet(6, tcp(2, [1, 0]), { source: B, destination: A });
  const errors: [number, number, string][] = [];
  for (let code = 0; code <= 15; code++) errors.push([3, code, "00000000"]);
  errors.push([3, 4, "000005dc"], [5, 0, "0a0000fe"], [5, 1, "0a0000fe"], [11, 0, "00000000"]);
  errors.push([11, 1, "00000000"], [12, 0, "14000000"], [4, 0, "00000000"]);
  return [
    ipv4(1, checked("0800 0000 0007 0001", count(56))),
    ipv4(1, checked("0000 0000 0007 0001", count(56))),
    ipv4(1, join("0800 dead 0007 0001", count(8))),
    ...errors.map(([type, code, rest]) => ipv4(1, checked(type, code, "0000", rest, quoted))),
    ipv4(1, checked("0303 0000 00000000", quotedTcp)),
    ipv4(1, checked("0d00 0000 0007 0001", zeros(12))),
    ipv4(1, checked("1200 0000 0007 0001 ffffff00")),
    ipv4(1, checked("6300 0000 0000 0000")),
  ];
}

function igmpFrames(): Octets[] {
  const group = "efff0001";
  const igmp = (...parts: string[]) =>
    ipv4(2, checked(...parts), { ttl: 1, options: join("94040000") });
  return [
    igmp("1100 0000 00000000"),
    igmp("1164 0000 00000000"),
    igmp("1114 0000", group),
    igmp("1200 0000", group),
    igmp("1600 0000", group),
    igmp("1700 0000", group),
    igmp("1164 0000 00000000 027d0000"),
    igmp("11f0 0000", group, "027d0002 0a000003 0a000004"),
    igmp("2200 0000 00000002 04000000", group, "06000001 efff0002 0a000003"),
    igmp("1600 0000", group, "00000000"),
    igmp("4200 0000 00000000"),
  ];
}

function ipFrames(): Octets[] {
  const u = udp(40000, 5001, count(12));
  return [
    ipv4(17, u),
    ipv4(17, udp(40000, 5001, zeros(0))),
    ipv4(17, udp(40000, 5001, count(4), 0x1234)),
    ipv4(17, u, { fragment: 0x2000 }),
    ipv4(17, u, { fragment: 0x20b9 }),
    ipv4(17, u, { fragment: 0x00b9 }),
    ipv4(17, u, { tos: 0xb9, ttl: 1 }),
    ipv4(17, u, { tos: 0x03, fragment: 0x8000 }),
    ipv4(17, u, { options: join("0707040a00000900") }),
    ipv4(17, u, { options: join("94040000") }),
    ipv4(17, u, { total: 400 }),
    ipv4(17, u, { total: 0 }),
    ipv4(17, u, { total: 10 }),
    ipv4(17, join("9c40 1389 0006 0000")),
    ipv4(17, join("9c40 1389 0400 0000", count(8))),
    ipv4(253, count(20)),
    ethernet(0x0800, join("55", count(40))),
    ethernet(0x0800, join("42", count(40))),
    ethernet(0x8100, join("6064 0800"), ipv4Packet(17, u)),
    ethernet(0x88a8, join("0064 8100 70c8 0800"), ipv4Packet(17, u)),
    ethernet(0x8100, join("0064 0806 0001 0800 0604 0001 020000000001", A, "000000000000", B)),
  ];
}

function tcpFrames(): Octets[] {
  const options = join("020405b4 0402 080a 00000001 00000000 01 030307");
  const back = { source: B, destination: A };
  return [
    ipv4(6, tcp(2, [1000, 0], options)),
    ipv4(6, tcp(0x12, [0x90000000, 1001], options), back),
    ipv4(6, tcp(0x10, [1001, 0x90000001])),
    ipv4(6, tcp(0x18, [1001, 0x90000001], zeros(0), count(10))),
    ipv4(6, tcp(0x10, [0x90000001, 1011], join("0101 050a 000003f3 000003fd")), back),
    ipv4(6, tcp(0x30, [1011, 0x90000001])),
    ipv4(6, tcp(0x11, [1011, 0x90000001])),
    ipv4(6, tcp(0x14, [0x90000001, 1012]), back),
    ipv4(6, tcp(0xc2, [1, 0])),
    ipv4(6, tcp(0, [1, 0])),
    ipv4(6, tcp(0x10, [1, 0], join("00000000"))),
    ipv4(6, tcp(0x10, [1, 0], join("0209 0101"))),
    ipv4(6, tcp(0x10, [1, 0], join("fd04abcd"))),
    ipv4(6, join(tcp(0x10, [1, 0]).subarray(0, 12), "30 10 0200 0000 0000")),
    ipv4(6, join(tcp(0x10, [1, 0]).subarray(0, 12), "f0 10 0200 0000 0000")),
    ipv4(6, count(12)),
    ipv6(6, tcp(0x10, [1001, 0x90000001])),
  ];
}

function ipv6Frames(): Octets[] {
  const u = udp(40000, 5001, count(12), 0x1111);
  const multicast = "ff02000000000000000000010000fb01";
  const hop = (next: number) => join(next, 0, "05020000 0100");
  const icmp = (...parts: (string | Uint8Array)[]) => ipv6(58, join(...parts));
  const inner = ipv6(17, u).subarray(14);
  return [
    ipv6(17, u),
    ipv6(17, u, 0x60112345),
    ipv6(0, join(hop(17), u)),
    ipv6(0, join(hop(58), "8300 0000 0000 0000", multicast)),
    ipv6(60, join(join(17, 0, "0104 00000000"), u)),
    ipv6(44, join("11 00 0001 00001234", u)),
    ipv6(44, join("11 00 0011 00001234", u)),
    ipv6(43, join("11 02 00 01 00000000", A6, u)),
    ipv6(59, zeros(0)),
    icmp("8000 0000 0007 0001", count(8)),
    icmp("8100 0000 0007 0001", count(8)),
    icmp("8700 0000 00000000", B6, "0101020000000001"),
    icmp("8800 0000 60000000", B6, "0201020000000001"),
    icmp("8500 0000 00000000 0101020000000001"),
    icmp("8600 0000 40c0 0708 00000000 00000000 0101020000000001 05010000000005dc"),
    icmp("8200 0000 2710 0000", multicast),
    icmp("8200 0000 2710 0000", multicast, "027d0000"),
    icmp("8400 0000 0000 0000", multicast),
    icmp("8f00 0000 0000 0001 04000000", multicast),
    icmp("0200 0000 000005dc", inner),
    icmp("0300 0000 00000000", inner),
    icmp("0400 0000 00000028", inner),
    ...[0, 1, 2, 3, 4].map((code) => icmp("01", Uint8Array.of(code), "0000 00000000", inner)),
  ];
}

/** Frames of layers 2 to 4, one after the other as a conversation where they are one. */
export function plainFrames(): Octets[] {
  return [
    ...arpFrames(),
    ...icmpFrames(),
    ...igmpFrames(),
    ...ipFrames(),
    ...tcpFrames(),
    ...ipv6Frames(),
  ];
}

/** PTP messages as frames: over Ethernet, UDP on the ports of PTP, and on another port. */
export function ptpFrames(): Octets[] {
  return ptpMessages().flatMap((message) => [
    ...message[1] === 1 ? [] : [ethernet(0x88f7, message)],
    ipv4(17, udp(319, 319, message)),
    ipv4(17, udp(10319, 10320, message)),
  ]);
}

/** SRT packets as frames of one flow. */
export function srtFrames(): Octets[] {
  return srtPackets().map((packet) => ipv4(17, udp(5000, 6000, packet)));
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
