/**
 * Live capture of PTP from the kernel.
 * @module
 */
import { PacketBatch, SlotKind, StampSource } from "../../../lib/base/batch.ts";
import { after, millis, timestamp } from "../../../lib/base/time.ts";
import { type CaptureRecord, captureRecord } from "../../../lib/capture/record.ts";
import { SystemClock } from "../../../ffi/clock.ts";
import { interfaces } from "../../../ffi/netif.ts";
import { PacketLink } from "../../../ffi/packet_socket.ts";
import { AsyncReactor } from "../../../ffi/reactor.ts";
import { rawNow } from "../../../ffi/raw_clock.ts";
import { ptpFilter } from "./filter.ts";
import type { PtpPorts } from "./frame.ts";

const SLOTS = 64;
/** PTP fits a frame of Ethernet. */
const SLOT = 2048;
const BUFFER = 1 << 24;
/** PACKET_OUTGOING of packet(7). */
const OUTGOING = 4;
const SLL2_INDEX = 4;
/** The name that means every interface. */
const ANY = "any";

/** PTP frames of an interface as they come. */
export class LiveFrames {
  readonly #link: PacketLink;
  readonly #reactor: AsyncReactor;
  readonly #batch = new PacketBatch(SLOTS, SLOT);
  readonly #record: CaptureRecord = captureRecord();
  readonly #clock = new SystemClock();
  readonly #now = timestamp();
  readonly #loopback: number;

  /** @throws OsError: CAP_NET_RAW is needed. */
  constructor(iface: string, ports: PtpPorts) {
    this.#link = PacketLink.open({
      ...(iface === ANY ? {} : { interface: iface }),
      promiscuous: true,
      snapLength: SLOT - 64,
      receiveBuffer: BUFFER,
      filter: ptpFilter(ports),
    });
    try {
      this.#loopback = interfaces().find((one) => one.isLoopback)?.index ?? -1;
      this.#reactor = new AsyncReactor([this.#link]);
    } catch (error) {
      this.#link.close();
      throw error;
    }
  }

  /** Hands each waiting frame to `take`, with its CLOCK_MONOTONIC_RAW; true where there may be more. */
  receive(take: (record: CaptureRecord, monotonic: number) => void): boolean {
    const batch = this.#batch;
    batch.clear();
    const n = this.#link.receive(batch);
    for (let i = 0; i < n; i++) {
      if (batch.kind[i] !== SlotKind.Packet || this.#isEcho(i)) continue;
      const instant = batch.stampInstant[i]!;
      take(this.#fill(i), Number.isNaN(instant) ? rawNow() : instant);
    }
    return n === batch.capacity;
  }

  /** CLOCK_MONOTONIC_RAW now. */
  now(): number {
    return rawNow();
  }

  /** Returns when frames wait, after `ms`, or when woken. */
  wait(ms: number): void | Promise<void> {
    return this.#reactor.wait(after(rawNow(), millis(ms)), false);
  }

  wake(): void {
    this.#reactor.wake();
  }

  /** Frames that the kernel dropped because nobody took them. */
  dropped(): number {
    return this.#link.statistics().drops;
  }

  close(): void {
    this.#reactor.close();
    this.#link.close();
  }

  #fill(i: number): CaptureRecord {
    const batch = this.#batch;
    const record = this.#record;
    if (batch.stampSource[i] === StampSource.None) {
      this.#clock.read(this.#now);
      record.seconds = this.#now.seconds;
      record.nanoseconds = this.#now.nanoseconds;
    } else {
      record.seconds = batch.stampSeconds[i]!;
      record.nanoseconds = batch.stampNanos[i]!;
    }
    record.caplen = batch.length[i]!;
    record.len = batch.ticket[i]!;
    record.linktype = this.#link.linkType;
    record.view = batch.view;
    record.offset = batch.offset[i]!;
    return record;
  }

  /** Loopback shows each packet as it leaves and as it arrives. */
  #isEcho(i: number): boolean {
    const batch = this.#batch;
    if (batch.traffic[i] !== OUTGOING) return false;
    const { device } = this.#link;
    if (device !== undefined) return device.isLoopback;
    return batch.view.getUint32(batch.offset[i]! + SLL2_INDEX) === this.#loopback;
  }
}
