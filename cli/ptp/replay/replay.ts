/**
 * `rptp ptp replay`: a recorded servo once more, bit for bit; another servo on the same input; or a
 * servo on the PTP of any capture.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Clock } from "../../../lib/base/clock.ts";
import { type Again, again } from "../../../lib/ptp/replay/again.ts";
import { Oscillator } from "../../../lib/ptp/replay/oscillator.ts";
import { inputsOf, type WhatIf, whatIf } from "../../../lib/ptp/replay/what_if.ts";
import { chooseServo, SERVO_NAMES, type ServoName } from "../../../lib/ptp/servo/choose.ts";
import { type ServoSample, ServoState } from "../../../lib/ptp/servo/servo.ts";
import { type CliCommand, type Context, defineCommand } from "../../kit/command.ts";
import { Failure } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import type { JsonValue, Kit } from "../../kit/kit.ts";
import { integer, port, text } from "../../kit/parse.ts";
import { readCapture } from "../../tcpdump/read_file.ts";
import { offsetText } from "../chart.ts";
import { servoFigure, ServoTracks } from "../plot/servo_tracks.ts";
import { plotPath, writeFigure } from "../plot/write.ts";
import { type LoadedRecord, loadRecord } from "../record/load.ts";
import { figuresOf, type ServoFigures } from "./figures.ts";
import { ForeignInput } from "./foreign.ts";

/** Flags of `rptp ptp replay`. */
export interface ReplayFlags {
  readonly servo?: ServoName;
  readonly plot?: string;
  readonly domain?: number;
  readonly master?: string;
  readonly slave?: string;
  readonly eventPort: number;
  readonly generalPort: number;
}

const STATES: Readonly<Record<ServoState, string>> = {
  [ServoState.Unlocked]: "unlocked",
  [ServoState.Locked]: "locked",
  [ServoState.Holdover]: "holdover",
};

const FLAGS: FlagParametersForType<ReplayFlags, Context> = {
  servo: {
    kind: "enum",
    values: SERVO_NAMES,
    brief: "Run this servo on the input instead",
    optional: true,
  },
  plot: {
    kind: "parsed",
    parse: plotPath,
    brief: "Draw offset, delay and frequency into FILE.svg or FILE.png",
    placeholder: "FILE",
    optional: true,
  },
  domain: {
    kind: "parsed",
    parse: integer(0, 255),
    brief: "Of a capture: only this PTP domain, 0 to 255",
    placeholder: "N",
    optional: true,
  },
  master: {
    kind: "parsed",
    parse: text,
    brief: "Of a capture: this master's port identity; if left out, the one with most Syncs",
    placeholder: "PORT",
    optional: true,
  },
  slave: {
    kind: "parsed",
    parse: text,
    brief: "Of a capture: only the requests of this slave's port identity",
    placeholder: "PORT",
    optional: true,
  },
  eventPort: {
    kind: "parsed",
    parse: port,
    brief: "Of a capture: UDP port of event messages",
    placeholder: "PORT",
    default: "319",
  },
  generalPort: {
    kind: "parsed",
    parse: port,
    brief: "Of a capture: UDP port of general messages",
    placeholder: "PORT",
    default: "320",
  },
};

/** The command. */
export const command: CliCommand = defineCommand<ReplayFlags, [string]>({
  brief: "Run a recorded servo again, or another servo on the same input",
  description:
    `FILE is a recording of rptp slave --record: the servo is run again on what it was told and read, and
must do the same to the last bit (0), else the first difference is told (1). With --servo another
servo steers the recorded oscillator; a judge that steers nothing says how well. FILE may also be
any pcap or pcapng with PTP: what a slave where it was captured would have measured is given to
the servo (free if none is named), over the clock that stamped the capture.`,
  examples: [
    ["rptp ptp replay slave.pcapng", "do the decisions come out the same?"],
    ["rptp ptp replay slave.pcapng --servo linreg --plot linreg.png", "what linreg had done"],
    ["rptp ptp replay capture.pcap --json", "offsets, with bounds, from a capture at a slave"],
  ],
  flags: FLAGS,
  positional: {
    kind: "tuple",
    parameters: [{ parse: text, brief: "Recording or capture", placeholder: "FILE" }],
  },
  run: async (kit, flags, path) => {
    const octets = await Deno.readFile(path);
    const record = loadRecord(octets);
    if (record === undefined) return await foreign(kit, flags, path, octets);
    if (!record.isWhole) kit.warn(`${path} ends inside a block; what came before is used`);
    return flags.servo === undefined
      ? await same(kit, flags, path, record)
      : await other(kit, flags, path, record, flags.servo);
  },
});

