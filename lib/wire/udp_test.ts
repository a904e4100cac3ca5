import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as udp from "./udp.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

const DATAGRAM = view("013f0140000a1c46 0102");

Deno.test("udp: fields of RFC 768", () => {
  const v = DATAGRAM;
  assertEquals([udp.sourcePort(v, 0), udp.destinationPort(v, 0)], [319, 320]);
  assertEquals([udp.datagramLength(v, 0), udp.checksum(v, 0)], [10, 0x1c46]);
});

Deno.test("udp.check() wants the datagram, and a length that holds its own header", () => {
  assertEquals([10, 12, 9, 7].map((n) => udp.check(DATAGRAM, 0, n)), [
    WireFault.None,
    WireFault.None,
    WireFault.Truncated,
    WireFault.Truncated,
  ]);
  assertEquals(udp.check(view("013f014000071c46"), 0, 8), WireFault.BadLength);
});
