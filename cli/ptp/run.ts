/**
 * `rptp ptp run -f FILE`: the clock that a linuxptp configuration asks for, with ptp4l's flags.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { ClockSpec } from "../../lib/ptp/clock_spec.ts";
import { KEYS } from "../../lib/ptp/config/keys.ts";
import { type ClockPlan, planOf, servoPlan } from "../../lib/ptp/config/plan.ts";
import type { LeapTable } from "../../lib/ptp/leap.ts";
import { parseLeapFile } from "../../lib/ptp/leap_file.ts";
import { chooseServo, SERVO_NAMES, type ServoName } from "../../lib/ptp/servo/choose.ts";
import { ServoState } from "../../lib/ptp/servo/servo.ts";
import { isFollowing, PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { Failure, isOsError } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { text } from "../kit/parse.ts";
import { offsetText } from "./chart.ts";
import {
  type CheckedConfig,
  demandSound,
  type Finding,
  readConfig,
  remarkText,
} from "./config_file.ts";
import { CLOCK_FLAGS, clockSpec, type Io, STEERING_FLAGS, type SteeringFlags } from "./options.ts";
import { tellRefusal } from "./refusal.ts";
import type { Teller } from "./report.ts";
import { commandLineOf, PTP4L_FLAGS, type Ptp4lFlags, rewritePtp4l } from "./run_args.ts";
import { PORTABLE_LOCK } from "./servo_of.ts";
import { openPlanned, type PlannedPort, type Session, type SessionPlan } from "./session.ts";
import { hardwareClockOf } from "./wiring.ts";

/** Flags of `rptp ptp run`. */
interface RunFlags extends Ptp4lFlags, SteeringFlags {
  readonly config?: string;
  readonly clock?: ClockSpec;
  readonly servo?: ServoName;
  readonly eventPort: number;
  readonly generalPort: number;
  readonly multicastLoop: boolean;
  readonly io: Io;
  readonly management: "off" | "read-only";
}

const FLAGS: FlagParametersForType<RunFlags, Context> = {
  config: {
    kind: "parsed",
    parse: text,
    brief: "The configuration; - is stdin",
    placeholder: "FILE",
    optional: true,
  },
  ...PTP4L_FLAGS,
  clock: {
    kind: "parsed",
    parse: clockSpec,
    brief: "Instead of the clock that time_stamping asks for: system|virtual[:...]|phc:PATH",
    placeholder: "CLOCK",
    optional: true,
  },
  servo: {
    kind: "enum",
    values: SERVO_NAMES,
    brief: "Instead of the one that clock_servo names",
    optional: true,
  },
  eventPort: CLOCK_FLAGS.eventPort,
  generalPort: CLOCK_FLAGS.generalPort,
  multicastLoop: CLOCK_FLAGS.multicastLoop,
  io: CLOCK_FLAGS.io,
  management: CLOCK_FLAGS.management,
  ...STEERING_FLAGS,
};

/** What the kernel is told while locked: the largest error it may assume. */
const DECLARED_MICROS = 1000;
/** syslog's levels. */
const WARNING = 4;
const NOTICE = 5;
const INFO = 6;

/** The command. */
export const command: CliCommand = defineCommand<RunFlags, []>({
  brief: "Run a linuxptp configuration (ptp4l.conf)",
  description:
    `Takes ptp4l's place: the same file, the same flags (-i -f -s -2 -4 -6 -E -P -A -S -H -m -q -l -p,
and --KEY VALUE for any key of the file). With one port an ordinary clock, with more a boundary
clock. What the file asks for and rptp does not do is told at the start with its line; where that
would make another clock of it, nothing is run: 78. rptp ptp check -f FILE explains it all.
Unlike ptp4l it never moves the system clock to an arbitrary timescale, to a date before 2020 or
by more than --max-step without the flag that says so.`,
  examples: [
    ["sudo rptp ptp run -f /etc/linuxptp/ptp4l.conf -i eth0", "as ptp4l would"],
    ["sudo rptp ptp run -i eth0 -s -S -m --logSyncInterval -3", "without a file"],
    ["sudo rptp ptp run -f ptp4l.conf --servo robust", "rptp's own servo instead of the file's"],
  ],
  flags: FLAGS,
  aliases: { f: "config", i: "iface" },
  hasDuration: true,
  rewrite: rewritePtp4l,
  run: async (kit, flags) => {
    const checked = await readConfig(flags.config ?? "", commandLineOf(flags));
    demandSound(checked);
    const plan = planOf(checked.config);
    if (plan.ports.length === 0) {
      const fix = "add -i IF, or a section [IF] to the file";
      throw new Failure(ExitCode.Configuration, "no interface", "", fix);
    }
    const teller = tellerOf(kit, plan);
    tellRemarks(teller, checked);
    return await runPlan(kit, flags, { checked, plan, teller });
  },
});

