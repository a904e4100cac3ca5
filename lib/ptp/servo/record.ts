/**
 * What a servo was told and what it did, a line each, so that its decisions can be looked at again.
 *
 * A record holds all that goes in and out of a servo: measurements, the instants it was called at, every
 * reading of its clock and every correction. Numbers are printed so that they read back bit for bit. The
 * first line is `rptp-servo 1 ORIGIN`, with the absolute CLOCK_MONOTONIC_RAW nanoseconds of instant 0;
 * then, by the first letter:
 *
 *     S raw seconds nanoseconds      a Sync: arrived at raw, left the master at ...
 *     D raw seconds nanoseconds      a Delay_Req: left at raw, arrived at the master at ...
 *     L raw delay                    the link's delay measured by itself
 *     J seconds                      a leap second: the timescale was set by so much
 *     R raw | T raw | X raw          reset, steer, finish
 *     c raw seconds nanoseconds width    a capture of the clock
 *     a raw seconds nanoseconds      the clock's answer to readAt(raw)
 *     q ppb | f ppb                  the frequency read | set
 *     p seconds nanoseconds          the clock stepped
 *     m ppb                          the largest correction the clock takes
 *
 * Capital letters go in, small ones are the clock's. {@linkcode replay} feeds them to another servo.
 * @module
 */
import type { Clock, ClockPair } from "../../base/clock.ts";
import type { Instant, Nanos, Timestamp } from "../../base/time.ts";
import { timestamp } from "../../base/time.ts";
import type { Servo, ServoRefusal, ServoSample, ServoState } from "./servo.ts";

/** Takes one line, without its end. */
export type RecordSink = (line: string) => void;

const HEADER = "rptp-servo 1";

/** A clock that tells what was read from it and done to it. */
export class RecordedClock implements Clock {
  readonly maxPpb: number;
  readonly #clock: Clock;
  readonly #sink: RecordSink;

  constructor(clock: Clock, sink: RecordSink) {
    this.#clock = clock;
    this.#sink = sink;
    this.maxPpb = clock.maxPpb;
    sink(`m ${clock.maxPpb}`);
  }

  read(into: Timestamp): void {
    this.#clock.read(into);
  }

  capture(into: ClockPair): void {
    this.#clock.capture(into);
    this.#sink(`c ${into.raw} ${into.seconds} ${into.nanoseconds} ${into.widthNanos}`);
  }

  readAt(raw: Instant, into: Timestamp): void {
    this.#clock.readAt(raw, into);
    this.#sink(`a ${raw} ${into.seconds} ${into.nanoseconds}`);
  }

  step(seconds: number, nanoseconds: number): void {
    this.#clock.step(seconds, nanoseconds);
    this.#sink(`p ${seconds} ${nanoseconds}`);
  }

  adjustFrequency(ppb: number): void {
    this.#clock.adjustFrequency(ppb);
    this.#sink(`f ${ppb}`);
  }

  frequency(): number {
    const ppb = this.#clock.frequency();
    this.#sink(`q ${ppb}`);
    return ppb;
  }

  setLeap(leap: -1 | 0 | 1): void {
    this.#clock.setLeap(leap);
  }

  setTaiOffset(seconds: number): void {
    this.#clock.setTaiOffset(seconds);
  }
}

/** A servo that tells what it is told. Its clock should be a {@linkcode RecordedClock} of the same sink. */
export class RecordedServo implements Servo {
  readonly #servo: Servo;
  readonly #sink: RecordSink;

  constructor(servo: Servo, sink: RecordSink) {
    this.#servo = servo;
    this.#sink = sink;
  }

  get state(): ServoState {
    return this.#servo.state;
  }

  get refusal(): ServoRefusal | undefined {
    return this.#servo.refusal;
  }

  reset(now: Instant): void {
    this.#sink(`R ${now}`);
    this.#servo.reset(now);
  }

  forward(masterTime: Timestamp, local: Instant): void {
    this.#sink(`S ${local} ${masterTime.seconds} ${masterTime.nanoseconds}`);
    this.#servo.forward(masterTime, local);
  }

  reverse(local: Instant, masterTime: Timestamp): void {
    this.#sink(`D ${local} ${masterTime.seconds} ${masterTime.nanoseconds}`);
    this.#servo.reverse(local, masterTime);
  }

  linkDelay(delay: Nanos, at: Instant): void {
    this.#sink(`L ${at} ${delay}`);
    this.#servo.linkDelay(delay, at);
  }

  leap(seconds: number): void {
    this.#sink(`J ${seconds}`);
    this.#servo.leap(seconds);
  }

