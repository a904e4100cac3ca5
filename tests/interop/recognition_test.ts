/**
 * Protocols found on any port without hints: SRT also from the middle of a stream, and nothing seen
 * where there is nothing.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { captureFiles, CAPTURES, type Packet, packetsOf } from "../kit/capture.ts";
import { objectsOf } from "../kit/dissect.ts";
import { testNeeding } from "../kit/need.ts";

const needs = { files: [CAPTURES] };

function named(pattern: RegExp): [string, Packet[]][] {
  return captureFiles().filter((path) => pattern.test(path))
    .map((path) => [path, packetsOf(Deno.readFileSync(path))]);
}

function countOf(packets: readonly Packet[], protocol: string): number {
  return objectsOf(packets).filter((object) => object.protocols.includes(protocol)).length;
}

testNeeding("dissect: all packets of the SRT captures are SRT", needs, () => {
  for (const [path, packets] of named(/\/[^/]*srt[^/]*$/)) {
    assertEquals(countOf(packets, "srt"), packets.length, path);
  }
});

testNeeding("dissect: SRT is found within 8 packets of a stream's middle", needs, () => {
  for (const [path, packets] of named(/\/[^/]*srt[^/]*$/)) {
    const middle = packets.slice(packets.length >> 1);
    const flows = /group/.test(path) ? 2 : 1;
    ok(countOf(middle, "srt") >= middle.length - 8 * flows, path);
  }
});

testNeeding("dissect: one direction of an SRT stream alone is found by its numbers", needs, () => {
  for (const [path, packets] of named(/srt_stream\.pcap/)) {
    const data = packets.filter((packet) => packet.octets[42]! < 0x80).slice(50);
    ok(data.length > 300);
    ok(countOf(data, "srt") >= data.length - 40, path);
  }
});

testNeeding("dissect: no PTP and no SRT in captures that have none", needs, () => {
  for (const [path, packets] of named(/2110|IGMP|dhcp|dns|l24|mpegts|rist|rtp|tcp-/)) {
    assertEquals([countOf(packets, "srt"), countOf(packets, "ptp")], [0, 0], path);
  }
});

testNeeding("dissect: PTP is found on ports that are not its own", needs, () => {
  for (const [path, packets] of named(/\/(ptp|PTP)[^/]*$/)) {
    const moved = packets.map((packet) => withPorts(packet, 45_319));
    assertEquals(countOf(moved, "ptp"), packets.length, path);
  }
});

testNeeding("dissect: RTP and MPEG-TS are named", needs, () => {
  for (const [path, packets] of named(/l24|rist/)) {
    ok(countOf(packets, "rtp") >= packets.length - 4, path);
  }
  for (const [, packets] of named(/mpegts/)) assertEquals(countOf(packets, "mp2t"), 1);
});

/** The same with UDP ports from `port` on; frames that are not IPv4 and UDP stay as they are. */
function withPorts(packet: Packet, port: number): Packet {
  const octets = packet.octets.slice();
  const v = new DataView(octets.buffer);
  if (v.getUint16(12) !== 0x0800 || octets[23] !== 17) return packet;
  const udp = 14 + (octets[14]! & 15) * 4;
  v.setUint16(udp, port);
  v.setUint16(udp + 2, port + 1);
  return { ...packet, octets };
}
