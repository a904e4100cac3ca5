/**
 * `rptp demo`: a grandmaster and a slave over loopback, with real packets and kernel time stamps but
 * clocks of their own, so that nothing has to be set up and nothing is steered.
 * @module
 */
import type { Nanos } from "../../lib/base/time.ts";
import { type CliCommand, defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { positiveDuration } from "../kit/parse.ts";
import { chart, offsetText } from "./chart.ts";
import {
  judge,
  type Lock,
  PLAN,
  type Plan,
  planOf,
  type Reading,
  type Trial,
} from "./demo_plan.ts";
import { openTrial } from "./demo_trial.ts";
import type { Io } from "./options.ts";

/** Flags of `rptp demo`. */
export interface DemoFlags {
  readonly io: Io;
  readonly duration?: Nanos;
}

/** `--duration`: long enough to be judged, short enough to keep every reading. */
export function demoDuration(text: string): Nanos {
  const time = positiveDuration(text);
  if (time >= PLAN.shortest * 1e9 && time <= PLAN.longest * 1e9) return time;
  throw new Error(
    `expected ${PLAN.shortest}s to ${
      PLAN.longest / 60
    }m: the slave gets ${PLAN.patience} s to lock, ` +
      "and is judged after that",
  );
}

/** Seconds between two pictures, and between two plain lines. */
const FRAME = 0.2;
const LINE = 1;
const ROWS = 11;
const WIDEST = 110;

/** The command. */
export const command: CliCommand = defineCommand<DemoFlags, []>({
  brief: "A grandmaster and a slave on this machine, no root needed",
  description:
    `Runs rptp's grandmaster and slave against each other over loopback for ${PLAN.seconds} s, with clocks that
run 50 ppm apart and touch nothing. On the way the grandmaster's clock steps by 2.5 s and by
200 us. Shown is the true error, from the two clocks directly. Ends with 0 only if the slave is
back within 10 us in 5 s after each step and the true error's p99 of the last 5 s is below 10 us.
With --duration a step that is less than ${PLAN.margin} s before the end is left out.`,
  examples: [
    ["rptp demo", "watch it"],
    ["rptp demo --duration 8s", "no step, only the start"],
    ["rptp demo --json", "every reading as a line of JSON"],
  ],
  flags: {
    io: {
      kind: "enum",
      values: ["auto", "ffi", "deno"],
      brief: "Link: kernel sockets with time stamps (ffi) or the portable one (deno)",
      default: "auto",
    },
    duration: {
      kind: "parsed",
      parse: demoDuration,
      brief: `Run this long, ${PLAN.shortest}s to ${PLAN.longest / 60}m (s, m; bare = seconds); ` +
        `if left out ${PLAN.seconds} s`,
      placeholder: "TIME",
      optional: true,
    },
  },
  run: async (kit, flags) => {
    const plan = flags.duration === undefined ? PLAN : planOf(flags.duration / 1e9);
    const trial = await openTrial(kit, flags.io, plan);
    const view = kit.outIsTerminal && !kit.isJson
      ? new Picture(kit, trial, plan)
      : new Lines(kit, trial);
    try {
      await trial.run((reading) => view.take(reading));
    } finally {
      view.close();
      trial.close();
    }
    if (kit.isStopping && kit.stopReason !== "duration") {
      kit.note("stopped before the verdict");
      summarize(kit, trial, null);
      return ExitCode.Failed;
    }
    return tellVerdict(kit, trial, plan);
  },
});

/** The last event of every run; `passed` is null where it was stopped before the verdict. */
function summarize(kit: Kit, trial: Trial, passed: boolean | null): void {
  const last = trial.readings.at(-1);
  kit.json("summary", {
    passed,
    stopped: passed === null ? kit.stopReason ?? null : null,
    seconds: Math.round((last?.at ?? 0) * 1e4) / 1e4,
    readings: trial.readings.length,
    error: last === undefined ? null : Math.round(last.error * 10) / 10,
    state: last?.state ?? null,
    link: trial.io,
  });
}

/** The verdict in words, as an event, and as an exit code. */
function tellVerdict(kit: Kit, trial: Trial, plan: Plan): ExitCode {
  const verdict = judge(trial.readings, plan);
  const words = (lock: Lock) =>
    `${lock.what}: ` +
    (lock.seconds === undefined
      ? "never within 10 us"
      : `within 10 us after ${lock.seconds.toFixed(2)} s`);
  for (const lock of verdict.locks) {
    const mark = lock.isGood ? kit.style.green("ok  ") : kit.style.red("FAIL");
    kit.say(`${mark} ${words(lock)}`);
  }
  const isTight = verdict.p99 < PLAN.limit;
  const mark = isTight ? kit.style.green("ok  ") : kit.style.red("FAIL");
  kit.say(
    `${mark} true error of the last 5 s: p99 ${offsetText(verdict.p99, false)}, ` +
      `rms ${offsetText(verdict.rms, false)}, max ${offsetText(verdict.max, false)}`,
  );
  kit.json("verdict", {
    passed: verdict.isPassed,
    locks: verdict.locks.map((l) => ({
      what: l.what,
      seconds: l.seconds ?? null,
      passed: l.isGood,
    })),
    p99: Math.round(verdict.p99 * 10) / 10,
    rms: Math.round(verdict.rms * 10) / 10,
    max: Math.round(verdict.max * 10) / 10,
    link: trial.io,
  });
  summarize(kit, trial, verdict.isPassed);
  return verdict.isPassed ? ExitCode.Ok : ExitCode.Failed;
}

/** A line a second, and with `--json` every reading. */
class Lines {
  readonly #kit: Kit;
  readonly #trial: Trial;
  #next = LINE;

  constructor(kit: Kit, trial: Trial) {
    this.#kit = kit;
    this.#trial = trial;
    kit.say(`grandmaster and slave on lo, ${trial.io} link; true error of the slave's clock:`);
  }

  take(reading: Reading): void {
    this.#kit.json("offset", {
      raw: this.#trial.raw(reading.instant),
      seconds: Math.round(reading.at * 1e4) / 1e4,
      error: Math.round(reading.error * 10) / 10,
      state: reading.state,
    });
    if (reading.at < this.#next) return;
    this.#next += LINE;
    this.#kit.say(statusLine(reading));
  }

  close(): void {}
}

