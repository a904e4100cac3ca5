import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as rtp from "./rtp.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

/** One contributing source, an extension of one word, marked, type 96. */
const PACKET = view("b1e08001 89abcdef 11223344 55667788 bede0001 aabbccdd 00");

Deno.test("rtp: fields of RFC 3550 5.1 and the extension of 5.3.1", () => {
  const v = PACKET;
  assertEquals([rtp.hasPadding(v, 0), rtp.hasExtension(v, 0), rtp.csrcCount(v, 0)], [
    true,
    true,
    1,
  ]);
  assertEquals([rtp.marker(v, 0), rtp.payloadType(v, 0)], [true, 96]);
  assertEquals([rtp.sequenceNumber(v, 0), rtp.timestamp(v, 0)], [0x8001, 0x89abcdef]);
  assertEquals([rtp.ssrc(v, 0), rtp.headerLength(v, 0)], [0x11223344, 24]);
});

Deno.test("rtp.check() wants sources and extension", () => {
  for (let n = 0; n < 24; n++) assertEquals(rtp.check(PACKET, 0, n), WireFault.Truncated, `${n}`);
  assertEquals(rtp.check(PACKET, 0, 24), WireFault.None);
  assertEquals(rtp.check(view("400000000000000000000000"), 0, 12), WireFault.BadVersion);
});

Deno.test("rtp.checkRtcp() walks a compound packet to its very end", () => {
  const v = view("80c90001 00000001 81ca0002 00000001 01020000");
  assertEquals(rtp.checkRtcp(v, 0, 20), WireFault.None);
  assertEquals([19, 10, 7].map((n) => rtp.checkRtcp(v, 0, n)), [
    WireFault.Truncated,
    WireFault.Truncated,
    WireFault.Truncated,
  ]);
  v.setUint8(9, 0x60);
  assertEquals(rtp.checkRtcp(v, 0, 20), WireFault.BadField);
});
