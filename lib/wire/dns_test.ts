import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as dns from "./dns.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

const ANSWER = view("1234 8583 0001 0002 0003 0004 03777777 07657861 6d706c65 00 c00c 41");

Deno.test("dns: fields of RFC 1035 4.1.1", () => {
  const v = ANSWER;
  assertEquals([dns.id(v, 0), dns.flags(v, 0), dns.isResponse(v, 0)], [0x1234, 0x8583, true]);
  assertEquals([dns.opcode(v, 0), dns.responseCode(v, 0)], [0, 3]);
  const counts = [dns.questionCount, dns.answerCount, dns.authorityCount, dns.additionalCount];
  assertEquals(counts.map((f) => f(v, 0)), [1, 2, 3, 4]);
});

Deno.test("dns.skipName() stops at the root or after a pointer, and never behind the end", () => {
  assertEquals(dns.skipName(ANSWER, 12, 28), 25);
  assertEquals(dns.skipName(ANSWER, 25, 28), 27);
  assertEquals([dns.skipName(ANSWER, 25, 26), dns.skipName(ANSWER, 12, 24)], [0, 0]);
  assertEquals(dns.skipName(ANSWER, 27, 28), 0); // a label of more than 63 octets
});
