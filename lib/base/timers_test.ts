import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { type Instant, instant, NEVER } from "./time.ts";
import { TimerHeap, TimerTable } from "./timers.ts";

const Timer = { Announce: 0, Sync: 1, DelayReq: 2 } as const;
type Timer = typeof Timer[keyof typeof Timer];

Deno.test("TimerTable: deadline() is the earliest, also after it moved later or went", () => {
  const t = new TimerTable<Timer>(3);
  assertEquals(t.deadline(), NEVER);
  t.set(Timer.Sync, instant(50));
  t.set(Timer.Announce, instant(20));
  assertEquals(t.deadline(), 20);
  t.set(Timer.Announce, instant(90));
  assertEquals(t.deadline(), 50);
  t.clear(Timer.Sync);
  assertEquals([t.deadline(), t.isSet(Timer.Sync)], [90, false]);
  t.lower(Timer.Announce, instant(95));
  assertEquals(t.at(Timer.Announce), 90);
});

Deno.test("TimerTable: take() gives due keys in order of time, then of key, once each", () => {
  const t = new TimerTable<Timer>(3);
  t.set(Timer.DelayReq, instant(10));
  t.set(Timer.Sync, instant(10));
  t.set(Timer.Announce, instant(11));
  assertEquals([t.take(instant(9)), t.take(instant(10)), t.take(instant(10))], [-1, 1, 2]);
  assertEquals([t.take(instant(10)), t.take(instant(99)), t.take(instant(99))], [-1, 0, -1]);
  assertEquals(t.take(NEVER), -1);
});

Deno.test("TimerTable and TimerHeap: any sequence of calls agrees with a plain list", () => {
  const step = fc.record({
    id: fc.nat(40),
    at: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Infinity)),
    isTake: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const table = new TimerTable(41);
    const heap = new TimerHeap(1);
    const plain = new Array<number>(41).fill(Infinity);
    for (const { id, at, isTake } of steps) {
      if (isTake) {
        const first = Math.min(...plain);
        const due = first <= at && first < Infinity ? plain.indexOf(first) : -1;
        if (due >= 0) plain[due] = Infinity;
        assertEquals([table.take(at as Instant), heap.take(at as Instant)], [due, due]);
      } else {
        plain[id] = at;
        table.set(id, at as Instant);
        heap.set(id, at as Instant);
      }
      const first = Math.min(...plain);
      assertEquals([table.deadline(), heap.deadline(), heap.at(id)], [first, first, plain[id]]);
      assertEquals(heap.size, plain.filter((x) => x < Infinity).length);
    }
  }));
});
