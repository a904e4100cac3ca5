/**
 * The command tree. Names and briefs live here; everything else in the command's own file, which is
 * loaded only when it is asked for. Each `import()` is literal, so that bundlers embed the file.
 * @module
 */
import type { Group, Leaf } from "./kit/tree.ts";

const gm = () => import("./ptp/gm.ts");
const slave = () => import("./ptp/slave.ts");
const tcpdump = () => import("./tcpdump/tcpdump.ts");

/** Everything `rptp` can do. */
export const root: Group = {
  kind: "group",
  name: "rptp",
  brief: "live media over IP and its clocks: PTP, SRT, TCP/IP, packet capture",
  nodes: [
    leaf(
      "demo",
      "A grandmaster and a slave on this machine, no root needed",
      () => import("./ptp/demo.ts"),
    ),
    leaf("gm", "Serve a clock by PTP (rptp ptp gm)", gm, ["ptp", "gm"]),
    leaf("slave", "Follow a PTP grandmaster (rptp ptp slave)", slave, ["ptp", "slave"]),
    leaf("tcpdump", "Read or capture packets (rptp tap tcpdump)", tcpdump, ["tap", "tcpdump"]),
    {
      kind: "group",
      name: "ptp",
      brief: "Precision Time Protocol, IEEE 1588-2019",
      nodes: [
        leaf("gm", "Serve a clock to the network", gm),
        leaf("slave", "Follow a grandmaster and steer a clock", slave),
        leaf("bc", "A boundary clock over several interfaces", () => import("./ptp/bc.ts")),
        leaf("run", "Run a linuxptp configuration (ptp4l.conf)", () => import("./ptp/run.ts")),
        leaf("check", "Explain a linuxptp configuration file", () => import("./ptp/check.ts")),
        leaf(
          "pmc",
          "Ask and set a running clock by PTP management",
          () => import("./ptp/pmc/pmc.ts"),
        ),
        leaf(
          "phc2sys",
          "Make one clock of this machine follow another",
          () => import("./ptp/phc2sys/phc2sys.ts"),
        ),
        leaf(
          "monitor",
          "Watch PTP on an interface or in a capture",
          () => import("./ptp/monitor/monitor.ts"),
        ),
        leaf(
          "replay",
          "Run a recorded servo again, or another one on its input",
          () => import("./ptp/replay/replay.ts"),
        ),
        leaf(
          "profiles",
          "The PTP profiles, each value with its source",
          () => import("./ptp/profiles.ts"),
        ),
      ],
    },
    {
      kind: "group",
      name: "tap",
      brief: "Frames: capture, files, TAP devices",
      nodes: [leaf("tcpdump", "Read or capture packets, one line each", tcpdump)],
    },
    leaf(
      "doctor",
      "What this machine can do, and what to change",
      () => import("./doctor/doctor.ts"),
    ),
    leaf(
      "completion",
      "Completion for bash, zsh and fish",
      () => import("./completion/completion.ts"),
    ),
    leaf("version", "Version of rptp and of what it runs on", () => import("./version/command.ts")),
  ],
};

function leaf(
  name: string,
  brief: string,
  load: Leaf["load"],
  aliasOf?: readonly string[],
): Leaf {
  const node: Leaf = { kind: "leaf", name, brief, load };
  return aliasOf === undefined ? node : { ...node, aliasOf };
}
