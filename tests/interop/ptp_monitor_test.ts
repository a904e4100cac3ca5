/** `rptp ptp monitor` on a live network, and `rptp slave --record` with `rptp ptp replay`. */
import { deepStrictEqual as assertEquals, match, ok as assert } from "node:assert/strict";
import { ClockGuard } from "../kit/clock_guard.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { run, type Running, say } from "../kit/process.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { judgedFor, rptp, startGm, startSlave } from "../kit/rptp.ts";

const NETNS = { root: true, netns: true, commands: ["timeout", "ip"] };
const PTP4L = { ...NETNS, commands: ["timeout", "ip", "ptp4l"] };
const FAST = ["--log-sync", "-3", "--log-announce", "0", "--log-min-delay-req", "-3"];

type Fields = Record<string, unknown>;

function reportOf(monitor: Running): Fields {
  const report = monitor.events("report").at(-1);
  assert(report !== undefined, monitor.stderr.slice(-5).join("\n"));
  return report;
}

function portsOf(report: Fields): Fields[] {
  return (report["domains"] as Fields[]).flatMap((domain) => domain["ports"] as Fields[]);
}

testNeeding("rptp ptp monitor: beside a ptp4l slave of rptp gm, and its end", PTP4L, async () => {
  await using _guard = await ClockGuard.hold();
  await using pair = await NamespacePair.open();
  const words = ["ptp", "monitor", pair.b.iface, "--json"];
  const monitor = rptp(words, { side: pair.b, limitSeconds: 60 });
  await monitor.line(/listening/);
  const gm = await startGm(pair.a, ["--clock", "virtual:offset=0.3,ppm=40", ...FAST]);
  await using _slave = await Ptp4l.start(pair.b, {
    role: "slave",
    freeRunning: true,
    logSync: -3,
  });
  await monitor.line(/"event":"sample"/, 30_000);
  await judgedFor(6);
  await gm.stop();
  await monitor.line(/"event":"masterLost"/, 20_000);
  const ended = await monitor.stop("SIGINT");
  assertEquals(ended.code, 0);

  const samples = monitor.events("sample").slice(5);
  assert(samples.length > 20, `${samples.length} samples`);
  // Free-running ptp4l leaves the clock alone: -300 ms, and -40 ppm from then on.
  for (const s of samples) {
    const offset = Number(s["offset"]);
    assert(Math.abs(offset + 300e6) < 2e6, `${offset}`);
  }
  const report = reportOf(monitor);
  const [master, slave] = portsOf(report);
  const path = master?.["path"] as Record<string, number>;
  say(`monitor beside ptp4l: delay ${path["meanPathDelay"]} ns, rate ${path["drift"]} ppb`);
  assert(Math.abs(path["drift"]! + 40_000) < 500, `${path["drift"]} ppb`);
  assert(path["meanPathDelay"]! > 0 && path["meanPathDelay"]! < 200e3, `${path["meanPathDelay"]}`);
  assertEquals([master?.["roles"], slave?.["roles"]], [["grandmaster"], ["slave"]]);
  assertEquals(slave?.["master"], master?.["portIdentity"]);
  const sync = (master?.["streams"] as Fields[])[0];
  assert(Math.abs(Number(sync?.["mean"]) - 125e6) < 5e6, `${sync?.["mean"]}`);
  const lost = monitor.events("masterLost")[0];
  assert(Number(lost?.["silence"]) >= 3e9, `${lost?.["silence"]}`);
});