/** The recorded servo with the recorded options. */
function makerOf(record: LoadedRecord, name: ServoName | undefined): (clock: Clock) => CliServo {
  const recorded = SERVO_NAMES.find((one) => one === record.about["servo"]) ?? "robust";
  const options = record.about["options"];
  const given = typeof options === "object" && options !== null ? options : DEFAULTS;
  return (clock) => chooseServo(name ?? recorded, clock, given);
}

type CliServo = ReturnType<typeof chooseServo>;

/** Of a record that says nothing of its servo: lines alone. */
const DEFAULTS = { allowStep: true, acceptEpoch: true };

async function same(
  kit: Kit,
  flags: ReplayFlags,
  path: string,
  record: LoadedRecord,
): Promise<ExitCode> {
  const found = again(record.servo, record.samples, makerOf(record, undefined));
  const name = String(record.about["servo"] ?? "robust");
  tellSamples(kit, name, found.samples);
  const isSame = found.departure === undefined && found.strange === undefined;
  if (isSame) {
    kit.say(`${kit.style.green("ok  ")} ${countsText(name, found)}: all the same, bit for bit`);
  } else kit.say(`${kit.style.red("FAIL")} ${countsText(name, found)}: ${differenceText(found)}`);
  sayFigures(kit, name, figuresOf(found.samples));
  kit.json("summary", {
    servo: name,
    identical: isSame,
    inputs: found.inputs,
    corrections: found.corrections,
    steps: found.steps,
    reports: found.reports,
    departure: found.departure === undefined ? null : { ...found.departure },
    ...figuresOf(found.samples),
  });
  await plot(flags, `${name} servo of ${baseName(path)}, replayed`, [
    { name, samples: found.samples },
  ]);
  return isSame ? ExitCode.Ok : ExitCode.Failed;
}

function countsText(name: string, found: Again): string {
  return `${name}: ${found.inputs} inputs, ${found.corrections} corrections, ${found.steps} steps, ` +
    `${found.reports} reports`;
}

function differenceText(found: Again): string {
  const { departure, strange } = found;
  return departure === undefined
    ? `the report ${JSON.stringify(strange)} did not come out`
    : `line ${departure.line} was ${JSON.stringify(departure.recorded)}, now ` +
      JSON.stringify(departure.replayed);
}

async function other(
  kit: Kit,
  flags: ReplayFlags,
  path: string,
  record: LoadedRecord,
  name: ServoName,
): Promise<ExitCode> {
  const lines = record.servo.split("\n");
  const inputs = inputsOf(lines);
  const oscillator = new Oscillator(lines);
  if (!oscillator.isKnown) {
    throw new Failure(ExitCode.InputOutput, `replay ${path}`, "the clock was hardly read at all");
  }
  const recordedName = String(record.about["servo"] ?? "robust");
  const mine = whatIf(inputs, oscillator, makerOf(record, name));
  const theirs = whatIf(inputs, new Oscillator(lines), makerOf(record, undefined));
  tellSamples(kit, name, mine.samples);
  const rows: [string, WhatIf][] = [[name, mine]];
  if (recordedName !== name) rows.push([recordedName, theirs]);
  tellComparison(kit, rows);
  await plot(
    flags,
    `${rows.map(([one]) => one).join(" and ")} on the input of ${baseName(path)}`,
    rows.map(([one, run]) => ({ name: one, samples: inPlaceOf(run) })),
  );
  return ExitCode.Ok;
}

/** A run's reports with the judge's offsets. */
function inPlaceOf(run: WhatIf): ServoSample[] {
  const found: ServoSample[] = [];
  let k = 0;
  for (const s of run.samples) {
    while (k + 1 < run.judged.length && (run.judged[k + 1]?.at ?? Infinity) <= s.at) k++;
    const judged = run.judged[k];
    if (judged !== undefined) found.push({ ...s, offset: judged.offset, bound: judged.bound });
  }
  return found;
}

