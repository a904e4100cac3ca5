/**
 * Circular sequence numbers of 16 (RTP, PTP), 26 (SRT messages), 31 (SRT packets) and 32 bits (TCP).
 *
 * Compare with {@linkcode Circular.distance}, never with `<`: of two numbers the later one is that
 * less than half the circle ahead (RFC 1982, RFC 9293 3.4).
 * @module
 */

/** Arithmetic modulo 2^bits. Numbers are integers in [0, 2^bits). */
export class Circular {
  readonly bits: number;
  /** 2^bits - 1, the largest number. */
  readonly max: number;
  readonly #shift: number;
  readonly #mask: number;

  /** @param bits 2..32. */
  constructor(bits: number) {
    this.bits = bits;
    this.max = 2 ** bits - 1;
    this.#shift = 32 - bits;
    this.#mask = this.max | 0;
  }

  /** How far `to` is ahead of `from`, in [-2^(bits-1), 2^(bits-1)). */
  distance(from: number, to: number): number {
    return to - from << this.#shift >> this.#shift;
  }

  /** Negative where `a` comes before `b`, 0 where equal, positive where after: for `sort`. */
  compare(a: number, b: number): number {
    return a - b << this.#shift >> this.#shift;
  }

  /** True where `a` comes before `b`. */
  isBefore(a: number, b: number): boolean {
    return (a - b << this.#shift) < 0;
  }

  /** True where `x` is one of the `length` numbers from `first` on; `length` <= 2^bits. */
  isWithin(x: number, first: number, length: number): boolean {
    return ((x - first & this.#mask) >>> 0) < length;
  }

  /** Steps from `from` up to `to` going forward, in [0, 2^bits). */
  forward(from: number, to: number): number {
    return (to - from & this.#mask) >>> 0;
  }

  /** The number after `x`. */
  next(x: number): number {
    return (x + 1 & this.#mask) >>> 0;
  }

  /** The number before `x`. */
  previous(x: number): number {
    return (x - 1 & this.#mask) >>> 0;
  }

  /** `x + n`; `n` may be negative and up to 2^52 in magnitude. */
  add(x: number, n: number): number {
    return (x + n & this.#mask) >>> 0;
  }

  /** The later of the two. */
  later(a: number, b: number): number {
    return this.isBefore(a, b) ? b : a;
  }

  /**
   * The unbounded count whose low bits are `x` and that lies nearest to `near`: unwraps a counter
   * that is followed step by step. `near` is an integer up to 2^53.
   */
  unwrap(near: number, x: number): number {
    const low = ((near % (this.max + 1)) + this.max + 1) % (this.max + 1);
    return near + this.distance(low, x);
  }
}

/** PTP sequenceId, RTP, IPv4 identification. */
export const seq16 = new Circular(16);
/** SRT message numbers. */
export const seq26 = new Circular(26);
/** SRT packet sequence numbers. */
export const seq31 = new Circular(31);
/** TCP sequence numbers, SRT time stamps. */
export const seq32 = new Circular(32);
