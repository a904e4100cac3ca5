/**
 * The checks of `rptp doctor`: facts of a machine to lines with a level and a fix.
 * @module
 */
import type { InterfaceFacts, Machine } from "./machine.ts";

/** ok: nothing to do; warn: some commands do less or nothing; fail: rptp cannot work properly. */
export type Level = "ok" | "warn" | "fail";

/** One line of the report. */
export interface Check {
  /** What was looked at: `capability CAP_NET_RAW`, `timestamping eth0`. */
  readonly name: string;
  readonly level: Level;
  /** What was found, and for whom it matters. */
  readonly detail: string;
  /** What to type or to do; "" where all is well. */
  readonly fix: string;
}

/** The Deno this version of rptp is made for. */
const DENO = "2.9.6";
/** Linux 4.18 brought UDP_SEGMENT and SO_TXTIME, 5.0 UDP_GRO. */
const KERNEL: readonly [number, number] = [5, 0];
/** Octets a socket buffer should be allowed: about 50 ms at 1 Gbit/s, doubled by the kernel. */
const BUFFER = 8 << 20;

const CAPABILITIES: readonly (readonly [name: string, bit: number, needs: string])[] = [
  ["CAP_NET_BIND_SERVICE", 10, "PTP's ports 319 and 320"],
  ["CAP_NET_ADMIN", 12, "TAP devices, hardware time stamps, large socket buffers"],
  ["CAP_NET_RAW", 13, "live capture"],
  ["CAP_SYS_NICE", 23, "real-time priority"],
  ["CAP_SYS_TIME", 25, "steering the system clock or a PHC"],
];

/** Programs that steer clocks or hold PTP's ports. */
const DAEMONS = new Map([
  ["ptp4l", "uses PTP's ports and steers a clock"],
  ["phc2sys", "steers the system clock"],
  ["ts2phc", "steers PHCs"],
  ["chronyd", "steers the system clock"],
  ["ntpd", "steers the system clock"],
  ["systemd-timesyn", "steers the system clock"], // comm is cut at 15 octets
  ["sfptpd", "uses PTP's ports and steers clocks"],
  ["ptpd", "uses PTP's ports and steers the system clock"],
  ["ptpd2", "uses PTP's ports and steers the system clock"],
  ["openntpd", "steers the system clock"],
]);

const ok = (name: string, detail: string): Check => ({ name, level: "ok", detail, fix: "" });
const warn = (name: string, detail: string, fix: string): Check => ({
  name,
  level: "warn",
  detail,
  fix,
});
const fail = (name: string, detail: string, fix: string): Check => ({
  name,
  level: "fail",
  detail,
  fix,
});

/** All checks, in the order they are printed. */
export function examine(m: Machine): Check[] {
  return [
    runtime(m),
    kernel(m),
    ...capabilities(m),
    ...m.interfaces().map(timestamping),
    ...clockDevices(m),
    tunDevice(m),
    ...bufferLimits(m),
    offload(m),
    clockSource(m),
    taiOffset(m),
    ...daemons(m),
  ];
}

function runtime(m: Machine): Check {
  const detail = `Deno ${m.denoVersion} on ${m.architecture}`;
  return m.denoVersion === DENO
    ? ok("runtime", detail)
    : warn("runtime", `${detail}; made for ${DENO}`, "start it by ./rptp, which fetches that one");
}

function kernel(m: Machine): Check {
  const release = (m.readText("/proc/sys/kernel/osrelease") ?? "").trim();
  const [major = 0, minor = 0] = release.split(".").map((part) => parseInt(part, 10));
  if (major > KERNEL[0] || major === KERNEL[0] && minor >= KERNEL[1]) {
    return ok("kernel", `Linux ${release}`);
  }
  return fail(
    "kernel",
    release === "" ? "not Linux, or /proc is not mounted" : `Linux ${release} is too old`,
    `use Linux ${KERNEL.join(".")} or newer`,
  );
}

function capabilities(m: Machine): Check[] {
  const line = /^CapEff:\s*([0-9a-f]+)/m.exec(m.readText("/proc/self/status") ?? "");
  const mask = BigInt(`0x${line?.[1] ?? "0"}`);
  return CAPABILITIES.map(([name, bit, needs]) => {
    const has = (mask >> BigInt(bit) & 1n) === 1n;
    if (!has && name === "CAP_NET_BIND_SERVICE" && firstFreePort(m) <= 319) {
      return ok(`capability ${name}`, "missing, but this system opens PTP's ports to everyone");
    }
    return has ? ok(`capability ${name}`, needs) : warn(
      `capability ${name}`,
      `missing: no ${needs}`,
      `sudo ./rptp ..., or AmbientCapabilities=${name} in a systemd unit`,
    );
  });
}

