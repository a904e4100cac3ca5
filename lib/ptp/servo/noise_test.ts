import { ok as assert } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { NoiseTrack } from "./noise.ts";

function track(sigma: number, spoil: (k: number) => number = () => 0): number {
  const random = new Random(3, "noise");
  const n = new NoiseTrack(500, 10);
  for (let k = 0; k < 200; k++) {
    const t = 0.125 * k + random.between(0, 0.05);
    n.push(t, 1e6 + 200_000 * t + sigma * random.gaussian() + spoil(k));
  }
  return n.sigma;
}

Deno.test("NoiseTrack measures the noise whatever the frequency", () => {
  for (const sigma of [50, 400, 10_000]) {
    const ratio = track(sigma) / sigma;
    assert(ratio > 0.6 && ratio < 1.6, `${ratio}`);
  }
});

Deno.test("NoiseTrack does not mind one measurement in ten being late by a millisecond", () => {
  const ratio = track(400, (k) => k % 10 === 0 ? 1e6 : 0) / 400;
  assert(ratio > 0.6 && ratio < 2.5, `${ratio}`);
});

Deno.test("NoiseTrack never falls below its floor and starts near its prior", () => {
  const n = new NoiseTrack(500, 10);
  assert(Math.abs(n.sigma - 500) < 1);
  for (let k = 0; k < 100; k++) n.push(k, 7 * k);
  assert(n.sigma === 10);
});

Deno.test("NoiseTrack.cut() separates what came before a jump", () => {
  const n = new NoiseTrack(500, 10);
  for (let k = 0; k < 100; k++) {
    if (k % 5 === 0) n.cut();
    n.push(k, 7 * k + Math.floor(k / 5) * 1e9);
  }
  assert(n.sigma === 10);
});
