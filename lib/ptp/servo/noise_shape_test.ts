import { ok as assert } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { NoiseShape } from "./noise_shape.ts";

/** A narrow peak at 0 beside a broad shoulder 1,200 ns earlier, half each. */
function twoPeaks(random: Random): number {
  return random.chance(0.5) ? 60 * random.gaussian() : -1200 + 400 * random.gaussian();
}

function learnt(draw: (random: Random) => number, count = 400): NoiseShape {
  const random = new Random(1, "shape");
  const shape = new NoiseShape(10);
  for (let k = 0; k < count; k++) shape.push(draw(random), 0);
  return shape;
}

Deno.test("NoiseShape.posterior() takes from a peak far more than from the shoulder beside it", () => {
  const shape = learnt(twoPeaks);
  // The mean of the whole, 600 below the peak, is the origin; of 320 residuals it is known to 40 ns.
  shape.posterior(600, 200 * 200, 1);
  const inPeak = shape.left;
  assert(Math.abs(shape.shift) < 120, `${shape.shift}`);
  shape.posterior(-600, 200 * 200, 1);
  assert(Math.sqrt(inPeak) < 90, `${Math.sqrt(inPeak)}`);
  assert(Math.sqrt(shape.left) > 150, `${Math.sqrt(shape.left)}`);
});

Deno.test("NoiseShape.posterior() is Kalman's where noise is normal", () => {
  const shape = learnt((random) => 300 * random.gaussian());
  assert(Math.abs(Math.sqrt(shape.variance) - 300) < 30, `${Math.sqrt(shape.variance)}`);
  shape.posterior(200, 300 * 300, 1);
  assert(Math.abs(shape.shift - 100) < 25, `${shape.shift}`);
  assert(Math.abs(Math.sqrt(shape.left) - 212) < 15, `${Math.sqrt(shape.left)}`);
});

Deno.test("NoiseShape is not widened by one residual in seven a thousand times too large", () => {
  const clean = learnt((random) => 300 * random.gaussian());
  const spoilt = learnt((random) => random.chance(0.14) ? 3e5 : 300 * random.gaussian());
  const ratio = Math.sqrt(spoilt.variance / clean.variance);
  assert(ratio > 0.8 && ratio < 1.25, `${ratio}`);
});

Deno.test("NoiseShape.posterior() leaves the line as it was where the residual is impossible", () => {
  const shape = learnt(twoPeaks);
  shape.posterior(1e9, 100, 1);
  assert(shape.shift === 0 && shape.left === 100 && shape.density < 1e-300);
});
