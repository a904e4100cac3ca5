import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketBatch, StampSource } from "../base/batch.ts";
import { add, isValid } from "../base/checksum.ts";
import { PcapReader } from "../capture/pcap.ts";
import { captureRecord, Progress } from "../capture/record.ts";
import { MemoryLink } from "./memory_link.ts";
import { TapLink, type TapLinkOptions } from "./tap.ts";

function setup(options: Partial<TapLinkOptions> = {}) {
  const inner = new MemoryLink();
  const file: number[] = [];
  const writes = { count: 0 };
  const tap = new TapLink(inner, {
    write: (octets) => {
      for (const octet of octets) file.push(octet);
      writes.count++;
    },
    clock: (into) => {
      into.seconds = 1_700_000_000;
      into.nanoseconds = 7.9;
    },
    ...options,
  });
  return { inner, tap, file, writes };
}

/** All records of the file: octets, time and true length. */
function records(file: number[]) {
  const reader = new PcapReader();
  reader.window.space().set(file);
  reader.window.filled(file.length);
  reader.window.finished = true;
  const record = captureRecord();
  const all = [];
  let p = reader.next(record);
  for (; p === Progress.Record; p = reader.next(record)) {
    const octets = new Uint8Array(record.view.buffer, record.offset, record.caplen).slice();
    const { seconds, nanoseconds, len, linktype } = record;
    all.push({ octets, view: new DataView(octets.buffer), seconds, nanoseconds, len, linktype });
  }
  assertEquals(p, Progress.End);
  return all;
}

function batchOf(link: MemoryLink, peer: string, local: string, octets: number[]): PacketBatch {
  const batch = new PacketBatch(1, 64);
  const i = batch.open();
  batch.bytes.set(octets);
  batch.length[i] = octets.length;
  batch.peer[i] = link.addresses.internText(peer, 319);
  batch.local[i] = local === "" ? 0 : link.addresses.internText(local, 1234);
  batch.traffic[i] = 0xb8;
  return batch;
}

Deno.test("TapLink: a datagram sent is an IPv4 packet with right lengths and checksums", () => {
  const { inner, tap, file } = setup();
  tap.send(batchOf(inner, "224.0.1.129", "192.0.2.1", [1, 2, 3]), 0);
  assertEquals(inner.sent.length, 1);
  const [r] = records(file);
  const v = r!.view;
  assertEquals([r!.linktype, r!.len, r!.seconds, r!.nanoseconds], [101, 31, 1_700_000_000, 7]);
  assertEquals([v.getUint16(0), v.getUint16(2), v.getUint8(9)], [0x45b8, 31, 17]);
  assertEquals(Array.from(r!.octets.slice(12, 20)), [192, 0, 2, 1, 224, 0, 1, 129]);
  assertEquals([v.getUint16(20), v.getUint16(22), v.getUint16(24)], [1234, 319, 11]);
  assertEquals(isValid(add(0, v, 0, 20)), true);
  assertEquals(isValid(add(add(17 + 11, v, 12, 8), v, 20, 11)), true);
  assertEquals(Array.from(r!.octets.slice(28)), [1, 2, 3]);
});

Deno.test("TapLink: IPv6 over Ethernet, addresses of groups made as the RFCs say", () => {
  const { inner, tap, file } = setup({ format: "ethernet" });
  tap.send(batchOf(inner, "ff0e::181", "2001:db8::1", [9]), 0);
  tap.send(batchOf(inner, "224.128.1.129", "192.0.2.1", [9]), 0);
  const [six, four] = records(file);
  const v = six!.view;
  assertEquals(Array.from(six!.octets.slice(0, 6)), [0x33, 0x33, 0, 0, 1, 0x81]);
  assertEquals([v.getUint16(12), v.getUint32(14), v.getUint16(18)], [0x86dd, 0x6b80_0000, 9]);
  assertEquals(isValid(add(add(17 + 9, v, 22, 32), v, 54, 9)), true);
  assertEquals(Array.from(four!.octets.slice(0, 6)), [1, 0, 0x5e, 0, 1, 0x81]);
  assertEquals(Array.from(four!.octets.slice(6, 14)), [2, 0, 192, 0, 2, 1, 8, 0]);
});

Deno.test("TapLink: what arrives goes from peer to us, with the kernel's stamp", () => {
  const { inner, tap, file } = setup({ local: () => inner.addresses.internText("10.0.0.9", 99) });
  const i = inner.arrive(Uint8Array.of(1, 2, 3, 4, 5), 2);
  inner.arriving.peer[i] = inner.addresses.internText("10.0.0.1", 11);
  inner.arriving.stampSeconds[i] = 5;
  inner.arriving.stampNanos[i] = 250;
  inner.arriving.stampSource[i] = StampSource.Software;
  assertEquals(tap.receive(new PacketBatch(4, 64)), 1);
  const all = records(file);
  assertEquals(all.map((r) => [r.len, r.seconds, r.nanoseconds]), [[30, 5, 250], [30, 5, 250], [
    29,
    5,
    250,
  ]]);
  assertEquals(Array.from(all[2]!.octets.slice(12, 24)), [10, 0, 0, 1, 10, 0, 0, 9, 0, 11, 0, 99]);
  assertEquals(tap.records, 3);
});

Deno.test("TapLink: snaplen cuts, the lengths still tell the whole; no checksum is invented", () => {
  const { inner, tap, file } = setup({ snaplen: 2 });
  tap.send(batchOf(inner, "10.0.0.2", "10.0.0.1", [1, 2, 3, 4, 5, 6]), 0);
  const [r] = records(file);
  assertEquals([r!.octets.length, r!.len], [30, 34]);
  assertEquals([r!.view.getUint16(24), r!.view.getUint16(26)], [14, 0]);
});

Deno.test("TapLink: frames are written as they are; slots not taken are not written", () => {
  const { inner, tap, file, writes } = setup({ format: "frames", flush: "full" });
  inner.takes = 0;
  assertEquals(tap.send(batchOf(inner, "10.0.0.2", "", [1, 2, 3]), 0), 0);
  inner.takes = 1;
  tap.send(batchOf(inner, "10.0.0.2", "", [1, 2, 3]), 0);
  assertEquals(writes.count, 0);
  tap.close();
  assertEquals([writes.count, inner.isClosed], [1, true]);
  assertEquals(records(file).map((r) => [Array.from(r.octets), r.linktype]), [[[1, 2, 3], 1]]);
});

Deno.test("TapLink: more than the buffer holds is written in pieces, in order", () => {
  const { inner, tap, file } = setup({ format: "frames", flush: "full" });
  const batch = new PacketBatch(1, 60_000);
  const i = batch.open();
  batch.length[i] = 60_000;
  for (let k = 0; k < 12; k++) { // 720 kB through a buffer of 256 KiB
    batch.bytes[0] = k;
    tap.send(batch, 0);
  }
  tap.flush();
  assertEquals(inner.sent.length, 12);
  assertEquals(records(file).map((r) => r.octets[0]), Array.from({ length: 12 }, (_, k) => k));
});
