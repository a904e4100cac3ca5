/**
 * `rptp slave`: an ordinary clock that follows a grandmaster and steers a clock.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Nanos } from "../../lib/base/time.ts";
import type { PtpRefusal } from "../../lib/ptp/event.ts";
import { ServoState } from "../../lib/ptp/servo/servo.ts";
import { isFollowing, PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { duration } from "../kit/parse.ts";
import { offsetText } from "./chart.ts";
import { SHARED_FLAGS, type SharedFlags } from "./options.ts";
import { openSession, servoOf, type Session, snapshotOf } from "./session.ts";

/** Flags of `rptp slave`. */
export interface SlaveFlags extends SharedFlags {
  readonly acceptArb: boolean;
  readonly acceptEpoch: boolean;
  readonly maxStep: Nanos;
  readonly allowStep: boolean;
}

/** What the kernel is told while locked: the largest error it may assume. */
const DECLARED_MICROS = 1000;

function lifting(brief: string) {
  return { kind: "boolean", brief, default: false, withNegated: false } as const;
}

const FLAGS: FlagParametersForType<SlaveFlags, Context> = {
  ...SHARED_FLAGS,
  acceptArb: lifting("Let the system clock follow a master whose timescale is arbitrary"),
  acceptEpoch: lifting("Let the system clock follow a master whose date is before 2020"),
  maxStep: {
    kind: "parsed",
    parse: duration,
    brief: "Farthest step of the system clock (us, ms, s)",
    placeholder: "TIME",
    default: "1s",
  },
  allowStep: lifting("Let the system clock step any distance"),
};

/** The command. */
export const command: CliCommand = defineCommand<SlaveFlags, []>({
  brief: "Follow a PTP grandmaster and steer a clock",
  description:
    `A slave-only ordinary clock of IEEE 1588-2019 over UDP/IPv4 multicast with end-to-end delay. It
steers the system clock, unless --clock virtual gives it one that touches nothing. The system
clock is never set to an arbitrary timescale, to a date before 2020 or by more than --max-step
without the flag that says so: the command then ends with 1. It also ends with 1 where it is not
synchronised at the end. The clock keeps the last good frequency.`,
  examples: [
    ["sudo rptp slave --iface eth0", "steer the system clock"],
    ["sudo rptp slave --iface eth0 --free-running", "measure, steer nothing"],
    [
      "rptp slave --iface lo --event-port 3190 --general-port 3200 --clock virtual",
      "no root: follow rptp gm on loopback",
    ],
  ],
  flags: FLAGS,
  aliases: { i: "iface" },
  hasDuration: true,
  run: async (kit, flags) => {
    const session = await openSession(kit, flags, {
      ifaces: [flags.iface],
      steers: !flags.freeRunning,
      instance: { slaveOnly: true, acceptArb: flags.acceptArb || flags.freeRunning },
      servo: (clock, io) => servoOf(clock, io, flags),
    });
    const { reporter, clock } = session;
    try {
      await session.run(() => {
        reporter.status();
        if (reporter.sample?.state === ServoState.Locked) clock.declare(DECLARED_MICROS);
      }, () => reporter.refusal !== undefined);
    } finally {
      session.close();
    }
    if (reporter.refusal !== undefined) refuse(kit, reporter.refusal);
    return summarize(kit, session);
  },
});

/** Says what was refused and which flag lifts it. */
function refuse(kit: Kit, refusal: PtpRefusal): void {
  const [why, flag] = wordsOf(refusal);
  kit.note(`${kit.errStyle.red("refused:")} ${why}${flag === "" ? "" : `; ${flag} lifts this`}`);
  kit.json("refusal", { reason: refusal.reason, message: why, flag });
}

function wordsOf(refusal: PtpRefusal): [why: string, flag: string] {
  switch (refusal.reason) {
    case "arb":
      return ["the master's timescale is arbitrary, the system clock keeps UTC", "--accept-arb"];
    case "epoch": {
      const date = new Date(refusal.masterSeconds * 1000).toISOString().slice(0, 19);
      return [`the master's date is ${date}, before 2020`, "--accept-epoch"];
    }
    case "step": {
      const by = offsetText(-refusal.offset);
      const limit = offsetText(refusal.limit, false);
      return [
        `the clock would have to step by ${by}, more than --max-step ${limit}`,
        "--allow-step",
      ];
    }
    case "utcOffset":
      return [
        "the master gives TAI without a valid UTC offset, and this machine knows none: set the " +
        "kernel's (adjtimex --tai, chrony leapsectz)",
        "",
      ];
  }
}

function summarize(kit: Kit, session: Session): ExitCode {
  const { reporter, clock } = session;
  const { sample } = reporter;
  const isSynchronized = reporter.refusal === undefined && reporter.state === PortState.Slave &&
    sample?.state === ServoState.Locked;
  const state = STATE_NAMES[reporter.state];
  const snapshot = snapshotOf(session);
  kit.note(
    sample === undefined
      ? `not synchronised: ${state}, ${
        isFollowing(reporter.state) ? "no usable measurement" : "no master"
      }`
      : `${isSynchronized ? "synchronised" : "not synchronised"}: ${state}, offset ` +
        `${offsetText(sample.offset)}, ${reporter.samples} samples, frequency kept ` +
        `${clock.clock.frequency().toFixed(1)} ppb`,
  );
  kit.json("summary", {
    synchronized: isSynchronized,
    state,
    samples: reporter.samples,
    offset: sample === undefined ? null : sample.offset,
    bound: sample === undefined ? null : sample.bound,
    frequency: clock.clock.frequency(),
    stampsMissed: reporter.stampsMissed,
    received: snapshot.received,
    sent: snapshot.sent,
    dropped: snapshot.dropped,
    losses: session.losses(),
  });
  return isSynchronized ? ExitCode.Ok : ExitCode.Failed;
}
