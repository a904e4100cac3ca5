/**
 * Another servo on the same input: the recorded measurements, and a clock that does what the new servo
 * asks of the recorded oscillator.
 *
 * There is no truth in a record. So a judge goes along: the default servo's estimator over the whole
 * input, which never steers, says how far the clock is from the master, with a bound.
 * @module
 */
import type { Clock, ClockPair } from "../../base/clock.ts";
import { type Instant, shift, type Timestamp } from "../../base/time.ts";
import { FreeRunningServo } from "../servo/free_running.ts";
import { feed } from "../servo/record.ts";
import type { Servo, ServoSample } from "../servo/servo.ts";
import { CollectedServo } from "./collected.ts";

/** The clock to be steered: what an undisciplined one shows at an instant. */
export interface FreeClock {
  readonly startRaw: Instant;
  readonly maxPpb: number;
  read(raw: Instant, into: Timestamp): void;
}

/** What a servo made of a record. */
export interface WhatIf {
  /** The servo's own reports. */
  readonly samples: readonly ServoSample[];
  /** The judge's, at the same inputs. */
  readonly judged: readonly ServoSample[];
  readonly steps: number;
  readonly corrections: number;
}

/** Width of a reading's bracket, ns: as kernels have it. */
const WIDTH = 40;
/** Calls of one servo at one instant: more is a servo that does not get on. */
const MOST_CALLS = 1000;

/** A clock of a {@linkcode FreeClock} and what is done to it. */
class SteeredClock implements Clock {
  readonly maxPpb: number;
  steps = 0;
  corrections = 0;
  now: Instant;
  readonly #free: FreeClock;
  #seconds = 0;
  #steered = 0;
  #ppb = 0;
  #since: number;

  constructor(free: FreeClock) {
    this.#free = free;
    this.maxPpb = free.maxPpb;
    this.now = free.startRaw;
    this.#since = free.startRaw;
  }

  read(into: Timestamp): void {
    this.readAt(this.now, into);
  }

  capture(into: ClockPair): void {
    this.readAt(this.now, into);
    into.raw = this.now;
    into.widthNanos = WIDTH;
  }

  readAt(raw: Instant, into: Timestamp): void {
    this.#free.read(raw, into);
    into.seconds += this.#seconds;
    shift(into, this.#steered + (raw - this.#since) * this.#ppb * 1e-9, into);
  }

  step(seconds: number, nanoseconds: number): void {
    this.steps++;
    this.#seconds += seconds;
    this.#steered += nanoseconds;
  }

  adjustFrequency(ppb: number): void {
    this.corrections++;
    this.#steered += (this.now - this.#since) * this.#ppb * 1e-9;
    this.#since = this.now;
    this.#ppb = Math.max(-this.maxPpb, Math.min(this.maxPpb, ppb));
  }

  frequency(): number {
    return this.#ppb;
  }

  setLeap(_leap: -1 | 0 | 1): void {}
  setTaiOffset(_seconds: number): void {}
}

/** The inputs among the lines of a record: what the port told, without when the servo was called. */
export function inputsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => /^[SDLRJ] /.test(line));
}

/** Runs the servo that `make` makes over `free` on `inputs`, lines of `servo/record.ts`. */
export function whatIf(
  inputs: readonly string[],
  free: FreeClock,
  make: (clock: Clock) => Servo,
): WhatIf {
  const clock = new SteeredClock(free);
  const servo = new CollectedServo(make(clock));
  const options = { acceptEpoch: true, allowStep: true };
  const judge = new CollectedServo(new FreeRunningServo(clock, options));
  for (const line of inputs) {
    const raw = line.startsWith("J") ? clock.now : Number(line.split(" ", 2)[1]) as Instant;
    steerUntil(raw, clock, servo, judge);
    if (raw > clock.now) clock.now = raw;
    feed(servo, line);
    feed(judge, line);
  }
  steerUntil(clock.now, clock, servo, judge);
  const { steps, corrections } = clock;
  return { samples: servo.samples, judged: judge.samples, steps, corrections };
}

/** Calls both whenever they want to be called, up to `until`; the judge after the servo. */
function steerUntil(until: Instant, clock: SteeredClock, servo: Servo, judge: Servo): void {
  let calls = 0;
  let last = -Infinity;
  for (;;) {
    const due = Math.min(servo.deadline(), judge.deadline());
    if (!(due <= until)) return;
    const at = Math.max(due, clock.now) as Instant;
    calls = at === last ? calls + 1 : 0;
    last = at;
    if (calls > MOST_CALLS) return;
    clock.now = at;
    if (servo.deadline() <= at) servo.steer(at);
    if (judge.deadline() <= at) judge.steer(at);
  }
}
