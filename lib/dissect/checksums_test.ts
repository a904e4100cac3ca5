import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { addWords, fold, shouldBe } from "./checksums.ts";

/** The header of RFC 1071's example in many textbooks; its checksum is 0xb861. */
const HEADER = "450000730000400040110000c0a80001c0a800c7";

function view(hex: string): DataView {
  return new DataView(Uint8Array.from(hex.match(/../g) ?? [], (b) => parseInt(b, 16)).buffer);
}

Deno.test("shouldBe() is the checksum that makes the sum 0xffff", () => {
  const v = view(HEADER);
  const right = shouldBe(0, addWords(v, 0, 20, 0));
  assertEquals(right, 0xb861);
  v.setUint16(10, right);
  assertEquals(fold(addWords(v, 0, 20, 0)), 0xffff);
  v.setUint16(10, 0x1234);
  assertEquals(shouldBe(0x1234, addWords(v, 0, 20, 0)), 0xb861);
});

Deno.test("addWords(): words of 32 bits come to the same as words of 16, for every length", () => {
  const v = new DataView(Uint8Array.from({ length: 70_000 }, (_, k) => 255 - k % 7).buffer);
  for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 20, 1333, 65_535, 70_000]) {
    let plain = 0;
    for (let k = 0; k + 1 < n; k += 2) plain += v.getUint16(k);
    if (n % 2 === 1) plain += v.getUint8(n - 1) << 8;
    assertEquals(fold(addWords(v, 0, n, 0)), fold(plain), `${n} octets`);
  }
});
