/**
 * The hold of `rptp ptp phc2sys` on the machine: the wait, and the hardware clock of an interface.
 * @module
 */
import type { Reactor } from "../../../lib/base/link.ts";
import type { ClockSpec } from "../../../lib/ptp/clock_spec.ts";
import { SystemClock } from "../../../ffi/clock.ts";
import { DenoReactor } from "../../../ffi/deno_udp.ts";
import { hasLibc } from "../../../ffi/libc.ts";
import { interfaces, stampingAbility } from "../../../ffi/netif.ts";
import { AsyncReactor } from "../../../ffi/reactor.ts";
import { nearest } from "../../../lib/base/nearest.ts";
import { Failure } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import type { EndSpec } from "./ends.ts";

/** A wait for nothing but time and {@linkcode wake}. */
export interface Pause extends Reactor {
  wake(): void;
  close(): void;
}

/** The wait of a command without sockets. */
export function openPause(): Pause {
  return hasLibc() ? new AsyncReactor([]) : new DenoReactor([]);
}

/**
 * The clock an end names; of an interface its hardware clock.
 * @throws Failure 69 where the interface is missing or has none.
 */
export function clockOf(end: EndSpec): ClockSpec {
  if (end.kind !== "iface") return end;
  const { name } = end;
  if (!hasLibc()) {
    throw new Failure(
      ExitCode.Unavailable,
      `interface ${name}`,
      "needs Linux with the GNU C library",
    );
  }
  const names = interfaces().map((one) => one.name);
  if (!names.includes(name)) {
    const close = nearest(name, [...names, "system", "virtual"]);
    const guess = close === undefined ? "" : `did you mean ${close}? `;
    const why = `no such interface; ${guess}there are: ${names.join(", ")}`;
    throw new Failure(ExitCode.Unavailable, `interface ${name}`, why);
  }
  const index = stampingAbility(name).phcIndex;
  if (index < 0) {
    const fix = "name a clock: system, phc:/dev/ptpN, virtual";
    throw new Failure(ExitCode.Unavailable, `interface ${name}`, "it has no hardware clock", fix);
  }
  return { kind: "phc", path: `/dev/ptp${index}` };
}

/** The kernel's TAI - UTC, read each time it is called; 0 where nobody has told it. */
export function kernelTai(): () => number {
  if (!hasLibc()) return () => 0;
  const clock = new SystemClock();
  return () => clock.taiOffset();
}
