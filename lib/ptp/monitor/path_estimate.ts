/**
 * Offset and mean path delay of the clock that stamped the capture, from messages seen there.
 *
 * With t1 and t4 from the master and t2, t3 as captured, (t2 - t1) is the way from the master to the
 * place of the capture plus the offset of the capture's clock, (t4 - t3) the way back minus it: right
 * wherever the capture was taken, if the way is as long in both directions. Captured at a slave, the
 * clock is the slave's. Between two Syncs the forward value is interpolated, so that a clock that
 * drifts while a Delay_Req waits for the next Sync gives no error.
 * @module
 */
import { Moments, Trend } from "./moments.ts";

/** Delay_Reqs that may wait for the next Sync. */
const PENDING = 64;
/** A forward value this far from the last one, ns, is a step of one of the clocks. */
const STEP = 1e9;

/** One estimate; ns. */
export interface PathSample {
  /** When the Delay_Req was seen, ns since the first message. */
  at: number;
  /** Capture's clock less the master's time, less `PathEstimate.baseSeconds`. */
  offset: number;
  meanPathDelay: number;
  /** t2 - t1 and t4 - t3, less and plus `baseSeconds`. */
  forward: number;
  reverse: number;
  /** What the Delay_Req was handed over with. */
  slave: object;
}

interface Waiting {
  at: number;
  reverse: number;
  slave: object;
}

/** See the module; one per master. */
export class PathEstimate {
  /** Whole seconds taken from every forward value and added to every reverse one. */
  baseSeconds = NaN;
  /** Complete Syncs. */
  forwards = 0;
  offsets = new Moments();
  readonly delays = new Moments();
  /** Forward values over time: the drift between the two clocks while nobody steers. */
  readonly trend = new Trend();
  /** Steps of a clock between two Syncs. */
  steps = 0;
  lastAt = NaN;
  lastForward = NaN;
  /** The newest sample; `undefined` before the first. */
  last: PathSample | undefined;
  readonly #pending: Waiting[] = [];
  readonly #take: (sample: PathSample) => void;

  /** @param take Told of each sample. */
  constructor(take: (sample: PathSample) => void) {
    this.#take = take;
  }

  /** A complete Sync: `seen` is t2 as the capture's clock read it, `origin` t1, corrected. */
  forward(
    at: number,
    seen: { seconds: number; nanos: number },
    origin: { seconds: number; nanos: number },
  ): void {
    const wholeSeconds = seen.seconds - origin.seconds;
    let value = (wholeSeconds - this.baseSeconds) * 1e9 + (seen.nanos - origin.nanos);
    if (!(Math.abs(value - this.lastForward) < STEP)) {
      if (this.forwards > 0) this.steps++;
      this.baseSeconds = wholeSeconds;
      value = seen.nanos - origin.nanos;
      this.trend.clear();
      this.offsets = new Moments();
      this.#pending.length = 0;
      this.lastAt = NaN;
    }
    this.forwards++;
    this.trend.add(at, value);
    for (const waiting of this.#pending) this.#finish(waiting, at, value);
    this.#pending.length = 0;
    this.lastAt = at;
    this.lastForward = value;
  }

  /** A Delay_Req seen at `at`, reading `seen` (t3), that reached the master at `arrived` (t4). */
  reverse(
    at: number,
    seen: { seconds: number; nanos: number },
    arrived: { seconds: number; nanos: number },
    slave: object,
  ): void {
    if (this.forwards === 0 || this.#pending.length >= PENDING) return;
    const value = (arrived.seconds - seen.seconds + this.baseSeconds) * 1e9 +
      (arrived.nanos - seen.nanos);
    if (Math.abs(value) > 10 * STEP) return;
    this.#pending.push({ at, reverse: value, slave });
  }

  #finish(waiting: Waiting, at: number, value: number): void {
    const span = at - this.lastAt;
    const part = Math.min(1, Math.max(0, (waiting.at - this.lastAt) / span));
    const forward = span > 0 ? this.lastForward + part * (value - this.lastForward) : value;
    const offset = (forward - waiting.reverse) / 2;
    const meanPathDelay = (forward + waiting.reverse) / 2;
    this.offsets.add(offset);
    this.delays.add(meanPathDelay);
    const { at: when, reverse, slave } = waiting;
    const sample = { at: when, offset, meanPathDelay, forward, reverse, slave };
    this.last = sample;
    this.#take(sample);
  }
}
