/**
 * neighborRateRatio: the frequency of the link's other end over that of our free-running oscillator,
 * from the times at which its Pdelay_Resp left there and arrived here (IEEE 1588-2019 16.6.3.3,
 * IEEE 802.1AS-2020 11.2.19.3.3).
 * @module
 */
import { difference, type Instant, type Timestamp, timestamp } from "../../base/time.ts";

/** Exchanges the ratio spans. */
const SPAN = 16;
/** Beyond this the neighbour has stepped its clock, and the old times say nothing. */
const MAX_DEVIATION = 1e-3;

export class NeighborRate {
  /** Neighbour over us; 1 until two exchanges have been seen. */
  ratio = 1;
  readonly #seconds = new Float64Array(SPAN);
  readonly #nanoseconds = new Float64Array(SPAN);
  readonly #arrival = new Float64Array(SPAN);
  readonly #oldest = timestamp();
  #count = 0;

  /** A Pdelay_Resp that left the neighbour at `t3`, all corrections applied, and came at `t4`. */
  push(t3: Readonly<Timestamp>, t4: Instant): void {
    const n = this.#count;
    if (n > 0) {
      const k = n < SPAN ? 0 : n % SPAN;
      this.#oldest.seconds = this.#seconds[k]!;
      this.#oldest.nanoseconds = this.#nanoseconds[k]!;
      const ratio = difference(t3, this.#oldest) / (t4 - this.#arrival[k]!);
      if (Math.abs(ratio - 1) < MAX_DEVIATION) this.ratio = ratio;
      else this.clear();
    }
    const slot = this.#count++ % SPAN;
    this.#seconds[slot] = t3.seconds;
    this.#nanoseconds[slot] = t3.nanoseconds;
    this.#arrival[slot] = t4;
  }

  /** Exchanges since the last {@linkcode clear}. */
  get count(): number {
    return this.#count;
  }

  /** Another neighbour, or its clock has been stepped. */
  clear(): void {
    this.#count = 0;
    this.ratio = 1;
  }
}
