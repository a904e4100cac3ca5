import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { AddressTable } from "../../../lib/base/address.ts";
import { PacketBatch, SlotKind, StampSource } from "../../../lib/base/batch.ts";
import type { Link } from "../../../lib/base/link.ts";
import { Way } from "../../../lib/capture/pcapng_writer.ts";
import { loadRecord } from "./load.ts";
import { Recording } from "./recording.ts";
import { RecordLink } from "./record_link.ts";

/** A link that takes everything, and receives what `next` puts into a batch. */
class TestLink implements Link {
  readonly mtu = 1500;
  readonly maxSegments = 1;
  readonly addresses = new AddressTable(16);
  next: (into: PacketBatch) => void = () => {};
  isClosed = false;

  lend(): number {
    return 1;
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    this.next(into);
    return into.count - before;
  }

  send(from: PacketBatch, first: number): number {
    return from.count - first;
  }

  close(): void {
    this.isClosed = true;
  }
}

interface Seen {
  at: string;
  way: Way;
  type: number;
  ends: string;
  payload: number[];
}

function setUp(etherType: number) {
  const inner = new TestLink();
  const seen: Seen[] = [];
  const link = new RecordLink(inner, {
    take: (at, octets, way) => {
      const v = new DataView(octets.buffer, octets.byteOffset, octets.length);
      const isRaw = etherType !== 0;
      seen.push({
        at: `${at.seconds}.${at.nanoseconds}`,
        way,
        type: v.getUint16(12),
        ends: isRaw ? octets.subarray(0, 12).join(".") : octets.subarray(26, 38).join("."),
        payload: [...octets.subarray(isRaw ? 14 : 42)],
      });
    },
    clock: (into) => {
      into.seconds = 7;
      into.nanoseconds = 70;
    },
    local: (channel) =>
      inner.addresses.internText(etherType === 0 ? "10.0.0.2" : "02:00:00:00:00:02", 319 + channel),
    etherType,
  });
  return { inner, seen, link };
}

function put(batch: PacketBatch, payload: readonly number[], peer: number, ticket = 0): number {
  const i = batch.open();
  batch.bytes.set(payload, batch.offset[i]);
  batch.length[i] = payload.length;
  batch.peer[i] = peer;
  batch.ticket[i] = ticket;
  return i;
}

Deno.test("RecordLink: a sent packet is told with its kernel stamp, others at once", () => {
  const { inner, seen, link } = setUp(0);
  const out = new PacketBatch(4, 64);
  const group = inner.addresses.internText("224.0.1.129", 319);
  put(out, [1, 2, 3], group, 5);
  put(out, [4], group);
  assertEquals(link.send(out, 0), 2);
  assertEquals(seen.map((one) => [one.at, one.payload]), [["7.70", [4]]]);
  inner.next = (into) => {
    const i = into.open();
    into.kind[i] = SlotKind.TransmitStamp;
    into.ticket[i] = 5;
    into.stampSource[i] = StampSource.Software;
    into.stampSeconds[i] = 9;
    into.stampNanos[i] = 90;
  };
  assertEquals(link.receive(new PacketBatch(4, 64)), 1);
  assertEquals(seen[1], {
    at: "9.90",
    way: Way.Outbound,
    type: 0x0800,
    ends: "10.0.0.2.224.0.1.129.1.63.1.63",
    payload: [1, 2, 3],
  });
});

Deno.test("RecordLink: received packets by their stamp; what still waits is told at the end", () => {
  const { inner, seen, link } = setUp(0x88f7);
  inner.next = (into) => {
    const i = put(into, [9, 8], inner.addresses.internText("02:00:00:00:00:01", 0));
    into.stampSource[i] = StampSource.Hardware;
    into.stampSeconds[i] = 3;
    into.stampNanos[i] = 4;
  };
  link.receive(new PacketBatch(4, 64));
  const out = new PacketBatch(4, 64);
  put(out, [5], inner.addresses.internText("01:1b:19:00:00:00", 0), 77);
  link.send(out, 0);
  assertEquals(seen.length, 1);
  link.close();
  assert(inner.isClosed);
  assertEquals(seen, [
    { at: "3.4", way: Way.Inbound, type: 0x88f7, ends: "2.0.0.0.0.2.2.0.0.0.0.1", payload: [9, 8] },
    {
      at: "7.70",
      way: Way.Outbound,
      type: 0x88f7,
      ends: "1.27.25.0.0.0.2.0.0.0.0.2",
      payload: [5],
    },
  ]);
});

Deno.test("Recording and loadRecord(): facts, lines and reports come back, a cut file up to its cut", () => {
  const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
  try {
    const recording = new Recording(path, "test");
    recording.about({ servo: "robust", options: { maxStep: Infinity, allowStep: true } });
    recording.sink("rptp-servo 1 12345678901234567890");
    recording.sink("m 500000");
    for (let k = 0; k < 2000; k++) recording.sink(`S ${k} 1800000000 0.1`);
    recording.close();
    const octets = Deno.readFileSync(path);
    const record = loadRecord(octets);
    assertEquals(record?.about, {
      servo: "robust",
      options: { maxStep: Infinity, allowStep: true },
    });
    const lines = record?.servo.split("\n") ?? [];
    assertEquals([lines.length, lines[0], lines[2001], record?.isWhole], [
      2003,
      "rptp-servo 1 12345678901234567890",
      "S 1999 1800000000 0.1",
      true,
    ]);
    const cut = loadRecord(octets.slice(0, octets.length - 100));
    assertEquals(cut?.isWhole, false);
    assert((cut?.servo.split("\n").length ?? 0) > 1000);
    assertEquals(loadRecord(new TextEncoder().encode("rptp-servo 1 5\nm 1\n"))?.servo.length, 19);
    assertEquals(loadRecord(new Uint8Array(100)), undefined);
  } finally {
    Deno.removeSync(path);
  }
});
