import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { captureRecord } from "../../../lib/capture/record.ts";
import { addressText, macText, sighting } from "../../../lib/ptp/monitor/sighting.ts";
import { findMessage } from "./frame.ts";

const PORTS = { event: 319, general: 320 };
const MACS = [1, 0x1b, 0x19, 0, 0, 0, 2, 0, 0, 0, 0, 7];
/** The header of a Sync, of which only the length matters here. */
const PTP = [0, 2, 0, 44, ...new Array<number>(40).fill(0)];

function udp(port: number, payload: readonly number[]): number[] {
  const length = payload.length + 8;
  return [1, 63, port >> 8, port & 0xff, length >> 8, length & 0xff, 0, 0, ...payload];
}

function ipv4(payload: readonly number[], fragment = 0): number[] {
  const length = payload.length + 20;
  const head = [0x45, 0xb8, length >> 8, length & 0xff, 0, 0, fragment >> 8, fragment & 0xff];
  return [...head, 1, 17, 0, 0, 10, 0, 0, 1, 224, 0, 1, 129, ...payload];
}

function ipv6(payload: readonly number[], next = 17): number[] {
  const from = [0xfe, 0x80, ...new Array<number>(13).fill(0), 1];
  const to = [0xff, 0x0e, ...new Array<number>(12).fill(0), 1, 0x81];
  return [0x6b, 0x80, 0, 0, 0, payload.length, next, 1, ...from, ...to, ...payload];
}

function find(linktype: number, octets: readonly number[]) {
  const record = captureRecord();
  const room = new Uint8Array(octets.length + 9); // the record lies somewhere in its view
  room.set(octets, 5);
  record.view = new DataView(room.buffer);
  record.offset = 5;
  record.caplen = octets.length;
  record.len = octets.length;
  record.linktype = linktype;
  const s = sighting();
  if (!findMessage(record, PORTS, s)) return undefined;
  const message = [...room.subarray(s.offset, s.offset + s.length)];
  assertEquals(message, PTP);
  return [addressText(s, s.source), addressText(s, s.destination), macText(s), s.vlan, s.dscp];
}

Deno.test("findMessage(): Ethernet itself, UDP over IPv4 and IPv6, in VLANs and without", () => {
  const mac = "02:00:00:00:00:07";
  const group = "01:1b:19:00:00:00";
  assertEquals(find(1, [...MACS, 0x88, 0xf7, ...PTP]), [mac, group, mac, -1, -1]);
  const tagged = [...MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0xe0, 100, 0x88, 0xf7, ...PTP];
  assertEquals(find(1, [...tagged, 0, 0, 0, 0, 0, 0]), [mac, group, mac, 100, -1]); // padded
  const four = [...MACS, 8, 0, ...ipv4(udp(319, PTP))];
  assertEquals(find(1, four), ["10.0.0.1", "224.0.1.129", mac, -1, 46]);
  const six = [...MACS, 0x86, 0xdd, ...ipv6(udp(320, PTP))];
  assertEquals(find(1, six), ["fe80::1", "ff0e::181", mac, -1, 46]);
  const options = [17, 0, 0, 0, 0, 0, 0, 0];
  const extended = [...MACS, 0x86, 0xdd, ...ipv6([...options, ...udp(320, PTP)], 60)];
  assertEquals(find(1, extended), ["fe80::1", "ff0e::181", mac, -1, 46]);
});

Deno.test("findMessage(): cooked, raw and BSD captures", () => {
  const ip = ipv4(udp(319, PTP));
  const sll = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 7, 0, 0];
  assertEquals(find(113, [...sll, 8, 0, ...ip])?.[2], "02:00:00:00:00:07");
  const sll2 = [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 7, 0, 0];
  assertEquals(find(276, [...sll2, ...ip])?.[0], "10.0.0.1");
  assertEquals(find(276, [0x88, 0xf7, ...sll2.slice(2), ...PTP])?.[0], "02:00:00:00:00:07");
  assertEquals(find(101, ip), ["10.0.0.1", "224.0.1.129", "", -1, 46]);
  assertEquals(find(0, [2, 0, 0, 0, ...ip])?.[0], "10.0.0.1");
});

Deno.test("findMessage(): other ports, fragments, and every cut are no messages", () => {
  assertEquals(find(1, [...MACS, 8, 0, ...ipv4(udp(321, PTP))]), undefined);
  assertEquals(find(1, [...MACS, 8, 0, ...ipv4(udp(319, PTP), 0x2000)]), undefined);
  assertEquals(find(147, PTP), undefined);
  for (const whole of [ipv4(udp(319, PTP)), ipv6(udp(319, PTP))]) {
    const type = whole[0] === 0x45 ? [8, 0] : [0x86, 0xdd];
    const frame = [...MACS, ...type, ...whole];
    for (let k = 0; k < frame.length; k++) assertEquals(find(1, frame.slice(0, k)), undefined);
  }
});
