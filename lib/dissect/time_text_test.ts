import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { ByteBuffer } from "./byte_buffer.ts";
import { appendDate, TimeForm, TimeText } from "./time_text.ts";

function stamps(times: TimeText, ...list: readonly [number, number][]): string[] {
  return list.map(([seconds, nanoseconds]) => {
    const out = new ByteBuffer();
    times.append(out, seconds, nanoseconds);
    return out.text();
  });
}

Deno.test("TimeText: the five forms of 2018-01-23 19:44:09.248292005 UTC", () => {
  const t: [number, number] = [1_516_736_649, 248_292_005];
  assertEquals(stamps(new TimeText(), t), ["19:44:09.248292 "]);
  assertEquals(stamps(new TimeText(TimeForm.None), t), [""]);
  assertEquals(stamps(new TimeText(TimeForm.Epoch), t), ["1516736649.248292 "]);
  assertEquals(stamps(new TimeText(TimeForm.Epoch, true), t), ["1516736649.248292005 "]);
  assertEquals(stamps(new TimeText(TimeForm.Date), t), ["2018-01-23 19:44:09.248292 "]);
});

Deno.test("TimeText: relative forms, also backwards", () => {
  const list: [number, number][] = [[100, 5000], [101, 1000], [100, 6000]];
  assertEquals(stamps(new TimeText(TimeForm.SincePrevious), ...list), [
    " 00:00:00.000000 ",
    " 00:00:00.999996 ",
    "-00:00:00.999995 ",
  ]);
  assertEquals(stamps(new TimeText(TimeForm.SinceFirst), ...list), [
    " 00:00:00.000000 ",
    " 00:00:00.999996 ",
    " 00:00:00.000001 ",
  ]);
});

Deno.test("TimeText: local time moves across midnight, and with the offset of its day", () => {
  const zone = (seconds: number) => seconds < 1_700_000_000 ? 3600 : -3600;
  const times = new TimeText(TimeForm.Date, false, zone);
  assertEquals(stamps(times, [1_699_999_200, 0], [1_700_000_100, 0]), [
    "2023-11-14 23:00:00.000000 ",
    "2023-11-14 21:15:00.000000 ",
  ]);
});

Deno.test("appendDate(): leap years and the days before 1970", () => {
  const date = (days: number) => {
    const out = new ByteBuffer();
    appendDate(out, days);
    return out.text();
  };
  assertEquals([0, -1, 11_016, 11_017, 19_782, 19_783].map(date), [
    "1970-01-01",
    "1969-12-31",
    "2000-02-29",
    "2000-03-01",
    "2024-02-29",
    "2024-03-01",
  ]);
});
