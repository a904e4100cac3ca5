/**
 * `rptp slave`: an ordinary clock that follows a grandmaster and steers a clock.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { ServoState } from "../../lib/ptp/servo/servo.ts";
import { isFollowing, PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { offsetText } from "./chart.ts";
import { SHARED_FLAGS, type SharedFlags, STEERING_FLAGS, type SteeringFlags } from "./options.ts";
import { tellRefusal } from "./refusal.ts";
import { rewriteProfile } from "./profile_flag.ts";
import { installMetadata, MetadataWatch } from "./sync_metadata.ts";
import { openSession, type Session, snapshotOf } from "./session.ts";
import { SERVO_FILE_FLAGS, type ServoFileFlags, SlaveServo } from "./slave_servo.ts";
import { SlaveView, VIEW_FLAGS, type ViewFlags } from "./slave_view.ts";
import {
  clientOptions,
  mastersOf,
  UNICAST_CLIENT_FLAGS,
  type UnicastClientFlags,
} from "./unicast_flags.ts";

/** Flags of `rptp slave`. */
export interface SlaveFlags
  extends SharedFlags, SteeringFlags, ServoFileFlags, UnicastClientFlags, ViewFlags {}

/** What the kernel is told while locked: the largest error it may assume. */
const DECLARED_MICROS = 1000;

const FLAGS: FlagParametersForType<SlaveFlags, Context> = {
  ...SHARED_FLAGS,
  ...STEERING_FLAGS,
  ...SERVO_FILE_FLAGS,
  ...UNICAST_CLIENT_FLAGS,
  ...VIEW_FLAGS,
};

/** The command. */
export const command: CliCommand = defineCommand<SlaveFlags, []>({
  brief: "Follow a PTP grandmaster and steer a clock",
  description:
    `A slave-only ordinary clock of IEEE 1588-2019, over UDP/IPv4 multicast with end-to-end delay
unless --transport, --delay and the unicast flags say otherwise. It steers the system clock,
unless --clock virtual gives it one that touches nothing. The system clock is never set to an
arbitrary timescale, to a date before 2020 or by more than --max-step without the flag that says
so: the command then ends with 1. It also ends with 1 where it is not synchronised at the end.
The clock keeps the last good frequency.`,
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
  rewrite: rewriteProfile,
  run: async (kit, flags) => {
    const servo = new SlaveServo(flags);
    const view = new SlaveView(kit, flags);
    const session = await openSession(kit, flags, {
      ifaces: [flags.iface],
      steers: !flags.freeRunning,
      instance: { slaveOnly: true, acceptArb: flags.acceptArb || flags.freeRunning },
      port: clientOptions(flags),
      unicastMasters: mastersOf(flags, flags.transport),
      servo: (clock, io) => view.watch(servo.make(clock, io)),
      teller: view.teller,
      decorate: servo.decorate,
    });
    const isBroadcast = flags.profile === "st2059-2";
    const metadata = new MetadataWatch(
      kit,
      isBroadcast ? installMetadata(session, flags, undefined) : [],
    );
    const { reporter, clock } = session;
    try {
      await session.run(() => {
        reporter.status();
        metadata.tell();
        view.draw();
        if (reporter.sample?.state === ServoState.Locked) clock.declare(DECLARED_MICROS);
      }, () => reporter.refusal !== undefined);
    } finally {
      servo.keepFrequency();
      session.close();
      servo.close();
      await view.finish();
    }
    if (reporter.refusal !== undefined) tellRefusal(kit, reporter.refusal);
    return summarize(kit, session);
  },
});

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
    management: session.management?.snapshot(),
  });
  return isSynchronized ? ExitCode.Ok : ExitCode.Failed;
}
