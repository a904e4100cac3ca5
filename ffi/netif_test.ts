import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { Family } from "../lib/base/address.ts";
import { listDir, readText, writeText } from "./file.ts";
import { Stamping, TS_INFO } from "./layout.ts";
import {
  interfaceByName,
  interfaceName,
  interfaces,
  readAbility,
  stampingAbility,
} from "./netif.ts";
import { advice, capabilitiesIn } from "./privileges.ts";

Deno.test("interfaces() has lo as it always is", () => {
  const lo = interfaceByName("lo");
  assertEquals([lo.index, lo.isLoopback, lo.mac], [1, true, "00:00:00:00:00:00"]);
  ok(lo.mtu > 0);
  const v4 = lo.addresses.find((a) => a.family === Family.Ipv4);
  if (lo.isUp) assertEquals(v4, { family: Family.Ipv4, text: "127.0.0.1", prefixLength: 8 });
  assertEquals(interfaceName(1), "lo");
  assertEquals(interfaceName(9999), "");
});

Deno.test("interfaces() agrees with /sys/class/net", () => {
  const ours = interfaces().map((one) => one.name);
  const theirs = listDir("/sys/class/net");
  // Another test may add or remove one in between; those both know must agree.
  for (const name of theirs.filter((n) => ours.includes(n))) {
    const one = interfaces().find((i) => i.name === name);
    if (one !== undefined) {
      assertEquals(readText(`/sys/class/net/${name}/ifindex`).trim(), `${one.index}`);
    }
  }
  ok(ours.includes("lo"));
});

Deno.test("interfaceByName() lists the names there are", () => {
  throws(() => interfaceByName("eht0"), /OsError: interface eht0 \(there are: lo/);
});

Deno.test("stampingAbility() of lo is software, without a PHC", () => {
  const ability = stampingAbility("lo");
  assertEquals(ability.receiveSoftware, true);
  assertEquals(ability.phcIndex, -1);
  throws(() => stampingAbility("nope0"), /ETHTOOL_GET_TS_INFO nope0: ENODEV/);
});

Deno.test("readAbility() reads what a card with a PHC reports", () => {
  const view = new DataView(new ArrayBuffer(TS_INFO.size + 4));
  view.setUint32(
    4 + TS_INFO.stamping,
    Stamping.TxHardware | Stamping.RxHardware | Stamping.RawHardware,
    true,
  );
  view.setInt32(4 + TS_INFO.phcIndex, 2, true);
  view.setUint32(4 + TS_INFO.txTypes, 3, true);
  view.setUint32(4 + TS_INFO.rxFilters, 0x1001, true);
  assertEquals(readAbility(view, 4), {
    transmitSoftware: false,
    receiveSoftware: false,
    transmitHardware: true,
    receiveHardware: true,
    phcIndex: 2,
    txTypes: 3,
    rxFilters: 0x1001,
  });
});

Deno.test("readText() reads /proc, which Deno refuses; errors name the path", () => {
  ok(/^\d+\.\d+/.test(readText("/proc/sys/kernel/osrelease")));
  throws(() => readText("/proc/nope"), /OsError: open \/proc\/nope: ENOENT/);
  throws(() => listDir("/proc/nope"), /OsError: open.* \/proc\/nope: ENOENT/);
});

Deno.test("writeText() writes an existing file", () => {
  const file = Deno.makeTempFileSync();
  writeText(file, "käse\n");
  assertEquals(readText(file), "käse\n");
  Deno.removeSync(file);
});

Deno.test("capabilitiesIn() reads the effective set", () => {
  assertEquals([...capabilitiesIn("CapPrm:\t0\nCapEff:\t0000000002002400\n")], [
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SYS_TIME",
  ]);
  assertEquals(capabilitiesIn("CapEff:\t0000000000000000\n").size, 0);
});

Deno.test("advice() never mentions setcap", () => {
  assertEquals(
    advice("CAP_SYS_TIME", "./rptp slave"),
    "needs CAP_SYS_TIME: run `sudo ./rptp slave`, " +
      "or a systemd unit with `AmbientCapabilities=CAP_SYS_TIME`",
  );
});
