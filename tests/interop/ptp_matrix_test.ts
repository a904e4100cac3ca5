/**
 * A slice of the interop matrix: each transport, both delay mechanisms, both directions once. All of
 * it: scripts/interop_matrix.
 */
import { strictEqual } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { say } from "../kit/process.ts";
import { type Cell, cellName, runCell } from "../kit/ptp_matrix.ts";
import { allSpecials, runSpecial } from "../kit/ptp_specials.ts";
import { describe } from "../kit/truth.ts";

const PROGRAMS = ["gcc", "timeout", "ip", "ptp4l", "pmc", "tcpdump"];
const NEEDS = { root: true, netns: true, systemClock: true, commands: PROGRAMS };

const SLICE: readonly Cell[] = [
  { follower: "rptp", delay: "e2e", transport: "udp6", mode: "multicast" },
  { follower: "rptp", delay: "p2p", transport: "l2", mode: "multicast" },
  { follower: "ptp4l", delay: "e2e", transport: "l2", mode: "multicast" },
  { follower: "ptp4l", delay: "p2p", transport: "udp4", mode: "multicast" },
];

for (const cell of SLICE) {
  testNeeding(`matrix: ${cellName(cell)}`, NEEDS, async () => {
    await using pair = await NamespacePair.open();
    const result = await runCell(pair, cell);
    strictEqual(result.failure, undefined);
    if (result.verdict !== undefined) say(describe(result.verdict));
  });
}

for (const special of allSpecials().filter((one) => one.isInGate)) {
  testNeeding(`matrix: ${special.name}`, NEEDS, async () => {
    const result = await runSpecial(special);
    strictEqual(result.failure, undefined);
    if (result.verdict !== undefined) say(describe(result.verdict));
  });
}
