/**
 * The servo of `rptp slave` with its files: a record of what it did, and the frequency for the next start.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Clock } from "../../lib/base/clock.ts";
import { type Instant, timestamp } from "../../lib/base/time.ts";
import { recorded } from "../../lib/ptp/servo/record.ts";
import type { KnownFrequency, RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import type { Context } from "../kit/command.ts";
import { text } from "../kit/parse.ts";
import { VERSION } from "../version/version.ts";
import { loadFrequency, RecordFile, saveFrequency } from "./servo_files.ts";
import { Recording } from "./record/recording.ts";
import { servoOf, servoOptions, type SlaveServoOptions } from "./servo_of.ts";
import type { Decorate } from "./session.ts";
import { absoluteRaw, type OpenClock, realTime } from "./wiring.ts";

/** Flags that name the files. */
export interface ServoFileFlags {
  readonly saveFrequency: string | undefined;
  readonly record: string | undefined;
}

/** How they are parsed and explained. */
export const SERVO_FILE_FLAGS: FlagParametersForType<ServoFileFlags, Context> = {
  saveFrequency: {
    kind: "parsed",
    parse: text,
    brief: "Begin with the frequency kept in this file, and keep the last good one there",
    placeholder: "FILE",
    optional: true,
  },
  record: {
    kind: "parsed",
    parse: text,
    brief: "Record what the servo did, for rptp ptp replay; FILE.pcapng with the packets",
    placeholder: "FILE",
    optional: true,
  },
};

const PTP_ETHERTYPE = 0x88f7;

/** Made before the session, so that a file that cannot be opened is told first. */
export class SlaveServo {
  readonly #flags: SlaveServoOptions & ServoFileFlags;
  readonly #record: RecordFile | Recording | undefined;
  readonly #initialFrequency: KnownFrequency | undefined;
  #servo: RobustServo | undefined;

  constructor(flags: SlaveServoOptions & ServoFileFlags) {
    const { record, saveFrequency: path } = flags;
    this.#flags = flags;
    this.#initialFrequency = path === undefined ? undefined : loadFrequency(path, epochSeconds());
    this.#record = record === undefined
      ? undefined
      : record.endsWith(".pcapng")
      ? new Recording(record, `rptp ${VERSION}`)
      : new RecordFile(record);
  }

  make(clock: OpenClock, io: "ffi" | "deno"): Servo {
    const options = { ...this.#flags, initialFrequency: this.#initialFrequency };
    const make = (over: Clock) => this.#servo = servoOf(clock, io, options, over);
    if (this.#record === undefined) return make(clock.clock);
    const record = this.#record;
    if (record instanceof Recording) {
      const facts = { servo: "robust", options: servoOptions(clock, io, options) };
      record.about({ ...facts, clock: clock.kind, io, runtime: Deno.version });
    }
    const servo = recorded(clock.clock, record.sink, BigInt(absoluteRaw(0 as Instant)), make);
    if (record instanceof Recording) record.tellSamples(servo);
    return servo;
  }

  /** Puts the recording of packets around a link, where they are recorded. */
  get decorate(): Decorate | undefined {
    const record = this.#record;
    if (!(record instanceof Recording)) return undefined;
    return (link, planned, attachment) => {
      const port = (channel: number) => channel === 0 ? planned.eventPort : planned.generalPort;
      const isRaw = planned.transport === "l2";
      return record.over(link, {
        clock: realTime,
        local: (channel) =>
          link.addresses.internText(attachment.address, isRaw ? 0 : port(channel)),
        etherType: isRaw ? PTP_ETHERTYPE : 0,
      });
    };
  }

  /** Writes the frequency file, where one is wanted and the servo has locked. */
  keepFrequency(): void {
    const path = this.#flags.saveFrequency;
    const known = this.#servo?.knownFrequency();
    if (path !== undefined && known !== undefined) saveFrequency(path, known, epochSeconds());
  }

  close(): void {
    this.#record?.close();
  }
}

function epochSeconds(): number {
  const now = timestamp();
  realTime(now);
  return now.seconds;
}
