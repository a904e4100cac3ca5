/**
 * Packets of an interface as they come.
 * @module
 */
import { PacketBatch, SlotKind } from "../../lib/base/batch.ts";
import { millis } from "../../lib/base/time.ts";
import { linktypeDescription, linktypeName } from "../../lib/capture/linktype.ts";
import { type CaptureRecord, captureRecord } from "../../lib/capture/record.ts";
import type { Kit } from "../kit/kit.ts";
import type { PacketSink } from "./printer.ts";

/** Full batches before the wait, which gives signals and timers a turn, is asked again. */
const FULL_AT_ONCE = 16;
/** Packets without an idle moment after which it pays to let some gather. */
const DENSE = 32;
/** How long they may: at 1 Mpps the socket's buffer holds several times as much. */
const GATHER = millis(2);

/** What the kernel counted since the capture began. */
export interface CaptureCounts {
  /** Packets that came in, those dropped included. */
  readonly received: number;
  /** Of them lost because nobody took them in time. */
  readonly dropped: number;
}

/** An interface being captured; `wiring.ts` makes one. */
export interface LiveCapture {
  readonly linktype: number;
  readonly batch: PacketBatch;
  /** Fills `batch` with what is waiting; returns the packets. */
  receive(): number;
  /** Octets that the packet in slot `i` had on the wire. */
  wireLength(i: number): number;
  /** True where slot `i` is the leaving half of a packet of loopback, which comes a second time. */
  isEcho(i: number): boolean;
  /** Returns when packets wait or {@linkcode LiveCapture.wake} was called. */
  wait(): void | Promise<void>;
  wake(): void;
  counts(): CaptureCounts;
  close(): void;
}

/** What to do with the packets. */
export interface LiveOptions {
  readonly iface: string;
  readonly snaplen: number;
  readonly limit: number;
  readonly isLineBuffered: boolean;
  readonly sinks: readonly PacketSink[];
}

/** Feeds packets to all sinks until `limit` packets or a stop; says the counts like tcpdump. */
export async function captureLive(
  kit: Kit,
  capture: LiveCapture,
  options: LiveOptions,
): Promise<void> {
  const wake = () => capture.wake();
  kit.signal.addEventListener("abort", wake);
  announce(kit, capture, options);
  try {
    const n = await loop(kit, capture, options);
    for (const sink of options.sinks) await kit.unlessStuck(sink.finish());
    summary(kit, n, capture.counts());
  } finally {
    kit.signal.removeEventListener("abort", wake);
    capture.close();
  }
}

async function loop(kit: Kit, capture: LiveCapture, options: LiveOptions): Promise<number> {
  const { sinks, limit, isLineBuffered } = options;
  const record = captureRecord();
  const batch = capture.batch;
  let n = 0;
  let second = NaN;
  let dense = 0;
  let full = 0;
  while (n < limit && !kit.isStopping) {
    batch.clear();
    const count = capture.receive();
    for (let i = 0; i < count && n < limit; i++) {
      if (batch.kind[i] !== SlotKind.Packet || capture.isEcho(i)) continue;
      fill(record, capture, i, options.snaplen);
      n++;
      for (let k = 0; k < sinks.length; k++) {
        const sink = sinks[k]!;
        sink.take(record, n);
        if (isLineBuffered || sink.isFull) await kit.unlessStuck(sink.drain());
      }
    }
    const isNewSecond = record.seconds !== second;
    second = record.seconds;
    for (let k = 0; k < sinks.length; k++) {
      // Where more is waiting, lines go out in bigger pieces.
      const isDue = isNewSecond || sinks[k]!.isPrompt && count < batch.capacity;
      if (isDue) await kit.unlessStuck(sinks[k]!.drain());
    }
    dense += count;
    if (n >= limit || count === batch.capacity && ++full % FULL_AT_ONCE !== 0) continue;
    const idle = capture.wait();
    if (idle !== undefined) {
      await idle;
      dense = 0;
    } else if (dense >= DENSE && count < batch.capacity) {
      await kit.stopped(GATHER);
      dense = 0;
    }
  }
  return n;
}

function fill(record: CaptureRecord, capture: LiveCapture, i: number, snaplen: number): void {
  const batch = capture.batch;
  const length = batch.length[i]!;
  record.seconds = batch.stampSeconds[i]!;
  record.nanoseconds = batch.stampNanos[i]!;
  record.caplen = length < snaplen ? length : snaplen;
  record.len = capture.wireLength(i);
  record.linktype = capture.linktype;
  record.view = batch.view;
  record.offset = batch.offset[i]!;
}

function announce(kit: Kit, capture: LiveCapture, options: LiveOptions): void {
  kit.note(
    `listening on ${options.iface}, link-type ${linktypeName(capture.linktype)} ` +
      `(${linktypeDescription(capture.linktype)}), snapshot length ${options.snaplen} bytes`,
  );
}

function summary(kit: Kit, captured: number, counts: CaptureCounts): void {
  const packets = (n: number) => `${n} packet${n === 1 ? "" : "s"}`;
  kit.note(`${packets(captured)} captured`);
  kit.note(`${packets(counts.received)} received by filter`);
  kit.note(`${packets(counts.dropped)} dropped by kernel`);
}
