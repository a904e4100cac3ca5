/**
 * Servos by name, as `--servo` takes them.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import { FreeRunningServo } from "./free_running.ts";
import { LinregServo } from "./linreg.ts";
import { type PiOptions, PiServo } from "./pi.ts";
import { type RobustOptions, RobustServo } from "./robust.ts";
import type { Servo } from "./servo.ts";

/** The names, the default first. */
export const SERVO_NAMES = ["robust", "pi", "linreg", "free"] as const;
export type ServoName = typeof SERVO_NAMES[number];

/** The servo of that name over `clock`; options it has no use for are ignored. */
export function chooseServo(
  name: ServoName,
  clock: Clock,
  options: RobustOptions & PiOptions = {},
): Servo {
  switch (name) {
    case "robust":
      return new RobustServo(clock, options);
    case "pi":
      return new PiServo(clock, options);
    case "linreg":
      return new LinregServo(clock, options);
    case "free":
      return new FreeRunningServo(clock, options);
  }
}
