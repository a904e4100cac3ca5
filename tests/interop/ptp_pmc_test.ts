/**
 * Management against linuxptp 3.1.1, both ways: stock pmc and phc2sys ask rptp, our pmc asks ptp4l.
 */
import { deepStrictEqual as assertEquals, match, ok as assert } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair, type Side } from "../kit/netns.ts";
import { type Ended, Running } from "../kit/process.ts";
import { Ptp4l } from "../kit/ptp4l.ts";
import { rptp, startGm, startSlave } from "../kit/rptp.ts";

const PROGRAMS = ["timeout", "ip", "ptp4l", "pmc"];
const NEEDS = { root: true, netns: true, commands: PROGRAMS };
const QUICK = ["--log-sync", "-3", "--log-announce", "-2", "--clock", "virtual"];

/** Every id that pmc 3.1.1 knows and ptp4l 3.1.1 answers. */
const IDS = [
  "NULL_MANAGEMENT",
  "USER_DESCRIPTION",
  "DEFAULT_DATA_SET",
  "CURRENT_DATA_SET",
  "PARENT_DATA_SET",
  "TIME_PROPERTIES_DATA_SET",
  "PRIORITY1",
  "PRIORITY2",
  "DOMAIN",
  "SLAVE_ONLY",
  "CLOCK_ACCURACY",
  "TRACEABILITY_PROPERTIES",
  "TIMESCALE_PROPERTIES",
  "TIME_STATUS_NP",
  "GRANDMASTER_SETTINGS_NP",
  "SUBSCRIBE_EVENTS_NP",
  "SYNCHRONIZATION_UNCERTAIN_NP",
  "CLOCK_DESCRIPTION",
  "PORT_DATA_SET",
  "LOG_ANNOUNCE_INTERVAL",
  "ANNOUNCE_RECEIPT_TIMEOUT",
  "LOG_SYNC_INTERVAL",
  "VERSION_NUMBER",
  "DELAY_MECHANISM",
  "LOG_MIN_PDELAY_REQ_INTERVAL",
  "PORT_DATA_SET_NP",
  "PORT_STATS_NP",
  "PORT_PROPERTIES_NP",
];