interface Job {
  readonly checked: CheckedConfig;
  readonly plan: ClockPlan;
  readonly teller: Teller;
}

async function runPlan(kit: Kit, flags: RunFlags, job: Job): Promise<ExitCode> {
  const { plan, teller } = job;
  const spec = flags.clock ?? clockOf(plan, teller);
  const stamps = spec.kind === "phc" ? "hardware" : "software";
  const leaps = plan.leapFile === "" ? undefined : await readLeaps(plan.leapFile);
  const servo = servoPlan(job.checked.config, stamps);
  const session = await openManaged(kit, job, flags, {
    clock: spec,
    steers: !plan.freeRunning,
    ports: plan.ports.map((one) => plannedPort(one, flags)),
    multicastLoop: flags.multicastLoop,
    io: flags.io,
    instance: {
      ...plan.instance,
      acceptArb: flags.acceptArb || plan.freeRunning,
      ...(plan.clockIdentity === undefined ? {} : { clockIdentity: plan.clockIdentity }),
    },
    timeProperties: {
      timeSource: plan.timeSource,
      ...(plan.utcOffset === undefined ? {} : { currentUtcOffset: plan.utcOffset }),
    },
    servo: (clock, io) => {
      const isVirtual = clock.kind === "virtual";
      return chooseServo(flags.servo ?? servo.name, clock.clock, {
        ...servo.options,
        acceptEpoch: isVirtual || flags.acceptEpoch,
        allowStep: isVirtual || flags.allowStep || plan.freeRunning,
        maxStep: flags.maxStep,
        ...(io === "deno" ? { lockThreshold: PORTABLE_LOCK } : {}),
      });
    },
    statusPeriod: plan.summaryInterval,
    teller,
  });
  if (leaps !== undefined) session.instance.useLeapTable(leaps);
  const { reporter, clock } = session;
  try {
    await session.run(() => {
      if (plan.loggingLevel >= INFO) status(kit, session, teller);
      if (isLocked(session)) clock.declare(DECLARED_MICROS);
    }, () => reporter.refusal !== undefined);
  } finally {
    session.close();
  }
  if (reporter.refusal !== undefined) tellRefusal(kit, reporter.refusal);
  return summarize(kit, session);
}

/** Without management where nobody named its sockets and they cannot be had. */
async function openManaged(
  kit: Kit,
  job: Job,
  flags: RunFlags,
  session: SessionPlan,
): Promise<Session> {
  const { isGiven, ...management } = job.plan.management;
  try {
    return await openPlanned(kit, {
      ...session,
      management: { ...management, network: flags.management },
    });
  } catch (error) {
    const paths = [management.uds, management.udsRo];
    if (isGiven || !isOsError(error) || !paths.includes(error.subject)) throw error;
    job.teller.warn(`no management: ${error.message}; uds_address PATH names another place`);
    return await openPlanned(kit, session);
  }
}

/** @throws Failure 78 naming the line that cannot be read. */
async function readLeaps(path: string): Promise<LeapTable> {
  const table = parseLeapFile(await Deno.readTextFile(path));
  if (typeof table === "string") {
    throw new Failure(ExitCode.Configuration, `leapfile ${path}`, table);
  }
  return table;
}

function plannedPort(one: ClockPlan["ports"][number], flags: RunFlags): PlannedPort {
  const { kind, primary, peer, ttl, dscpEvent, dscpGeneral } = one.transport;
  return {
    iface: one.iface,
    transport: kind,
    groups: { primary, peer },
    eventPort: flags.eventPort,
    generalPort: flags.generalPort,
    multicastTtl: ttl,
    ...(dscpEvent === undefined ? {} : { eventDscp: dscpEvent }),
    ...(dscpGeneral === undefined ? {} : { generalDscp: dscpGeneral }),
    options: one.options,
    ...(one.unicast === undefined ? {} : { unicastMasters: one.unicast }),
  };
}

/** The clock that goes with the time stamps asked for. */
function clockOf(plan: ClockPlan, teller: Teller): ClockSpec {
  if (plan.stamps === "software") return { kind: "system" };
  const numbers = plan.ports.map((port) =>
    port.phcIndex >= 0 ? port.phcIndex : hardwareClockOf(port.iface)
  );
  const lacking = plan.ports.find((_, k) => numbers[k] === -1)?.iface;
  if (lacking !== undefined) {
    const why = `${lacking} gives no hardware time stamps`;
    if (plan.stamps === "hardware") {
      const fix = "use -S or time_stamping software";
      throw new Failure(ExitCode.Unavailable, "time_stamping hardware", why, fix);
    }
    teller.warn(`${why}: software time stamps and the system clock, as with -S`);
    return { kind: "system" };
  }
  const first = numbers[0];
  const other = plan.ports.find((_, k) => numbers[k] !== first)?.iface;
  if (other !== undefined) {
    const why = `${other} has another hardware clock than ${plan.ports[0]?.iface}`;
    throw new Failure(ExitCode.Configuration, "one clock is steered", why);
  }
  return { kind: "phc", path: `/dev/ptp${first}` };
}

