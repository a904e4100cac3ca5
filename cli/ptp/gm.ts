/**
 * `rptp gm`: an ordinary clock that serves its time (IEEE 1588-2019, two-step).
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { PortState, STATE_NAMES } from "../../lib/ptp/state.ts";
import { type CliCommand, type Context, defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { SHARED_FLAGS, type SharedFlags } from "./options.ts";
import { rewriteProfile } from "./profile_flag.ts";
import { openSession, type Session, snapshotOf } from "./session.ts";
import { type FrameRate, frameRate, installMetadata } from "./sync_metadata.ts";
import { serverOptions, UNICAST_SERVER_FLAGS, type UnicastServerFlags } from "./unicast_flags.ts";

/** Flags of `rptp gm`. */
export interface MasterFlags extends SharedFlags, UnicastServerFlags {
  readonly syncMetadata?: FrameRate;
}

const FLAGS: FlagParametersForType<MasterFlags, Context> = {
  ...SHARED_FLAGS,
  ...UNICAST_SERVER_FLAGS,
  freeRunning: {
    kind: "boolean",
    brief: "Changes nothing, taken for symmetry with rptp slave: a grandmaster never steers",
    default: false,
    withNegated: false,
  },
  syncMetadata: {
    kind: "parsed",
    parse: frameRate,
    brief: "Send SMPTE ST 2059-2's metadata with this frame rate: 25, 30000/1001, 30000/1001df",
    placeholder: "RATE",
    optional: true,
  },
};

/** The command. */
export const command: CliCommand = defineCommand<MasterFlags, []>({
  brief: "Serve a clock to the network by PTP",
  description:
    `An ordinary clock of IEEE 1588-2019, over UDP/IPv4 multicast with end-to-end delay unless
--transport, --delay and the unicast flags say otherwise. It becomes grandmaster where no better
clock announces itself, and never steers its clock, not even where it yields and its port is a
slave (that is what rptp slave and rptp ptp bc do).
--clock system announces the PTP timescale (TAI); a virtual clock, a function of
CLOCK_MONOTONIC_RAW that starts at CLOCK_REALTIME + offset, an arbitrary one.`,
  examples: [
    ["sudo rptp gm --iface eth0", "serve this machine's clock"],
    [
      "rptp gm --iface lo --event-port 3190 --general-port 3200 --clock virtual:offset=1,ppm=30",
      "no root: a clock of its own on loopback",
    ],
    ["sudo rptp gm --iface eth0 --log-sync -3 --priority1 10 --json", "8 Sync a second, preferred"],
  ],
  flags: FLAGS,
  aliases: { i: "iface" },
  hasDuration: true,
  rewrite: rewriteProfile,
  run: async (kit, flags) => {
    const session = await openSession(kit, flags, {
      ifaces: [flags.iface],
      steers: false,
      instance: {},
      port: serverOptions(flags),
    });
    if (flags.syncMetadata !== undefined) installMetadata(session, flags, flags.syncMetadata);
    try {
      await session.run(() => status(kit, session));
    } finally {
      session.close();
    }
    return summarize(kit, session);
  },
});

/** Once a second while this clock is master: what went out and what came in. */
function status(kit: Kit, session: Session): void {
  if (session.reporter.state !== PortState.Master) return;
  const { sent, received } = snapshotOf(session);
  kit.say(
    `MASTER  Sync ${sent["Sync"] ?? 0}  Delay_Req ${received["Delay_Req"] ?? 0}  ` +
      `Delay_Resp ${sent["Delay_Resp"] ?? 0}`,
  );
}

/** The port must have worked to the end: as master, or yielding to a better one. */
function summarize(kit: Kit, session: Session): ExitCode {
  const { reporter } = session;
  const snapshot = snapshotOf(session);
  const isWell = reporter.state >= PortState.PreMaster;
  const state = STATE_NAMES[reporter.state];
  kit.note(
    `${state} at the end; sent ${snapshot.sent["Sync"] ?? 0} Sync, answered ` +
      `${snapshot.sent["Delay_Resp"] ?? 0} of ${snapshot.received["Delay_Req"] ?? 0} Delay_Req`,
  );
  kit.json("summary", {
    state,
    sent: snapshot.sent,
    received: snapshot.received,
    dropped: snapshot.dropped,
    transmitStampsMissed: snapshot.transmitStampsMissed,
    losses: session.losses(),
    management: session.management?.snapshot(),
  });
  return isWell ? ExitCode.Ok : ExitCode.Failed;
}