/** A folder for sockets. */
class Sockets implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Sockets> {
    return new Sockets(await Deno.makeTempDir({ prefix: "rptp-uds-" }));
  }

  of(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Stock pmc at the socket `name`; all commands in one run. */
  async pmc(name: string, ...commands: string[]): Promise<readonly string[]> {
    const own = this.of(`pmc${crypto.randomUUID().slice(0, 8)}`);
    const words = ["-u", "-b", "0", "-s", this.of(name), "-i", own, ...commands];
    return (await Running.start("pmc", words, { limitSeconds: 15 }).ended).stdout;
  }

  /** rptp's own. */
  ours(name: string, ...words: string[]): Promise<Ended> {
    return rptp(["ptp", "pmc", "-s", this.of(name), ...words], { limitSeconds: 20 }).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** What follows a `RESPONSE` line of `id`: names of the fields, in order. */
function fieldsOf(lines: readonly string[], id: string): string[] | undefined {
  const word = id === "NULL_MANAGEMENT" ? "MANAGEMENT" : id;
  const at = lines.findIndex((l) => l.startsWith("\t") && l.trimEnd().endsWith(` ${word}`));
  if (at < 0) return undefined;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((l) => !l.startsWith("\t\t"));
  return rest.slice(0, end < 0 ? rest.length : end).map((l) => l.trim().split(/\s+/)[0] ?? "");
}

function valueOf(lines: readonly string[], name: string): string | undefined {
  return lines.find((l) => l.trim().startsWith(`${name} `))?.trim().split(/\s+/)[1];
}

/** Order and numbers of answers do not matter: pmc in one run prints them as they come. */
function answersOf(lines: readonly string[]): string[] {
  const blocks: string[] = [];
  for (const line of lines) {
    if (line.startsWith("sending") || line === "") continue;
    if (line.startsWith("\t\t")) blocks[blocks.length - 1] += `\n${line}`;
    else blocks.push(line.replace(/ seq \d+ /, " "));
  }
  return blocks.sort((a, b) => a < b ? -1 : 1);
}

async function startSlaveAt(side: Side, uds: string): Promise<Running> {
  const slave = startSlave(side, ["--clock", "virtual", "--uds", uds]);
  await slave.line(/"to":"SLAVE"/, 20_000);
  return slave;
}

testNeeding("stock pmc: rptp answers every GET with the fields of ptp4l 3.1.1", NEEDS, async () => {
  await using sockets = await Sockets.make();
  await using pair = await NamespacePair.open();
  const gmFlags = [...QUICK, "--priority1", "10", "--uds", sockets.of("gm")];
  const gm = await startGm(pair.a, gmFlags);
  const extra = [`uds_address ${sockets.of("ptp4l")}`];
  await using ptp4l = await Ptp4l.start(pair.b, { role: "slave", freeRunning: true, extra });
  await ptp4l.process.line(/to UNCALIBRATED on RS_SLAVE/, 20_000);
  const slave = await startSlaveAt(pair.b, sockets.of("slave"));
  const commands = IDS.map((id) => `GET ${id}`);
  const reference = await sockets.pmc("ptp4l", ...commands);
  for (const name of ["gm", "slave"]) {
    const lines = await sockets.pmc(name, ...commands);
    for (const id of IDS) {
      const expected = fieldsOf(reference, id);
      assert(expected !== undefined, `ptp4l did not answer GET ${id}`);
      assertEquals(fieldsOf(lines, id), expected, `${name}: GET ${id}`);
    }
    assert(!lines.some((l) => l.includes("MANAGEMENT_ERROR_STATUS")), lines.join("\n"));
    assertEquals(valueOf(lines, "portState"), name === "gm" ? "MASTER" : "SLAVE");
    assertEquals(valueOf(lines, "gmPresent"), name === "gm" ? "false" : "true");
    assertEquals(valueOf(lines, "interface"), pair.a.iface);
  }
  const ingress = Number(valueOf(await sockets.pmc("slave", "GET TIME_STATUS_NP"), "ingress_time"));
  assert(Math.abs(ingress / 1e6 - Date.now()) < 60_000, `ingress_time ${ingress}`);
  const delay = Number(
    valueOf(await sockets.pmc("slave", "GET CURRENT_DATA_SET"), "meanPathDelay"),
  );
  assert(delay > 0 && delay < 1e6, `meanPathDelay ${delay}`);
  await slave.stop();
  await gm.stop();
});

testNeeding(
  "rptp ptp pmc: the same text as stock pmc, from ptp4l and from rptp",
  NEEDS,
  async () => {
    await using sockets = await Sockets.make();
    await using pair = await NamespacePair.open();
    const gm = await startGm(pair.a, [...QUICK, "--priority1", "10", "--uds", sockets.of("gm")]);
    await gm.line(/"to":"MASTER"/, 20_000);
    const extra = [`uds_address ${sockets.of("ptp4l")}`];
    await using ptp4l = await Ptp4l.start(pair.b, { role: "slave", freeRunning: true, extra });
    await ptp4l.process.line(/to UNCALIBRATED on RS_SLAVE/, 20_000);
    // These change while they are asked for twice.
    const moving = ["CURRENT_DATA_SET", "TIME_STATUS_NP", "PORT_STATS_NP"];
    const commands = IDS.filter((id) => !moving.includes(id)).map((id) => `GET ${id}`);
    for (const name of ["ptp4l", "gm"]) {
      const ours = await sockets.ours(name, ...commands);
      assertEquals(ours.code, 0, ours.stderr.join("\n"));
      // versionNumber: pmc 3.1.1 prints the minor version's nibble with it, later ones do not.
      const text = (lines: readonly string[]) =>
        answersOf(lines).map((l) => l.replace(/versionNumber( +)18$/m, "versionNumber$12"));
      assertEquals(text(ours.stdout), text(await sockets.pmc(name, ...commands)), name);
    }
    const json = await sockets.ours("ptp4l", "--json", "GET PRIORITY1", "GET TIME");
    assertEquals(json.code, 1);
    const [priority, time] = json.stdout.map((l) => JSON.parse(l) as Record<string, unknown>);
    assertEquals(priority!["values"], { priority1: 128 });
    assertEquals(time!["error"], "NOT_SUPPORTED");
    await gm.stop();
  },
);

testNeeding(
  "SET PRIORITY1 moves the grandmaster between two rptp; ro refuses it",
  NEEDS,
  async () => {
    await using sockets = await Sockets.make();
    await using pair = await NamespacePair.open();
    const a = await startGm(pair.a, [
      ...[...QUICK, "--priority1", "10"],
      ...["--uds", sockets.of("a"), "--uds-ro", sockets.of("a-ro")],
    ]);
    await a.line(/"to":"MASTER"/, 20_000);
    const b = await startGm(pair.b, [...QUICK, "--priority1", "20", "--uds", sockets.of("b")]);
    await b.line(/"isSelf":false/, 20_000);
    const refused = await sockets.pmc("a-ro", "SET PRIORITY1 30", "GET PRIORITY1");
    assert(refused.some((l) => l.includes("MANAGEMENT_ERROR_STATUS")), refused.join("\n"));
    assertEquals(valueOf(refused, "priority1"), "10");
    const ours = await sockets.ours("a-ro", "SET PRIORITY1 30");
    assertEquals(ours.code, 1);
    match(ours.stdout.join("\n"), /MANAGEMENT_ERROR_STATUS PRIORITY1 NOT_SUPPORTED/);

    const set = await sockets.pmc("a", "SET PRIORITY1 30");
    assertEquals(valueOf(set, "priority1"), "30");
    await b.line(/"to":"MASTER"/, 10_000);
    await a.line(/"isSelf":false/, 10_000);
    const parent = await sockets.pmc("a", "GET PARENT_DATA_SET");
    assertEquals(valueOf(parent, "grandmasterPriority1"), "20");
    assertEquals((await sockets.ours("a", "SET PRIORITY1 5")).code, 0);
    await b.line(/MASTER to UNCALIBRATED|"from":"MASTER","to":"UNCALIBRATED"/, 10_000);
    await a.stop();
    await b.stop();
  },
);

testNeeding(
  "rptp ptp pmc --follow hears port states, renewing its subscription",
  NEEDS,
  async () => {
    await using sockets = await Sockets.make();
    await using pair = await NamespacePair.open();
    const gm = await startGm(pair.a, [...QUICK, "--uds", sockets.of("gm")]);
    await gm.line(/"to":"MASTER"/, 20_000);
    const subscribe = "SET SUBSCRIBE_EVENTS_NP duration 2 NOTIFY_PORT_STATE on";
    const words = ["ptp", "pmc", "-s", sockets.of("gm"), "--follow", "--json", subscribe];
    const listener = rptp(words, { limitSeconds: 30 });
    await listener.line(/SUBSCRIBE_EVENTS_NP/, 10_000);
    // Beyond the two seconds that it asked for.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assertEquals((await sockets.ours("gm", "COMMAND DISABLE_PORT")).code, 0);
    await listener.line(/PORT_DATA_SET.*DISABLED/, 5_000);
    assertEquals((await sockets.ours("gm", "COMMAND ENABLE_PORT")).code, 0);
    await listener.line(/PORT_DATA_SET.*"MASTER"/, 10_000);
    assertEquals((await listener.stop("SIGINT")).code, 0);
    await gm.stop();
    for (const name of ["gm"]) {
      assertEquals(await Deno.lstat(sockets.of(name)).catch(() => "gone"), "gone");
    }
  },
);

testNeeding("management from the network: GET alone, and only where asked for", NEEDS, async () => {
  await using pair = await NamespacePair.open();
  const ask = async (...commands: string[]) => {
    const words = ["-4", "-i", pair.b.iface, "-b", "0", ...commands];
    const options = { namespace: pair.b.namespace, limitSeconds: 10 };
    return (await Running.start("pmc", words, options).ended).stdout;
  };
  const silent = await startGm(pair.a, QUICK);
  await silent.line(/"to":"LISTENING"/);
  assertEquals(valueOf(await ask("GET PRIORITY1"), "priority1"), undefined);
  await silent.stop();
  const gm = await startGm(pair.a, [...QUICK, "--management", "read-only"]);
  await gm.line(/"to":"LISTENING"/);
  const lines = await ask("GET PRIORITY1", "SET PRIORITY1 1", "GET PORT_DATA_SET", "GET PRIORITY1");
  assertEquals(lines.filter((l) => l.trim() === "priority1 128").length, 2, lines.join("\n"));
  assertEquals(lines.filter((l) => l.includes("MANAGEMENT_ERROR_STATUS")).length, 1);
  assert(valueOf(lines, "portState") !== undefined, lines.join("\n"));
  await gm.stop();
});

const PHC2SYS = { ...NEEDS, commands: [...PROGRAMS, "phc2sys", "setpriv"] };
testNeeding("phc2sys -a goes as far with rptp as with ptp4l", PHC2SYS, async () => {
  await using sockets = await Sockets.make();
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, [...QUICK, "--priority1", "10"]);
  const extra = [`uds_address ${sockets.of("ptp4l")}`];
  await using _ptp4l = await Ptp4l.start(pair.b, { role: "slave", freeRunning: true, extra });
  const slave = await startSlaveAt(pair.b, sockets.of("slave"));
  // It must not touch the system clock, whatever it finds.
  const phc2sys = async (name: string) => {
    const words = ["--bounding-set", "-sys_time", "--inh-caps", "-sys_time", "phc2sys"];
    const ended = await Running.start("setpriv", [
      ...[...words, "-a", "-r", "-m", "-q", "-z", sockets.of(name)],
    ], { limitSeconds: 8 }).ended;
    const said = [...ended.stdout, ...ended.stderr].map((l) =>
      l.replace(/^phc2sys\[[\d.]+\]: /, "")
    );
    return { code: ended.code, said };
  };
  assertEquals(await phc2sys("slave"), await phc2sys("ptp4l"));
  await slave.stop();
  await gm.stop();
});
