import { ok as assert } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { Bank } from "./bank.ts";
import type { BankModel } from "./bank_model.ts";
import { DEFAULT_MODEL } from "./estimator.ts";

const PRIOR = {
  weight: 1,
  frequency: 0,
  frequencySd: 1e5,
  drift: 0,
  driftSd: 7,
  delay: 0,
  delaySd: 1e7,
};

function bank(members: number, model: Partial<BankModel> = {}): Bank {
  const b = new Bank({ ...DEFAULT_MODEL, ...model }, members);
  b.clear(0);
  b.add(PRIOR);
  return b;
}

/** Feeds a line at 8 pairs a second; `truth` gives the phase, path delay is 2,500 ns. */
function feed(
  b: Bank,
  from: number,
  to: number,
  sigma: number,
  truth: (t: number) => number,
  seed = 1,
) {
  const random = new Random(seed, `bank ${from}`);
  for (let t = from; t < to; t += 0.125) {
    if (Math.abs(t % 0.5) < 1e-9) b.branch(0.5);
    b.update(t, truth(t) - 2500 + sigma * random.gaussian(), -1, sigma);
    b.update(t + 0.03, truth(t + 0.03) + 2500 + sigma * random.gaussian(), 1, sigma);
  }
}

Deno.test("Bank finds phase, frequency and path delay of a line", () => {
  const b = bank(8);
  feed(b, 0, 20, 300, (t) => 1e6 + 30_000 * t);
  assert(Math.abs(b.phase(20) - 1e6 - 600_000) < 300);
  assert(Math.abs(b.f - 30_000) < 60, `${b.f}`);
  assert(Math.abs(b.d - 2500) < 300, `${b.d}`);
});

Deno.test("Bank of one is a Kalman filter: its variance is that of its error", () => {
  let squares = 0;
  let variance = 0;
  const n = 60;
  for (let k = 0; k < n; k++) {
    const random = new Random(k, "calibration");
    const b = bank(1, { outlier: 1e-9 });
    for (let t = 0; t < 10; t += 0.1) {
      b.update(t, 5 * t - 1000 + 200 * random.gaussian(), -1, 200);
      b.update(t + 0.02, 5 * (t + 0.02) + 1000 + 200 * random.gaussian(), 1, 200);
    }
    const e = b.phase(10) - 50;
    squares += e * e / n;
    variance += b.phaseVariance(10) / n;
  }
  // The model allows wander that is not there, so it may be too careful, but not by much.
  assert(squares < 1.3 * variance && squares > 0.2 * variance, `${squares} ${variance}`);
});

Deno.test("Bank follows a step of 100 ppb with less than 0.7 of one filter's error", () => {
  const truth = (t: number) => t < 30 ? 0 : 100 * (t - 30);
  const rms = (members: number) => {
    let squares = 0;
    for (let seed = 0; seed < 20; seed++) {
      const b = bank(members);
      feed(b, 0, 30, 200, truth, seed);
      for (let t = 30; t < 40; t += 0.5) {
        feed(b, t, t + 0.5, 200, truth, seed);
        const e = b.phase(t + 0.5) - truth(t + 0.5);
        squares += e * e / 400;
      }
    }
    return Math.sqrt(squares);
  };
  const many = rms(14);
  assert(many < 90, `${many} ns`);
  assert(many < 0.7 * rms(1), `${many} against ${rms(1)}`);
});

Deno.test("Bank.update() uses a measurement older than the newest at its own time", () => {
  const b = bank(4);
  feed(b, 0, 10, 100, (t) => 50_000 * t);
  const before = b.phase(10);
  b.update(9.5, 50_000 * 9.5 + 2500, 1, 100);
  assert(Math.abs(b.phase(10) - before) < 50);
});

Deno.test("Bank takes an outlier for one", () => {
  const b = bank(8);
  feed(b, 0, 10, 100, () => 0);
  const before = b.phase(10);
  b.update(10, -2500 - 40_000, -1, 100);
  assert(b.inlier < 1e-3);
  assert(Math.abs(b.phase(10) - before) < 100, `${b.phase(10) - before}`);
});

Deno.test("Bank.phaseVariance() grows with the cube of the time without measurements", () => {
  const b = bank(8);
  feed(b, 0, 20, 100, () => 0);
  const ratio = b.phaseVariance(140) / b.phaseVariance(80);
  assert(ratio > 4 && ratio < 40, `${ratio}`);
});
