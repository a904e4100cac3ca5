import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { applyProfile, type ProfiledFlags, rewriteProfile } from "./profile_flag.ts";

const ST_2059: ProfiledFlags = {
  domain: 127,
  priority1: 128,
  priority2: 128,
  logAnnounce: -2,
  logSync: -3,
  logMinDelayReq: -3,
  logMinPdelayReq: 0,
  delay: "e2e",
  transport: "udp4",
};

Deno.test("rewriteProfile() gives a profile's defaults to the flags that are not there", () => {
  assertEquals(rewriteProfile(["--iface", "eth0", "--profile", "st2059-2", "--domain=5"]), [
    ...["--iface", "eth0", "--profile", "st2059-2", "--domain=5"],
    ...["--priority1=128", "--priority2=128", "--log-announce=0", "--log-sync=-3"],
    ...["--log-min-delay-req=-3", "--log-min-pdelay-req=0", "--delay=e2e", "--transport=udp4"],
  ]);
});

Deno.test("rewriteProfile() keeps a relative default within its range", () => {
  const rewritten = rewriteProfile(["--profile=st2059-2", "--log-sync", "-1"]);
  assertEquals(
    rewritten.find((word) => word.startsWith("--log-min-delay-req")),
    "--log-min-delay-req=-1",
  );
});

Deno.test("rewriteProfile() leaves other command lines alone", () => {
  assertEquals(rewriteProfile(["--iface", "eth0"]), ["--iface", "eth0"]);
  assertEquals(rewriteProfile(["--profile", "nonesuch"]), ["--profile", "nonesuch"]);
});

Deno.test("applyProfile() refuses by flag and range", () => {
  const refused = (change: Partial<ProfiledFlags>, pattern: RegExp) =>
    throws(() => applyProfile("st2059-2", { ...ST_2059, ...change }), pattern);
  refused({ logSync: 0 }, /--log-sync 0: profile st2059-2 takes -7 to -1/);
  refused({ logMinDelayReq: 3 }, /--log-min-delay-req 3: profile st2059-2 takes -3 to 2/);
  refused({ domain: 128 }, /--domain 128: profile st2059-2 takes 0 to 127/);
  refused({ transport: "l2" }, /--transport l2: profile st2059-2 takes udp4 or udp6/);
  assertEquals(applyProfile("st2059-2", ST_2059).lacking, []);
});

Deno.test("applyProfile() of gPTP: group, majorSdoId, follow-up information, asCapable", () => {
  const gptp = applyProfile("gptp", {
    ...ST_2059,
    ...{ domain: 0, priority1: 248, priority2: 248, logAnnounce: 0, delay: "p2p", transport: "l2" },
  });
  assertEquals(gptp.instance, { majorSdoId: 1, pathTrace: true });
  assertEquals(gptp.port, {
    announceReceiptTimeout: 3,
    syncReceiptTimeout: 3,
    neighborPropDelayThresh: 800,
    followUpInfo: true,
    asCapable: "auto",
    acceptIntervalRequests: true,
  });
  assertEquals(gptp.groups?.primary, "01:80:c2:00:00:0e");
});
