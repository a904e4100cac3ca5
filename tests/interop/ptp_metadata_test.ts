/** SMPTE ST 2059-2's synchronization metadata of `rptp gm`, as tshark and `rptp slave` read it. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { Running } from "../kit/process.ts";
import { rptp, startGm } from "../kit/rptp.ts";

const FIELDS = [
  "ptp.v2.mm.action",
  "ptp.v2.oe.smpte.defaultsystemframerate.numerator",
  "ptp.v2.oe.smpte.defaultsystemframerate.denominator",
  "ptp.v2.oe.smpte.masterlockingstatus",
  "ptp.v2.oe.smpte.timeaddressflags.drop",
  "ptp.v2.oe.smpte.timeofnextjam",
];

testNeeding("rptp gm --sync-metadata: once a second, read alike by tshark and rptp slave", {
  root: true,
  netns: true,
  commands: ["timeout", "ip", "tshark"],
}, async () => {
  await using pair = await NamespacePair.open();
  const shark = Running.start("tshark", [
    ...["-l", "-i", pair.b.iface, "-Y", "ptp.v2.oe.smpte.SubType", "-T", "fields"],
    ...FIELDS.flatMap((field) => ["-e", field]),
  ], { namespace: pair.b.namespace, limitSeconds: 30 });
  await shark.line(/Capture started/);
  const profile = ["--profile", "st2059-2", "--clock", "virtual"];
  const gm = await startGm(pair.a, [...profile, "--sync-metadata", "30000/1001df"]);
  const words = ["slave", "--iface", pair.b.iface, "--json", ...profile];
  const slave = rptp(words, { side: pair.b, limitSeconds: 30 });
  await slave.line(/"event":"syncMetadata"/, 20_000);
  await shark.line(/^3\t30000/, 20_000);
  await slave.stop();
  await gm.stop();
  await shark.stop();

  const lines = shark.stdout.filter((line) => /^\d/.test(line));
  assert(lines.length > 0);
  for (const line of lines) assertEquals(line.replace("True", "1"), "3\t30000\t1001\t1\t1\t0");
  const heard = slave.events("syncMetadata")[0]!;
  assertEquals(
    [heard["frameRateNumerator"], heard["frameRateDenominator"], heard["isDropFrame"]],
    [30000, 1001, true],
  );
});
