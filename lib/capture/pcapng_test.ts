import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { CaptureReader } from "./reader.ts";
import { CaptureFault, captureRecord, Progress } from "./record.ts";

/** Builds blocks in one octet order. */
class Builder {
  readonly octets: number[] = [];
  readonly #littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  put(size: 2 | 4, ...values: number[]): this {
    for (const value of values) {
      const bytes = Array.from({ length: size }, (_, k) => Math.floor(value / 256 ** k) & 0xff);
      this.octets.push(...this.#littleEndian ? bytes : bytes.reverse());
    }
    return this;
  }

  block(type: number, body: (b: Builder) => unknown): this {
    const inner = new Builder(this.#littleEndian);
    body(inner);
    while (inner.octets.length % 4 !== 0) inner.octets.push(0);
    this.put(4, type, inner.octets.length + 12);
    this.octets.push(...inner.octets);
    return this.put(4, inner.octets.length + 12);
  }

  section(): this {
    return this.block(
      0x0a0d0d0a,
      (b) => b.put(4, 0x1a2b3c4d).put(2, 1, 0).put(4, 2 ** 32 - 1, 2 ** 32 - 1),
    );
  }

  interface(resolution?: number, offsetSeconds = 0): this {
    return this.block(1, (b) => {
      b.put(2, 1, 0).put(4, 0);
      if (resolution !== undefined) {
        b.put(2, 9, 1);
        b.octets.push(resolution, 0, 0, 0);
      }
      if (offsetSeconds !== 0) {
        b.put(2, 14, 8);
        const words = [offsetSeconds, 0];
        b.put(4, ...this.#littleEndian ? words : words.reverse());
      }
      b.put(4, 0);
    });
  }

  packet(itf: number, high: number, low: number): this {
    return this.block(6, (b) => {
      b.put(4, itf, high, low, 2, 60);
      b.octets.push(0xaa, 0xbb);
    });
  }
}

function read(b: Builder): [CaptureReader, string[]] {
  const octets = Uint8Array.from(b.octets);
  const reader = new CaptureReader(64);
  const record = captureRecord();
  const records: string[] = [];
  for (let fed = 0;;) {
    const progress = reader.next(record);
    if (progress === Progress.More) {
      if (fed === octets.length) reader.finish();
      else fed += reader.feed(octets, fed);
    } else if (progress === Progress.Record) {
      records.push(`${record.interface} ${record.seconds}.${record.nanoseconds} ${record.len}`);
    } else return [reader, records];
  }
}

Deno.test("PcapngReader: time units of ten, of two, and none given", () => {
  for (const littleEndian of [true, false]) {
    const b = new Builder(littleEndian).section().interface().interface(9).interface(0x80 | 20);
    const nanos = 1_700_000_000_123_456_789n;
    b.packet(0, 0, 5_000_001);
    b.packet(1, Number(nanos >> 32n), Number(nanos & 0xffff_ffffn));
    b.packet(2, 0, 3 * 2 ** 20 + 2 ** 19);
    assertEquals(read(b)[1], ["0 5.1000 60", "1 1700000000.123456789 60", "2 3.500000000 60"]);
  }
});

Deno.test("PcapngReader: if_tsoffset is added, in seconds", () => {
  const b = new Builder(true).section().interface(6, 1000).packet(0, 0, 1_000_000);
  assertEquals(read(b)[1], ["0 1001.0 60"]);
});

Deno.test("PcapngReader: a new section starts its interfaces over", () => {
  const b = new Builder(true).section().interface(6).packet(0, 0, 1);
  b.section().interface(9).packet(0, 0, 1);
  assertEquals(read(b)[1], ["0 0.1000 60", "1 0.1 60"]);
});

Deno.test("PcapngReader: unknown blocks are skipped, however long", () => {
  const b = new Builder(true).section().interface(9);
  b.block(0x0bad, (inner) => inner.put(4, ...new Array<number>(5000).fill(7)));
  b.packet(0, 0, 9);
  assertEquals(read(b)[1], ["0 0.9 60"]);
});

Deno.test("PcapngReader: a simple packet has no time and no length of its own", () => {
  const b = new Builder(false).section().interface(9);
  b.block(3, (inner) => inner.put(4, 3).octets.push(1, 2, 3));
  assertEquals(read(b)[1], ["0 0.0 3"]);
});

Deno.test("PcapngReader: two lengths that differ, and unknown interfaces, are faults", () => {
  const b = new Builder(true).section();
  b.octets[b.octets.length - 1] = 1;
  assertEquals(read(b)[0].fault, CaptureFault.BadBlock);
  const stray = new Builder(true).section().packet(0, 0, 0);
  const [reader] = read(stray);
  assertEquals([reader.fault, reader.faultOffset], [CaptureFault.BadInterface, 28]);
});
