/** `rptp ptp run -f FILE` in ptp4l's place, on veth, with stock ptp4l and pmc around it. */
import { deepStrictEqual as assertEquals, match, ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair, type Side } from "../kit/netns.ts";
import { run, type Running, say } from "../kit/process.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { errorsBetween, judgedFor, rptp } from "../kit/rptp.ts";
import { Sampler } from "../kit/sampler.ts";
import { describe, evaluate, lastSeconds, PieceClock } from "../kit/truth.ts";

const NETNS = { root: true, netns: true, commands: ["timeout", "ip"] };
const PTP4L = { ...NETNS, commands: ["gcc", "timeout", "ip", "ptp4l"] };

/** A configuration in a folder of its own, with its management sockets. */
class ConfigFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async with(...lines: readonly string[]): Promise<ConfigFolder> {
    const path = await Deno.makeTempDir({ prefix: "rptp-run-" });
    const sockets = [`uds_address ${path}/rw`, `uds_ro_address ${path}/ro`];
    const text = ["[global]", ...sockets, ...lines].join("\n");
    await Deno.writeTextFile(`${path}/conf`, `${text}\n`);
    return new ConfigFolder(path);
  }

  start(side: Side, ...words: readonly string[]): Running {
    return rptp(["ptp", "run", "-f", `${this.path}/conf`, "--json", ...words], { side });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const SLAVE = [
  "slaveOnly 1",
  "time_stamping software",
  "logSyncInterval -3",
  "logAnnounceInterval 0",
  "logMinDelayReqInterval -3",
];

testNeeding("rptp ptp run: a slave's ptp4l.conf follows stock ptp4l", PTP4L, async () => {
  await using _guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  await using _gm = await Ptp4l.start(pair.a, { role: "master", logSync: -3 });
  await using sampler = await Sampler.start(60);
  await using folder = await ConfigFolder.with(...SLAVE, `[${pair.b.iface}]`);
  const slave = folder.start(pair.b, "--clock", "virtual:offset=-3,ppm=40");
  await slave.line(/"state":"locked"/, 30_000);
  await judgedFor(8);
  const ended = await slave.stop();
  const readings = await sampler.finish();

  assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
  const clock = PieceClock.fromLog(slave.stdout);
  const last = BigInt(slave.events("sample").at(-1)!["raw"] as string);
  const errors = readings.filter((r) => r.raw >= clock.start && r.raw <= last)
    .map((r) => ({ at: Number(r.raw - clock.start), error: -clock.errorOf(r.raw, r.time) }));
  const verdict = evaluate(lastSeconds(errors, 6));
  say(`rptp ptp run of ptp4l, last 6 s: ${describe(verdict)}`);
  assert(verdict.p99 < 50_000, describe(verdict));
});

testNeeding(
  "rptp ptp run: master and slave by files, over IEEE 802.3 with peer delay, pi",
  NETNS,
  async () => {
    await using pair = await NamespacePair.open();
    const common = ["network_transport L2", "delay_mechanism P2P", "time_stamping software"];
    const fast = ["logSyncInterval -3", "logAnnounceInterval 0", "logMinPdelayReqInterval -2"];
    await using master = await ConfigFolder.with(...common, ...fast, "priority1 10");
    await using slave = await ConfigFolder.with(...common, ...fast, "clock_servo linreg");
    const gm = master.start(pair.a, "-i", pair.a.iface, "--clock", "virtual:ppm=30");
    await gm.line(/"to":"MASTER"/, 20_000);
    const follower = slave.start(pair.b, "-i", pair.b.iface, "-s", "--clock", "virtual:ppm=-20");
    await follower.line(/"state":"locked"/, 40_000);
    await judgedFor(6);
    const ended = await follower.stop();
    await gm.stop();
    assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
    const verdict = evaluate(lastSeconds(errorsBetween(follower, gm), 4));
    say(`rptp ptp run over L2, P2P, linreg, last 4 s: ${describe(verdict)}`);
    assert(verdict.p99 < 100_000, describe(verdict));
  },
);

testNeeding("rptp ptp run: stock pmc reads what the file said", {
  ...NETNS,
  commands: ["timeout", "ip", "pmc"],
}, async () => {
  await using pair = await NamespacePair.open();
  await using folder = await ConfigFolder.with(
    "priority1 11",
    "priority2 12",
    "domainNumber 3",
    "clockClass 6",
    "clockAccuracy 0x20",
    "offsetScaledLogVariance 0x4100",
    "clockIdentity 001122.fffe.334455",
    "announceReceiptTimeout 4",
    "userDescription studio;London",
    `[${pair.a.iface}]`,
    "logSyncInterval -4",
    "logAnnounceInterval -2",
    "logMinDelayReqInterval -1",
  );
  const clock = folder.start(pair.a, "-S", "--clock", "virtual");
  await clock.line(/"to":"LISTENING"/, 15_000);
  const own = ["-u", "-b", "0", "-d", "3", "-s", `${folder.path}/ro`, "-i", `${folder.path}/pmc`];
  const gets = ["GET DEFAULT_DATA_SET", "GET PORT_DATA_SET", "GET USER_DESCRIPTION"];
  const text = await run("ip", [
    ...["netns", "exec", pair.a.namespace, "timeout", "5", "pmc"],
    ...own,
    ...gets,
  ]);
  await clock.stop();
  const wanted = [
    /priority1\s+11\n/,
    /priority2\s+12\n/,
    /domainNumber\s+3\n/,
    /clockClass\s+6\n/,
    /clockAccuracy\s+0x20\n/,
    /offsetScaledLogVariance\s+0x4100\n/,
    /clockIdentity\s+001122.fffe.334455\n/,
    /announceReceiptTimeout\s+4\n/,
    /userDescription\s+studio;London\n/,
    /logSyncInterval\s+-4\n/,
    /logAnnounceInterval\s+-2\n/,
    /logMinDelayReqInterval\s+-1\n/,
  ];
  for (const one of wanted) match(text, one);
});

Deno.test("rptp ptp run: a transparent clock is refused by line, a typo by name, with 78", async () => {
  const path = await Deno.makeTempFile({ prefix: "rptp-run-" });
  const of = async (text: string) => {
    await Deno.writeTextFile(path, text);
    const { code, stderr } = await rptp(["ptp", "run", "-f", path, "-i", "lo"]).ended;
    return { code, text: stderr.join("\n") };
  };
  try {
    const transparent = await of("[global]\npriority1 1\nclock_type P2P_TC\n");
    assertEquals(transparent.code, 78);
    match(transparent.text, /:3: clock_type P2P_TC: a transparent clock/);
    const typo = await of("[global]\nlogSyncInterva -3\n");
    assertEquals(typo.code, 78);
    match(typo.text, /:2: unknown key logSyncInterva; did you mean logSyncInterval\?/);
  } finally {
    await Deno.remove(path);
  }
});
