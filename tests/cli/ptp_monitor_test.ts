import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { PcapWriter } from "../../lib/capture/pcap.ts";
import { MessageType } from "../../lib/ptp/wire/header.ts";
import { CAPTURES } from "../kit/capture.ts";
import { testNeeding } from "../kit/need.ts";
import { delay, portOf, seen, twoStep } from "../kit/ptp_talk.ts";
import type { Sighting } from "../../lib/ptp/monitor/sighting.ts";
import { jsonLines, rptp } from "./kit.ts";

const FOLDER = new URL(`../../${CAPTURES}/`, import.meta.url).pathname;

/** Messages as a capture of Ethernet frames. */
function capture(all: readonly Sighting[]): Uint8Array<ArrayBuffer> {
  const writer = new PcapWriter({}, 1 << 20);
  const inOrder = [...all].sort((a, b) => a.seconds - b.seconds || a.nanoseconds - b.nanoseconds);
  for (const s of inOrder) {
    const frame = new Uint8Array(14 + s.length);
    frame.set([1, 0x1b, 0x19, 0, 0, 0], 0);
    frame.set(new Uint8Array(s.view.buffer, s.mac, 6), 6);
    frame.set([0x88, 0xf7], 12);
    frame.set(new Uint8Array(s.view.buffer, s.offset, s.length), 14);
    const { seconds, nanoseconds } = s;
    writer.append({ seconds, nanoseconds, caplen: frame.length, len: frame.length }, frame, 0);
  }
  return writer.pending().slice();
}

/** A grandmaster that is 2 ms behind the capture's clock and 1.5 us away; another takes over. */
function talk(): Uint8Array<ArrayBuffer> {
  const [gm, other, slave] = [portOf(1), portOf(2), portOf(9)];
  const all: Sighting[] = [];
  for (let k = 0; k < 80; k++) {
    const t = k * 125e6;
    all.push(...twoStep(t + 2e6 + 1500, gm, t, k));
    all.push(...delay(t + 5e7 + 2e6, slave, gm, t + 5e7 + 1500, k));
    if (k % 8 !== 0) continue;
    all.push(seen(t, MessageType.Announce, gm, { sequenceId: k / 8, log: 0 }));
    if (k < 40) continue;
    const announce = { priority1: 100 };
    all.push(seen(t + 1, MessageType.Announce, other, { sequenceId: k / 8, log: 0, announce }));
  }
  return capture(all);
}

async function withFile<T>(octets: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, octets);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("rptp ptp monitor -r: offset, delay, takeover with cause; text and JSON agree", async () => {
  await withFile(talk(), async (path) => {
    const { code, stdout } = await rptp(["ptp", "monitor", "-r", path]);
    assertEquals(code, 0);
    match(stdout, /offset \+2\.00 ms \(sd 0 ns\), mean path delay 1\.50 us/);
    match(stdout, /5\.000 s {2}domain 0: grandmaster 001122\.0000\.000001 -> 001122\.0000\.000002/);
    match(stdout, /\(better: priority1 100 beats 128\)/);
    match(stdout, /error: domain 0: 2 grandmasters announce at once/);
    const json = await rptp(["ptp", "monitor", "-r", path, "--json"]);
    const events = jsonLines(json.stdout);
    const count = (name: string) => events.filter((e) => e["event"] === name).length;
    assertEquals([count("sample"), count("master"), count("slave"), count("gmChange")], [
      79,
      2,
      1,
      2,
    ]);
    const sample = events.find((e) => e["event"] === "sample");
    assertEquals([sample?.["offset"], sample?.["meanPathDelay"]], [2e6, 1500]);
    match(String(sample?.["time"]), /^1800000000\d{9}$/);
    const change = events.filter((e) => e["event"] === "gmChange").at(-1);
    assertEquals([change?.["cause"], change?.["field"]], ["better", "priority1"]);
    const last = events.at(-1);
    assertEquals(last?.["event"], "report");
    const [domain] = last?.["domains"] as Record<string, unknown>[];
    assertEquals(domain?.["grandmaster"], "001122.0000.000002");
  });
});

Deno.test("rptp ptp monitor: no line is longer than a narrow pipe's width", async () => {
  await withFile(talk(), async (path) => {
    const { stdout } = await rptp(["ptp", "monitor", "-r", path]);
    for (const line of stdout.split("\n")) {
      if (!/^ *\d+\.\d+ s /.test(line)) ok(line.length <= 120, line);
    }
    ok(!stdout.includes("\x1b"));
  });
});

