import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { type Linked, LruTable } from "./lru.ts";

class Item implements Linked<Item> {
  hash: number;
  chain: Item | undefined = undefined;
  newer: Item | undefined = undefined;
  older: Item | undefined = undefined;
  readonly key: number;

  constructor(key: number) {
    this.key = key;
    this.hash = key % 3; // many keys share a hash
  }
}

function find(table: LruTable<Item>, key: number): Item | undefined {
  let item = table.first(key % 3);
  while (item !== undefined && item.key !== key) item = item.chain;
  return item;
}

Deno.test("LruTable is a map of its newest entries in the order they were touched", () => {
  const step = fc.tuple(fc.constantFrom("use", "drop"), fc.integer({ min: 0, max: 9 }));
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const table = new LruTable<Item>(4);
    let model: number[] = []; // newest first
    for (const [what, key] of steps) {
      const found = find(table, key);
      assertEquals(found !== undefined, model.includes(key));
      if (what === "use") {
        if (found === undefined) table.add(new Item(key));
        else table.touch(found);
        model = [key, ...model.filter((one) => one !== key)].slice(0, 4);
      } else if (found !== undefined) {
        table.remove(found);
        model = model.filter((one) => one !== key);
      }
      assertEquals([...table].map((item) => item.key), model);
      assertEquals(table.size, model.length);
    }
  }));
});
