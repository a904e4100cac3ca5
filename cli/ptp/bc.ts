/**
 * `rptp ptp bc`: a boundary clock over several interfaces (IEEE 1588-2019 9.2.2, 10.2).
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { ServoState } from "../../lib/ptp/servo/servo.ts";
import { PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { UsageError } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { interfaceName } from "../kit/parse.ts";
import { offsetText } from "./chart.ts";
import { CLOCK_FLAGS, type ClockFlags, STEERING_FLAGS, type SteeringFlags } from "./options.ts";
import { tellRefusal } from "./refusal.ts";
import { rewriteProfile } from "./profile_flag.ts";
import { servoOf } from "./servo_of.ts";
import { openSession, type Session } from "./session.ts";
import {
  serverOptions,
  UNICAST_CLIENT_FLAGS,
  UNICAST_SERVER_FLAGS,
  type UnicastServerFlags,
} from "./unicast_flags.ts";

/** Flags of `rptp ptp bc`. */
export interface BoundaryFlags extends ClockFlags, SteeringFlags, UnicastServerFlags {
  readonly iface: readonly string[];
  readonly hybrid: boolean;
}

const FLAGS: FlagParametersForType<BoundaryFlags, Context> = {
  iface: {
    kind: "parsed",
    parse: interfaceName,
    brief: "Network interface of one port; once for each port, two or more",
    placeholder: "IF",
    variadic: true,
  },
  ...CLOCK_FLAGS,
  ...STEERING_FLAGS,
  hybrid: UNICAST_CLIENT_FLAGS.hybrid,
  ...UNICAST_SERVER_FLAGS,
};

/** What the kernel is told while locked: the largest error it may assume. */
const DECLARED_MICROS = 1000;

/** The command. */
export const command: CliCommand = defineCommand<BoundaryFlags, []>({
  brief: "A boundary clock over several interfaces",
  description:
    `One clock of IEEE 1588-2019 with a port on each interface: it follows the best grandmaster that
any of them hears and serves its own steered clock on the others. Without a better clock it is the
grandmaster of all of them. What it refuses to do to the system clock is as in rptp slave.`,
  examples: [
    ["sudo rptp ptp bc --iface eth0 --iface eth1", "between two networks, steers the system clock"],
    [
      "sudo rptp ptp bc -i eth0 -i eth1 --clock virtual --transport l2 --delay p2p",
      "a clock of its own, IEEE 802.3, peer delay",
    ],
  ],
  flags: FLAGS,
  aliases: { i: "iface" },
  hasDuration: true,
  rewrite: rewriteProfile,
  run: async (kit, flags) => {
    checkInterfaces(flags.iface);
    const session = await openSession(kit, flags, {
      ifaces: flags.iface,
      steers: !flags.freeRunning,
      instance: { acceptArb: flags.acceptArb || flags.freeRunning },
      port: { ...serverOptions(flags), hybridE2e: flags.hybrid },
      servo: (clock, io) => servoOf(clock, io, flags),
    });
    const { reporter, clock } = session;
    try {
      await session.run(() => {
        status(kit, session);
        const isLocked = reporter.sample?.state === ServoState.Locked;
        if (isLocked && isFollowing(session)) clock.declare(DECLARED_MICROS);
      }, () => reporter.refusal !== undefined);
    } finally {
      session.close();
    }
    if (reporter.refusal !== undefined) tellRefusal(kit, reporter.refusal);
    return summarize(kit, session);
  },
});

function checkInterfaces(names: readonly string[]): void {
  if (names.length < 2) {
    throw new UsageError("--iface", "a boundary clock has two ports or more", "give it twice");
  }
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) throw new UsageError(`--iface ${twice}`, "one port for each interface");
}

function isFollowing(session: Session): boolean {
  return session.reporter.states.includes(PortState.Slave);
}

/** Once a second: the states of all ports, and the offset while one of them follows. */
function status(kit: Kit, session: Session): void {
  const { reporter } = session;
  const states = session.ports.map((one, k) =>
    `${one.attachment.name} ${STATE_NAMES[reporter.states[k + 1] ?? PortState.Initializing]}`
  );
  kit.say(states.join("  "));
  if (isFollowing(session)) reporter.status();
}

/** Well where every port is at work: following, serving, or standing by. */
function summarize(kit: Kit, session: Session): ExitCode {
  const { reporter, clock, ports } = session;
  const states = ports.map((_, k) => reporter.states[k + 1] ?? PortState.Initializing);
  const isWell = reporter.refusal === undefined && states.every(isAtWork);
  const { sample } = reporter;
  const names = ports.map((one, k) => `${one.attachment.name} ${STATE_NAMES[states[k]!]}`);
  const offset = isFollowing(session) && sample !== undefined
    ? `, offset ${offsetText(sample.offset)}, frequency kept ` +
      `${clock.clock.frequency().toFixed(1)} ppb`
    : "";
  kit.note(`${names.join(", ")} at the end${offset}`);
  kit.json("summary", {
    offset: sample === undefined ? null : sample.offset,
    bound: sample === undefined ? null : sample.bound,
    frequency: clock.clock.frequency(),
    samples: reporter.samples,
    stampsMissed: reporter.stampsMissed,
    losses: session.losses(),
    management: session.management?.snapshot(),
    ports: ports.map((one, k) => {
      const snapshot = one.port.snapshot();
      return {
        port: k + 1,
        iface: one.attachment.name,
        state: STATE_NAMES[states[k]!],
        sent: snapshot.sent,
        received: snapshot.received,
        dropped: snapshot.dropped,
      };
    }),
  });
  return isWell ? ExitCode.Ok : ExitCode.Failed;
}

function isAtWork(state: PortState): boolean {
  return state === PortState.Slave || state === PortState.Master || state === PortState.Passive;
}
