/**
 * `rptp ptp phc2sys`: makes one clock of this machine follow another, through the servo of `rptp slave`.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { type Nanos, nanos, timestamp } from "../../../lib/base/time.ts";
import { type ClockSpec } from "../../../lib/ptp/clock_spec.ts";
import { offsetBetween, OffsetCause, offsetCause } from "../../../lib/ptp/clock_offset.ts";
import { ClockSync, NO_PATH } from "../../../lib/ptp/clock_sync.ts";
import { taiOffsetAt } from "../../../lib/ptp/leap.ts";
import { chooseServo, SERVO_NAMES, type ServoName } from "../../../lib/ptp/servo/choose.ts";
import type { Servo } from "../../../lib/ptp/servo/servo.ts";
import { type CliCommand, type Context, defineCommand } from "../../kit/command.ts";
import { Failure, UsageError } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import type { Kit } from "../../kit/kit.ts";
import { duration, integer, signedDuration, text } from "../../kit/parse.ts";
import { drive, everyPeriod, type Timed } from "../drive.ts";
import { demandRights, type OpenClock, openClock, rawNow, realTime } from "../wiring.ts";
import { type EndSpec, endSpec, endWords, isSame, timescaleOfSpec } from "./ends.ts";
import { LeapWatch } from "./leap_watch.ts";
import { SyncReport, tellCause, tellPiece } from "./report.ts";
import { waitForSession } from "./wait.ts";
import { clockOf, kernelTai, openPause } from "./wiring.ts";

/** Flags of `rptp ptp phc2sys`. */
interface Phc2sysFlags {
  readonly source: EndSpec;
  readonly destination: EndSpec;
  readonly offset?: Nanos;
  readonly wait: boolean;
  readonly uds: string;
  readonly domain: number;
  readonly logInterval: number;
  readonly servo: ServoName;
  readonly freeRunning: boolean;
  readonly firstStepThreshold: Nanos;
  readonly stepThreshold: Nanos;
  readonly maxStep: Nanos;
  readonly allowStep: boolean;
  readonly acceptEpoch: boolean;
}

const STATUS_PERIOD = 1e9;
/** What the kernel is told while locked: the largest error it may assume. */
const DECLARED_MICROS = 1000;

function lifting(brief: string) {
  return { kind: "boolean", brief, default: false, withNegated: false } as const;
}

function span(brief: string, fallback: string) {
  return {
    kind: "parsed",
    parse: duration,
    brief,
    placeholder: "TIME",
    default: fallback,
  } as const;
}

const FLAGS: FlagParametersForType<Phc2sysFlags, Context> = {
  source: {
    kind: "parsed",
    parse: endSpec,
    brief: "The clock to follow: system, phc:/dev/ptpN, an interface (its PHC), virtual[:...]",
    placeholder: "CLOCK",
  },
  destination: {
    kind: "parsed",
    parse: endSpec,
    brief: "The clock to steer, named likewise",
    placeholder: "CLOCK",
    default: "system",
  },
  offset: {
    kind: "parsed",
    parse: signedDuration,
    brief: "Destination less source (us, ms, s; bare = seconds); by currentUtcOffset if left out",
    placeholder: "TIME",
    optional: true,
  },
  wait: lifting("Wait until the PTP clock at --uds is in time, and take its currentUtcOffset"),
  uds: {
    kind: "parsed",
    parse: text,
    brief: "The PTP clock's management socket, for --wait",
    placeholder: "PATH",
    default: "/var/run/ptp4l",
  },
  domain: {
    kind: "parsed",
    parse: integer(0, 255),
    brief: "PTP domain of --wait, 0 to 255",
    placeholder: "N",
    default: "0",
  },
  logInterval: {
    kind: "parsed",
    parse: integer(-5, 6),
    brief: "Between two readings of the source, log2 of seconds (-3 = 8 a second)",
    placeholder: "LOG2",
    default: "-3",
  },
  servo: { kind: "enum", values: SERVO_NAMES, brief: "What steers the clock", default: "robust" },
  freeRunning: lifting("Never steer the clock, only measure"),
  firstStepThreshold: span("The first correction steps beyond this (us, ms, s)", "20us"),
  stepThreshold: span("Later ones step beyond this, 0 = never (us, ms, s)", "1ms"),
  maxStep: span("Farthest step of the system clock or a PHC (us, ms, s)", "1s"),
  allowStep: lifting("Let the clock step any distance, by currentUtcOffset too"),
  acceptEpoch: lifting("Follow a source whose date is before 2020"),
};

