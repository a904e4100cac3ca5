import { ok as assert } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { Foresight } from "./foresight.ts";

Deno.test("Foresight trusts a drift that is there", () => {
  const f = new Foresight();
  for (let t = 0; t < 400; t++) f.observe(t, 2.5 * t * t, 5 * t, 5, 1e5);
  assert(Math.abs(f.weight - 1) < 0.05, `${f.weight}`);
});

Deno.test("Foresight corrects a drift that is believed too small", () => {
  const f = new Foresight();
  for (let t = 0; t < 400; t++) f.observe(t, 2.5 * t * t, 5 * t, 3.9, 1e5);
  assert(f.weight > 1.2 && f.weight < 1.35, `${f.weight}`);
});

Deno.test("Foresight distrusts a drift that is noise, and forgets what came before a cut", () => {
  const random = new Random(4, "foresight");
  const f = new Foresight();
  for (let t = 0; t < 600; t++) {
    if (t % 97 === 0) f.cut();
    f.observe(t, 1e9 * Math.floor(t / 97), 0, 5 * random.gaussian(), 1e5);
  }
  assert(f.weight < 0.15, `${f.weight}`);
});
