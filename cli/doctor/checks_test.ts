import { deepStrictEqual as assertEquals, match } from "node:assert/strict";
import { type Check, examine } from "./checks.ts";
import type { Machine } from "./machine.ts";

const FILES: Readonly<Record<string, string>> = {
  "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
  "/proc/self/status": "Name:\tdeno\nCapEff:\t000001ffffffffff\n",
  "/proc/sys/net/core/rmem_max": "16777216\n",
  "/proc/sys/net/core/wmem_max": "16777216\n",
  "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
  "/sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm \n",
  "/sys/class/ptp/ptp0/clock_name": "igb\n",
  "/proc/812/comm": "bash\n",
};

function machine(files: Record<string, string> = {}, rest: Partial<Machine> = {}): Machine {
  const all: Record<string, string> = { ...FILES, ...files };
  return {
    denoVersion: "2.9.6",
    architecture: "x86_64",
    isRoot: true,
    readText: (path) => all[path],
    list: (path) =>
      path === "/proc" ? ["1", "812", "self"] : path === "/sys/class/ptp" ? ["ptp0"] : [],
    access: () => "ok",
    interfaces: () => [{
      name: "eth0",
      isUp: true,
      isLoopback: false,
      timestamping: {
        transmitSoftware: true,
        receiveSoftware: true,
        transmitHardware: true,
        receiveHardware: true,
        phcIndex: 0,
      },
    }],
    udpOffload: () => ({ segment: true, gro: true }),
    taiOffset: () => 37,
    ...rest,
  };
}

function named(checks: readonly Check[], name: string): Check {
  const found = checks.find((c) => c.name === name);
  if (found === undefined) throw new Error(`no check "${name}"`);
  return found;
}

Deno.test("examine() finds nothing to change on a good machine", () => {
  assertEquals(examine(machine()).filter((c) => c.level !== "ok"), []);
});

Deno.test("examine() gives every line that is not ok a fix", () => {
  const checks = examine(machine({
    "/proc/sys/kernel/osrelease": "4.9.0",
    "/proc/self/status": "CapEff:\t0000000000000000\n",
    "/proc/sys/net/core/rmem_max": "212992\n",
    "/sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n",
    "/proc/812/comm": "ptp4l\n",
  }, {
    denoVersion: "2.8.0",
    access: () => "denied",
    interfaces: () => [{ name: "tap0", isUp: false, isLoopback: false, timestamping: undefined }],
    udpOffload: () => ({ segment: false, gro: true }),
    taiOffset: () => 0,
  }));
  for (const check of checks) assertEquals(check.level === "ok", check.fix === "", check.name);
  assertEquals(named(checks, "kernel").level, "fail");
  match(named(checks, "capability CAP_SYS_TIME").fix, /sudo .*AmbientCapabilities=CAP_SYS_TIME/);
  match(named(checks, "socket buffer rmem_max").fix, /sysctl -w net\.core\.rmem_max=8388608/);
  match(named(checks, "clock source").fix, /echo tsc/);
  match(named(checks, "daemon ptp4l").fix, /kill 812/);
  match(named(checks, "UDP offload").detail, /no UDP_SEGMENT/);
  match(named(checks, "PHC /dev/ptp0").detail, /no permission/);
  assertEquals(named(checks, "TUN/TAP").level, "warn");
});

Deno.test("examine() knows each capability by its bit", () => {
  const only = (bit: number) =>
    examine(machine({ "/proc/self/status": `CapEff:\t${(1n << BigInt(bit)).toString(16)}\n` }))
      .filter((c) => c.name.startsWith("capability") && c.level === "ok").map((c) => c.name);
  assertEquals(only(13), ["capability CAP_NET_RAW"]);
  assertEquals(only(25), ["capability CAP_SYS_TIME"]);
  assertEquals(only(10), ["capability CAP_NET_BIND_SERVICE"]);
});

Deno.test("examine() tells receive-only stamping from none", () => {
  const t = {
    transmitSoftware: false,
    receiveSoftware: true,
    transmitHardware: false,
    receiveHardware: false,
    phcIndex: -1,
  };
  const of = (isLoopback: boolean) =>
    named(
      examine(machine({}, {
        interfaces: () => [{ name: "x", isUp: true, isLoopback, timestamping: t }],
      })),
      "timestamping x",
    );
  assertEquals([of(false).level, of(false).detail], ["warn", "receive only"]);
  assertEquals(of(true).level, "ok");
});

Deno.test("examine() knows systemd-timesyncd by its cut name", () => {
  const checks = examine(machine({ "/proc/812/comm": "systemd-timesyn\n" }));
  match(named(checks, "daemon systemd-timesyncd").fix, /systemctl stop systemd-timesyncd/);
});