  /** Calls before the deadline do nothing and are not recorded. */
  steer(now: Instant): void {
    if (now < this.#servo.deadline()) return;
    this.#sink(`T ${now}`);
    this.#servo.steer(now);
  }

  deadline(): Instant {
    return this.#servo.deadline();
  }

  finish(now: Instant): void {
    this.#sink(`X ${now}`);
    this.#servo.finish(now);
  }

  sample(): ServoSample | undefined {
    return this.#servo.sample();
  }
}

/** A servo made by `make` over `clock`, both recorded; `origin` is instant 0 in absolute raw ns. */
export function recorded(
  clock: Clock,
  sink: RecordSink,
  origin: bigint,
  make: (clock: Clock) => Servo,
): Servo {
  sink(`${HEADER} ${origin}`);
  return new RecordedServo(make(new RecordedClock(clock, sink)), sink);
}

/** What a replayed servo did otherwise than the recorded one. */
export interface Departure {
  /** Line of the record, from 1. */
  line: number;
  recorded: string;
  replayed: string;
}

/** A clock that answers from a record and compares what is done to it. */
class ReplayedClock implements Clock {
  readonly maxPpb: number;
  departure: Departure | undefined;
  readonly #lines: readonly string[];
  #next: number;

  constructor(lines: readonly string[], next: number, maxPpb: number) {
    this.#lines = lines;
    this.#next = next;
    this.maxPpb = maxPpb;
  }

  /** The number of the line that comes next. */
  get next(): number {
    return this.#next;
  }

  skip(): void {
    this.#next++;
  }

  read(_into: Timestamp): void {
    throw new Error("unreachable: servos do not read, they capture");
  }

  capture(into: ClockPair): void {
    const [raw, seconds, nanoseconds, width] = this.#answer("c");
    into.raw = raw as Instant;
    into.seconds = seconds!;
    into.nanoseconds = nanoseconds!;
    into.widthNanos = width!;
  }

  readAt(raw: Instant, into: Timestamp): void {
    const [, seconds, nanoseconds] = this.#answer("a", ` ${raw} `);
    into.seconds = seconds!;
    into.nanoseconds = nanoseconds!;
  }

  step(seconds: number, nanoseconds: number): void {
    this.#compare(`p ${seconds} ${nanoseconds}`);
  }

  adjustFrequency(ppb: number): void {
    this.#compare(`f ${ppb}`);
  }

  frequency(): number {
    return this.#answer("q")[0]!;
  }

  setLeap(_leap: -1 | 0 | 1): void {}
  setTaiOffset(_seconds: number): void {}

  #answer(letter: string, rest = ""): number[] {
    const line = this.#lines[this.#next] ?? "";
    if (!line.startsWith(`${letter}${rest}`)) this.#depart(line, `${letter}${rest} ...`);
    this.#next++;
    const words = line.split(" ").slice(1).map(Number);
    return words.length === 0 ? [NaN, NaN, NaN, NaN] : words;
  }

  #compare(done: string): void {
    const line = this.#lines[this.#next] ?? "";
    if (line !== done) this.#depart(line, done);
    this.#next++;
  }

  #depart(line: string, done: string): void {
    this.departure ??= { line: this.#next + 1, recorded: line, replayed: done };
  }
}

/**
 * Gives a recorded servo's inputs to the servo that `make` makes over the recorded clock.
 * @returns the first thing it did otherwise, or `undefined` where it did the same to the last bit.
 * @throws Error where `text` is no such record.
 */
export function replay(text: string, make: (clock: Clock) => Servo): Departure | undefined {
  const lines = text.split("\n").filter((line) => line !== "");
  const capacity = /^m (\S+)$/.exec(lines[1] ?? "");
  if (!lines[0]?.startsWith(`${HEADER} `) || capacity === null) {
    throw new Error(`not a servo record: it begins with ${JSON.stringify(lines[0]?.slice(0, 40))}`);
  }
  const clock = new ReplayedClock(lines, 2, Number(capacity[1]));
  const servo = make(clock);
  while (clock.departure === undefined && clock.next < lines.length) {
    const line = lines[clock.next]!;
    clock.skip();
    if (!feed(servo, line)) {
      return { line: clock.next, recorded: line, replayed: "" };
    }
  }
  return clock.departure;
}

/** Gives one input to a servo; false where the line is none. */
export function feed(servo: Servo, line: string): boolean {
  const words = line.split(" ");
  const raw = Number(words[1]) as Instant;
  const master = timestamp(Number(words[2]), Number(words[3]));
  switch (words[0]) {
    case "S":
      servo.forward(master, raw);
      return true;
    case "D":
      servo.reverse(raw, master);
      return true;
    case "L":
      servo.linkDelay(Number(words[2]) as Nanos, raw);
      return true;
    case "J":
      servo.leap(Number(words[1]));
      return true;
    case "R":
      servo.reset(raw);
      return true;
    case "T":
      servo.steer(raw);
      return true;
    case "X":
      servo.finish(raw);
      return true;
  }
  return false;
}
