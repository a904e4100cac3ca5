import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as ipv6 from "./ipv6.ts";
import { IpProtocol } from "./ipv4.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

const ADDRESSES = "20010db8000000000000000000000001 20010db8000000000000000000000002";
const PACKET = view(`6b8abcde 0008 2c 40 ${ADDRESSES} 11 00 0b41 12345678`);

Deno.test("ipv6: fields of RFC 8200 3", () => {
  const v = PACKET;
  assertEquals([ipv6.version(v, 0), ipv6.trafficClass(v, 0), ipv6.flowLabel(v, 0)], [
    6,
    0xb8,
    0xabcde,
  ]);
  assertEquals([ipv6.payloadLength(v, 0), ipv6.nextHeader(v, 0), ipv6.hopLimit(v, 0)], [8, 44, 64]);
  assertEquals([v.getUint8(ipv6.SOURCE + 15), v.getUint8(ipv6.DESTINATION + 15)], [1, 2]);
});

Deno.test("ipv6: a fragment header is 8 octets whatever its second octet says (RFC 8200 4.5)", () => {
  const at = ipv6.HEADER_LENGTH;
  assertEquals(ipv6.extensionLength(PACKET, at, IpProtocol.Fragment), 8);
  assertEquals(ipv6.fragmentOffset(PACKET, at), 0x0b40);
  assertEquals(ipv6.hasMoreFragments(PACKET, at), true);
  assertEquals(ipv6.fragmentIdentification(PACKET, at), 0x12345678);
  assertEquals(ipv6.extensionLength(view("3a02"), 0, IpProtocol.HopByHop), 24);
});

Deno.test("ipv6.isExtension() knows the headers that may be skipped", () => {
  const known = [0, 43, 44, 60, 135];
  const found = Array.from({ length: 256 }, (_, k) => k).filter((k) => ipv6.isExtension(k));
  assertEquals(found, known);
});

Deno.test("ipv6.check() wants the header, the version and the payload", () => {
  assertEquals([ipv6.check(PACKET, 0, 48), ipv6.check(PACKET, 0, 60)], [0, 0]);
  assertEquals(ipv6.check(PACKET, 0, 47), WireFault.Truncated);
  assertEquals(ipv6.check(PACKET, 0, 39), WireFault.Truncated);
  const v = new DataView(PACKET.buffer.slice(0));
  v.setUint8(0, 0x45);
  assertEquals(ipv6.check(v, 0, 48), WireFault.BadVersion);
});
