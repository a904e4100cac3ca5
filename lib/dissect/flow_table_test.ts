import { deepStrictEqual as assertEquals, notStrictEqual as assertNot } from "node:assert/strict";
import { FlowTable } from "./flow_table.ts";

/** Two addresses of four octets that end in `a` and `b`. */
function pair(a: number, b: number): DataView {
  const v = new DataView(new ArrayBuffer(8));
  v.setUint32(0, 0x0a00_0000 + a);
  v.setUint32(4, 0x0a00_0000 + b);
  return v;
}

Deno.test("FlowTable.find() gives both directions the same index", () => {
  const flows = new FlowTable();
  const there = flows.find(pair(1, 2), 0, 1, 5000 << 16 | 6000, 17);
  assertEquals([flows.isNew, flows.direction], [true, 0]);
  const back = flows.find(pair(2, 1), 0, 1, (6000 << 16 | 5000) >>> 0, 17);
  assertEquals([back, flows.isNew, flows.direction], [there, false, 1]);
  assertNot(flows.find(pair(1, 2), 0, 1, 5000 << 16 | 6001, 17), there);
  assertNot(flows.find(pair(1, 2), 0, 1, 5000 << 16 | 6000, 6), there);
});

Deno.test("FlowTable: a flood of flows leaves one that is still seen in place", () => {
  const flows = new FlowTable(16);
  const kept = flows.find(pair(1, 2), 0, 1, 1, 17);
  const generation = flows.generation[kept];
  for (let k = 0; k < 1000; k++) {
    flows.find(pair(100 + k, 3), 0, 1, 1, 17);
    assertEquals(flows.find(pair(1, 2), 0, 1, 1, 17), kept);
  }
  assertEquals([flows.size, flows.generation[kept]], [16, generation]);
});

Deno.test("FlowTable: an index given to another flow has another generation", () => {
  const flows = new FlowTable(16);
  const first = flows.find(pair(1, 2), 0, 1, 1, 17);
  const before = flows.generation[first];
  for (let k = 0; k < 64; k++) flows.find(pair(100 + k, 3), 0, 1, 1, 17);
  assertNot(flows.generation[first], before);
  flows.find(pair(1, 2), 0, 1, 1, 17);
  assertEquals(flows.isNew, true);
});
