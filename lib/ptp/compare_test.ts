import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { compare, type DataSet, isBetter, Order } from "./compare.ts";
import { portIdentity } from "./wire/identity.ts";

const BASE: DataSet = {
  priority1: 128,
  grandmasterIdentity: { high: 0, low: 50 },
  clockClass: 248,
  clockAccuracy: 0xfe,
  offsetScaledLogVariance: 0xffff,
  priority2: 128,
  stepsRemoved: 0,
  sender: portIdentity(0, 50, 1),
  receiver: portIdentity(0, 99, 1),
};

const other = (d: Partial<DataSet>): DataSet => ({
  ...BASE,
  grandmasterIdentity: { high: 0, low: 60 },
  ...d,
});

Deno.test("compare() looks at the fields in Figure 34's order", () => {
  // Each row is worse in its own field and better in all that follow.
  const better = {
    priority1: 1,
    clockClass: 6,
    clockAccuracy: 0x20,
    offsetScaledLogVariance: 1,
    priority2: 1,
  };
  const fields = Object.keys(better) as (keyof typeof better)[];
  for (const [k, field] of fields.entries()) {
    const later = Object.fromEntries(fields.slice(k + 1).map((f) => [f, better[f]]));
    const worse = other({
      ...later,
      [field]: BASE[field] + (BASE[field] < 0xff ? 1 : 0),
      grandmasterIdentity: { high: 0, low: 1 },
    });
    if (field === "offsetScaledLogVariance") continue;
    assertEquals(compare(BASE, worse), Order.Better, field);
    assertEquals(compare(worse, BASE), Order.Worse, field);
  }
  const steadier = other({ offsetScaledLogVariance: 0x4e5d, priority2: 255 });
  assertEquals(compare(BASE, steadier), Order.Worse);
});

Deno.test("compare() falls back on the grandmaster's identity, unsigned", () => {
  const high = other({ grandmasterIdentity: { high: 0x8000_0000, low: 0 } });
  assertEquals(compare(BASE, high), Order.Better);
  assertEquals(compare(high, BASE), Order.Worse);
});

Deno.test("compare() prefers the path shorter by two or more whatever else differs", () => {
  const far = { ...BASE, stepsRemoved: 2, priority1: 1 };
  assertEquals(compare(BASE, far), Order.Better);
  assertEquals(compare(far, BASE), Order.Worse);
});

Deno.test("compare() one step apart asks the longer one's receiver and sender (Figure 35)", () => {
  const near = BASE;
  const far = (receiver: number, sender: number): DataSet => ({
    ...BASE,
    stepsRemoved: 1,
    receiver: portIdentity(0, receiver, 1),
    sender: portIdentity(0, sender, 1),
  });
  assertEquals(compare(far(10, 20), near), Order.Worse);
  assertEquals(compare(near, far(10, 20)), Order.Better);
  assertEquals(compare(far(20, 10), near), Order.WorseByTopology);
  assertEquals(compare(near, far(20, 10)), Order.BetterByTopology);
  assertEquals(compare(far(20, 20), near), Order.Same);
  assertEquals(compare(near, far(20, 20)), Order.Same);
});

Deno.test("compare() at equal distance asks the senders, then the receiving ports", () => {
  const a = { ...BASE, sender: portIdentity(0, 10, 1) };
  const b = { ...BASE, sender: portIdentity(0, 11, 1) };
  assertEquals(compare(a, b), Order.BetterByTopology);
  assertEquals(compare(b, a), Order.WorseByTopology);
  const second = { ...a, receiver: portIdentity(0, 99, 2) };
  assertEquals(compare(a, second), Order.BetterByTopology);
  assertEquals(compare(second, a), Order.WorseByTopology);
  assertEquals(compare(a, { ...a }), Order.Same);
});

Deno.test("compare() is antisymmetric", () => {
  const small = fc.integer({ min: 0, max: 2 });
  const dataSet: fc.Arbitrary<DataSet> = fc.record({
    priority1: small,
    grandmasterIdentity: fc.record({ high: small, low: small }),
    clockClass: small,
    clockAccuracy: small,
    offsetScaledLogVariance: small,
    priority2: small,
    stepsRemoved: small,
    sender: fc.record({ high: small, low: small, port: small }),
    receiver: fc.record({ high: fc.constant(0), low: fc.constant(1), port: small }),
  });
  fc.assert(
    fc.property(dataSet, dataSet, (a, b) => {
      // One grandmaster has one quality.
      const sameGm = a.grandmasterIdentity.high === b.grandmasterIdentity.high &&
        a.grandmasterIdentity.low === b.grandmasterIdentity.low;
      const c = sameGm ? { ...a, stepsRemoved: b.stepsRemoved, sender: b.sender } : b;
      return compare(a, c) === 0 - compare(c, a);
    }),
    { seed: 1, numRuns: 5000 },
  );
});

Deno.test("isBetter() than nothing is everything", () => {
  assertEquals(isBetter(BASE, undefined), true);
  assertEquals(isBetter(BASE, BASE), false);
});

/** As a G.8275.x clock sees it. */
const telecom = (d: Partial<DataSet>): DataSet => ({ ...other(d), localPriority: 128, ...d });

Deno.test("compare() of G.8275.x: no priority1, localPriority before the identities", () => {
  const base = telecom({ grandmasterIdentity: { high: 0, low: 50 } });
  assertEquals(compare(base, telecom({ priority1: 1 })), Order.Better);
  assertEquals(compare(base, telecom({ clockClass: 7 })), Order.Worse);
  assertEquals(compare(base, telecom({ priority2: 127, localPriority: 129 })), Order.Worse);
  assertEquals(compare(base, telecom({ localPriority: 127 })), Order.Worse);
  assertEquals(compare(base, telecom({ localPriority: 129 })), Order.Better);
  assertEquals(compare(base, telecom({ priority1: 1, localPriority: 0 })), Order.Worse);
});

Deno.test("compare() of G.8275.x: two traceable grandmasters differ by distance alone", () => {
  const near = telecom({
    clockClass: 6,
    grandmasterIdentity: { high: 9, low: 9 },
    stepsRemoved: 1,
  });
  const far = telecom({ clockClass: 6, grandmasterIdentity: { high: 0, low: 1 }, stepsRemoved: 3 });
  assertEquals([compare(near, far), compare(far, near)], [Order.Better, Order.Worse]);
  const holding = { clockClass: 248 };
  assertEquals(compare({ ...near, ...holding }, { ...far, ...holding }), Order.Worse);
});