/** The chart, redrawn in place. */
class Picture {
  readonly #kit: Kit;
  readonly #trial: Trial;
  readonly #plan: Plan;
  #next = 0;
  #drawn = 0;

  constructor(kit: Kit, trial: Trial, plan: Plan) {
    this.#kit = kit;
    this.#trial = trial;
    this.#plan = plan;
    kit.out.text("\x1b[?25l");
  }

  take(reading: Reading): void {
    if (reading.at < this.#next && reading.at < this.#plan.seconds) return;
    this.#next = reading.at + FRAME;
    this.#draw(reading);
  }

  close(): void {
    this.#kit.out.text("\x1b[?25h");
    this.#kit.out.flush();
  }

  #draw(reading: Reading): void {
    const { style, out } = this.#kit;
    const { columns } = terminalSize();
    const points = this.#trial.readings.map((r) => ({ at: r.at, offset: r.error }));
    const options = { columns: Math.max(30, Math.min(columns, WIDEST)), rows: ROWS };
    const title = "true error of the slave's clock (grandmaster and slave on lo)";
    const lines = [
      style.bold(title.slice(0, options.columns)),
      ...chart(points, { ...options, span: this.#plan.seconds }).map((line) => style.cyan(line)),
      axis(options.columns, this.#plan),
      statusLine(reading).slice(0, options.columns),
    ];
    if (this.#drawn > 0) out.text(`\x1b[${this.#drawn}A`);
    for (const line of lines) out.text(`\r\x1b[2K${line}\n`);
    this.#drawn = lines.length;
    out.flush();
  }
}

/** Where the steps are, under the chart. */
function axis(columns: number, plan: Plan): string {
  const width = columns - 9;
  const cells = Array.from({ length: width }, () => " ");
  const put = (at: number, text: string) => {
    const x = Math.min(width - text.length, Math.floor(at / plan.seconds * width));
    for (let k = 0; k < text.length; k++) cells[x + k] = text[k]!;
  };
  put(0, "0 s");
  for (const step of plan.steps) put(step.at, `^${step.name}`);
  put(plan.seconds, `${plan.seconds} s`);
  return `${" ".repeat(9)}${cells.join("")}`;
}

function statusLine(reading: Reading): string {
  const { at, error, state, meanPathDelay, frequency } = reading;
  return `${at.toFixed(1).padStart(5)} s  error ${offsetText(error).padStart(9)}  ` +
    `delay ${offsetText(meanPathDelay, false).padStart(8)}  ` +
    `freq ${frequency.toFixed(0).padStart(7)} ppb  ${state}`;
}

function terminalSize(): { columns: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80 };
  }
}
