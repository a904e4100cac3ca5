import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as header from "./header.ts";

const view = () => new DataView(new ArrayBuffer(header.HEADER_LENGTH));

Deno.test("correctionField() of 2.5 ns is 0x0000000000028000 (IEEE 1588-2019 5.3.2)", () => {
  const v = view();
  v.setBigInt64(8, 0x28000n);
  assertEquals(header.correctionField(v, 0), 2.5);
  v.setBigInt64(8, -0x28000n);
  assertEquals(header.correctionField(v, 0), -2.5);
});

Deno.test("writeCorrection() and correctionField() agree to 2^-16 ns, both signs", () => {
  const v = view();
  for (const ns of [0, 1, -1, 2 ** -16, -(2 ** -16), 1e9 + 0.25, -1e9 - 0.75, 1.3e11, -(2 ** 46)]) {
    header.writeCorrection(v, 0, ns);
    assertEquals(header.correctionField(v, 0), ns);
    assertEquals(v.getBigInt64(8), BigInt(ns * 65536));
  }
});

Deno.test("writeCorrection() beyond the range says too big", () => {
  const v = view();
  for (const ns of [2 ** 47, -(2 ** 48), Infinity, NaN]) {
    header.writeCorrection(v, 0, ns);
    assertEquals(v.getBigInt64(8), 0x7fff_ffff_ffff_ffffn);
    assertEquals(header.isCorrectionTooBig(v, 0), true);
  }
});

Deno.test("isCorrectionTooBig() holds near both ends of 64 bits only", () => {
  const v = view();
  for (
    const [bits, expected] of [
      [0x7fff_ffff_ffff_ffffn, true],
      [-0x8000_0000_0000_0000n, true],
      [0x7fff_ffff_0000_0000n, true],
      [0x7fff_fffe_ffff_ffffn, false],
      [0n, false],
      [-1n, false],
    ] as const
  ) {
    v.setBigInt64(8, bits);
    assertEquals(header.isCorrectionTooBig(v, 0), expected, bits.toString(16));
  }
});

Deno.test("writeCorrectionWords() echoes all 64 bits", () => {
  const from = view();
  const to = view();
  from.setBigInt64(8, -0x0123_4567_89ab_cdefn);
  const high = header.correctionHigh(from, 0);
  header.writeCorrectionWords(to, 0, high, header.correctionLow(from, 0));
  assertEquals(to.getBigInt64(8), -0x0123_4567_89ab_cdefn);
});
