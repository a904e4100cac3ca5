/** Interfaces that go down, come back, change their address: gm, slave and bc on virtual clocks. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { NamespaceChain } from "../kit/netns_chain.ts";
import { Running, say } from "../kit/process.ts";
import { errorsBetween, judgedFor, LAUNCHER, startGm, startSlave } from "../kit/rptp.ts";
import { describe, evaluate, lastSeconds } from "../kit/truth.ts";

const NEEDS = { root: true, netns: true, commands: ["timeout", "ip"] };
const RATE = ["--log-sync", "-3", "--log-announce", "-2", "--log-min-delay-req", "-3"];
const GM = ["--clock", "virtual:offset=0.2,ppm=30", "--priority1", "10", ...RATE];

/** `from to` of each change of a port's state since the `skip`th. */
function changes(process: Running, port: number, skip = 0): string[] {
  return process.events("state").filter((e) => e["port"] === port).slice(skip)
    .map((e) => `${e["from"]} ${e["to"]}`);
}

/** Resolves when `is` holds; looks ten times a second for ten seconds. */
async function until(what: string, is: () => boolean): Promise<void> {
  for (let k = 0; k < 100; k++) {
    if (is()) return;
    await judgedFor(0.1);
  }
  throw new Error(`${what}: not within 10 s`);
}

const RECOVERED = [
  "SLAVE FAULTY",
  "FAULTY INITIALIZING",
  "INITIALIZING LISTENING",
  "LISTENING UNCALIBRATED",
  "UNCALIBRATED SLAVE",
];

for (const transport of ["udp4", "udp6", "l2"]) {
  testNeeding(
    `rptp slave, ${transport}: interface down and up, FAULTY and back`,
    NEEDS,
    async () => {
      await using pair = await NamespacePair.open();
      const gm = await startGm(pair.a, [...GM, "--transport", transport]);
      const words = ["--clock", "virtual:ppm=-20", "--transport", transport, ...RATE];
      const slave = startSlave(pair.b, words);
      await slave.line(/"to":"SLAVE"/, 20_000);
      const before = changes(slave, 1).length;
      // No link-local address that comes back a moment before the other one does.
      await pair.ip(pair.b, "link", "set", "ptp0", "addrgenmode", "none");
      await pair.ip(pair.b, "link", "set", "ptp0", "down");
      await slave.line(/"event":"fault".*"reason":"link","resetAfterSeconds":null/);
      await pair.ip(pair.b, "link", "set", "ptp0", "up");
      if (transport === "udp6") { // the kernel forgets IPv6 addresses when an interface goes down
        const address = [`${pair.b.address6}/64`, "dev", "ptp0", "nodad"];
        await pair.ip(pair.b, "address", "replace", ...address);
      }
      await until("SLAVE again", () => changes(slave, 1, before).includes("UNCALIBRATED SLAVE"));
      await judgedFor(4);
      const ended = await slave.stop();
      await gm.stop();
      assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
      assertEquals(changes(slave, 1, before), RECOVERED);
      const verdict = evaluate(lastSeconds(errorsBetween(slave, gm), 2));
      say(`${transport}, 2 s to 4 s after the return: ${describe(verdict)}`);
      assert(verdict.p99 < 50_000, describe(verdict));
    },
  );
}

testNeeding("rptp slave: another address opens its sockets anew", NEEDS, async () => {
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, GM);
  const slave = startSlave(pair.b, ["--clock", "virtual:ppm=-20", ...RATE]);
  await slave.line(/"to":"SLAVE"/, 20_000);
  const before = changes(slave, 1).length;
  await pair.ip(pair.b, "address", "add", "10.77.0.9/32", "dev", "ptp0");
  await pair.ip(pair.b, "address", "del", `${pair.b.address}/24`, "dev", "ptp0");
  await until("SLAVE again", () => changes(slave, 1, before).includes("UNCALIBRATED SLAVE"));
  await judgedFor(3);
  const ended = await slave.stop();
  await gm.stop();
  assertEquals(ended.code, 0, ended.stderr.slice(-5).join("\n"));
  assertEquals(changes(slave, 1, before), RECOVERED);
  assert(ended.stderr.some((l) => l.includes("up, 10.77.0.9")), ended.stderr.join("\n"));
  const sent = slave.events("summary")[0]!["sent"] as Record<string, number>;
  const verdict = evaluate(lastSeconds(errorsBetween(slave, gm), 2));
  assert(verdict.p99 < 50_000 && sent["Delay_Req"]! > 10, describe(verdict));
});

testNeeding("rptp gm: an interface made anew under its name is served again", NEEDS, async () => {
  await using pair = await NamespacePair.open();
  const gm = await startGm(pair.a, GM);
  await gm.line(/"to":"MASTER"/, 15_000);
  const faults = gm.events("fault").length;
  await pair.ip(pair.a, "link", "del", "ptp0");
  await until("FAULTY", () => gm.events("fault").length > faults);
  const peer = ["type", "veth", "peer", "name", "ptp0", "netns", pair.b.namespace];
  await pair.ip(pair.a, "link", "add", "ptp0", ...peer);
  for (const side of [pair.a, pair.b]) {
    await pair.ip(side, "address", "add", `${side.address}/24`, "dev", "ptp0");
    await pair.ip(side, "link", "set", "ptp0", "up");
  }
  const slave = startSlave(pair.b, ["--clock", "virtual:ppm=-20", ...RATE]);
  await slave.line(/"to":"SLAVE"/, 20_000);
  assertEquals((await slave.stop()).code, 0);
  assertEquals((await gm.stop()).code, 0);
});

testNeeding("rptp ptp bc: one port's interface goes, the other becomes master", NEEDS, async () => {
  await using chain = await NamespaceChain.open();
  const gm = await startGm(chain.a, GM);
  const words = ["ptp", "bc", "--iface", "ptpa", "--iface", "ptpb", "--json"];
  const bc = Running.start(LAUNCHER, [...words, "--clock", "virtual:ppm=-20", ...RATE], {
    namespace: chain.middle,
  });
  await bc.line(/"to":"SLAVE"/, 20_000);
  await bc.line(/"port":2,.*"to":"MASTER"/, 20_000);
  const slave = startSlave(chain.b, ["--clock", "virtual:ppm=50", ...RATE]);
  await slave.line(/"state":"locked"/, 20_000);
  const before = changes(bc, 1).length;
  const faults = bc.events("fault").length; // one where the carrier came after the start
  await chain.ip(chain.middle, "link", "set", "ptpa", "down");
  await until("FAULTY", () => bc.events("fault").length > faults);
  await slave.line(/"stepsRemoved":1,/, 15_000); // the boundary clock is the grandmaster now
  await chain.ip(chain.middle, "link", "set", "ptpa", "up");
  await until("SLAVE again", () => changes(bc, 1, before).includes("UNCALIBRATED SLAVE"));
  await judgedFor(4);
  const ended = [await slave.stop(), await bc.stop()];
  await gm.stop();
  assertEquals(ended.map((e) => e.code), [0, 0]);
  assertEquals(changes(bc, 1, before), RECOVERED);
  assertEquals(bc.events("fault").slice(faults).map((e) => e["port"]), [1]);
  const last = slave.events("parent").at(-1)!;
  assertEquals(last["stepsRemoved"], 2);
  for (const [who, clock] of [["bc", bc], ["slave behind it", slave]] as const) {
    const verdict = evaluate(lastSeconds(errorsBetween(clock, gm), 2));
    say(`${who}, of the gm: ${describe(verdict)}`);
    assert(verdict.p99 < 50_000, describe(verdict));
  }
});
