import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { LEAP_TABLE, type LeapTable } from "./leap.ts";
import { parseLeapFile } from "./leap_file.ts";
import { leapStateAt } from "./leap_schedule.ts";

const utc = (text: string) => Date.parse(`${text}Z`) / 1000;

function state(table: LeapTable, text: string): (number | boolean)[] {
  const s = leapStateAt(table, utc(text));
  return [s.currentUtcOffset, s.leap, s.currentUtcOffsetValid];
}

Deno.test("leapStateAt(): leap61 in the last twelve hours, 37 from midnight on (9.4)", () => {
  assertEquals(state(LEAP_TABLE, "2016-12-31T11:59:59"), [36, 0, true]);
  assertEquals(state(LEAP_TABLE, "2016-12-31T12:00:00"), [36, 1, true]);
  assertEquals(state(LEAP_TABLE, "2016-12-31T23:59:59"), [36, 1, true]);
  assertEquals(state(LEAP_TABLE, "2017-01-01T00:00:00"), [37, 0, true]);
  const until = (text: string) => leapStateAt(LEAP_TABLE, utc(text)).until;
  assertEquals(until("2016-12-30T00:00:00"), utc("2016-12-31T12:00:00"));
  assertEquals(until("2016-12-31T13:00:00"), utc("2017-01-01T00:00:00"));
  assertEquals(until("2020-01-01T00:00:00"), LEAP_TABLE.expires);
  assertEquals(until("2040-01-01T00:00:00"), Infinity);
  assertEquals(state(LEAP_TABLE, "2040-01-01T00:00:00"), [37, 0, false]);
});

Deno.test("leapStateAt(): leap59 ends a second early", () => {
  const table: LeapTable = {
    entries: [[utc("2017-01-01T00:00:00"), 37], [utc("2030-01-01T00:00:00"), 36]],
    expires: utc("2031-01-01T00:00:00"),
  };
  assertEquals(state(table, "2029-12-31T12:00:00"), [37, -1, true]);
  assertEquals(state(table, "2029-12-31T23:59:58"), [37, -1, true]);
  assertEquals(state(table, "2029-12-31T23:59:59"), [36, 0, true]);
  assertEquals(state(table, "2030-01-01T00:00:00"), [36, 0, true]);
  assertEquals(leapStateAt(table, utc("2029-12-31T20:00:00")).until, utc("2029-12-31T23:59:59"));
});

/** In the form of the list that IERS distributes. */
const FILE = `#	ATOMIC TIME
#$	 3676924800
#@	3928521600
#
2272060800	10	# 1 Jan 1972
2287785600	11	# 1 Jul 1972
2303683200	12	# 1 Jan 1973

#h 	16edd0f0 3666784f 37db6bdd e74ced87 59af48f1
`;

Deno.test("parseLeapFile() reads the list of IERS: NTP seconds, offsets, expiry", () => {
  const table = parseLeapFile(FILE);
  assertEquals(table, {
    entries: [
      [utc("1972-01-01T00:00:00"), 10],
      [utc("1972-07-01T00:00:00"), 11],
      [utc("1973-01-01T00:00:00"), 12],
    ],
    expires: utc("2024-06-28T00:00:00"),
  });
});

Deno.test("parseLeapFile() names the line that is wrong", () => {
  const wrong = (text: string) => String(parseLeapFile(text)).slice(0, 40);
  const head = "#@ 3928521600\n2272060800 10\n";
  assertEquals(wrong(`${head}2287785600 eleven\n`), 'line 3: "2287785600 eleven" is not NTP s');
  assertEquals(wrong(`${head}2287785601 11\n`), "line 3: a leap second is at midnight UTC");
  assertEquals(wrong(`${head}2272060800 11\n`), "line 3: entries go forward in time");
  assertEquals(wrong(`${head}2287785600 13\n`), "line 3: TAI - UTC goes from 10 to 13 at ");
  assertEquals(wrong(`${head}2287785600 0\n`), "line 3: TAI - UTC of 0 s");
  assertEquals(wrong("2272060800 10\n"), "no line #@ that says until when the tabl");
  assertEquals(wrong("#@ 3928521600\n"), "no entry: a line is NTP seconds and TAI ");
});
