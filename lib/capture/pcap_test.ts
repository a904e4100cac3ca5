import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PcapWriter, putFileHeader } from "./pcap.ts";
import { CaptureReader } from "./reader.ts";
import { CaptureFault, captureRecord, Progress } from "./record.ts";

type Octets = Uint8Array<ArrayBuffer>;

/** A file of one record of 3 octets, captured of 60, with every number in the order asked for. */
function file(magic: number, littleEndian: boolean, fraction: number, network = 1): Octets {
  const octets = new Uint8Array(24 + 16 + 3);
  const v = new DataView(octets.buffer);
  v.setUint32(0, magic, littleEndian);
  v.setUint16(4, 2, littleEndian);
  v.setUint16(6, 4, littleEndian);
  v.setUint32(16, 65535, littleEndian);
  v.setUint32(20, network, littleEndian);
  v.setUint32(24, 1_700_000_000, littleEndian);
  v.setUint32(28, fraction, littleEndian);
  v.setUint32(32, 3, littleEndian);
  v.setUint32(36, 60, littleEndian);
  octets.set([7, 8, 9], 40);
  return octets;
}

function readAll(octets: Octets): [CaptureReader, string[]] {
  const reader = new CaptureReader(64);
  const record = captureRecord();
  const records: string[] = [];
  let fed = 0;
  for (;;) {
    const progress = reader.next(record);
    if (progress === Progress.More) {
      if (fed === octets.length) reader.finish();
      else fed += reader.feed(octets, fed);
    } else if (progress === Progress.Record) {
      const r = record;
      const payload = new Uint8Array(r.view.buffer, r.offset, r.caplen).join(" ");
      records.push(`${r.seconds}.${r.nanoseconds} ${r.caplen}/${r.len} ${r.linktype}: ${payload}`);
    } else return [reader, records];
  }
}

Deno.test("PcapReader: both magics in both octet orders", () => {
  for (const littleEndian of [true, false]) {
    const micros = file(0xa1b2c3d4, littleEndian, 123_456);
    assertEquals(readAll(micros)[1], ["1700000000.123456000 3/60 1: 7 8 9"]);
    const nanos = file(0xa1b23c4d, littleEndian, 123_456_789);
    assertEquals(readAll(nanos)[1], ["1700000000.123456789 3/60 1: 7 8 9"]);
  }
});

Deno.test("PcapReader: the upper bits of the link type tell the FCS, not the type", () => {
  const [reader, records] = readAll(file(0xa1b2c3d4, true, 0, 0x2400_0001));
  assertEquals(records, ["1700000000.0 3/60 1: 7 8 9"]);
  assertEquals(reader.interfaces[0]?.fcsOctets, 4);
});

Deno.test("PcapReader: a fraction of a second or more goes to the seconds", () => {
  const [, records] = readAll(file(0xa1b2c3d4, true, 2_000_001));
  assertEquals(records, ["1700000002.1000 3/60 1: 7 8 9"]);
});

Deno.test("PcapReader: a cut record is a fault at its offset", () => {
  const [reader, records] = readAll(file(0xa1b2c3d4, true, 0).slice(0, -1));
  assertEquals([records.length, reader.fault, reader.faultOffset], [0, CaptureFault.Truncated, 24]);
});

Deno.test("PcapReader: an impossible captured length is a fault, not a hole in memory", () => {
  const octets = file(0xa1b2c3d4, true, 0);
  new DataView(octets.buffer).setUint32(32, 0x7fff_ffff, true);
  const [reader] = readAll(octets);
  assertEquals([reader.fault, reader.faultOffset], [CaptureFault.BadLength, 24]);
});

Deno.test("PcapReader: a record longer than its file's snaplen is cut to it, and the next is found", () => {
  const one = file(0xa1b2c3d4, true, 0);
  const octets = new Uint8Array(one.length + 19);
  octets.set(one);
  octets.set(one.subarray(24), one.length);
  const v = new DataView(octets.buffer);
  v.setUint32(16, 2, true);
  const [reader, records] = readAll(octets);
  assertEquals(reader.interfaces[0]?.snaplen, 2);
  assertEquals(records, ["1700000000.0 2/60 1: 7 8", "1700000000.0 2/60 1: 7 8"]);
});

Deno.test("PcapReader: a snaplen of 0 or beyond libpcap's most means libpcap's most", () => {
  for (const snaplen of [0, 0xffff_ffff]) {
    const octets = file(0xa1b2c3d4, true, 0);
    new DataView(octets.buffer).setUint32(16, snaplen, true);
    const [reader, records] = readAll(octets);
    assertEquals(reader.interfaces[0]?.snaplen, 262_144);
    assertEquals(records, ["1700000000.0 3/60 1: 7 8 9"]);
  }
});

Deno.test("CaptureReader: what is no capture is a fault", () => {
  assertEquals(
    readAll(new TextEncoder().encode("#!/bin/sh\nexit 0\n"))[0].fault,
    CaptureFault.BadMagic,
  );
  assertEquals(readAll(new Uint8Array(2))[0].fault, CaptureFault.Truncated);
});

Deno.test("PcapWriter: what was written reads back, and a full buffer says so", () => {
  const writer = new PcapWriter({ linktype: 113 }, 24 + 2 * 20);
  const stamp = { seconds: 5, nanoseconds: 999_999_999, caplen: 4, len: 9 };
  const octets = Uint8Array.of(0, 1, 2, 3, 4, 5);
  assertEquals(writer.append(stamp, octets, 2), true);
  assertEquals(writer.append(stamp, octets, 0), true);
  assertEquals(writer.append(stamp, octets, 0), false);
  assertEquals(readAll(writer.pending().slice())[1], [
    "5.999999999 4/9 113: 2 3 4 5",
    "5.999999999 4/9 113: 0 1 2 3",
  ]);
  writer.clear();
  assertEquals(writer.pending().length, 0);
});

Deno.test("putFileHeader() writes the nanosecond magic, version 2.4 and the link type", () => {
  const v = new DataView(new ArrayBuffer(24));
  assertEquals(putFileHeader(v, 0), 24);
  assertEquals(
    [v.getUint32(0), v.getUint16(4), v.getUint16(6), v.getUint32(16), v.getUint32(20)],
    [0xa1b23c4d, 2, 4, 262_144, 1],
  );
});