/** The command. */
export const command: CliCommand = defineCommand<Phc2sysFlags, []>({
  brief: "Make one clock of this machine follow another",
  description:
    `Reads the source some times a second and steers the destination, through the same servo as rptp
slave. The system clock keeps UTC and a hardware clock (PHC) TAI: currentUtcOffset is applied
between the two, once, unless --offset says otherwise. Clocks that are just that offset apart at
the start are refused with the cause. Ends with 1 where the destination was not in time at the end.`,
  examples: [
    ["sudo rptp ptp phc2sys -s eth0 -c system", "the system clock follows eth0's PHC"],
    ["sudo rptp ptp phc2sys -s system -c phc:/dev/ptp0 -w", "a PHC follows, once PTP is in time"],
    [
      "rptp ptp phc2sys -s virtual:ppm=30 -c virtual:ppm=-20,offset=0.2 --duration 5",
      "no root, no PHC: two virtual clocks",
    ],
  ],
  flags: FLAGS,
  aliases: { s: "source", c: "destination", O: "offset", w: "wait", z: "uds", n: "domain" },
  hasDuration: true,
  run: async (kit, flags) => {
    const source = clockOf(flags.source);
    const destination = clockOf(flags.destination);
    if (isSame(source, destination)) {
      throw new UsageError("--source and --destination", `both are ${endWords(source)}`);
    }
    const steers = !flags.freeRunning && flags.servo !== "free";
    const fix = "or -c virtual, or --free-running";
    demandRights(kit, {
      ports: [],
      isRaw: false,
      steers: steers && destination.kind === "system",
      fix,
    });
    const plan = { server: flags.uds, domain: flags.domain };
    const session = flags.wait ? await waitForSession(kit, plan) : undefined;
    if (flags.wait && session === undefined) return notStarted(kit, flags.uds);
    const utcOffset = utcOffsetOf(session?.currentUtcOffset);
    const from = openClock({ spec: source, steers: false, onPiece: tellPiece(kit, "source") });
    try {
      const to = openClock({ spec: destination, steers, onPiece: tellPiece(kit, "destination") });
      try {
        return await follow(kit, flags, { source, destination, from, to, steers, utcOffset });
      } finally {
        to.close();
      }
    } finally {
      from.close();
    }
  },
});

function notStarted(kit: Kit, uds: string): ExitCode {
  kit.note(`not started: the PTP clock at ${uds} was not in time`);
  kit.json("summary", { synchronized: false, state: "waiting", samples: 0 });
  return ExitCode.Failed;
}

/** TAI - UTC, and whether somebody vouches for it. */
interface UtcOffset {
  readonly seconds: number;
  readonly isCertain: boolean;
}

/** The PTP clock's word before the kernel's, and that before the table's. */
function utcOffsetOf(told: number | undefined): UtcOffset {
  if (told !== undefined) return { seconds: told, isCertain: true };
  const kernels = kernelTai()();
  if (kernels > 0) return { seconds: kernels, isCertain: true };
  const now = timestamp();
  realTime(now);
  return taiOffsetAt(now.seconds);
}

/** Two open clocks. */
interface Pair {
  readonly source: ClockSpec;
  readonly destination: ClockSpec;
  readonly from: OpenClock;
  readonly to: OpenClock;
  readonly steers: boolean;
  readonly utcOffset: UtcOffset;
}

