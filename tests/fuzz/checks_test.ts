/**
 * A million mutated packets through every reader of `lib/wire`, `lib/ptp/wire` and `lib/srt/wire`,
 * each in a buffer that ends with the packet: an octet read too far throws.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { Random } from "../../lib/base/random.ts";
import { check as checkPtp } from "../../lib/ptp/wire/message.ts";
import * as control from "../../lib/srt/wire/control.ts";
import * as data from "../../lib/srt/wire/data.ts";
import { checkExtensions } from "../../lib/srt/wire/extension.ts";
import { check as checkHandshake } from "../../lib/srt/wire/handshake.ts";
import { checkKeyMaterial } from "../../lib/srt/wire/key_material.ts";
import { checkLossList } from "../../lib/srt/wire/loss_list.ts";
import * as arp from "../../lib/wire/arp.ts";
import * as dhcp from "../../lib/wire/dhcp.ts";
import * as dns from "../../lib/wire/dns.ts";
import * as igmp from "../../lib/wire/igmp.ts";
import * as ipv4 from "../../lib/wire/ipv4.ts";
import * as ipv6 from "../../lib/wire/ipv6.ts";
import * as mpegts from "../../lib/wire/mpegts.ts";
import * as rtp from "../../lib/wire/rtp.ts";
import * as tcp from "../../lib/wire/tcp.ts";
import * as udp from "../../lib/wire/udp.ts";
import { plainFrames } from "../kit/plain_frames.ts";
import { ptpMessages } from "../kit/ptp_messages.ts";
import { srtPackets } from "../kit/srt_packets.ts";

const MUTATIONS = Number(Deno.env.get("RPTP_FUZZ") ?? 1_000_000);
/** Buffers of every length up to here stand ready, so that none is made per packet. */
const LARGEST = 512;
const VIEWS = Array.from({ length: LARGEST + 1 }, (_, n) => new DataView(new ArrayBuffer(n)));
const ROOMS = VIEWS.map((v) => new Uint8Array(v.buffer));

type Reader = (v: DataView, o: number, length: number) => number;

function after(skip: number, packets: readonly Uint8Array[]): Uint8Array[] {
  return packets.map((p) => p.slice(skip)).filter((p) => p.length > 0 && p.length <= LARGEST);
}

const frames = plainFrames();
const ip = after(14, frames);
const transport = after(34, frames);
const srt = after(0, srtPackets());
const transportStream = Uint8Array.from({ length: 376 }, (_, k) => k % 188 === 0 ? 0x47 : k);
const lease = new Uint8Array(262);
lease.set([0x63, 0x82, 0x53, 0x63, 12, 3, 1, 2, 3, 0, 53, 1, 5, 61, 7], 236);

/** Each reader with the packets whose mutations it gets. */
const READERS: readonly (readonly [string, Reader, readonly Uint8Array[]])[] = [
  ["ptp", checkPtp, after(0, ptpMessages())],
  ["srt control", control.check, srt],
  ["srt data", data.check, srt],
  ["srt handshake", checkHandshake, srt],
  ["srt extensions", checkExtensions, after(64, srt)],
  ["srt key material", checkKeyMaterial, after(16, srt)],
  ["srt loss list", checkLossList, after(16, srt)],
  ["arp", arp.check, ip],
  ["ipv4", ipv4.check, ip],
  ["ipv6", ipv6.check, ip],
  ["igmp", igmp.check, transport],
  ["udp", udp.check, transport],
  ["tcp", tcp.check, transport],
  ["rtp", rtp.check, transport],
  ["rtcp", rtp.checkRtcp, transport],
  ["mpegts", mpegts.check, [transportStream]],
  ["dns names", (v, o, length) => dns.skipName(v, o, o + length), transport],
  ["dhcp options", dhcp.messageType, [lease]],
];

/** Puts a mutated, sometimes cut packet into the buffer of its length. */
function mutated(r: Random, packet: Uint8Array): number {
  const n = r.chance(0.4) ? r.integer(packet.length + 1) : packet.length;
  const room = ROOMS[n]!;
  for (let k = 0; k < n; k++) room[k] = packet[k]!;
  for (let k = n === 0 ? 0 : 1 + r.integer(4); k > 0; k--) {
    const at = r.integer(r.chance(0.7) ? Math.min(n, 40) : n);
    room[at] = r.chance(0.5) ? r.integer(256) : room[at]! ^ 1 << r.integer(8);
  }
  return n;
}

for (const [name, reader, packets] of READERS) {
  Deno.test(`${name}: ${MUTATIONS} mutated packets, no octet read outside of them`, () => {
    const r = new Random(5, name);
    const verdicts = new Set<number>();
    for (let k = 0; k < MUTATIONS; k++) {
      const n = mutated(r, packets[r.integer(packets.length)]!);
      const verdict = reader(VIEWS[n]!, 0, n);
      if (!Number.isInteger(verdict)) assertEquals(verdict, 0, `${ROOMS[n]}`);
      verdicts.add(verdict);
    }
    ok(verdicts.size > 1 || MUTATIONS < 1e5, `${name} says ${[...verdicts]} to everything`);
  });
}
