/**
 * When a clock may be stepped, must be slewed, or must be left alone.
 * @module
 */
import { type Nanos, nanos, type Timestamp } from "../../base/time.ts";
import type { ServoRefusal } from "./servo.ts";

/** Thresholds of the step policy; each has a default. */
export interface StepOptions {
  /** The first correction steps beyond this much; 20 us. */
  firstStepThreshold?: Nanos;
  /** Later ones step beyond this much, 0 = never; 1 ms: slewing it would take 2 s at 500 ppm. */
  stepThreshold?: Nanos;
  /** Stepping further than this is refused unless `allowStep`; 1 s. */
  maxStep?: Nanos;
  allowStep?: boolean;
  /** A master before 2020 is refused unless this is set. */
  acceptEpoch?: boolean;
}

/** 2020-01-01T00:00:00. */
const EARLIEST_SECONDS = 1_577_836_800;

/** What to do about an offset. */
export const Verdict = { Slew: 0, Step: 1, Refuse: 2 } as const;
export type Verdict = typeof Verdict[keyof typeof Verdict];

/** Decides by {@linkcode StepOptions}; remembers the refusal. */
export class StepPolicy {
  readonly #first: number;
  readonly #later: number;
  readonly #maxStep: Nanos;
  readonly #acceptEpoch: boolean;
  refusal: ServoRefusal | undefined;

  constructor(options: StepOptions) {
    this.#first = options.firstStepThreshold ?? 20e3;
    this.#later = options.stepThreshold ?? 1e6;
    this.#maxStep = options.allowStep === true ? nanos(Infinity) : options.maxStep ?? nanos(1e9);
    this.#acceptEpoch = options.acceptEpoch ?? false;
  }

  /**
   * @param offset Clock less master.
   * @param isFirst The clock has not been in time with this master yet.
   */
  judge(offset: Nanos, master: Timestamp, isFirst: boolean): Verdict {
    if (!this.#acceptEpoch && master.seconds < EARLIEST_SECONDS) {
      this.refusal = { reason: "epoch", masterSeconds: master.seconds };
      return Verdict.Refuse;
    }
    const size = Math.abs(offset);
    const threshold = isFirst ? this.#first : this.#later;
    if (threshold === 0 || size <= threshold) return Verdict.Slew;
    if (size > this.#maxStep) {
      this.refusal = { reason: "step", offset, limit: this.#maxStep };
      return Verdict.Refuse;
    }
    return Verdict.Step;
  }
}
