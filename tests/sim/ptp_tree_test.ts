/**
 * A tree of boundary clocks with slaves below: what `scripts/bench/sim_ptp` does with 10,000.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { seconds } from "../../lib/base/time.ts";
import { astray, errorsOf, hashOf, tree, type TreeOptions } from "./ptp_tree.ts";

const SMALL = { boundaries: 12, clocks: 400, slaveServo: "linreg" } as const;

function grown(options: Partial<TreeOptions>, until: number) {
  const t = tree({ seed: 1, ...SMALL, ...options });
  t.net.run(seconds(until));
  return t;
}

Deno.test("tree: 400 clocks under 12 boundary clocks follow one grandmaster, twice alike", () => {
  const t = grown({}, 120);
  assertEquals(astray(t), 0);
  const errors = errorsOf(t);
  ok(errors.quantile(0.5) < 5_000, `median ${errors.quantile(0.5)} ns`);
  ok(errors.most < 200_000, `largest ${errors.most} ns`);
  assertEquals(hashOf(grown({}, 120)), hashOf(t));
});

Deno.test("tree: another seed is another run", () => {
  ok(hashOf(grown({ clocks: 60 }, 20)) !== hashOf(grown({ clocks: 60, seed: 2 }, 20)));
});

Deno.test("tree: the servo of the slaves shows in the hash, though not in their packets", () => {
  const one = grown({ clocks: 60 }, 40);
  const other = grown({ clocks: 60, slaveServo: "pi" }, 40);
  assertEquals(one.net.hash(), other.net.hash());
  ok(hashOf(one) !== hashOf(other));
});

Deno.test("tree: Delay_Resp by multicast are counted by all slaves, as if each had run for them", () => {
  const t = grown({ clocks: 60, isHybrid: false }, 40);
  assertEquals(astray(t), 0);
  for (const slave of t.slaves) {
    const { received, faults } = slave.port;
    ok(received[9]! > 50, `${received[9]} Delay_Resp`);
    const { counters } = slave.link;
    const all = received.reduce((sum, n) => sum + n, 0);
    assertEquals(all, counters.received, "each packet once");
    ok(faults.total() < all);
  }
});
