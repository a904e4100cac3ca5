/**
 * The forms of ARP, IP, ICMP, IGMP, UDP and TCP that a dissector must tell apart, made here.
 * @module
 */
import {
  A,
  A6,
  B,
  B6,
  checked,
  count,
  ethernet,
  ipv4,
  ipv4Packet,
  ipv6,
  join,
  type Octets,
  tcp,
  u16,
  udp,
  zeros,
} from "./packets.ts";

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
