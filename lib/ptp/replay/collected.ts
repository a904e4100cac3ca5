/**
 * A servo whose reports are all kept, whoever takes them.
 * @module
 */
import type { Instant, Nanos, Timestamp } from "../../base/time.ts";
import type { Servo, ServoRefusal, ServoSample, ServoState } from "../servo/servo.ts";

/** Passes everything on, and copies each report into {@linkcode samples}. */
export class CollectedServo implements Servo {
  readonly samples: ServoSample[] = [];
  readonly #servo: Servo;

  constructor(servo: Servo) {
    this.#servo = servo;
  }

  get state(): ServoState {
    return this.#servo.state;
  }

  get refusal(): ServoRefusal | undefined {
    return this.#servo.refusal;
  }

  reset(now: Instant): void {
    this.#servo.reset(now);
    this.#collect();
  }

  forward(masterTime: Timestamp, local: Instant): void {
    this.#servo.forward(masterTime, local);
    this.#collect();
  }

  reverse(local: Instant, masterTime: Timestamp): void {
    this.#servo.reverse(local, masterTime);
    this.#collect();
  }

  linkDelay(delay: Nanos, at: Instant): void {
    this.#servo.linkDelay(delay, at);
    this.#collect();
  }

  leap(seconds: number): void {
    this.#servo.leap(seconds);
    this.#collect();
  }

  steer(now: Instant): void {
    this.#servo.steer(now);
    this.#collect();
  }

  deadline(): Instant {
    return this.#servo.deadline();
  }

  finish(now: Instant): void {
    this.#servo.finish(now);
    this.#collect();
  }

  sample(): ServoSample | undefined {
    return this.#servo.sample();
  }

  #collect(): void {
    const sample = this.#servo.sample();
    if (sample !== undefined) this.samples.push({ ...sample });
  }
}
