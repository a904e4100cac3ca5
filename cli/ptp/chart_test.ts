import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { chart, offsetText } from "./chart.ts";

Deno.test("chart() draws ahead above the zero line, behind below it", () => {
  const points = [{ at: 0, offset: 5e9 }, { at: 5, offset: 0 }, { at: 9.9, offset: -2e6 }];
  const lines = chart(points, { columns: 30, rows: 7, span: 10 });
  assertEquals(lines.length, 7);
  const dots = (line: string) => /[\u2801-\u28ff]/.test(line);
  assertEquals(lines.map(dots), [true, false, false, true, false, true, false]);
  assertEquals(lines.every((line) => [...line].length === 30), true);
});

Deno.test("chart() leaves out points beyond its span", () => {
  const lines = chart([{ at: 11, offset: 5 }], { columns: 30, rows: 5, span: 10 });
  assertEquals(lines.some((line) => /[\u2801-\u28ff]/.test(line)), false);
});

Deno.test("offsetText() keeps three digits and the unit that suits", () => {
  assertEquals(offsetText(-12.4), "-12 ns");
  assertEquals(offsetText(1250), "+1.25 us");
  assertEquals(offsetText(999.7), "+1.00 us");
  assertEquals(offsetText(2.5e9, false), "2.50 s");
  assertEquals(offsetText(NaN), "-");
});
