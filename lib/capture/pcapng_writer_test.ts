import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { type CustomBlock, CustomBlocks } from "./pcapng_blocks.ts";
import { PcapngWriter, Way } from "./pcapng_writer.ts";
import { CaptureReader } from "./reader.ts";
import { CaptureFault, captureRecord, Progress } from "./record.ts";

const STAMP = { seconds: 1_900_000_123, nanoseconds: 987_654_321, caplen: 5, len: 9 };

function written(): Uint8Array<ArrayBuffer> {
  const writer = new PcapngWriter({ application: "rptp", comment: "näme" });
  assertEquals(writer.appendInterface({ name: "eth0" }), true);
  assertEquals(writer.appendCustom(32473, Uint8Array.of(1, 2, 3)), true);
  assertEquals(
    writer.appendPacket(0, STAMP, Uint8Array.of(0, 5, 6, 7, 8, 9), 1, Way.Outbound),
    true,
  );
  assertEquals(writer.appendCustom(7, Uint8Array.of(4, 5, 6, 7)), true);
  const early = { seconds: 3, nanoseconds: 4, caplen: 0, len: 0 };
  assertEquals(writer.appendPacket(0, early, new Uint8Array(0), 0, Way.Unknown), true);
  return writer.pending().slice();
}

Deno.test("PcapngWriter: packets read back to the nanosecond, with their interface", () => {
  const reader = new CaptureReader(64);
  const record = captureRecord();
  const octets = written();
  const found: unknown[] = [];
  let fed = 0;
  for (
    let progress = reader.next(record);
    progress !== Progress.End;
    progress = reader.next(record)
  ) {
    assertEquals(progress === Progress.Fault, false, String(reader.fault));
    if (progress === Progress.More) {
      if (fed === octets.length) reader.finish();
      else fed += reader.feed(octets, fed);
      continue;
    }
    const { seconds, nanoseconds, caplen, len } = record;
    const payload = [...new Uint8Array(record.view.buffer, record.offset, caplen)];
    found.push([seconds, nanoseconds, caplen, len, payload]);
  }
  assertEquals(found, [
    [1_900_000_123, 987_654_321, 5, 9, [5, 6, 7, 8, 9]],
    [3, 4, 0, 0, []],
  ]);
  assertEquals(reader.interfaces.map((one) => one.name), ["eth0"]);
});

Deno.test("CustomBlocks: finds custom blocks among packets, octet by octet", () => {
  const blocks = new CustomBlocks();
  const block: CustomBlock = { number: 0, octets: new Uint8Array(0) };
  const found: unknown[] = [];
  const octets = written();
  for (let k = 0; k <= octets.length; k++) {
    if (k < octets.length) {
      blocks.window.space()[0] = octets[k]!;
      blocks.window.filled(1);
    } else blocks.window.finished = true;
    while (blocks.next(block) === Progress.Record) found.push([block.number, [...block.octets]]);
  }
  assertEquals(found, [[32473, [1, 2, 3, 0]], [7, [4, 5, 6, 7]]]);
  assertEquals(blocks.fault, CaptureFault.None);
});

Deno.test("CustomBlocks: a cut file and another format are faults", () => {
  for (
    const [octets, fault] of [
      [written().slice(0, -1), CaptureFault.Truncated],
      [new Uint8Array(64), CaptureFault.BadMagic],
    ] as const
  ) {
    const blocks = new CustomBlocks();
    blocks.window.space().set(octets);
    blocks.window.filled(octets.length);
    blocks.window.finished = true;
    const block: CustomBlock = { number: 0, octets: new Uint8Array(0) };
    while (blocks.next(block) === Progress.Record);
    assertEquals(blocks.fault, fault);
  }
});

Deno.test("PcapngWriter: a block that does not fit is refused, and fits after clear()", () => {
  const writer = new PcapngWriter({}, 28 + 32 + 8);
  assertEquals(writer.appendPacket(0, STAMP, new Uint8Array(5), 0, Way.Unknown), true);
  assertEquals(writer.appendPacket(0, STAMP, new Uint8Array(5), 0, Way.Unknown), false);
  writer.clear();
  assertEquals(writer.pending().length, 0);
  assertEquals(writer.appendPacket(0, STAMP, new Uint8Array(5), 0, Way.Unknown), true);
});
