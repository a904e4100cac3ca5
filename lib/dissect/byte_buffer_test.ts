import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { formatAddress, parseAddress } from "../base/address.ts";
import { ByteBuffer } from "./byte_buffer.ts";

function text(append: (out: ByteBuffer) => void): string {
  const out = new ByteBuffer();
  append(out);
  return out.text();
}

Deno.test("ByteBuffer.decimal() writes every length of number", () => {
  const numbers = [0, 7, 10, 99, 100, 999, 1000, 65_535, 99_999, 123_456, 9_999_999, 10_000_000];
  numbers.push(2 ** 31 - 1, 2 ** 31, 4_000_000_007, 2 ** 32 - 1, 2 ** 32, 2 ** 48, -5, -123_456);
  for (const n of numbers) assertEquals(text((out) => out.decimal(n)), String(n));
});

Deno.test("ByteBuffer.padded() keeps the last digits", () => {
  assertEquals(text((out) => out.padded(42, 9)), "000000042");
  assertEquals(text((out) => out.padded(123_456, 3)), "456");
  assertEquals(text((out) => out.padded(4_294_967_295, 10)), "4294967295");
});

Deno.test("ByteBuffer.hex() has no leading zeros, hexPadded() has", () => {
  assertEquals(text((out) => out.hex(0)), "0");
  assertEquals(text((out) => out.hex(0xdeadbeef)), "deadbeef");
  assertEquals(text((out) => out.hexPadded(0xbeef, 8)), "0000beef");
});

Deno.test("ByteBuffer.ipv4() and ipv6() write addresses as the system does", () => {
  const octets = new Uint8Array(16);
  const v = new DataView(octets.buffer);
  for (const address of ["0.0.0.0", "1.20.255.100", "192.168.10.9"]) {
    parseAddress(address, octets);
    assertEquals(text((out) => out.ipv4(v, 0)), address);
  }
  const addresses = ["::", "::1", "2001:db8::1", "fe80::1:0:0:1", "1:0:2:3:4:5:6:7", "ff02::1"];
  for (const address of [...addresses, "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1::"]) {
    octets.fill(0);
    const family = parseAddress(address, octets);
    assertEquals(text((out) => out.ipv6(v, 0)), formatAddress(family, octets, 0), address);
  }
});

Deno.test("ByteBuffer.wire() lets no control character through", () => {
  const v = new DataView(Uint8Array.of(0x1b, 0x5b, 0x07, 0x7f, 0x9b, 0xff, 0x41).buffer);
  assertEquals(text((out) => out.wire(v, 0, 7)), "^[[^G^?M-^[M-^?A");
});

Deno.test("ByteBuffer: grows and keeps what was written", () => {
  const out = new ByteBuffer(64);
  for (let k = 0; k < 1000; k++) out.ascii("0123456789");
  assertEquals(out.length, 10_000);
  assertEquals(out.text().slice(-12), "890123456789");
});
