/**
 * One direction of one cable: what happens to a datagram between an interface and the wire.
 * @module
 */
import type { Random } from "../base/random.ts";

/**
 * A random amount of time, ns.
 *
 * - `gaussian`: normal about 0, cut off at four `sigma`;
 * - `exponential`: never negative, as queues make it;
 * - `heavyTail`: Pareto with `shape` (2.5 if left out; smaller is heavier), never above `limit`
 *   (1000 times `scale` if left out).
 */
export type Jitter =
  | { kind: "gaussian"; sigma: number }
  | { kind: "exponential"; mean: number }
  | { kind: "heavyTail"; scale: number; shape?: number; limit?: number };

/** Loss that comes in bursts: a Markov chain of two states, stepped by every datagram. */
export interface GilbertElliott {
  /** Probability of going from good to bad, and of going back. */
  enter: number;
  leave: number;
  /** Loss in the bad state (1 if left out) and in the good one (0). */
  lossBad?: number;
  lossGood?: number;
}

/** What a {@linkcode Path} is like; a perfect one of no length if nothing is said. */
export interface PathOptions {
  /** Propagation, ns. */
  delay?: number;
  jitter?: Jitter;
  /** Probability, or bursts. */
  loss?: number | GilbertElliott;
  /** Probability that a datagram arrives a second time, right behind. */
  duplicate?: number;
  /** Probability that a datagram is held back by `by` ns while others overtake it. */
  reorder?: { probability: number; by: number };
  /** Probability that one bit of the datagram is inverted. */
  corrupt?: number;
  /** Bits a second; no limit if left out. */
  rate?: number;
  /** Octets that may wait for the wire, drop-tail; no limit if left out. Only with `rate`. */
  queue?: number;
  /** Octets a datagram is longer on the wire; 66 if left out: UDP, IPv4, Ethernet, preamble, gap. */
  overhead?: number;
  /** True where jitter may reorder: parallel ways. A wire with queues keeps the order. */
  mayOvertake?: boolean;
}

/** What became of the datagrams offered. */
export interface PathCounters {
  carried: number;
  lost: number;
  queueFull: number;
  duplicated: number;
  reordered: number;
  corrupted: number;
}

const OVERHEAD = 66;

/** Draws from a {@linkcode Jitter}. */
export function sample(jitter: Jitter | undefined, random: Random): number {
  if (jitter === undefined) return 0;
  switch (jitter.kind) {
    case "gaussian":
      return jitter.sigma * Math.max(-4, Math.min(4, random.gaussian()));
    case "exponential":
      return random.exponential(jitter.mean);
    case "heavyTail":
      return Math.min(
        random.pareto(jitter.scale, jitter.shape ?? 2.5),
        jitter.limit ?? 1000 * jitter.scale,
      );
  }
}

/** State of one direction. {@linkcode Path.offer} decides; the caller moves the packets. */
export class Path {
  readonly counters: PathCounters = {
    carried: 0,
    lost: 0,
    queueFull: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
  };
  /** When the datagram offered last began to leave, ns of true time: where its stamp is taken. */
  departure = 0;
  /** True where the datagram offered last is to arrive twice, or with a bit inverted. */
  isDuplicated = false;
  isCorrupted = false;
  readonly #random: Random;
  #o: PathOptions;
  #isTransparent: boolean;
  #isBad = false;
  #busyUntil = 0;
  #lastArrival = 0;

  /** @param random A stream of this path's own. */
  constructor(options: PathOptions, random: Random) {
    this.#o = options;
    this.#random = random;
    this.#isTransparent = isTransparent(options);
  }

  /** Replaces the options; what is under way is not touched. */
  change(options: PathOptions): void {
    this.#o = options;
    this.#isTransparent = isTransparent(options);
    this.isDuplicated = false;
    this.isCorrupted = false;
  }

  /** The delay where it is all a datagram meets, else NaN. */
  get constant(): number {
    return this.#isTransparent ? this.#o.delay ?? 0 : NaN;
  }

  /** The options in force. */
  get options(): PathOptions {
    return this.#o;
  }

  /** The path's own stream. */
  get random(): Random {
    return this.#random;
  }

  /**
   * A datagram of `octets` enters at true time `t`.
   * @returns when its last bit comes out at the far end, or NaN where it is lost.
   */
  offer(t: number, octets: number): number {
    this.departure = t;
    if (this.#isTransparent) {
      this.counters.carried++;
      return t + (this.#o.delay ?? 0);
    }
    this.isDuplicated = false;
    this.isCorrupted = false;
    const sent = this.#o.rate === undefined ? t : this.#serialise(t, octets, this.#o.rate);
    if (sent !== sent) return NaN;
    if (this.#isLost()) {
      this.counters.lost++;
      return NaN;
    }
    return this.#arrival(sent);
  }

  /** When the last bit has left; NaN where the queue is full. */
  #serialise(t: number, octets: number, rate: number): number {
    const start = Math.max(t, this.#busyUntil);
    const waiting = (start - t) * rate / 8e9;
    const size = octets + (this.#o.overhead ?? OVERHEAD);
    if (this.#o.queue !== undefined && waiting + size > this.#o.queue && start > t) {
      this.counters.queueFull++;
      return NaN;
    }
    this.departure = start;
    this.#busyUntil = start + size * 8e9 / rate;
    return this.#busyUntil;
  }

  #isLost(): boolean {
    const loss = this.#o.loss;
    if (loss === undefined) return false;
    if (typeof loss === "number") return this.#random.chance(loss);
    if (this.#random.chance(this.#isBad ? loss.leave : loss.enter)) this.#isBad = !this.#isBad;
    return this.#random.chance(this.#isBad ? loss.lossBad ?? 1 : loss.lossGood ?? 0);
  }

  #arrival(sent: number): number {
    const o = this.#o;
    const random = this.#random;
    this.counters.carried++;
    let at = sent + Math.max(0, (o.delay ?? 0) + sample(o.jitter, random));
    if (o.duplicate !== undefined && random.chance(o.duplicate)) {
      this.isDuplicated = true;
      this.counters.duplicated++;
    }
    if (o.corrupt !== undefined && random.chance(o.corrupt)) {
      this.isCorrupted = true;
      this.counters.corrupted++;
    }
    if (o.reorder !== undefined && random.chance(o.reorder.probability)) {
      this.counters.reordered++;
      return at + o.reorder.by;
    }
    if (o.mayOvertake !== true) this.#lastArrival = at = Math.max(at, this.#lastArrival);
    return at;
  }
}

/** True where all a datagram meets is a constant delay. */
function isTransparent(o: PathOptions): boolean {
  return o.jitter === undefined && o.loss === undefined && o.rate === undefined &&
    o.duplicate === undefined && o.reorder === undefined && o.corrupt === undefined;
}
