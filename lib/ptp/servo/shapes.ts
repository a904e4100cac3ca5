/**
 * The shapes of the noise of both directions, and of the two together.
 *
 * Where both directions are about as noisy they are taken to have one shape, so that a peak of the one
 * is matched with the same peak of the other; else each has its own.
 * @module
 */
import type { Bank } from "./bank.ts";
import { Direction } from "./history.ts";
import type { NoiseTrack } from "./noise.ts";
import { NoiseShape } from "./noise_shape.ts";

/** A residual is taken this many measurements later, when the line is known better. */
const LAG = 12;
/** Residuals beyond this many standard deviations are outliers and belong to no shape. */
const BEYOND = 5;
/** Directions whose noise differs by more than this factor have shapes of their own. */
const ALIKE = 2;
const FLOOR = 10;

/** See the module's text. */
export class Shapes {
  readonly #forwardNoise: NoiseTrack;
  readonly #reverseNoise: NoiseTrack;
  readonly #both = new NoiseShape(FLOOR);
  readonly #forward = new NoiseShape(FLOOR);
  readonly #reverse = new NoiseShape(FLOOR);
  readonly #t = new Float64Array(LAG);
  readonly #z = new Float64Array(LAG);
  readonly #direction = new Int8Array(LAG);
  #waiting = 0;
  #next = 0;

  constructor(forwardNoise: NoiseTrack, reverseNoise: NoiseTrack) {
    this.#forwardNoise = forwardNoise;
    this.#reverseNoise = reverseNoise;
  }

  /** The shape to use for a direction; undefined while none is known. */
  of(direction: Direction): NoiseShape | undefined {
    const ratio = this.#forwardNoise.sigma / this.#reverseNoise.sigma;
    const own = direction === Direction.Forward ? this.#forward : this.#reverse;
    const shape = ratio < ALIKE && ratio > 1 / ALIKE ? this.#both : own;
    return shape.isFitted ? shape : undefined;
  }

  /** The line has moved: measurements that wait for it are void. */
  cut(): void {
    this.#waiting = 0;
  }

  /** Another path. */
  clear(): void {
    this.cut();
    this.#both.clear();
    this.#forward.clear();
    this.#reverse.clear();
  }

  /** A measurement that `bank` has just used; the one {@linkcode LAG} before it is judged by the line. */
  observe(bank: Bank, t: number, z: number, direction: Direction): void {
    const i = this.#next;
    if (this.#waiting === LAG) this.#judge(bank, i);
    else this.#waiting++;
    this.#t[i] = t;
    this.#z[i] = z;
    this.#direction[i] = direction;
    this.#next = (i + 1) % LAG;
  }

  #judge(bank: Bank, i: number): void {
    const direction = this.#direction[i]!;
    const isForward = direction === Direction.Forward;
    const back = this.#t[i]! - bank.at;
    const line = bank.x + bank.f * back + direction * bank.d;
    const late = direction * (this.#z[i]! - line);
    const noise = isForward ? this.#forwardNoise : this.#reverseNoise;
    if (Math.abs(late) > BEYOND * noise.sigma) return;
    const extra = Math.max(0, bank.xx + 2 * back * bank.xf + back * back * bank.ff);
    this.#both.push(late, extra);
    (isForward ? this.#forward : this.#reverse).push(late, extra);
  }
}