Deno.test("rptp ptp monitor --plot: writes SVG and PNG, refuses other names", async () => {
  await withFile(talk(), async (path) => {
    for (const suffix of ["svg", "png"]) {
      const plot = `${path}.${suffix}`;
      const { code } = await rptp(["ptp", "monitor", "-r", path, "--plot", plot]);
      assertEquals(code, 0);
      const octets = await Deno.readFile(plot);
      await Deno.remove(plot);
      const begin = new TextDecoder().decode(octets.subarray(1, 4));
      assertEquals(begin, suffix === "svg" ? "?xm" : "PNG");
    }
    const wrong = await rptp(["ptp", "monitor", "-r", path, "--plot", "x.gif"]);
    assertEquals(wrong.code, 2);
    match(wrong.stderr, /plot.*\.svg or \.png/);
  });
});

Deno.test("rptp ptp monitor: needs one source; a file without PTP ends with 1", async () => {
  assertEquals((await rptp(["ptp", "monitor"])).code, 2);
  assertEquals((await rptp(["ptp", "monitor", "eth0", "-r", "x"])).code, 2);
  assertEquals((await rptp(["ptp", "monitor", "-r", "/nowhere.pcap"])).code, 74);
  const empty = await rptp(["ptp", "monitor", "-r", "-"], { stdin: capture([]) });
  assertEquals(empty.code, 1);
});

Deno.test("rptp ptp replay: a capture gives offsets with bounds, over the capture's clock", async () => {
  await withFile(talk(), async (path) => {
    const { code, stdout } = await rptp(["ptp", "replay", path, "--json"]);
    assertEquals(code, 0);
    const samples = jsonLines(stdout).filter((e) => e["event"] === "sample");
    ok(samples.length > 60);
    const last = samples.at(-1);
    ok(Math.abs(Number(last?.["offset"]) - 2e6) < 50, String(last?.["offset"]));
    ok(Number(last?.["bound"]) < 5000, String(last?.["bound"]));
    const none = await rptp(["ptp", "replay", path, "--master", "001122.0000.000077-1"]);
    assertEquals(none.code, 1);
    match(none.stderr, /no Sync of .*; there are 001122\.0000\.000001-1 \(80 Sync\)/);
  });
});

const real = (name: string) => ({ files: [`${CAPTURES}/${name}`] });

testNeeding("rptp ptp monitor: PTP_clock.pcap", real("PTP_clock.pcap"), async () => {
  const { code, stdout } = await rptp([
    "ptp",
    "monitor",
    "-r",
    `${FOLDER}PTP_clock.pcap`,
    "--json",
  ]);
  assertEquals(code, 0);
  const report = jsonLines(stdout).at(-1);
  const [domain] = report?.["domains"] as Record<string, unknown>[];
  const [master, slave] = domain?.["ports"] as Record<string, unknown>[];
  assertEquals([report?.["messages"], domain?.["grandmaster"]], [8, ""]);
  assertEquals(
    [master?.["portIdentity"], master?.["address"], master?.["mac"], master?.["steps"]],
    ["28993a.ffff.267e2b-20", "192.168.111.1", "28:99:3a:26:7e:3f", "two"],
  );
  assertEquals([slave?.["master"], slave?.["answered"]], ["28993a.ffff.267e2b-20", 2]);
  // Captured at the master: nearly no way from there.
  const path = master?.["path"] as Record<string, number>;
  assertEquals(path["samples"], 1);
  ok(Math.abs(path["meanPathDelay"]!) < 1000, String(path["meanPathDelay"]));
});

testNeeding("rptp ptp monitor: ptpv2.pcap and ptp_ethernet.pcap", {
  files: [`${CAPTURES}/ptpv2.pcap`, `${CAPTURES}/ptp_ethernet.pcap`],
}, async () => {
  const both = await rptp(["ptp", "monitor", "-r", `${FOLDER}ptpv2.pcap`, "--json"]);
  const report = jsonLines(both.stdout).at(-1);
  const domains = report?.["domains"] as Record<string, unknown>[];
  assertEquals(domains.map((one) => one["majorSdoId"]), [0, 1]);
  const ethernet = await rptp(["ptp", "monitor", "-r", `${FOLDER}ptp_ethernet.pcap`]);
  match(ethernet.stdout, /\(upstream: priority1 128 -> 0, as relayed\)/);
  match(ethernet.stdout, /^Sync +7483ef\.ffff\.01ac16-274 +70 +1\/s/m);
});
