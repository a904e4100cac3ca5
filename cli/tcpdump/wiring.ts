/**
 * Live capture and the list of interfaces, from the kernel.
 * @module
 */
import { PacketBatch, StampSource } from "../../lib/base/batch.ts";
import { NEVER, timestamp } from "../../lib/base/time.ts";
import { Linktype } from "../../lib/capture/linktype.ts";
import { SystemClock } from "../../ffi/clock.ts";
import { interfaces } from "../../ffi/netif.ts";
import { PacketLink } from "../../ffi/packet_socket.ts";
import { AsyncReactor } from "../../ffi/reactor.ts";
import type { LiveCapture } from "./live.ts";

/** The name that means every interface. */
const ANY = "any";
const SLOTS = 64;
/** The longest frame of loopback (MTU 65536), with room for a VLAN tag and a cooked header. */
const LONGEST = 65_536 + 14 + 4 + 20;
const HEADROOM = 24;
/** Some 100 ms of small packets at 200 000 a second: the kernel counts 2 KiB for each. */
const BUFFER = 1 << 26;
/** PACKET_OUTGOING of packet(7). */
const OUTGOING = 4;
const SLL2_INDEX = 4;

/** How an interface is captured. */
export interface CaptureOptions {
  readonly snaplen: number;
  readonly isPromiscuous: boolean;
}

/** Begins to capture `iface`, or all interfaces for `any`. @throws OsError */
export function openCapture(iface: string, options: CaptureOptions): LiveCapture {
  const link = PacketLink.open({
    ...(iface === ANY ? {} : { interface: iface }),
    promiscuous: options.isPromiscuous,
    snapLength: options.snaplen,
    receiveBuffer: BUFFER,
  });
  try {
    return new KernelCapture(link, options.snaplen);
  } catch (error) {
    link.close();
    throw error;
  }
}

class KernelCapture implements LiveCapture {
  readonly linktype: number;
  readonly batch: PacketBatch;
  readonly #link: PacketLink;
  readonly #reactor: AsyncReactor;
  readonly #clock = new SystemClock();
  readonly #now = timestamp();
  /** Index of loopback, whose packets come twice: as they leave and as they arrive. */
  readonly #loopback: number;

  constructor(link: PacketLink, snaplen: number) {
    this.#link = link;
    this.linktype = link.linkType;
    this.batch = new PacketBatch(SLOTS, Math.min(snaplen + HEADROOM, LONGEST));
    this.#loopback = interfaces().find((i) => i.isLoopback)?.index ?? -1;
    this.#reactor = new AsyncReactor([link]);
  }

  receive(): number {
    const { batch } = this;
    const n = this.#link.receive(batch);
    for (let i = 0; i < n; i++) {
      if (batch.stampSource[i] === StampSource.None) this.#stampNow(i);
    }
    return n;
  }

  wireLength(i: number): number {
    return this.batch.ticket[i]!;
  }

  isEcho(i: number): boolean {
    const { batch } = this;
    if (batch.traffic[i] !== OUTGOING) return false;
    const { device } = this.#link;
    if (device !== undefined) return device.isLoopback;
    return this.linktype === Linktype.LinuxSll2 &&
      batch.view.getUint32(batch.offset[i]! + SLL2_INDEX) === this.#loopback;
  }

  wait(): void | Promise<void> {
    return this.#reactor.wait(NEVER, false);
  }

  wake(): void {
    this.#reactor.wake();
  }

  counts(): { received: number; dropped: number } {
    const { packets, drops } = this.#link.statistics();
    return { received: packets, dropped: drops };
  }

  close(): void {
    this.#reactor.close();
    this.#link.close();
  }

  /** For a packet the kernel did not stamp, because stamping had just been switched on. */
  #stampNow(i: number): void {
    this.#clock.read(this.#now);
    this.batch.stampSeconds[i] = this.#now.seconds;
    this.batch.stampNanos[i] = this.#now.nanoseconds;
    this.batch.stampSource[i] = StampSource.User;
  }
}

/** An interface for -D. */
export interface InterfaceLine {
  readonly name: string;
  readonly flags: readonly string[];
}

/** Interfaces that can be captured, `any` last. */
export function interfaceLines(): InterfaceLine[] {
  const lines = interfaces().map((i): InterfaceLine => {
    const flags = i.isUp ? ["Up"] : [];
    if (i.isRunning) flags.push("Running");
    if (i.isLoopback) flags.push("Loopback");
    else flags.push(i.isRunning ? "Connected" : "Disconnected");
    return { name: i.name, flags };
  });
  return [...lines, { name: ANY, flags: ["Up", "Running"] }];
}
