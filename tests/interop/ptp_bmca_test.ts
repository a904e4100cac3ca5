/** Who becomes grandmaster: rptp gm against ptp4l, both ways, and a priority changed at run time. */
import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { startGm } from "../kit/rptp.ts";

const NEEDS = { root: true, netns: true, commands: ["timeout", "ip", "ptp4l", "pmc"] };
const QUICK = ["--log-sync", "-1", "--log-announce", "-2", "--clock", "virtual"];

testNeeding("rptp gm and ptp4l: the better one wins, also after a change", NEEDS, async () => {
  await using pair = await NamespacePair.open();
  await using other = await Ptp4l.start(pair.b, {
    role: "either",
    freeRunning: true,
    priority1: 100,
    logAnnounce: -2,
    logSync: -1,
  });
  await other.process.line(/to MASTER on|assuming the grand master role/, 15_000);
  const worse = await startGm(pair.a, [...QUICK, "--priority1", "200"]);
  await worse.line(/"event":"parent".*"isSelf":false/, 15_000);
  assertEquals((await other.get("PORT_DATA_SET")).get("portState"), "MASTER");
  await other.set("PRIORITY1 250");
  await worse.line(/"to":"MASTER"/, 15_000);
  await other.process.line(/MASTER to (UNCALIBRATED|SLAVE) on RS_SLAVE/, 15_000);
  const parent = await other.get("PARENT_DATA_SET");
  assertEquals(parent.get("grandmasterPriority1"), "200");
  await worse.stop();
});
