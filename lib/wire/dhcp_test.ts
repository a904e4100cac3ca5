import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as dhcp from "./dhcp.ts";

function message(...options: number[]): DataView {
  const v = new DataView(new ArrayBuffer(dhcp.HEADER_LENGTH + 4 + options.length));
  v.setUint32(dhcp.HEADER_LENGTH, dhcp.MAGIC_COOKIE);
  options.forEach((octet, k) => v.setUint8(dhcp.HEADER_LENGTH + 4 + k, octet));
  return v;
}

Deno.test("dhcp.messageType() finds option 53 behind padding and others (RFC 2132 9.6)", () => {
  const type = (...options: number[]) => {
    const v = message(...options);
    return dhcp.messageType(v, 0, v.byteLength);
  };
  assertEquals(type(53, 1, 5), 5);
  assertEquals(type(0, 0, 12, 2, 53, 1, 53, 1, 2, 255), 2);
  assertEquals(type(255, 53, 1, 5), 0);
  assertEquals([type(53), type(53, 1), type(53, 2, 1, 1), type(12, 9, 53, 1, 5)], [0, 0, 0, 0]);
  assertEquals(dhcp.hasOptions(message(), 0, dhcp.HEADER_LENGTH + 3), false);
});