testNeeding(
  "rptp ptp monitor: a better grandmaster takes over, told with the reason",
  NETNS,
  async () => {
    await using pair = await NamespacePair.open();
    const words = ["ptp", "monitor", pair.b.iface];
    const monitor = rptp(words, { side: pair.b, limitSeconds: 60 });
    await monitor.line(/listening/);
    const flags = ["--clock", "virtual", ...FAST];
    const first = await startGm(pair.a, [...flags, "--priority1", "100"]);
    await monitor.line(/: grandmaster [0-9a-f.]+$/, 20_000);
    const second = await startGm(pair.b, [...flags, "--priority1", "50"]);
    const line = await monitor.line(/: grandmaster .* -> /, 20_000);
    match(line, /\(better: priority1 50 beats 100\)/);
    await second.stop();
    const back = await monitor.line(/\(announceTimeout: no Announce for/, 20_000);
    assert(back !== line);
    await first.stop();
    await monitor.stop();
  },
);

testNeeding(
  "rptp ptp monitor: IEEE 802.3 and IPv6 pass its filter, other traffic does not",
  NETNS,
  async () => {
    await using pair = await NamespacePair.open();
    const monitor = rptp(["ptp", "monitor", pair.b.iface, "--json"], { side: pair.b });
    await monitor.line(/listening/);
    const l2 = await startGm(pair.a, ["--transport", "l2", "--clock", "virtual", "--domain", "2"]);
    const six = await startGm(pair.a, [
      "--transport",
      "udp6",
      "--clock",
      "virtual",
      "--domain",
      "6",
    ]);
    await monitor.line(/"event":"master".*"domain":2/, 20_000);
    await monitor.line(/"event":"master".*"domain":6/, 20_000);
    await l2.stop();
    await six.stop();
    const ended = await monitor.stop();
    const ports = portsOf(reportOf(monitor));
    assertEquals(ports.map((port) => port["transport"]), ["l2", "udp6"]);
    const counted = /(\d+) frames, (\d+) PTP messages/.exec(ended.stderr.join("\n"));
    assertEquals(counted?.[1], counted?.[2], "the kernel let other frames through");
  },
);

for (const transport of ["udp4", "l2"]) {
  testNeeding(
    `rptp slave --record over ${transport}: replayed bit for bit, and seen alike by monitor`,
    { ...NETNS, commands: [...NETNS.commands, "tcpdump"] },
    async () => {
      await using pair = await NamespacePair.open();
      const folder = await Deno.makeTempDir({ prefix: "rptp-record-" });
      try {
        const file = `${folder}/slave.pcapng`;
        const carried = ["--transport", transport];
        const clock = ["--clock", "virtual:offset=0.2,ppm=30,wander=3"];
        const gm = await startGm(pair.a, [...clock, ...FAST, ...carried]);
        const flags = ["--clock", "virtual:ppm=-20", "--record", file, ...carried];
        const slave = startSlave(pair.b, flags);
        await slave.line(/"state":"locked"/, 30_000);
        await judgedFor(6);
        const ended = await slave.stop("SIGINT");
        await gm.stop();
        assertEquals(ended.code, 0, ended.stderr.join("\n"));
        await checkReplay(file, slave);
        await checkPackets(file);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}

/** The recording replays to the last bit, its reports are those told live, other servos run on it. */
async function checkReplay(file: string, slave: Running): Promise<void> {
  const same = rptp(["ptp", "replay", file, "--json"]);
  assertEquals((await same.ended).code, 0, same.stderr.join("\n"));
  const summary = same.events("summary")[0];
  assertEquals([summary?.["identical"], summary?.["departure"]], [true, null]);
  assert(Number(summary?.["corrections"]) > 50, `${summary?.["corrections"]}`);
  const live = slave.events("sample").map((e) => e["offset"]);
  const tenths = (e: Fields) => Math.round(Number(e["offset"]) * 10) / 10;
  const replayed = new Set(same.events("sample").map(tenths));
  assertEquals(summary?.["reports"], live.length);
  for (const offset of live) assert(replayed.has(offset as number), `${offset}`);
  const other = rptp(["ptp", "replay", file, "--servo", "linreg", "--json"]);
  assertEquals((await other.ended).code, 0, other.stderr.join("\n"));
  const [linreg, robust] = other.events("summary");
  assertEquals([linreg?.["servo"], robust?.["servo"]], ["linreg", "robust"]);
  say(`judged on one recording: robust rms ${robust?.["rms"]}, linreg ${linreg?.["rms"]} ns`);
  assert(Number(robust?.["rms"]) < 20_000 && Number(linreg?.["corrections"]) > 10);
}

/** The packets in the recording are a capture at the slave: kernel stamps on both ways. */
async function checkPackets(file: string): Promise<void> {
  const monitor = rptp(["ptp", "monitor", "-r", file, "--json"]);
  assertEquals((await monitor.ended).code, 0, monitor.stderr.join("\n"));
  const report = reportOf(monitor);
  assertEquals([report["malformed"], report["strayResponses"]], [0, 0]);
  const path = portsOf(report)[0]?.["path"] as Record<string, number>;
  assert(path["samples"]! > 20, `${path["samples"]} samples`);
  const delay = path["meanPathDelay"]!;
  assert(delay > 0 && delay < 100e3, `mean path delay ${delay} ns`);
  // The oldest reader of the format gets along with the custom blocks.
  const lines = await run("tcpdump", ["-nr", file, "-c", "5"]);
  assertEquals(lines.trim().split("\n").length, 5, lines);
}
