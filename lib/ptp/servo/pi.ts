/**
 * The proportional-integral servo with linuxptp's constants for software stamps.
 *
 * Kp = min(0.1 T^-0.3, 0.7/T), Ki = min(0.001 T^0.4, 0.3/T) for a Sync interval of T seconds. The first
 * offset is kept; the second is taken no sooner than 0.016/Ki seconds later, and the two give the
 * first frequency. From then on frequency = -(Kp offset + drift), drift += Ki offset.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import type { Instant } from "../../base/time.ts";
import { type Decision, OffsetServo, type OffsetServoOptions } from "./offset_servo.ts";

/** Gains; linuxptp's where left out. */
export interface PiOptions extends OffsetServoOptions {
  proportionalScale?: number;
  proportionalExponent?: number;
  proportionalNormMax?: number;
  /** Kp itself; 0 is the formula's. */
  proportionalConstant?: number;
  integralScale?: number;
  integralExponent?: number;
  integralNormMax?: number;
  /** Ki itself; 0 is the formula's. */
  integralConstant?: number;
}

/** Kp or Ki as a function of the Sync interval in seconds. */
interface Gain {
  readonly scale: number;
  readonly exponent: number;
  readonly normMax: number;
  readonly constant: number;
}

function gainAt(gain: Gain, t: number): number {
  if (gain.constant > 0) return gain.constant;
  return Math.min(gain.scale * t ** gain.exponent, gain.normMax / t);
}

const ESTIMATE_GAIN = 0.016;
const LONGEST_ESTIMATE = 1000;

/** See the module's text. */
export class PiServo extends OffsetServo {
  readonly #proportional: Gain;
  readonly #integral: Gain;
  #count = 0;
  #firstOffset = 0;
  #firstLocal = 0;
  #drift: number;

  constructor(clock: Clock, options: PiOptions = {}) {
    super(clock, options);
    this.#proportional = {
      scale: options.proportionalScale ?? 0.1,
      exponent: options.proportionalExponent ?? -0.3,
      normMax: options.proportionalNormMax ?? 0.7,
      constant: options.proportionalConstant ?? 0,
    };
    this.#integral = {
      scale: options.integralScale ?? 0.001,
      exponent: options.integralExponent ?? 0.4,
      normMax: options.integralNormMax ?? 0.3,
      constant: options.integralConstant ?? 0,
    };
    this.#drift = -clock.frequency();
  }

  protected override next(
    offset: number,
    local: Instant,
    interval: number,
    decision: Decision,
  ): void {
    const t = interval > 0 ? interval : 1;
    const proportional = gainAt(this.#proportional, t);
    const integral = gainAt(this.#integral, t);
    decision.ppb = -this.#drift;
    decision.isLocked = false;
    if (this.#count === 0) {
      this.#firstOffset = offset;
      this.#firstLocal = local;
      this.#count = 1;
      return;
    }
    if (this.#count === 1) {
      const elapsed = (local - this.#firstLocal) / 1e9;
      if (elapsed < Math.min(ESTIMATE_GAIN / integral, LONGEST_ESTIMATE)) return;
      const rate = (offset - this.#firstOffset) / elapsed;
      this.#drift = Math.max(-this.maxPpb, Math.min(this.maxPpb, this.#drift + rate));
      this.#count = 2;
      decision.wantStep = true;
      decision.ppb = -this.#drift;
      return;
    }
    decision.isLocked = true;
    const term = this.#drift + proportional * offset;
    const ppb = Math.max(-this.maxPpb, Math.min(this.maxPpb, term));
    if (ppb === term) this.#drift += integral * offset;
    decision.ppb = -ppb;
  }

  protected override stepped(_offset: number): void {}

  protected override forget(): void {
    this.#count = 0;
  }

  protected override plainFrequency(): number {
    return -this.#drift;
  }
}