async function follow(kit: Kit, flags: Phc2sysFlags, pair: Pair): Promise<ExitCode> {
  const { source, destination, from, to } = pair;
  const servo = servoOf(flags, pair);
  const sync = new ClockSync({
    source: from.clock,
    destination: to.clock,
    sourceTimescale: timescaleOfSpec(source),
    destinationTimescale: timescaleOfSpec(destination),
    servo,
    offset: offsetOf(flags, pair),
    interval: nanos(2 ** flags.logInterval * 1e9),
  }, rawNow());
  const report = new SyncReport(kit);
  kit.say(
    `${endWords(destination)} follows ${endWords(source)}` +
      `${
        sync.offset === 0 ? "" : ` ${sync.offset < 0 ? "-" : "+"} ${Math.abs(sync.offset) / 1e9} s`
      }`,
  );
  const cause = causeOf(flags, pair, sync);
  if (cause !== undefined) {
    tellCause(kit, cause);
    report.summary({ isRefused: true, sync, frequency: to.clock.frequency() });
    return ExitCode.Failed;
  }
  try {
    await run(kit, { pair, sync, servo, report });
  } finally {
    servo.finish(rawNow());
  }
  const isRefused = servo.refusal !== undefined;
  if (servo.refusal !== undefined) report.refused(servo.refusal);
  report.summary({ isRefused, sync, frequency: to.clock.frequency() });
  return !isRefused && report.isLocked ? ExitCode.Ok : ExitCode.Failed;
}

function servoOf(flags: Phc2sysFlags, pair: Pair): Servo {
  const isVirtual = pair.destination.kind === "virtual";
  return chooseServo(pair.steers ? flags.servo : "free", pair.to.clock, {
    firstStepThreshold: flags.firstStepThreshold,
    stepThreshold: flags.stepThreshold,
    maxStep: flags.maxStep,
    allowStep: isVirtual || flags.allowStep || !pair.steers,
    acceptEpoch: isVirtual || flags.acceptEpoch,
    model: NO_PATH,
  });
}

/** What is added to the source's reading: applied here and nowhere else. */
function offsetOf(flags: Phc2sysFlags, pair: Pair): Nanos {
  if (flags.offset !== undefined) return flags.offset;
  const { source, destination, utcOffset } = pair;
  const seconds = offsetBetween(
    timescaleOfSpec(source),
    timescaleOfSpec(destination),
    utcOffset.seconds,
  );
  if (seconds !== 0 && !utcOffset.isCertain) {
    const why = "this machine does not know it for today";
    const fix = `set the kernel's (adjtimex --tai), use --wait, or say --offset ${seconds}`;
    throw new Failure(ExitCode.Failed, "TAI - UTC", why, fix);
  }
  return nanos(seconds * 1e9);
}

/** Why the two are one UTC offset apart; `undefined` where they are not, or the user has decided. */
function causeOf(flags: Phc2sysFlags, pair: Pair, sync: ClockSync) {
  if (flags.offset !== undefined || flags.allowStep || !pair.steers) return undefined;
  const apart = sync.apart();
  const applied = sync.offset / 1e9;
  const cause = offsetCause(apart, applied, pair.utcOffset.seconds);
  if (cause === undefined) return undefined;
  const offset = cause === OffsetCause.NoOffset
    ? Math.sign(apart) * pair.utcOffset.seconds
    : cause === OffsetCause.SameTimescale
    ? 0
    : 2 * applied;
  return { cause, apart, applied, offset, source: pair.source, destination: pair.destination };
}

interface Running {
  readonly pair: Pair;
  readonly sync: ClockSync;
  readonly servo: Servo;
  readonly report: SyncReport;
}

async function run(kit: Kit, running: Running): Promise<void> {
  const { pair, sync, servo, report } = running;
  const leap = leapWatch(pair, sync);
  const pause = openPause();
  const timed: Timed[] = [
    ...[pair.from.plan, pair.to.plan].filter((plan) => plan !== undefined),
    {
      deadline: () => sync.deadline(),
      expire: (now) => {
        leap.check();
        sync.expire(now);
        const sample = sync.sample();
        if (sample !== undefined) report.take(sample);
      },
    },
    everyPeriod(rawNow(), STATUS_PERIOD, () => {
      report.status();
      if (report.isLocked) pair.to.declare(DECLARED_MICROS);
    }),
  ];
  try {
    await drive(kit, {
      now: rawNow,
      reactor: pause,
      lanes: [],
      shared: { settle: () => {} },
      timed,
      take: () => {},
      isOver: () => servo.refusal !== undefined,
    });
  } finally {
    pause.close();
  }
}

/** Only where one end is the system clock; elsewhere it never finds anything. */
function leapWatch(pair: Pair, sync: ClockSync): LeapWatch {
  const hasSystem = pair.source.kind === "system" || pair.destination.kind === "system";
  return new LeapWatch(sync, hasSystem ? kernelTai() : () => 0, realTime);
}
