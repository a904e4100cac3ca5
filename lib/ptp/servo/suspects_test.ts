import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { Direction } from "./history.ts";
import { Finding, Suspects } from "./suspects.ts";

const { Forward, Reverse } = Direction;

function judged(list: readonly [Direction, number | undefined][]) {
  const s = new Suspects();
  let finding: Finding = Finding.None;
  list.forEach(([direction, error], k) => {
    if (error === undefined) s.acquit(direction);
    else {
      s.accuse(direction, error, k);
      finding = s.judge(100);
    }
  });
  return { s, finding };
}

Deno.test("Suspects: both directions off alike is a jump of the master", () => {
  const { s, finding } = judged([[Forward, 9900], [Reverse, 10_100], [Forward, 10_000], [
    Reverse,
    10_000,
  ]]);
  assertEquals(finding, Finding.Shift);
  assertEquals([s.isJump, s.phaseShift, s.delayShift], [true, 10_000, 0]);
});

Deno.test("Suspects: one direction alone is a change of its delay, of which phase takes half", () => {
  const row: [Direction, number | undefined][] = [];
  for (let k = 0; k < 4; k++) row.push([Forward, -20_000], [Reverse, undefined]);
  const { s, finding } = judged(row);
  assertEquals(finding, Finding.Shift);
  assertEquals([s.isJump, s.phaseShift, s.delayShift], [false, -10_000, 10_000]);
});

Deno.test("Suspects: outliers that do not agree are nothing, and a good one ends the row", () => {
  assertEquals(
    judged([[Forward, -5e3], [Forward, -3e4], [Reverse, 2e4], [Forward, -9e4]]).finding,
    Finding.None,
  );
  const broken = judged([[Forward, 1e4], [Reverse, 1e4], [Forward, undefined], [Forward, 1e4]]);
  assertEquals(broken.finding, Finding.None);
});

Deno.test("Suspects: the worst of four does not hide what the others say", () => {
  const { s, finding } = judged([
    [Forward, 10_000],
    [Forward, -60_000],
    [Forward, 10_000],
    [Reverse, 10_000],
    [Forward, 10_000],
  ]);
  assertEquals(finding, Finding.Shift);
  assertEquals(s.phaseShift, 10_000);
});

Deno.test("Suspects: a second in one direction is enough, no path is so long", () => {
  assertEquals(judged([[Forward, 1e9], [Forward, 1e9], [Forward, 1e9]]).s.phaseShift, 1e9);
});

Deno.test("Suspects: too many that never agree mean the line is lost", () => {
  const row: [Direction, number | undefined][] = [];
  for (let k = 0; k < 12; k++) row.push([Forward, 6000 * k * k + 5000]);
  assertEquals(judged(row).finding, Finding.Lost);
});
