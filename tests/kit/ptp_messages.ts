/**
 * Every PTP message and TLV, versions 1 and 2, made here.
 * @module
 */
import {
  chars,
  count,
  ethernet,
  ipv4,
  join,
  type Octets,
  ptp,
  stamp,
  tlv,
  u16,
  u32,
  udp,
  zeros,
} from "./packets.ts";

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

/** PTP messages as frames: over Ethernet, UDP on the ports of PTP, and on another port. */
export function ptpFrames(): Octets[] {
  return ptpMessages().flatMap((message) => [
    ...message[1] === 1 ? [] : [ethernet(0x88f7, message)],
    ipv4(17, udp(319, 319, message)),
    ipv4(17, udp(10319, 10320, message)),
  ]);
}
