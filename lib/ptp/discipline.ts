/**
 * Between the slave port and the servo: the timescale, refusals, and reports.
 *
 * A master's time reaches the servo in the local clock's own timescale, or not at all: measurements
 * of a master whose timescale the clock cannot take are dropped, and why is said once.
 * @module
 */
import {
  assign,
  type Instant,
  type Nanos,
  NEVER,
  type Timestamp,
  timestamp,
} from "../base/time.ts";
import type { TimePropertiesDS } from "./datasets.ts";
import type { PtpRefusal } from "./event.ts";
import type { InstanceOptions } from "./options.ts";
import { type Servo, type ServoSample, ServoState } from "./servo/servo.ts";

/** One per instance. */
export class Discipline {
  readonly #servo: Servo | undefined;
  readonly #options: Readonly<InstanceOptions>;
  readonly #time = timestamp();
  /** Seconds to take from a master's time. */
  #offset = 0;
  #refusal: PtpRefusal | undefined;
  #isRefusalTold = false;
  #isServoRefusalTold = false;

  constructor(options: Readonly<InstanceOptions>, servo: Servo | undefined) {
    this.#options = options;
    this.#servo = servo;
  }

  /** Another master: forget phases. */
  restart(now: Instant): void {
    this.#isRefusalTold = false;
    this.#servo?.reset(now);
  }

  /** The master's time is as `t` says from now on. */
  adopt(t: Readonly<TimePropertiesDS>): void {
    const before = this.#refusal?.reason;
    this.#refusal = this.#judge(t);
    if (this.#refusal?.reason !== before) this.#isRefusalTold = false;
    this.#offset = this.#refusal === undefined ? this.utcOffset(t) : 0;
  }

  /** A Sync: `masterTime` on the master's timescale. */
  forward(masterTime: Readonly<Timestamp>, local: Instant): void {
    if (this.#refusal !== undefined || this.#servo === undefined) return;
    this.#servo.forward(this.#localized(masterTime), local);
  }

  /** A Delay_Req and its response: `masterTime` on the master's timescale. */
  reverse(local: Instant, masterTime: Readonly<Timestamp>): void {
    if (this.#refusal !== undefined || this.#servo === undefined) return;
    this.#servo.reverse(local, this.#localized(masterTime));
  }

  /** The link's delay, where peer delay measures it. */
  linkDelay(delay: Nanos, at: Instant): void {
    if (this.#refusal === undefined) this.#servo?.linkDelay(delay, at);
  }

  steer(now: Instant): void {
    const servo = this.#servo;
    if (servo !== undefined && servo.deadline() <= now) servo.steer(now);
  }

  deadline(): Instant {
    return this.#servo === undefined ? NEVER : this.#servo.deadline();
  }

  /** False without a servo: the clock cannot follow. */
  get canSteer(): boolean {
    return this.#servo !== undefined;
  }

  get isLocked(): boolean {
    return this.#servo?.state === ServoState.Locked;
  }

  get servoState(): ServoState {
    return this.#servo?.state ?? ServoState.Unlocked;
  }

  sample(): ServoSample | undefined {
    return this.#servo?.sample();
  }

  /** A refusal not told yet, the timescale's first. */
  refusal(): PtpRefusal | undefined {
    if (this.#refusal !== undefined && !this.#isRefusalTold) {
      this.#isRefusalTold = true;
      return this.#refusal;
    }
    const own = this.#servo?.refusal;
    if (own === undefined) this.#isServoRefusalTold = false;
    else if (!this.#isServoRefusalTold) {
      this.#isServoRefusalTold = true;
      return own;
    }
    return undefined;
  }

  /** The refusal in force, told or not. */
  get standing(): PtpRefusal | undefined {
    return this.#refusal ?? this.#servo?.refusal;
  }

  /** TAI - UTC as the master says, or as we know ourselves where it does not vouch for its own. */
  utcOffset(t: Readonly<TimePropertiesDS>): number {
    if (this.#options.localTimescale !== "utc" || !t.ptpTimescale) return 0;
    return t.currentUtcOffsetValid
      ? t.currentUtcOffset
      : this.#options.timeProperties.currentUtcOffset;
  }

  #judge(t: Readonly<TimePropertiesDS>): PtpRefusal | undefined {
    if (this.#options.localTimescale !== "utc") return undefined;
    if (!t.ptpTimescale) return this.#options.acceptArb ? undefined : { reason: "arb" };
    const isKnown = t.currentUtcOffsetValid || this.#options.timeProperties.currentUtcOffsetValid;
    return isKnown ? undefined : { reason: "utcOffset" };
  }

  #localized(masterTime: Readonly<Timestamp>): Timestamp {
    assign(masterTime, this.#time);
    this.#time.seconds -= this.#offset;
    return this.#time;
  }
}
