import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as mpegts from "./mpegts.ts";

Deno.test("mpegts: whole packets of 188 octets, each with its sync byte (ISO/IEC 13818-1 2.4.3)", () => {
  const v = new DataView(new ArrayBuffer(3 * 188));
  for (let k = 0; k < 3; k++) v.setUint8(k * 188, 0x47);
  v.setUint32(188, 0x4751_001b);
  assertEquals([mpegts.check(v, 0, 376), mpegts.check(v, 188, 188)], [0, 0]);
  assertEquals(mpegts.pid(v, 188), 0x1100);
  assertEquals([mpegts.isPayloadStart(v, 188), mpegts.isPayloadStart(v, 0)], [true, false]);
  assertEquals(mpegts.continuityCounter(v, 188), 11);
  assertEquals(mpegts.check(v, 0, 187), WireFault.Truncated);
  assertEquals(mpegts.check(v, 0, 377), WireFault.BadLength);
  v.setUint8(376, 0x46);
  assertEquals(mpegts.check(v, 0, 564), WireFault.BadField);
});
