/**
 * Between the slave port and the servo: the timescale, refusals, and reports.
 *
 * A master's time reaches the servo in the local clock's own timescale, or not at all: measurements
 * of a master whose timescale the clock cannot take are dropped, and why is said once.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import {
  assign,
  earliest,
  type Instant,
  type Nanos,
  NEVER,
  ORIGIN,
  type Timestamp,
  timestamp,
} from "../base/time.ts";
import type { TimePropertiesDS } from "./datasets.ts";
import type { PtpRefusal } from "./event.ts";
import type { InstanceOptions } from "./options.ts";
import { type Servo, type ServoSample, ServoState } from "./servo/servo.ts";
import { type Leap, UtcOffset } from "./utc_offset.ts";

/** A grandmaster's clock may be slewed by others: midnight is reckoned anew so often, ns. */
const OBSERVE_EVERY = 5e9;

/** One per instance. */
export class Discipline {
  readonly #servo: Servo | undefined;
  readonly #options: Readonly<InstanceOptions>;
  readonly #time = timestamp();
  readonly #clock: Clock;
  /** TAI - UTC of the local clock, where it keeps UTC on the PTP timescale. */
  readonly #utc = new UtcOffset();
  #takesUtc = false;
  #isOwn = true;
  #observedAt = -Infinity;
  #toldOffset = NaN;
  #toldLeap: Leap = 0;
  #refusal: PtpRefusal | undefined;
  #isRefusalTold = false;
  #isServoRefusalTold = false;

  constructor(options: Readonly<InstanceOptions>, servo: Servo | undefined, clock: Clock) {
    this.#options = options;
    this.#servo = servo;
    this.#clock = clock;
    this.serve(options.timeProperties, ORIGIN);
  }

  /** Another master: forget phases. */
  restart(now: Instant): void {
    this.#isRefusalTold = false;
    this.#servo?.reset(now);
  }

  /** The master's time is as `t` says from now on. */
  adopt(t: Readonly<TimePropertiesDS>, now: Instant): void {
    const before = this.#refusal?.reason;
    this.#refusal = this.#judge(t);
    if (this.#refusal?.reason !== before) this.#isRefusalTold = false;
    this.#isOwn = false;
    this.#takesUtc = this.#refusal === undefined && this.#isUtc(t);
    if (!this.#takesUtc) return;
    this.#utc.announce(this.#utcOffset(t), t.currentUtcOffsetValid ? leapOf(t) : 0, now);
  }

  /** We are the grandmaster, and our time is as `t` says from now on. */
  serve(t: Readonly<TimePropertiesDS>, now: Instant): void {
    this.#isOwn = true;
    this.#takesUtc = this.#isUtc(t);
    if (this.#takesUtc) this.#utc.announce(t.currentUtcOffset, leapOf(t), now);
  }

  /** What to add to the local clock's `reading` at `at` for the time on the announced timescale. */
  taiOffset(reading: Readonly<Timestamp>, at: Instant): number {
    return this.#takesUtc ? this.#utc.of(reading, at) : 0;
  }

  /** TAI - UTC in force. */
  get utcOffset(): number {
    return this.#utc.seconds;
  }

  /** The leap second that has just passed: 1 inserted, -1 deleted. Call before {@linkcode steer}. */
  tick(now: Instant): Leap {
    if (!this.#takesUtc) return 0;
    if (this.#isOwn) this.#observeOwn(now);
    const leap = this.#utc.pass(now);
    if (leap !== 0) this.#servo?.leap(-leap);
    this.#tellClock(now);
    return leap;
  }

  /** A Sync: `masterTime` on the master's timescale. */
  forward(masterTime: Readonly<Timestamp>, local: Instant): void {
    if (this.#refusal !== undefined || this.#servo === undefined) return;
    if (this.#takesUtc) this.#utc.observe(masterTime, local);
    if (this.#isPaused(local)) return;
    this.#servo.forward(this.#localized(masterTime), local);
  }

  /** A Delay_Req and its response: `masterTime` on the master's timescale. */
  reverse(local: Instant, masterTime: Readonly<Timestamp>): void {
    if (this.#refusal !== undefined || this.#servo === undefined || this.#isPaused(local)) return;
    this.#servo.reverse(local, this.#localized(masterTime));
  }

  /** The link's delay, where peer delay measures it. */
  linkDelay(delay: Nanos, at: Instant): void {
    if (this.#refusal === undefined) this.#servo?.linkDelay(delay, at);
  }

  steer(now: Instant): void {
    const servo = this.#servo;
    if (servo === undefined || servo.deadline() > now) return;
    if (this.#takesUtc && this.#utc.mustWait(now)) return;
    servo.steer(now);
  }

  deadline(): Instant {
    const servo = this.#servo === undefined ? NEVER : this.#servo.deadline();
    if (!this.#takesUtc) return servo;
    const isWaiting = this.#utc.mustWait(servo);
    return earliest(isWaiting ? this.#utc.waitEnds() : servo, this.#utc.deadline());
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

  #judge(t: Readonly<TimePropertiesDS>): PtpRefusal | undefined {
    if (this.#options.localTimescale !== "utc") return undefined;
    if (!t.ptpTimescale) return this.#options.acceptArb ? undefined : { reason: "arb" };
    const isKnown = t.currentUtcOffsetValid || this.#options.timeProperties.currentUtcOffsetValid;
    return isKnown ? undefined : { reason: "utcOffset" };
  }

  /** TAI - UTC as the master says, or as we know ourselves where it does not vouch for its own. */
  #utcOffset(t: Readonly<TimePropertiesDS>): number {
    if (this.#options.localTimescale !== "utc" || !t.ptpTimescale) return 0;
    return t.currentUtcOffsetValid
      ? t.currentUtcOffset
      : this.#options.timeProperties.currentUtcOffset;
  }

  #isUtc(t: Readonly<TimePropertiesDS>): boolean {
    return this.#options.localTimescale === "utc" && t.ptpTimescale;
  }

  #isPaused(at: Instant): boolean {
    return this.#takesUtc && this.#utc.isPaused(at);
  }

  /** A grandmaster's midnight is its own clock's. */
  #observeOwn(now: Instant): void {
    if (!this.#utc.wantsTime || now - this.#observedAt < OBSERVE_EVERY) return;
    this.#observedAt = now;
    this.#clock.readAt(now, this.#time);
    this.#time.seconds += this.#utc.of(this.#time, now);
    this.#utc.observe(this.#time, now);
  }

  /** The flag stays until the kernel is through with it, which may be a little after midnight. */
  #tellClock(now: Instant): void {
    if (!this.#options.kernelLeap || !this.isLocked || this.#utc.mustWait(now)) return;
    if (this.#toldOffset !== this.#utc.seconds) {
      this.#toldOffset = this.#utc.seconds;
      this.#clock.setTaiOffset(this.#utc.seconds);
    }
    if (this.#toldLeap === this.#utc.pending) return;
    this.#toldLeap = this.#utc.pending;
    this.#clock.setLeap(this.#toldLeap);
  }

  #localized(masterTime: Readonly<Timestamp>): Timestamp {
    assign(masterTime, this.#time);
    if (this.#takesUtc) this.#time.seconds -= this.#utc.seconds;
    return this.#time;
  }
}

function leapOf(t: Readonly<TimePropertiesDS>): Leap {
  return t.leap61 ? 1 : t.leap59 ? -1 : 0;
}
