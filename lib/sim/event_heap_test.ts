import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { EventHeap } from "./event_heap.ts";

Deno.test("EventHeap: events come by time, equal times in the order they were added", () => {
  const step = fc.option(fc.nat(12), { nil: undefined });
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const heap = new EventHeap();
    const plain: [number, number][] = [];
    let added = 0;
    for (const time of steps) {
      if (time === undefined) {
        plain.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
        const first = plain.shift();
        assertEquals(heap.next, first === undefined ? Infinity : first[0]);
        assertEquals(heap.pop() ? [heap.time, heap.a, heap.b] : undefined, first && [...first, 7]);
      } else {
        plain.push([time, added]);
        heap.push(time, added++, 7);
      }
      assertEquals(heap.size, plain.length);
    }
  }));
});

Deno.test("EventHeap: grows and stays ordered over 50,000 events", () => {
  const heap = new EventHeap();
  for (let k = 0; k < 50_000; k++) heap.push(Math.imul(k, 0x9e3779b1) >>> 0, k, 0);
  let last = -1;
  while (heap.pop()) {
    if (heap.time < last) throw new Error(`${heap.time} after ${last}`);
    last = heap.time;
  }
  assertEquals(heap.next, Infinity);
});
