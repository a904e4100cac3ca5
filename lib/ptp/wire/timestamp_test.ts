import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { timestamp } from "../../base/time.ts";
import { Fault } from "./fault.ts";
import { check, read, write } from "./timestamp.ts";

const view = () => new DataView(new ArrayBuffer(10));

Deno.test("write() gives the standard's example +2.000000001 s (IEEE 1588-2019 5.3.3)", () => {
  const v = view();
  assertEquals(write(v, 0, timestamp(2, 1)), 0);
  assertEquals([...new Uint8Array(v.buffer)], [0, 0, 0, 0, 0, 2, 0, 0, 0, 1]);
});

Deno.test("read() gives 48 bits of seconds back", () => {
  const v = view();
  const t = timestamp();
  for (const seconds of [0, 0xffff_ffff, 0x1_0000_0000, 0xffff_ffff_ffff]) {
    write(v, 0, timestamp(seconds, 999_999_999));
    read(v, 0, t);
    assertEquals(t, { seconds, nanoseconds: 999_999_999 });
  }
});

Deno.test("write() rounds down and returns the fraction", () => {
  const v = view();
  assertEquals(write(v, 0, timestamp(1, 5.75)), 0.75);
  const t = timestamp();
  read(v, 0, t);
  assertEquals(t.nanoseconds, 5);
});

Deno.test("check() refuses 1e9 nanoseconds", () => {
  const v = view();
  v.setUint32(6, 999_999_999);
  assertEquals(check(v, 0), Fault.None);
  v.setUint32(6, 1_000_000_000);
  assertEquals(check(v, 0), Fault.Nanoseconds);
});