async function foreign(
  kit: Kit,
  flags: ReplayFlags,
  path: string,
  octets: Uint8Array<ArrayBuffer>,
): Promise<ExitCode> {
  const input = new ForeignInput({
    ports: { event: flags.eventPort, general: flags.generalPort },
    domain: flags.domain,
    master: flags.master,
    slave: flags.slave,
  });
  let at = 0;
  const readSync = (into: Uint8Array): number | null => {
    const n = Math.min(into.length, octets.length - at);
    into.set(octets.subarray(at, at + n));
    at += n;
    return n === 0 ? null : n;
  };
  const source = { readSync, read: (into: Uint8Array) => Promise.resolve(readSync(into)) };
  await readCapture(kit, source, path, { sinks: [input], limit: Infinity });
  const chosen = input.chosen();
  if (chosen === undefined) {
    const masters = input.masters();
    const fix = masters.length === 0 ? "" : `there are ${masters.join(", ")}`;
    const what = flags.master === undefined
      ? "no complete Sync in it"
      : `no Sync of ${flags.master}`;
    throw new Failure(ExitCode.Failed, `replay ${path}`, what, fix);
  }
  const name = flags.servo ?? "free";
  const make = (clock: Clock) => chooseServo(name, clock, DEFAULTS);
  const run = whatIf(chosen.inputs, input.clock(), make);
  const delays = chosen.inputs.filter((line) => line.startsWith("D")).length;
  kit.say(
    `${path}: ${chosen.inputs.length - delays} Syncs of ${chosen.master}, ${delays} delay requests`,
  );
  if (delays === 0) kit.warn("no delay request with its answer: nothing can be said of the offset");
  tellSamples(kit, name, run.samples);
  tellComparison(kit, [[name, run]]);
  await plot(flags, `${name} servo on the PTP of ${baseName(path)}`, [
    { name, samples: inPlaceOf(run) },
  ]);
  return run.samples.length > 0 ? ExitCode.Ok : ExitCode.Failed;
}

function tellComparison(kit: Kit, rows: readonly (readonly [string, WhatIf])[]): void {
  for (const [name, run] of rows) {
    const figures = figuresOf(run.samples, run.judged);
    sayFigures(kit, name, figures);
    kit.json("summary", {
      servo: name,
      steps: run.steps,
      corrections: run.corrections,
      ...figures,
    });
  }
}

function sayFigures(kit: Kit, name: string, f: ServoFigures): void {
  const span = (value: number | null) => value === null ? "-" : offsetText(value, false);
  const lock = f.lockedAfter === null
    ? "never locked"
    : `locked ${f.lockedAfter.toFixed(2)} s after the first report`;
  const frequency = f.frequency === null ? "-" : `${f.frequency.toFixed(1)} ppb`;
  kit.say(
    `${name}: ${f.samples} reports, ${lock}; offset after that rms ${span(f.rms)}, p99 ` +
      `${span(f.p99)}, max ${span(f.max)}; mean path delay ${span(f.meanPathDelay)}, ` +
      `frequency ${frequency}`,
  );
}

function tellSamples(kit: Kit, servo: string, samples: readonly ServoSample[]): void {
  if (!kit.isJson) return;
  for (const s of samples) {
    const fields: Record<string, JsonValue> = {
      servo,
      at: s.at,
      offset: finite(s.offset),
      bound: finite(s.bound),
      meanPathDelay: finite(s.meanPathDelay),
      frequency: finite(s.frequency),
      state: STATES[s.state],
    };
    kit.json("sample", fields);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

async function plot(
  flags: ReplayFlags,
  title: string,
  rows: readonly { readonly name: string; readonly samples: readonly ServoSample[] }[],
): Promise<void> {
  if (flags.plot === undefined) return;
  const subtitle = rows.length < 2 ? "" : "offsets as an estimator sees them that steers nothing";
  const start = Math.min(...rows.map((row) => row.samples[0]?.at ?? Infinity));
  const tracks = rows.map((row) => {
    const found = new ServoTracks(row.name);
    for (const sample of row.samples) found.add(sample, start);
    return found;
  });
  await writeFigure(flags.plot, servoFigure({ title, subtitle, origin: "" }, tracks));
}

function baseName(path: string): string {
  return path.replace(/^.*\//, "");
}
