import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { bestOf, decide } from "./bmca.ts";
import type { DataSet } from "./compare.ts";
import { portIdentity } from "./wire/identity.ts";

/** A data set of priority `priority1`, whose grandmaster and sender is clock `id`, on our `port`. */
function set(priority1: number, id: number, port = 1, more: Partial<DataSet> = {}): DataSet {
  return {
    priority1,
    grandmasterIdentity: { high: 0, low: id },
    clockClass: 248,
    clockAccuracy: 0xfe,
    offsetScaledLogVariance: 0xffff,
    priority2: 128,
    stepsRemoved: 0,
    sender: portIdentity(0, id, 1),
    receiver: portIdentity(0, 100, port),
    ...more,
  };
}

const D0 = set(128, 100, 0);
const D0_CLASS_6 = set(128, 100, 0, { clockClass: 6 });
const BETTER = set(1, 5);
const WORSE = set(200, 6);

/** Figure 33, one row a leaf. */
const ROWS: [string, DataSet, DataSet | undefined, DataSet | undefined, boolean, string][] = [
  ["nothing heard, LISTENING", D0, undefined, undefined, true, "L"],
  ["nothing heard here, LISTENING, a better master elsewhere", D0, BETTER, undefined, true, "L"],
  ["nothing heard", D0, undefined, undefined, false, "M2"],
  ["class 6, nothing heard", D0_CLASS_6, undefined, undefined, false, "M1"],
  ["class 6, a worse master here", D0_CLASS_6, WORSE, WORSE, false, "M1"],
  ["class 6, a better master here", D0_CLASS_6, BETTER, BETTER, false, "P1"],
  ["class 6, a better master elsewhere", D0_CLASS_6, BETTER, undefined, false, "M1"],
  ["a worse master here", D0, WORSE, WORSE, true, "M2"],
  ["a better master here", D0, BETTER, BETTER, true, "S1"],
  ["a better master elsewhere, nothing here", D0, BETTER, undefined, false, "M3"],
  ["a better master elsewhere, a worse one here", D0, BETTER, set(2, 6, 2), false, "M3"],
];

for (const [name, d0, ebest, erbest, isListening, expected] of ROWS) {
  Deno.test(`decide() ${name}: ${expected}`, () => {
    assertEquals(decide(d0, ebest, erbest, isListening), expected);
  });
}

Deno.test("decide() the same grandmaster over a second, equal path: P2", () => {
  const gm = { grandmasterIdentity: { high: 0, low: 5 }, stepsRemoved: 1 };
  const first = set(1, 20, 1, gm);
  const second = set(1, 21, 2, gm);
  assertEquals(bestOf([first, second]), first);
  assertEquals(decide(D0, first, first, false), "S1");
  assertEquals(decide(D0, first, second, false), "P2");
});

Deno.test("decide() the same grandmaster two steps farther: M3", () => {
  const gm = { grandmasterIdentity: { high: 0, low: 5 } };
  const near = set(1, 20, 1, { ...gm, stepsRemoved: 1 });
  const far = set(1, 21, 2, { ...gm, stepsRemoved: 3 });
  assertEquals(decide(D0, near, far, false), "M3");
});

Deno.test("bestOf() skips what is missing and takes the first of equals", () => {
  assertEquals(bestOf([undefined, undefined]), undefined);
  assertEquals(bestOf([undefined, WORSE, BETTER, undefined]), BETTER);
  const twin = { ...BETTER };
  assertEquals(bestOf([BETTER, twin]) === BETTER, true);
});
