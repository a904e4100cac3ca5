/**
 * Who is answered where more is asked for than can be answered: requests of sources that ask far
 * more than the others are left out first.
 *
 * A source is both the address a request came from and the port identity it claims, so neither one
 * slave gone wild nor one station with made-up identities takes the others' share. Requests are
 * counted by a small sketch (two rows of counters by independent hashes, the smaller one counts),
 * so that no number of sources costs memory. Nothing is counted while there is no pressure.
 * @module
 */
import type { Random } from "../../base/random.ts";
import { type Instant, millis } from "../../base/time.ts";
import type { Received } from "../received.ts";

/** Requests of one turn from which on there is pressure: a turn receives 512 at most. */
const PRESSURE = 256;
/** Counters start anew, under other hashes, after so long. */
const WINDOW = millis(100);
/** A window's requests that every source may make: 128 a second and some jitter. */
const FLOOR = 16;
/** Above the floor, so many times the average of all sources is far more than the others. */
const FACTOR = 4;
const SLOTS = 8192;

/** Counts one kind of source over one window. */
class Sketch {
  readonly #rows = [new Uint32Array(SLOTS), new Uint32Array(SLOTS)] as const;
  #total = 0;
  #sources = 0;

  clear(): void {
    this.#rows[0].fill(0);
    this.#rows[1].fill(0);
    this.#total = 0;
    this.#sources = 0;
  }

  /** Counts a request of the source with this hash; false where it asks far more than the others. */
  count(hash: number): boolean {
    const [first, second] = this.#rows;
    const a = hash & (SLOTS - 1);
    const b = hash >>> 16 & (SLOTS - 1);
    if (first[a] === 0) this.#sources++;
    this.#total++;
    const n = Math.min(first[a]! += 1, second[b]! += 1);
    return n <= FLOOR || n * this.#sources <= FACTOR * this.#total;
  }
}

/** One port's. Takes no memory worth the name until there is pressure for the first time. */
export class HeavySources {
  /** Requests left out. */
  shed = 0;
  readonly #random: Random;
  #addresses: Sketch | undefined;
  #identities: Sketch | undefined;
  #sinceDrained = 0;
  /** Until the window ends; and on beyond it, where there was pressure within it. */
  #isPressed = false;
  #isPressedOn = false;
  #windowEnd = -Infinity as Instant;
  #seed = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** True where request `m` is to be answered. */
  admits(m: Received): boolean {
    if (++this.#sinceDrained >= PRESSURE) this.#isPressedOn = true;
    if (!this.#isPressed && !this.#isPressedOn) return true;
    if (!this.#isPressed || m.at >= this.#windowEnd) {
      this.#isPressed = this.#isPressedOn;
      this.#isPressedOn = false;
      if (!this.#isPressed) return true;
      this.#begin(m.at);
    }
    const { source } = m;
    const identity = mix(mix(mix(this.#seed, source.high), source.low), source.port);
    const isIdentityFair = this.#identities?.count(identity) !== false;
    const isAddressFair = this.#addresses?.count(mix(this.#seed, m.peer)) !== false;
    if (isIdentityFair && isAddressFair) return true;
    this.shed++;
    return false;
  }

  /** All responses have been written. */
  drained(): void {
    this.#sinceDrained = 0;
  }

  #begin(now: Instant): void {
    this.#addresses ??= new Sketch();
    this.#identities ??= new Sketch();
    this.#addresses.clear();
    this.#identities.clear();
    this.#seed = this.#random.uint32();
    this.#windowEnd = now + WINDOW as Instant;
  }
}

/** Stirs a word into a hash whose high and low halves are then independent enough. */
function mix(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 15, 0xc2b2ae35);
  return h ^ h >>> 13;
}
