/**
 * What a PTP command tells: lines for people, events for programs.
 * @module
 */
import type { Instant } from "../../lib/base/time.ts";
import type { PtpEvent } from "../../lib/ptp/event.ts";
import { type ServoSample, ServoState } from "../../lib/ptp/servo/servo.ts";
import { PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { clockText, portText } from "../../lib/ptp/wire/identity.ts";
import type { JsonValue, Kit } from "../kit/kit.ts";
import { offsetText } from "./chart.ts";

const SERVO_NAMES: Readonly<Record<ServoState, string>> = {
  [ServoState.Unlocked]: "unlocked",
  [ServoState.Locked]: "locked",
  [ServoState.Holdover]: "holdover",
};

/** The part of the kit that a report needs. */
export type Teller = Pick<Kit, "say" | "warn" | "json">;

/** Turns the core's events into output, and remembers how it went. */
export class Reporter {
  /** The newest report of the servo, copied. */
  sample: ServoSample | undefined;
  /** The state of port k at k, from 1. */
  readonly states: PortState[] = [];
  samples = 0;
  refusal: Extract<PtpEvent, { kind: "refusal" }>["refusal"] | undefined;
  /** When the servo first said it was locked. */
  lockedAt: Instant | undefined;
  stampsMissed = 0;
  readonly #kit: Teller;
  readonly #raw: (at: Instant) => string;

  /** @param raw An instant as absolute CLOCK_MONOTONIC_RAW nanoseconds. */
  constructor(kit: Teller, raw: (at: Instant) => string) {
    this.#kit = kit;
    this.#raw = raw;
  }

  /** The state of port 1. */
  get state(): PortState {
    return this.states[1] ?? PortState.Initializing;
  }

  take(event: PtpEvent): void {
    switch (event.kind) {
      case "state":
        this.states[event.port] = event.to;
        return this.#state(event);
      case "parent":
        return this.#parent(event);
      case "sample":
        return this.#sample(event.port, event.sample);
      case "refusal":
        this.refusal = event.refusal;
        return;
      case "fault": {
        const seconds = event.resetAfter / 1e9;
        const until = seconds < Infinity ? `again in ${seconds} s` : "until its link is back";
        this.#kit.warn(`port ${event.port}: FAULTY (${event.reason}), ${until}`);
        return this.#kit.json("fault", {
          raw: this.#raw(event.at),
          port: event.port,
          reason: event.reason,
          resetAfterSeconds: seconds < Infinity ? seconds : null,
        });
      }
      case "stampMissed":
        this.stampsMissed++;
        return this.#kit.json("stampMissed", {
          raw: this.#raw(event.at),
          port: event.port,
          messageType: event.messageType,
          sequenceId: event.sequenceId,
          consecutive: event.consecutive,
        });
    }
  }

  /** One line a second while following: offset, delay, frequency, bound. */
  status(): void {
    const s = this.sample;
    if (s === undefined) return;
    this.#kit.say(
      `offset ${offsetText(s.offset).padStart(9)}  bound ${
        offsetText(s.bound, false).padStart(8)
      }` +
        `  delay ${offsetText(s.meanPathDelay, false).padStart(8)}` +
        `  freq ${s.frequency.toFixed(1).padStart(10)} ppb  ${SERVO_NAMES[s.state]}`,
    );
  }

  #state(event: Extract<PtpEvent, { kind: "state" }>): void {
    const from = STATE_NAMES[event.from];
    const to = STATE_NAMES[event.to];
    this.#kit.say(`port ${event.port}: ${from} to ${to} on ${event.cause}`);
    this.#kit.json("state", {
      raw: this.#raw(event.at),
      port: event.port,
      from,
      to,
      cause: event.cause,
    });
  }

  #parent(event: Extract<PtpEvent, { kind: "parent" }>): void {
    const { parent, timeProperties: time } = event;
    const grandmaster = clockText(parent.grandmasterIdentity);
    const epoch = time.ptpTimescale ? "PTP timescale" : "arbitrary timescale";
    this.#kit.say(
      event.isSelf
        ? `grandmaster: this clock, ${grandmaster} (${epoch})`
        : `grandmaster: ${grandmaster}, steps removed ${event.stepsRemoved}, ` +
          `priority1 ${parent.grandmasterPriority1}, ${epoch}`,
    );
    this.#kit.json("parent", {
      raw: this.#raw(event.at),
      port: event.port,
      isSelf: event.isSelf,
      decision: event.decision,
      changed: event.changed,
      parentPortIdentity: portText(parent.parentPortIdentity),
      grandmasterIdentity: grandmaster,
      grandmasterPriority1: parent.grandmasterPriority1,
      grandmasterPriority2: parent.grandmasterPriority2,
      ...quality(parent.grandmasterClockQuality),
      stepsRemoved: event.stepsRemoved,
      ptpTimescale: time.ptpTimescale,
      currentUtcOffset: time.currentUtcOffset,
      currentUtcOffsetValid: time.currentUtcOffsetValid,
      timeSource: time.timeSource,
    });
  }

  #sample(port: number, sample: ServoSample): void {
    this.sample = { ...sample };
    this.samples++;
    if (sample.state === ServoState.Locked) this.lockedAt ??= sample.at;
    this.#kit.json("sample", {
      raw: this.#raw(sample.at),
      port,
      offset: round(sample.offset),
      bound: round(sample.bound),
      meanPathDelay: round(sample.meanPathDelay),
      frequency: round(sample.frequency, 1e4),
      state: SERVO_NAMES[sample.state],
    });
  }
}

function quality(q: { clockClass: number; clockAccuracy: number }): Record<string, JsonValue> {
  return { clockClass: q.clockClass, clockAccuracy: q.clockAccuracy };
}

/** Rounded for print; null where there is no value. */
function round(value: number, per = 10): number | null {
  return Number.isFinite(value) ? Math.round(value * per) / per : null;
}
