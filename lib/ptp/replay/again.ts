/**
 * The same servo on its own record: every correction and every report must come out as it did.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import { type Departure, replay } from "../servo/record.ts";
import type { Servo, ServoSample } from "../servo/servo.ts";
import { CollectedServo } from "./collected.ts";

/** What came of it. */
export interface Again {
  /** The first thing done otherwise. */
  readonly departure: Departure | undefined;
  /** Lines that went in, and corrections and steps that came out and were compared. */
  readonly inputs: number;
  readonly corrections: number;
  readonly steps: number;
  /** Recorded reports that came out to the last bit, and the first that did not. */
  readonly reports: number;
  readonly strange: string | undefined;
  readonly samples: readonly ServoSample[];
}

/**
 * Runs the servo that `make` makes on the record `text`.
 * @param reports Recorded reports as {@linkcode sampleText} has them; none if there are none.
 * @throws Error where `text` is no record.
 */
export function again(
  text: string,
  reports: readonly string[],
  make: (clock: Clock) => Servo,
): Again {
  let collected: CollectedServo | undefined;
  const departure = replay(text, (clock) => collected = new CollectedServo(make(clock)));
  const samples = collected?.samples ?? [];
  const lines = text.split("\n");
  const count = (letters: RegExp) => lines.filter((line) => letters.test(line)).length;
  const replayed = new Set(samples.map(sampleText));
  const strange = reports.find((line) => !replayed.has(line));
  return {
    departure,
    inputs: count(/^[SDLRJTX] /),
    corrections: count(/^f /),
    steps: count(/^p /),
    reports: reports.length,
    strange,
    samples,
  };
}

/** A report as a line; its numbers read back bit for bit. */
export function sampleText(s: ServoSample): string {
  return [s.at, s.offset, s.bound, s.meanPathDelay, s.frequency, s.state].join(" ");
}
