/**
 * The servo of `rptp slave` and `rptp ptp bc`, as their flags have it.
 * @module
 */
import type { Clock } from "../../lib/base/clock.ts";
import { millis, type Nanos } from "../../lib/base/time.ts";
import {
  type KnownFrequency,
  type RobustOptions,
  RobustServo,
} from "../../lib/ptp/servo/robust.ts";
import type { OpenClock } from "./wiring.ts";

/** Time stamps of the portable link are tens of microseconds late, and how late varies. */
export const PORTABLE_LOCK: Nanos = millis(1);

/** The limits and beginnings of `rptp slave`'s servo. */
export interface SlaveServoOptions {
  readonly freeRunning: boolean;
  readonly acceptEpoch: boolean;
  readonly allowStep: boolean;
  readonly maxStep: Nanos;
  readonly initialFrequency?: KnownFrequency | undefined;
}

/** The servo of `rptp slave`; `clock` is the opened one, or a decorator of it. */
export function servoOf(
  open: OpenClock,
  io: "ffi" | "deno",
  flags: SlaveServoOptions,
  clock: Clock = open.clock,
): RobustServo {
  return new RobustServo(clock, servoOptions(open, io, flags));
}

/** What the servo of `rptp slave` is told. */
export function servoOptions(
  open: OpenClock,
  io: "ffi" | "deno",
  flags: SlaveServoOptions,
): RobustOptions {
  const isVirtual = open.kind === "virtual";
  return {
    freeRunning: flags.freeRunning,
    acceptEpoch: isVirtual || flags.acceptEpoch,
    allowStep: isVirtual || flags.allowStep || flags.freeRunning,
    maxStep: flags.maxStep,
    initialFrequency: flags.initialFrequency,
    ...(io === "deno" ? { lockThreshold: PORTABLE_LOCK } : {}),
  };
}
