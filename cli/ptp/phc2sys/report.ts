/**
 * What `rptp ptp phc2sys` tells: lines for people, events for programs.
 * @module
 */
import type { Nanos } from "../../../lib/base/time.ts";
import type { PieceListener } from "../../../lib/base/virtual_clock.ts";
import { OffsetCause } from "../../../lib/ptp/clock_offset.ts";
import type { ClockSpec } from "../../../lib/ptp/clock_spec.ts";
import type { ClockSync } from "../../../lib/ptp/clock_sync.ts";
import { type ServoRefusal, type ServoSample, ServoState } from "../../../lib/ptp/servo/servo.ts";
import type { Kit } from "../../kit/kit.ts";
import { offsetText } from "../chart.ts";
import { absoluteRaw } from "../wiring.ts";
import { endWords } from "./ends.ts";

const STATES: Readonly<Record<ServoState, string>> = {
  [ServoState.Unlocked]: "unlocked",
  [ServoState.Locked]: "locked",
  [ServoState.Holdover]: "holdover",
};

/** How a run ended. */
export interface Ending {
  readonly isRefused: boolean;
  readonly sync: ClockSync;
  /** Correction left on the destination, ppb. */
  readonly frequency: number;
}

/** Remembers how it went, and says it. */
export class SyncReport {
  readonly #kit: Kit;
  #sample: ServoSample | undefined;
  #samples = 0;

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** The newest sample says so. */
  get isLocked(): boolean {
    return this.#sample?.state === ServoState.Locked;
  }

  take(sample: ServoSample): void {
    this.#sample = sample;
    this.#samples++;
    this.#kit.json("sample", {
      raw: absoluteRaw(sample.at),
      offset: rounded(sample.offset, 10),
      bound: rounded(sample.bound, 10),
      frequency: rounded(sample.frequency, 1e4),
      state: STATES[sample.state],
    });
  }

  /** The line of the newest sample. */
  status(): void {
    const s = this.#sample;
    if (s === undefined) return;
    this.#kit.say(
      `offset ${offsetText(s.offset).padStart(9)}  bound ${
        offsetText(s.bound, false).padStart(8)
      }  freq ${s.frequency.toFixed(1).padStart(10)} ppb  ${STATES[s.state]}`,
    );
  }

  /** Why the servo left the clock alone. */
  refused(refusal: ServoRefusal): void {
    const [why, flag] = wordsOf(refusal);
    tellRefusal(this.#kit, refusal.reason, why, flag);
  }

  summary({ isRefused, sync, frequency }: Ending): void {
    const s = this.#sample;
    const isSynchronized = !isRefused && this.isLocked;
    const words = isSynchronized ? "synchronised" : "not synchronised";
    this.#kit.note(
      s === undefined
        ? words
        : `${words}: offset ${offsetText(s.offset)}, ${this.#samples} samples, frequency kept ` +
          `${frequency.toFixed(1)} ppb`,
    );
    this.#kit.json("summary", {
      synchronized: isSynchronized,
      state: s === undefined ? "unlocked" : STATES[s.state],
      samples: this.#samples,
      offset: s === undefined ? null : rounded(s.offset, 10),
      bound: s === undefined ? null : rounded(s.bound, 10),
      frequency,
      timescaleOffset: sync.offset / 1e9,
      readings: sync.readings,
      wideReadings: sync.wide,
    });
  }
}

/** `{"event":"clock"}` of one end: time(raw') = time + (raw' - raw)(1 + ppb / 1e9). */
export function tellPiece(kit: Kit, end: "source" | "destination"): PieceListener {
  return (raw, secondsPart, nanoseconds, ppb) => {
    const time = BigInt(secondsPart) * 1_000_000_000n + BigInt(Math.round(nanoseconds));
    kit.json("clock", { end, raw: absoluteRaw(raw), time, ppb });
  };
}

/** What two clocks that are one currentUtcOffset apart are refused for. */
export interface Cause {
  readonly cause: OffsetCause;
  readonly apart: Nanos;
  /** Seconds that were added to the source. */
  readonly applied: number;
  /** Seconds that would bring them together. */
  readonly offset: number;
  readonly source: ClockSpec;
  readonly destination: ClockSpec;
}

/** Says that the 37 s are not an error of the clock, and what to type. */
export function tellCause(kit: Kit, found: Cause): void {
  const source = endWords(found.source);
  const destination = endWords(found.destination);
  const apart = offsetText(found.apart);
  const why = {
    [OffsetCause.NoOffset]:
      `${destination} is ${apart} from ${source}, which is TAI - UTC: one keeps TAI, the other UTC`,
    [OffsetCause.SameTimescale]:
      `${destination} and ${source} show the same time where TAI - UTC (${
        Math.abs(found.applied)
      } s) should lie between them: the hardware clock keeps UTC, or the system clock TAI`,
    [OffsetCause.AppliedTwice]:
      `${destination} is ${apart} from where ${source} puts it, which is TAI - UTC: that was ` +
      "applied to one of them before",
  }[found.cause];
  tellRefusal(kit, "timescale", why, `--offset ${found.offset} or --allow-step`);
}

function wordsOf(refusal: ServoRefusal): [why: string, flag: string] {
  if (refusal.reason === "epoch") {
    const date = new Date(refusal.masterSeconds * 1000).toISOString().slice(0, 19);
    return [`the source's date is ${date}, before 2020`, "--accept-epoch"];
  }
  const by = offsetText(-refusal.offset);
  const limit = offsetText(refusal.limit, false);
  return [`the clock would have to step by ${by}, more than --max-step ${limit}`, "--allow-step"];
}

function tellRefusal(kit: Kit, reason: string, why: string, flag: string): void {
  const lifts = flag.includes(" or ") ? "lift" : "lifts";
  kit.note(`${kit.errStyle.red("refused:")} ${why}; ${flag} ${lifts} this`);
  kit.json("refusal", { reason, message: why, flag });
}

/** Rounded for print; null where there is no value. */
function rounded(value: number, per: number): number | null {
  return Number.isFinite(value) ? Math.round(value * per) / per : null;
}
