import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { AddressTable } from "../../lib/base/address.ts";
import { DEFAULT_UNICAST_SERVER } from "../../lib/ptp/unicast/server.ts";
import { masterHandles } from "./net/transport.ts";
import { mastersOf, serverOptions, UNICAST_SERVER_FLAGS } from "./unicast_flags.ts";

const CLIENT = { hybrid: false, unicastDuration: 60, logQuery: 1 };
const SERVER = {
  unicastListen: true,
  unicastOnly: false,
  unicastClients: 5,
  unicastClientsPerHost: 2,
  unicastRate: 100,
  unicastMinLogSync: -4,
  unicastMaxDuration: 120,
};

Deno.test("mastersOf() takes addresses of the transport's kind alone", () => {
  const flags = { ...CLIENT, unicastMaster: ["192.0.2.1", "192.0.2.2"] };
  const masters = mastersOf(flags, "udp4");
  assertEquals(masters, { addresses: flags.unicastMaster, logQueryInterval: 1, duration: 60 });
  assertEquals(mastersOf({ ...CLIENT, unicastMaster: ["fd00::1"] }, "udp6")?.peer, "fd00::1");
  const wrong = { ...flags, unicastPeer: "fd00::1" };
  throws(() => mastersOf(wrong, "udp4"), /--unicast-peer fd00::1.*IPv4/);
  throws(() => mastersOf(flags, "l2"), /--unicast-master 192.0.2.1.*MAC addresses/);
  assertEquals(mastersOf(CLIENT, "udp6"), undefined);
});

Deno.test("serverOptions() are the limits of the flags", () => {
  assertEquals(serverOptions({ ...SERVER, unicastListen: false }), {});
  const made = serverOptions({ ...SERVER, unicastOnly: true });
  assertEquals(made, {
    multicast: false,
    unicastServer: {
      ...DEFAULT_UNICAST_SERVER,
      maxClients: 5,
      maxClientsPerHost: 2,
      maxRate: 100,
      minLogSync: -4,
      minLogDelayResp: -4,
      maxDuration: 120,
      access: [],
    },
  });
});

Deno.test("--unicast-access takes rules, and says what it takes", () => {
  const flag = UNICAST_SERVER_FLAGS.unicastAccess;
  if (flag?.kind !== "parsed") throw new Error("unreachable");
  const parse = flag.parse as (text: string) => unknown;
  assertEquals(parse("deny:2001:db8::/32"), { isAllowed: false, prefix: "2001:db8::/32" });
  for (const wrong of ["10.0.0.0/8", "allow:10.0.0.0/33", "allow:", "forbid:10.0.0.1"]) {
    throws(() => parse(wrong), /allow:PREFIX or deny:PREFIX/);
  }
});

Deno.test("masterHandles() gives a link-local address its zone", () => {
  const addresses = new AddressTable(16);
  const own = { name: "eth0", index: 7 };
  const handles = masterHandles(addresses, ["fe80::1", "fe80::2%eth0", "fd00::3"], own, 320);
  const texts = handles.map((h) => addresses.text(h));
  assertEquals(texts, ["[fe80::1%7]:320", "[fe80::2%7]:320", "[fd00::3]:320"]);
  throws(() => masterHandles(addresses, ["fe80::1%eth1"], own, 320), /eth1.*eth0/);
});
