/**
 * What this process may do, and what to type where that is not enough.
 *
 * Never advise `setcap` on a Deno: it would grant the capability to every script it runs.
 * @module
 */
import { readText } from "./file.ts";
import { libc } from "./libc.ts";

/** Bits of the effective set (capabilities(7)) that commands here ask for. */
export const Capability = {
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_SYS_NICE: 23,
  CAP_SYS_TIME: 25,
} as const;
export type CapabilityName = keyof typeof Capability;

/** The capabilities of this process, of those in {@linkcode Capability}. */
export function effectiveCapabilities(): Set<CapabilityName> {
  return capabilitiesIn(readText("/proc/self/status"));
}

/** The same from the text of a `/proc/PID/status`. */
export function capabilitiesIn(status: string): Set<CapabilityName> {
  const bits = BigInt(`0x${/^CapEff:\s*([0-9a-fA-F]+)$/m.exec(status)?.[1] ?? "0"}`);
  const held = new Set<CapabilityName>();
  for (const [name, bit] of Object.entries(Capability)) {
    if ((bits >> BigInt(bit) & 1n) === 1n) held.add(name as CapabilityName);
  }
  return held;
}

/** True where the effective user is root. */
export function isRoot(): boolean {
  return libc().geteuid() === 0;
}

/** True in a user namespace of its own, where CAP_SYS_TIME and some others are of no effect. */
export function isInUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/m.test(readText("/proc/self/uid_map"));
}

/** The lowest port that needs no capability; 1024 unless the system says otherwise. */
export function firstFreePort(): number {
  try {
    return Number(readText("/proc/sys/net/ipv4/ip_unprivileged_port_start").trim());
  } catch {
    return 1024; // kernels before 4.11
  }
}

/**
 * The line that helps where `needs` is missing.
 * @param command What to run again, e.g. `./rptp gm --iface eth0`.
 */
export function advice(needs: string, command: string): string {
  return `needs ${needs}: run \`sudo ${command}\`, ` +
    `or a systemd unit with \`AmbientCapabilities=${needs}\``;
}
