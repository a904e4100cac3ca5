/**
 * Seeded pseudo-random numbers with independent streams: sfc32 (Chris Doty-Humphrey's small fast
 * counting generator, PractRand), 128 bits of state, period at least 2^32.
 *
 * A stream is named by (seed, name, purpose), so that what one node or link draws never shifts what
 * another draws. For simulation and fuzzing only, never for keys, cookies or initial sequence
 * numbers.
 * @module
 */

const TWO_32 = 4294967296;
const WARM_UP = 15;

/** Where a stream stands; 16 octets, see {@linkcode Random.save}. */
export type RandomState = readonly [number, number, number, number];

/** One stream of pseudo-random numbers; the same seed, name and purpose give the same numbers. */
export class Random {
  readonly seed: number;
  readonly #path: string;
  readonly #s = new Int32Array(4);
  #spare = NaN;

  /**
   * @param seed Any finite number; integers up to 2^53 are all different.
   * @param name Whose stream it is: a node, a link, a test.
   * @param purpose What it is drawn for: "loss", "jitter", "wander".
   */
  constructor(seed: number, name = "", purpose = "") {
    this.seed = seed;
    this.#path = `${name}\u0000${purpose}`;
    seedState(this.#s, seed, this.#path);
    for (let k = 0; k < WARM_UP; k++) this.uint32();
  }

  /** An independent stream below this one; does not advance this one. */
  derive(name: string, purpose = ""): Random {
    return new Random(this.seed, `${this.#path}\u0001${name}`, purpose);
  }

  /** 32 random bits as an integer in [0, 2^32). */
  uint32(): number {
    const s = this.#s;
    const t = (s[0]! + s[1]! | 0) + s[3]! | 0;
    s[3] = s[3]! + 1 | 0;
    s[0] = s[1]! ^ s[1]! >>> 9;
    s[1] = s[2]! + (s[2]! << 3) | 0;
    s[2] = (s[2]! << 21 | s[2]! >>> 11) + t | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    return (high * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A uniform integer in [0, n), without bias; n in 1..2^32. */
  integer(n: number): number {
    const limit = TWO_32 - TWO_32 % n;
    let x = this.uint32();
    while (x >= limit) x = this.uint32();
    return x % n;
  }

  /** True with probability `p`; draws nothing where `p` is 0 or less, or 1 or more. */
  chance(p: number): boolean {
    if (p <= 0) return false;
    return p >= 1 || this.uniform() < p;
  }

  /** Normal with mean 0 and standard deviation 1 (Marsaglia's polar method). */
  gaussian(): number {
    if (this.#spare === this.#spare) {
      const z = this.#spare;
      this.#spare = NaN;
      return z;
    }
    let x = 0;
    let y = 0;
    let r = 0;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      r = x * x + y * y;
    } while (r >= 1 || r === 0);
    const scale = Math.sqrt(-2 * Math.log(r) / r);
    this.#spare = y * scale;
    return x * scale;
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Pareto (Lomax, starting at 0): heavy tail above `scale`, mean `scale / (shape - 1)`. */
  pareto(scale: number, shape: number): number {
    return scale * (Math.pow(1 - this.uniform(), -1 / shape) - 1);
  }

  /** Fills `into[at ... at + length)` with random octets. */
  fill(into: Uint8Array, at = 0, length = into.length - at): void {
    for (let k = 0; k < length; k += 4) {
      let bits = this.uint32();
      for (let b = k; b < k + 4 && b < length; b++) {
        into[at + b] = bits & 0xff;
        bits >>>= 8;
      }
    }
  }

  /** The state, to go on later with {@linkcode restore}; a gaussian held in reserve is dropped. */
  save(): RandomState {
    this.#spare = NaN;
    return [this.#s[0]!, this.#s[1]!, this.#s[2]!, this.#s[3]!];
  }

  /** Goes back to a saved state. */
  restore(state: RandomState): void {
    this.#s.set(state);
    this.#spare = NaN;
  }
}

/** 128 bits from the seed and the text: four murmur3-style lanes with different constants. */
function seedState(into: Int32Array, seed: number, text: string): void {
  const bits = new Uint32Array(new Float64Array([seed + 0]).buffer);
  const words = [bits[0]!, bits[1]!, text.length];
  for (let k = 0; k < text.length; k++) words.push(text.charCodeAt(k));
  for (let lane = 0; lane < 4; lane++) {
    let h = Math.imul(lane + 1, 0x9e3779b9) | 0;
    for (const word of words) {
      let k = Math.imul(word, 0xcc9e2d51 + lane * 2);
      k = Math.imul(k << 15 | k >>> 17, 0x1b873593);
      h ^= k;
      h = Math.imul(h << 13 | h >>> 19, 5) + 0xe6546b64 | 0;
    }
    h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
    h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
    into[lane] = h ^ h >>> 16;
  }
}
