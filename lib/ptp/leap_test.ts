import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { EXPIRES, taiOffsetAt } from "./leap.ts";

const at = (date: string) => new Date(`${date}Z`).getTime() / 1000;

Deno.test("taiOffsetAt() changes with the second after the leap second (IERS Bulletin C 52)", () => {
  assertEquals(taiOffsetAt(at("2016-12-31T23:59:59")), { seconds: 36, isCertain: true });
  assertEquals(taiOffsetAt(at("2017-01-01T00:00:00")), { seconds: 37, isCertain: true });
  assertEquals(taiOffsetAt(at("1999-01-01T00:00:00")), { seconds: 32, isCertain: true });
  assertEquals(taiOffsetAt(at("1972-01-01T00:00:00")), { seconds: 10, isCertain: true });
});

Deno.test("taiOffsetAt() is not certain outside its table", () => {
  assertEquals(EXPIRES, at("2027-06-28T00:00:00"));
  assertEquals(taiOffsetAt(EXPIRES), { seconds: 37, isCertain: false });
  assertEquals(taiOffsetAt(0), { seconds: 10, isCertain: false });
});
