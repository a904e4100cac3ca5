import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as ipv4 from "./ipv4.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

/** Two octets before it; DSCP 46, id 0x1c46, offset 1480 with more to come, TTL 64, UDP. */
const PACKET = view("ffff 45b8001e1c4620b94011b1e6c0a80068c0a80001 00010203040506070809");

Deno.test("ipv4: fields of RFC 791 3.1", () => {
  const [v, o] = [PACKET, 2];
  assertEquals([ipv4.version(v, o), ipv4.headerLength(v, o), ipv4.typeOfService(v, o)], [
    4,
    20,
    184,
  ]);
  assertEquals([ipv4.totalLength(v, o), ipv4.identification(v, o)], [30, 0x1c46]);
  assertEquals([ipv4.flags(v, o), ipv4.fragmentOffset(v, o)], [0x2000, 1480]);
  assertEquals([ipv4.timeToLive(v, o), ipv4.protocol(v, o)], [64, ipv4.IpProtocol.Udp]);
  assertEquals(ipv4.headerChecksum(v, o), 0xb1e6);
  assertEquals(v.getUint32(o + ipv4.SOURCE), 0xc0a80068);
  assertEquals(v.getUint32(o + ipv4.DESTINATION), 0xc0a80001);
});

Deno.test("ipv4: the don't-fragment flag is no offset and makes no fragment", () => {
  const v = view("45000014 0001 4000 40110000 00000000 00000000");
  assertEquals([ipv4.fragmentOffset(v, 0), ipv4.isFragment(v, 0)], [0, false]);
  assertEquals(ipv4.isFragment(PACKET, 2), true);
  v.setUint16(6, 0x0001);
  assertEquals([ipv4.fragmentOffset(v, 0), ipv4.isFragment(v, 0)], [8, true]);
  v.setUint16(6, 0x7fff);
  assertEquals(ipv4.fragmentOffset(v, 0), 65528);
});

Deno.test("ipv4.check() names what is wrong, and lets octets follow the packet", () => {
  const changed = (at: number, octet: number) => {
    const v = new DataView(PACKET.buffer.slice(2));
    v.setUint8(at, octet);
    return ipv4.check(v, 0, 30);
  };
  assertEquals([ipv4.check(PACKET, 2, 30), ipv4.check(PACKET, 2, 46)], [0, 0]);
  assertEquals([ipv4.check(PACKET, 2, 29), ipv4.check(PACKET, 2, 19)], [
    WireFault.Truncated,
    WireFault.Truncated,
  ]);
  assertEquals(changed(0, 0x65), WireFault.BadVersion);
  assertEquals(changed(0, 0x44), WireFault.BadLength); // a header of 16 octets
  assertEquals(changed(0, 0x4f), WireFault.BadLength); // a header longer than the packet
  assertEquals(changed(3, 19), WireFault.BadLength);
});
