/**
 * Measures and reports like the default servo, and never touches the clock.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import { type RobustOptions, RobustServo } from "./robust.ts";

/** The robust servo's estimator without its actuator; Locked where the clock happens to be in time. */
export class FreeRunningServo extends RobustServo {
  constructor(clock: Clock, options: RobustOptions = {}) {
    super(clock, { ...options, freeRunning: true });
  }
}
