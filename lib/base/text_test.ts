import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import {
  decodeUtf8,
  encodeUtf8,
  escapeControl,
  formatBitRate,
  formatCount,
  formatNanos,
  formatOctets,
  formatPpb,
  hex,
  parseHex,
  putUtf8,
  wireText,
} from "./text.ts";

Deno.test("encodeUtf8() agrees with the platform's encoder for any string", () => {
  const encoder = new TextEncoder();
  fc.assert(fc.property(fc.string({ unit: "binary" }), (s) => {
    assertEquals(encodeUtf8(s), encoder.encode(s));
  }));
  const lone = "a\ud800b\udc00";
  assertEquals(encodeUtf8(lone), encoder.encode(lone));
});

Deno.test("decodeUtf8() agrees with the platform's decoder for any octets", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const edge = fc.constantFrom(0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5);
  const octet = fc.oneof(fc.nat(255), edge);
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 12 }), (a) => {
      const bytes = Uint8Array.from(a);
      assertEquals(decodeUtf8(bytes), decoder.decode(bytes));
    }),
    { numRuns: 5000 },
  );
});

Deno.test("putUtf8() writes whole characters only", () => {
  const into = new Uint8Array(6);
  assertEquals(putUtf8("aé€x", into, 1), 3);
  assertEquals(Array.from(into), [0, 0x61, 0xc3, 0xa9, 0, 0]);
});

Deno.test("hex() and parseHex() are inverse", () => {
  assertEquals(hex(Uint8Array.of(0, 0x1b, 0xff), 0, 3, ":"), "00:1b:ff");
  assertEquals(parseHex("00:1B-ff 7"), undefined);
  assertEquals(parseHex("0x"), undefined);
  assertEquals(parseHex("00:1B-ff"), Uint8Array.of(0, 0x1b, 0xff));
});

Deno.test("escapeControl() leaves no character that steers a terminal", () => {
  assertEquals(escapeControl("a\u001b[31m\r\n\t\\"), "a\\x1b[31m\\r\\n\\t\\\\");
  assertEquals(escapeControl("\u009b2J\u202e\u{e0041}\ufeff"), "\\x9b2J\\u202e\\u{e0041}\\ufeff");
  assertEquals(escapeControl("Größe 東京 🎥"), "Größe 東京 🎥");
  assertEquals(escapeControl("x\ud800"), "x\\ud800");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (s) => {
    // deno-lint-ignore no-control-regex
    return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(escapeControl(s));
  }));
});

Deno.test("wireText() escapes what was no UTF-8 only as U+FFFD", () => {
  assertEquals(wireText(Uint8Array.of(0x41, 0x1b, 0xff, 0x42)), "A\\x1b\ufffdB");
});

Deno.test("formatNanos() picks the unit, also where rounding reaches the next one", () => {
  assertEquals(
    [0, -0.04, 17, -999.94, 999.96, -12_345, 1.5e9, 999_960_000, NaN, Infinity].map(formatNanos),
    [
      "0 ns",
      "0 ns",
      "17 ns",
      "-999.9 ns",
      "1.000 us",
      "-12.35 us",
      "1.500 s",
      "1.000 s",
      "-",
      "never",
    ],
  );
});

Deno.test("formatPpb(), formatBitRate(), formatOctets(), formatCount()", () => {
  assertEquals([12.34, -50_000, 0].map(formatPpb), ["+12.3 ppb", "-50.00 ppm", "0 ppb"]);
  assertEquals([8e6, 999, 28.4e9].map(formatBitRate), [
    "8.000 Mbit/s",
    "999 bit/s",
    "28.40 Gbit/s",
  ]);
  assertEquals([17, 1536, 3 * 2 ** 40].map(formatOctets), ["17 B", "1.500 KiB", "3.000 TiB"]);
  assertEquals([17, 12_345].map(formatCount), ["17", "12.35 k"]);
});