/** The kit with message_tag in front, and quiet as logging_level has it. */
function tellerOf(kit: Kit, plan: ClockPlan): Teller {
  const tag = plan.messageTag === "" ? "" : `${plan.messageTag} `;
  const level = (n: number) => tag.replace("{level}", String(n));
  return {
    say: (line) => {
      if (plan.loggingLevel >= NOTICE) kit.say(level(NOTICE) + line);
    },
    warn: (line) => {
      if (plan.loggingLevel >= WARNING) kit.warn(level(WARNING) + line);
    },
    json: (event, fields) => kit.json(event, fields),
  };
}

/** What is ignored though it was set to something, and how much more there is to know. */
function tellRemarks(teller: Teller, checked: CheckedConfig): void {
  const given = checked.findings.filter((one) =>
    one.use.kind === "ignored" && one.origin !== "default"
  );
  const told = given.filter((one) => !isHarmless(one));
  for (const one of told) {
    if (one.use.kind !== "ignored") continue;
    const where = one.port === undefined ? "" : ` of [${one.port}]`;
    const message = `${one.key} ${one.value}${where} is ignored, because ${one.use.why}`;
    teller.warn(remarkText(checked.path, { line: one.line, message }));
    teller.json("ignored", { key: one.key, line: one.line, why: one.use.why });
  }
}

/** At linuxptp's default, or about output. */
function isHarmless(one: Finding): boolean {
  return one.value === KEYS.get(one.key)?.default || one.key === "verbose" ||
    one.key === "use_syslog" || one.key.startsWith("ts2phc.");
}

function stateOf(session: Session, k: number): PortState {
  return session.reporter.states[k + 1] ?? PortState.Initializing;
}

function isLocked(session: Session): boolean {
  const isSlave = session.ports.some((_, k) => stateOf(session, k) === PortState.Slave);
  return isSlave && session.reporter.sample?.state === ServoState.Locked;
}

/** The states of several ports; the offset while one follows, else what a master served. */
function status(kit: Kit, session: Session, teller: Teller): void {
  const { reporter, ports } = session;
  if (ports.length > 1) {
    const words = ports.map((one, k) =>
      `${one.attachment.name} ${STATE_NAMES[stateOf(session, k)]}`
    );
    teller.say(words.join("  "));
  }
  if (ports.some((_, k) => isFollowing(stateOf(session, k)))) return reporter.status();
  if (ports.length > 1 || stateOf(session, 0) !== PortState.Master || kit.isStopping) return;
  const { sent, received } = ports[0]!.port.snapshot();
  teller.say(`MASTER  Sync ${sent["Sync"] ?? 0}  Delay_Req ${received["Delay_Req"] ?? 0}`);
}

/** Well where every port is at work, and the clock is locked if one of them follows. */
function summarize(kit: Kit, session: Session): ExitCode {
  const { reporter, clock, ports } = session;
  const { sample } = reporter;
  const states = ports.map((_, k) => stateOf(session, k));
  const isSynchronized = isLocked(session) && reporter.refusal === undefined;
  const isFollower = states.some(isFollowing);
  const isWell = reporter.refusal === undefined && states.every(isAtWork) &&
    (!isFollower || isSynchronized);
  const names = ports.map((one, k) => `${one.attachment.name} ${STATE_NAMES[states[k]!]}`);
  const offset = sample === undefined
    ? ""
    : `, offset ${offsetText(sample.offset)}, frequency kept ` +
      `${clock.clock.frequency().toFixed(1)} ppb`;
  kit.note(`${names.join(", ")} at the end${isFollower ? offset : ""}`);
  kit.json("summary", {
    synchronized: isSynchronized,
    samples: reporter.samples,
    offset: sample === undefined ? null : sample.offset,
    bound: sample === undefined ? null : sample.bound,
    frequency: clock.clock.frequency(),
    stampsMissed: reporter.stampsMissed,
    losses: session.losses(),
    management: session.management?.snapshot(),
    ports: ports.map((one, k) => {
      const { sent, received, dropped } = one.port.snapshot();
      const state = STATE_NAMES[states[k]!];
      return { port: k + 1, iface: one.attachment.name, state, sent, received, dropped };
    }),
  });
  return isWell ? ExitCode.Ok : ExitCode.Failed;
}

function isAtWork(state: PortState): boolean {
  return state === PortState.Slave || state === PortState.Master || state === PortState.Passive ||
    state === PortState.PreMaster;
}
