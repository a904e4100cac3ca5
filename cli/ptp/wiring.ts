/**
 * A PTP command's hold on the machine: rights, clock, identity. Interfaces and links are opened by
 * `net/wiring.ts`.
 * @module
 */
import type { Clock } from "../../lib/base/clock.ts";
import { type Instant, type Timestamp, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { WanderingClock } from "../../lib/base/wander.ts";
import type { ClockSpec, VirtualSpec } from "../../lib/ptp/clock_spec.ts";
import type { ClockIdentity } from "../../lib/ptp/wire/identity.ts";
import { PtpHardwareClock, SystemClock } from "../../ffi/clock.ts";
import { hasLibc } from "../../ffi/libc.ts";
import { stampingAbility } from "../../ffi/netif.ts";
import {
  advice,
  effectiveCapabilities,
  firstFreePort,
  isInUserNamespace,
} from "../../ffi/privileges.ts";
import { absoluteRaw, rawNow } from "../../ffi/raw_clock.ts";
import { RecordingClock } from "../../ffi/recording_clock.ts";
import { ExitCode } from "../kit/exit.ts";
import { Failure, UsageError } from "../kit/errors.ts";
import type { Kit } from "../kit/kit.ts";
import type { Attachment } from "./net/wiring.ts";

export { absoluteRaw, rawNow };

/** The clock a command serves or steers. */
export interface OpenClock {
  readonly clock: Clock;
  readonly kind: ClockSpec["kind"];
  /** A virtual clock's plan; the loop expires it. */
  readonly plan: WanderingClock | undefined;
  /** TAI - UTC as the kernel holds it for the system clock; 0 where unknown. */
  readonly kernelTaiOffset: number;
  /** Declares the system clock synchronised, so that others may rely on it; nothing otherwise. */
  declare(maxErrorMicros: number): void;
  close(): void;
}

/** What a run will want to do. */
export interface Needs {
  /** UDP ports to bind; empty for IEEE 802.3. */
  readonly ports: readonly number[];
  /** Frames of IEEE 802.3. */
  readonly isRaw: boolean;
  /** Steers the system clock. */
  readonly steers: boolean;
  /** What to do instead of steering it; `--clock virtual` or `--free-running` if left out. */
  readonly fix?: string;
}

/**
 * Says at once what a run without enough rights would only meet on its way.
 * @throws Failure 77 with the capability and the command.
 */
export function demandRights(kit: Kit, needs: Needs): void {
  if (!hasLibc()) return;
  const held = effectiveCapabilities();
  const command = kit.sudoLine.replace(/^sudo /, "");
  if (needs.isRaw && !held.has("CAP_NET_RAW")) {
    const why = advice("CAP_NET_RAW", command);
    throw new Failure(ExitCode.NoPermission, "open a packet socket", why, "or --transport udp4");
  }
  const lowest = Math.min(...needs.ports);
  if (lowest < firstFreePort() && !held.has("CAP_NET_BIND_SERVICE")) {
    const fix = "or choose --event-port and --general-port of 1024 and above on every clock";
    const why = advice("CAP_NET_BIND_SERVICE", command);
    throw new Failure(ExitCode.NoPermission, `bind UDP port ${lowest}`, why, fix);
  }
  const maySet = held.has("CAP_SYS_TIME") && !isInUserNamespace();
  if (needs.steers && !maySet) {
    const why = advice("CAP_SYS_TIME", command);
    const fix = needs.fix ?? "or --clock virtual, or --free-running";
    throw new Failure(ExitCode.NoPermission, "steer the system clock", why, fix);
  }
}

/** How a clock is opened. */
export interface ClockOptions {
  readonly spec: ClockSpec;
  /** False where the clock is only read. */
  readonly steers: boolean;
  /** Told of each piece of a virtual clock, the first before this returns. */
  readonly onPiece: (raw: Instant, seconds: number, nanoseconds: number, ppb: number) => void;
}

/** Opens the clock that the user named. */
export function openClock(options: ClockOptions): OpenClock {
  const { spec, steers } = options;
  switch (spec.kind) {
    case "virtual":
      return openVirtual(spec, options);
    case "phc": {
      const clock = PtpHardwareClock.open(spec.path, !steers);
      return {
        clock: steers ? clock : new RecordingClock(clock),
        kind: "phc",
        plan: undefined,
        kernelTaiOffset: 0,
        declare: () => {},
        close: () => clock.close(),
      };
    }
    case "system": {
      if (!hasLibc()) {
        throw new UsageError(
          "--clock system",
          "needs Linux with the GNU C library",
          "virtual works",
        );
      }
      const clock = new SystemClock();
      return {
        clock: steers ? clock : new RecordingClock(clock),
        kind: "system",
        plan: undefined,
        kernelTaiOffset: clock.taiOffset(),
        declare: (micros) => {
          if (steers) clock.setSynchronized(micros);
        },
        close: () => {},
      };
    }
  }
}

function openVirtual(spec: VirtualSpec, options: ClockOptions): OpenClock {
  const start = timestamp();
  realTime(start);
  start.seconds += spec.offset.seconds;
  start.nanoseconds += spec.offset.nanoseconds;
  const carry = Math.floor(start.nanoseconds / 1e9);
  start.seconds += carry;
  start.nanoseconds -= carry * 1e9;
  const clock = new VirtualClock({
    now: rawNow,
    start,
    oscillatorPpb: spec.ppb,
    onChange: options.onPiece,
  });
  const plan = new WanderingClock(clock, {
    ppb: spec.ppb,
    steps: spec.steps,
    ...(spec.wander === undefined ? {} : { seed: spec.wander }),
  }, rawNow());
  return {
    clock: options.steers ? clock : new RecordingClock(clock),
    kind: "virtual",
    plan,
    kernelTaiOffset: 0,
    declare: () => {},
    close: () => {},
  };
}

/** The number of the interface's hardware clock that can stamp PTP; -1 where it has none. */
export function hardwareClockOf(iface: string): number {
  if (!hasLibc()) return -1;
  const ability = stampingAbility(iface);
  return ability.transmitHardware && ability.receiveHardware ? ability.phcIndex : -1;
}

/** CLOCK_REALTIME, from JavaScript's own clock where there is no C library. */
export function realTime(into: Timestamp): void {
  if (hasLibc()) {
    new SystemClock().read(into);
    return;
  }
  const millis = Date.now();
  into.seconds = Math.floor(millis / 1000);
  into.nanoseconds = (millis - into.seconds * 1000) * 1e6;
}

/**
 * A clock identity: EUI-64 from the interface's MAC (7.5.2.2.2), with this process's number in the
 * middle where several clocks may run on one interface; random where there is no MAC.
 */
export function identityOf(attachment: Attachment, isShared: boolean): ClockIdentity {
  const mac = attachment.mac.split(":").map((octet) => parseInt(octet, 16));
  const isUsable = mac.length === 6 && mac.some((octet) => octet !== 0);
  const octets = new Uint8Array(8);
  if (!isUsable) {
    crypto.getRandomValues(octets);
    octets[0] = (octets[0]! | 0x02) & 0xfe;
  } else {
    octets.set(mac.slice(0, 3), 0);
    octets.set(mac.slice(3), 5);
    octets[3] = isShared ? Deno.pid >> 8 & 0xff : 0xff;
    octets[4] = isShared ? Deno.pid & 0xff : 0xfe;
  }
  const view = new DataView(octets.buffer);
  return { high: view.getUint32(0), low: view.getUint32(4) };
}
