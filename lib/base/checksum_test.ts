import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import {
  add,
  addWord,
  crc32,
  finish,
  finishUdp,
  isValid,
  pseudoHeader4,
  pseudoHeader6,
  update16,
  update32,
} from "./checksum.ts";

const view = (...octets: number[]) => new DataView(Uint8Array.from(octets).buffer);
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

Deno.test("add() sums the words of RFC 1071 section 3", () => {
  const v = view(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  assertEquals(finish(add(0, v, 0, 8)), ~0xddf2 & 0xffff);
});

Deno.test("finish() of the IPv4 header of RFC 1071's usual example", () => {
  // 4500 0073 0000 4000 4011 (b861) c0a8 0001 c0a8 00c7, as in many a textbook.
  const octets = [0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0];
  const v = view(...octets, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7);
  assertEquals(finish(add(0, v, 0, 20)), 0xb861);
  v.setUint16(10, 0xb861);
  assertEquals(isValid(add(0, v, 0, 20)), true);
  v.setUint16(2, 0x74);
  assertEquals(isValid(add(0, v, 0, 20)), false);
});

Deno.test("add() agrees with a word by word sum for every length and alignment", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(3), (octets, at) => {
    const padded = new Uint8Array(octets.length + at);
    padded.set(octets, at);
    let s = 0;
    for (let k = 0; k < octets.length; k += 2) s += octets[k]! << 8 | (octets[k + 1] ?? 0);
    while (s > 0xffff) s = (s & 0xffff) + (s >>> 16);
    const got = finish(add(0, new DataView(padded.buffer), at, octets.length));
    assertEquals(got, ~s & 0xffff);
  }));
});

Deno.test("pseudoHeader4() and pseudoHeader6() cover addresses, protocol and length", () => {
  const v4 = view(10, 0, 0, 1, 10, 0, 0, 2, 0x13, 0x88, 0x13, 0x89, 0, 9, 0, 0, 0x41);
  const sum = add(pseudoHeader4(v4, 0, 4, { protocol: 17, length: 9 }), v4, 8, 9);
  // 0a00+0001+0a00+0002+0011+0009 + 1388+1389+0009+0000+4100 = 7c37 -> 83c8
  assertEquals(finish(sum), ~(0x0a00 * 2 + 3 + 17 + 9 + 0x1388 + 0x1389 + 9 + 0x4100) & 0xffff);
  const v6 = new DataView(new ArrayBuffer(32));
  v6.setUint16(0, 0xfe80);
  v6.setUint16(14, 1);
  v6.setUint16(16, 0xff02);
  v6.setUint16(30, 1);
  const six = pseudoHeader6(v6, 0, 16, { protocol: 58, length: 70_000 });
  assertEquals(finish(six), finish(0xfe80 + 1 + 0xff02 + 1 + 58 + 1 + (70_000 - 65_536)));
});

Deno.test("finishUdp() never says that there is no checksum", () => {
  assertEquals([finish(0xffff), finishUdp(0xffff), finishUdp(addWord(0, 1))], [0, 0xffff, 0xfffe]);
});

Deno.test("update16() of RFC 1624 section 4: 0xDD2F, 0x5555 to 0x3285, is 0x0000", () => {
  assertEquals(update16(0xdd2f, 0x5555, 0x3285), 0x0000);
});

Deno.test("update16() and update32() agree with computing afresh", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.nat(4),
      fc.nat(0xffff_ffff),
      (octets, field, after) => {
        octets[18] = 1; // an all-zero packet has two right answers (RFC 1624 section 3)
        const v = new DataView(octets.slice().buffer);
        const old = finish(add(0, v, 0, 20));
        const o = Math.min(field * 4, 12);
        const before = v.getUint32(o);
        v.setUint32(o, after);
        assertEquals(update32(old, before, after), finish(add(0, v, 0, 20)));
        const half = v.getUint16(2);
        const mid = finish(add(0, v, 0, 20));
        v.setUint16(2, after & 0xffff);
        assertEquals(update16(mid, half, after & 0xffff), finish(add(0, v, 0, 20)));
      },
    ),
  );
});

Deno.test("crc32() of the check string is 0xcbf43926, whole or in pieces", () => {
  const check = ascii("123456789");
  assertEquals(crc32(check), 0xcbf43926);
  assertEquals(crc32(check, 4, 5, crc32(check, 0, 4)), 0xcbf43926);
  assertEquals(crc32(new Uint8Array(0)), 0);
});
