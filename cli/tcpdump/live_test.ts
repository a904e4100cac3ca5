import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketBatch } from "../../lib/base/batch.ts";
import type { CaptureRecord } from "../../lib/capture/record.ts";
import { fakeKit } from "../../tests/cli/fake_kit.ts";
import { captureLive, type LiveCapture } from "./live.ts";
import type { PacketSink } from "./printer.ts";

/** Gives batches of so many packets; packet `k` is `k` octets longer than 60; odd ones echo. */
class FakeCapture implements LiveCapture {
  readonly linktype = 1;
  readonly batch = new PacketBatch(4, 128);
  readonly #batches: number[];
  readonly #onIdle: () => void;
  #next = 0;
  isClosed = false;
  waits = 0;

  constructor(batches: number[], onIdle: () => void) {
    this.#batches = batches;
    this.#onIdle = onIdle;
  }

  receive(): number {
    const n = this.#batches.shift() ?? 0;
    for (let k = 0; k < n; k++) {
      const i = this.batch.open();
      this.batch.length[i] = 60 + this.#next;
      this.batch.ticket[i] = this.#next;
      this.batch.stampSeconds[i] = 1000 + this.#next;
      this.#next++;
    }
    return n;
  }

  wireLength(i: number): number {
    return this.batch.length[i]! + 10;
  }

  isEcho(i: number): boolean {
    return this.batch.ticket[i]! % 2 === 1;
  }

  wait(): void {
    this.waits++;
    if (this.#batches.length === 0) this.#onIdle();
  }

  wake(): void {}

  counts(): { received: number; dropped: number } {
    return { received: 9, dropped: 1 };
  }

  close(): void {
    this.isClosed = true;
  }
}

class Taken implements PacketSink {
  readonly seconds: number[] = [];
  readonly lengths: (readonly [number, number])[] = [];
  readonly isPrompt = true;
  readonly isFull = false;
  finished = 0;

  take(record: CaptureRecord): void {
    this.seconds.push(record.seconds);
    this.lengths.push([record.caplen, record.len]);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.finished++;
    return Promise.resolve();
  }
}

const OPTIONS = { iface: "lo", snaplen: 62, isLineBuffered: false };

Deno.test("captureLive() skips echoes, cuts to the snaplen, says the counts when stopped", async () => {
  const { kit, out, err } = fakeKit();
  const capture = new FakeCapture([4, 2], () => kit.stop("SIGINT"));
  const sink = new Taken();
  await captureLive(kit, capture, { ...OPTIONS, limit: Infinity, sinks: [sink] });
  assertEquals(sink.seconds, [1000, 1002, 1004]);
  assertEquals(sink.lengths, [[60, 70], [62, 72], [62, 74]]);
  assertEquals([capture.isClosed, sink.finished, out.text], [true, 1, ""]);
  assertEquals(
    err.text,
    "listening on lo, link-type EN10MB (Ethernet), snapshot length 62 bytes\n" +
      "3 packets captured\n9 packets received by filter\n1 packet dropped by kernel\n",
  );
});

Deno.test("captureLive() ends after -c packets without waiting for more", async () => {
  const { kit } = fakeKit();
  const capture = new FakeCapture([4, 4], () => {
    throw new Error("waited");
  });
  const sink = new Taken();
  await captureLive(kit, capture, { ...OPTIONS, limit: 2, sinks: [sink] });
  assertEquals([sink.seconds, capture.waits], [[1000, 1002], 0]);
});

Deno.test("captureLive() closes the capture when a sink fails", async () => {
  const { kit } = fakeKit();
  const capture = new FakeCapture([1], () => {});
  const sink = new Taken();
  sink.take = () => {
    throw new Error("full");
  };
  const failed = await captureLive(kit, capture, { ...OPTIONS, limit: 2, sinks: [sink] })
    .catch((error: Error) => error.message);
  assertEquals([failed, capture.isClosed], ["full", true]);
});