/** The lowest port that needs no capability. */
function firstFreePort(m: Machine): number {
  return Number(m.readText("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? 1024);
}

function timestamping(i: InterfaceFacts): Check {
  const name = `timestamping ${i.name}`;
  const t = i.timestamping;
  const state = i.isUp ? "" : " (the interface is down)";
  if (t === undefined) {
    return warn(name, `unknown: the driver does not say${state}`, "use another interface for PTP");
  }
  if (t.transmitHardware && t.receiveHardware && t.phcIndex >= 0) {
    return ok(name, `hardware, /dev/ptp${t.phcIndex}${state}`);
  }
  if (t.transmitSoftware && t.receiveSoftware) {
    return ok(name, `software, no PHC${state}`);
  }
  if (i.isLoopback) return ok(name, `receive only (loopback)${state}`);
  return warn(
    name,
    `${t.receiveSoftware ? "receive only" : "none"}${state}`,
    "a grandmaster or slave here stamps in user space, some 100 us worse: use another interface",
  );
}

function clockDevices(m: Machine): Check[] {
  const names = m.list("/sys/class/ptp").filter((n) => /^ptp\d+$/.test(n));
  if (names.length === 0) {
    return [ok("PHC", "none: clocks are disciplined with software time stamps")];
  }
  return names.map((n) => {
    const what = (m.readText(`/sys/class/ptp/${n}/clock_name`) ?? "").trim();
    const path = `/dev/${n}`;
    const access = m.access(path);
    const name = `PHC ${path}`;
    if (access === "ok") return ok(name, what);
    return access === "absent"
      ? warn(name, `${what}: no device file`, "start udev, or mount /dev of the host")
      : warn(
        name,
        `${what}: no permission to steer it`,
        `sudo ./rptp ..., or sudo chmod g+rw ${path}`,
      );
  });
}

function tunDevice(m: Machine): Check {
  const access = m.access("/dev/net/tun");
  if (access === "ok") return ok("TUN/TAP", "/dev/net/tun");
  return access === "absent"
    ? warn("TUN/TAP", "/dev/net/tun is not there: no TAP devices", "sudo modprobe tun")
    : warn("TUN/TAP", "/dev/net/tun: permission denied", "sudo ./rptp ...");
}

function bufferLimits(m: Machine): Check[] {
  return ["rmem_max", "wmem_max"].map((key) => {
    const value = Number(m.readText(`/proc/sys/net/core/${key}`) ?? NaN);
    const name = `socket buffer ${key}`;
    if (value >= BUFFER) return ok(name, `${value} octets`);
    const fix = `sudo sysctl -w net.core.${key}=${BUFFER}`;
    if (Number.isNaN(value)) {
      return warn(
        name,
        "unknown (not visible in this network namespace)",
        `${fix} in the first one`,
      );
    }
    return warn(name, `${value} octets: fast streams lose packets in bursts`, fix);
  });
}

function offload(m: Machine): Check {
  const { segment, gro } = m.udpOffload();
  if (segment && gro) return ok("UDP offload", "UDP_SEGMENT and UDP_GRO");
  const lacks = [segment ? "" : "UDP_SEGMENT", gro ? "" : "UDP_GRO"].filter((t) => t !== "");
  return warn(
    "UDP offload",
    `no ${lacks.join(", no ")}: streams cost one system call a packet`,
    "use Linux 5.0 or newer",
  );
}

function clockSource(m: Machine): Check {
  const folder = "/sys/devices/system/clocksource/clocksource0";
  const current = (m.readText(`${folder}/current_clocksource`) ?? "").trim();
  const available = (m.readText(`${folder}/available_clocksource`) ?? "").trim().split(/\s+/);
  if (current === "") return warn("clock source", "unknown", "mount /sys");
  // Those are read without entering the kernel; the others cost microseconds a reading.
  const fast = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"];
  if (fast.includes(current)) return ok("clock source", current);
  const better = fast.find((name) => available.includes(name));
  return warn(
    "clock source",
    `${current}: slow to read, time stamps are coarse`,
    better === undefined
      ? "boot with tsc=reliable if the processor's TSC is invariant"
      : `echo ${better} | sudo tee ${folder}/current_clocksource`,
  );
}

function taiOffset(m: Machine): Check {
  const offset = m.taiOffset();
  if (offset !== 0) return ok("kernel TAI offset", `${offset} s`);
  return warn(
    "kernel TAI offset",
    "0 s: nobody told the kernel; rptp gm uses its built-in leap second table",
    "chrony: `leapsectz right/UTC`; ntpd: `leapfile`; else nothing",
  );
}

function daemons(m: Machine): Check[] {
  const found: Check[] = [];
  for (const pid of m.list("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const comm = (m.readText(`/proc/${pid}/comm`) ?? "").trim();
    const does = DAEMONS.get(comm);
    if (does === undefined) continue;
    const name = comm === "systemd-timesyn" ? "systemd-timesyncd" : comm;
    const fix = `stop it before rptp steers the same clock: sudo systemctl stop ${name}, ` +
      `or sudo kill ${pid}`;
    found.push(warn(`daemon ${name}`, `runs as process ${pid}: ${does}`, fix));
  }
  return found.length > 0 ? found : [ok("daemons", "no other NTP or PTP daemon runs")];
}
