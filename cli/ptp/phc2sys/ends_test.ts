import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { endSpec, isSame, timescaleOfSpec } from "./ends.ts";

Deno.test("endSpec() takes clocks, a device's path, linuxptp's CLOCK_REALTIME and interfaces", () => {
  assertEquals(endSpec("system"), { kind: "system" });
  assertEquals(endSpec("CLOCK_REALTIME"), { kind: "system" });
  assertEquals(endSpec("phc:/dev/ptp1"), { kind: "phc", path: "/dev/ptp1" });
  assertEquals(endSpec("/dev/ptp1"), { kind: "phc", path: "/dev/ptp1" });
  assertEquals(endSpec("eth0"), { kind: "iface", name: "eth0" });
  assertEquals(endSpec("virtual").kind, "virtual");
  assertEquals(endSpec("systemd0"), { kind: "iface", name: "systemd0" });
  throws(() => endSpec("phc:"), /needs a path/);
  throws(() => endSpec("phc"), /needs a path/);
  throws(() => endSpec("virtual:speed=3"), /none of offset=S/);
  throws(() => endSpec("a b"), /expected system, phc:/);
});

Deno.test("isSame() holds for one device or the system clock twice, never for virtual clocks", () => {
  const phc = (path: string) => ({ kind: "phc", path }) as const;
  assertEquals(isSame(phc("/dev/ptp0"), phc("/dev/ptp0")), true);
  assertEquals(isSame(phc("/dev/ptp0"), phc("/dev/ptp1")), false);
  assertEquals(isSame({ kind: "system" }, { kind: "system" }), true);
  assertEquals(isSame({ kind: "system" }, phc("/dev/ptp0")), false);
  const virtual = { kind: "virtual", offset: { seconds: 0, nanoseconds: 0 }, ppb: 0, steps: [] };
  assertEquals(isSame({ ...virtual, kind: "virtual" }, { ...virtual, kind: "virtual" }), false);
});

Deno.test("timescaleOfSpec(): the system clock keeps UTC, a PHC TAI", () => {
  assertEquals(timescaleOfSpec({ kind: "system" }), "utc");
  assertEquals(timescaleOfSpec({ kind: "phc", path: "/dev/ptp0" }), "tai");
});
