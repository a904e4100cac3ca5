/**
 * Delay models for {@linkcode runTrial}, matched to what kernel stamps show.
 * @module
 */
import { Random } from "../../base/random.ts";
import type { Path } from "./trial.ts";

/** A value that moves about 0 with a standard deviation and a correlation time. */
class Drifting {
  readonly #random: Random;
  readonly #sd: number;
  readonly #tau: number;
  #t = 0;
  #value: number;

  constructor(random: Random, sd: number, tau: number) {
    this.#random = random;
    this.#sd = sd;
    this.#tau = tau;
    this.#value = sd * random.gaussian();
  }

  at(t: number): number {
    const keep = Math.exp(-Math.max(0, t - this.#t) / this.#tau);
    this.#t = Math.max(t, this.#t);
    this.#value = keep * this.#value +
      this.#sd * Math.sqrt(1 - keep * keep) * this.#random.gaussian();
    return this.#value;
  }
}

/**
 * A veth pair between kernel stamps: least 1.1 us, median 2.6, standard deviation 0.4, a slow movement
 * that both directions share, 1 % outliers of 5 to 50 us.
 */
export function vethPath(seed: number): Path {
  const random = new Random(seed, "veth");
  const shared = new Drifting(random.derive("shared"), 200, 5);
  const own = [new Drifting(random.derive("a"), 60, 2), new Drifting(random.derive("b"), 60, 2)];
  return {
    delay(t, direction) {
      if (random.chance(0.01)) return random.between(5e3, 50e3);
      const moving = shared.at(t) + own[direction]!.at(t);
      const skew = random.exponential(120) - 120;
      return Math.max(1100, 2600 + moving + 320 * random.gaussian() + skew);
    },
  };
}

/** The same pair under 400 Mbit/s: delays fall and rise by periods of a few seconds, longer tails. */
export function loadedPath(seed: number): Path {
  const random = new Random(seed, "loaded");
  const shared = new Drifting(random.derive("shared"), 500, 3);
  const own = [new Drifting(random.derive("a"), 100, 1), new Drifting(random.derive("b"), 100, 1)];
  return {
    delay(t, direction) {
      if (random.chance(0.03)) return random.between(5e3, 100e3);
      const level = Math.floor(t / 7) % 2 === 0 ? 2800 : 1500;
      const moving = shared.at(t) + own[direction]!.at(t);
      return Math.max(900, level + moving + 300 * random.gaussian() + random.exponential(300));
    },
  };
}

/** Stamps under user-level scheduling on loopback: 10 to 50 us of jitter, sometimes 200. */
export function loopbackPath(seed: number): Path {
  const random = new Random(seed, "loopback");
  return {
    delay() {
      if (random.chance(0.01)) return random.between(50e3, 200e3);
      return Math.max(2e3, 25e3 + 10e3 * random.gaussian());
    },
  };
}

/** A relay of heavy tails: log-normal, 200 us mean, 5 % of 2 ms more. */
export function heavyPath(seed: number): Path {
  const random = new Random(seed, "heavy");
  return {
    delay() {
      const body = 100e3 + 80e3 * Math.exp(0.6 * random.gaussian());
      return random.chance(0.05) ? body + 2e6 * random.uniform() : body;
    },
  };
}

/** Delays as recorded, ns, one column a direction, drawn in order from a random start. */
export function recordedPath(columns: readonly [Float64Array, Float64Array], seed: number): Path {
  const random = new Random(seed, "recorded");
  const next = [random.integer(columns[0].length), random.integer(columns[1].length)];
  return {
    delay(_t, direction) {
      const column = columns[direction];
      const i = next[direction]!;
      next[direction] = (i + 1) % column.length;
      return column[i]!;
    },
  };
}

/** A constant delay without noise. */
export function quietPath(nanoseconds: number): Path {
  return { delay: () => nanoseconds };
}
