/**
 * PTP's other two transports over a real interface: IEEE 802.3 and UDP/IPv6; and the network watch.
 * @module
 */
import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "../lib/base/batch.ts";
import { instant } from "../lib/base/time.ts";
import { testNeeding } from "../tests/kit/need.ts";
import { EthernetLink } from "./ethernet.ts";
import { interfaceByName } from "./netif.ts";
import { NetworkWatch } from "./network_watch.ts";
import { PacketLink } from "./packet_socket.ts";
import { rawNow } from "./raw_clock.ts";
import { BlockingReactor } from "./reactor.ts";
import { gather, NEEDS_VETH, type Pair, withPair } from "./testing/veth_pair.ts";
import { UdpLink } from "./udp.ts";

const PRIMARY = "01:1b:19:00:00:00";
const PEER = "01:80:c2:00:00:0e";
const ETHER_TYPE = 0x88f7;

function openAt(pair: Pair, end: "a" | "b", join: readonly string[] = [PRIMARY, PEER]) {
  return pair.at(end, () =>
    EthernetLink.open({
      interface: `v${end}`,
      etherType: ETHER_TYPE,
      join,
      stamps: "software",
    }));
}

/** Puts a message of `length` octets that begin with `first` to `peer` into `out`. */
function put(out: PacketBatch, peer: number, first: number, ticket = 0, channel = 0): void {
  const i = out.open();
  out.length[i] = 44;
  out.bytes[out.offset[i]!] = first;
  out.bytes[out.offset[i]! + 43] = first ^ 0xff;
  out.peer[i] = peer;
  out.ticket[i] = ticket;
  out.channel[i] = channel;
}

testNeeding(
  "EthernetLink: octets after the EtherType, both stamps, station of the sender",
  NEEDS_VETH,
  () =>
    withPair((pair) => {
      const a = openAt(pair, "a");
      const b = openAt(pair, "b");
      const tap = pair.at("b", () => PacketLink.open({ interface: "vb" }));
      try {
        const out = new PacketBatch(4, 256);
        put(out, a.addresses.internText(PRIMARY, 0), 0x10, 77);
        put(out, a.addresses.internText(PEER, 0), 0x12, 78);
        put(out, a.addresses.internText(PRIMARY, 0), 0x1b, 0, 1);
        assertEquals(a.send(out, 0), 3);
        const stamps = new PacketBatch(8, 256);
        const inbox = new PacketBatch(8, 256);
        gather(a, stamps, () => stamps.count > 1);
        gather(b, inbox, () => inbox.count > 2);
        const kinds = [...stamps.kind.subarray(0, stamps.count)];
        assertEquals(kinds, [SlotKind.TransmitStamp, SlotKind.TransmitStamp]);
        assertEquals([...stamps.ticket.subarray(0, 2)], [77, 78]);
        const starts = [...inbox.offset.subarray(0, inbox.count)];
        assertEquals(starts.map((at) => inbox.bytes[at]), [0x10, 0x12, 0x1b]);
        assertEquals([...inbox.channel.subarray(0, 3)], [0, 0, 0]);
        // Ethernet pads a frame to 60 octets; what the wire carried stays visible in the length.
        ok(inbox.length[0]! >= 44, `${inbox.length[0]} octets`);
        const { mac } = pair.at("a", () => interfaceByName("va"));
        assertEquals(b.addresses.text(inbox.peer[0]!), mac);
        assertEquals(inbox.stampSource[0], StampSource.Software);
        const flight = inbox.stampInstant[0]! - stamps.stampInstant[0]!;
        ok(flight > -1000 && flight < 5e6, `${flight} ns from stamp to stamp`);
        // Among them what the kernel says when an interface goes up (MLD).
        const frames = new PacketBatch(32, 256);
        const ours = () =>
          [...frames.offset.subarray(0, frames.count)]
            .filter((at) => frames.view.getUint16(at + 12) === ETHER_TYPE).length;
        gather(tap, frames, () => ours() > 2);
        assertEquals(ours(), 3);

        // The sender's handle is a destination: a unicast answer finds its way back.
        const reply = new PacketBatch(1, 256);
        put(reply, inbox.peer[0]!, 0x19);
        assertEquals(b.send(reply, 0), 1);
        const answered = new PacketBatch(8, 256);
        gather(a, answered, () => answered.count > 0);
        assertEquals(answered.bytes[answered.offset[0]!], 0x19);
      } finally {
        a.close();
        b.close();
        tap.close();
      }
    }),
);

testNeeding(
  "EthernetLink: no group, no PTP of others, EtherType alone",
  NEEDS_VETH,
  () =>
    withPair((pair) => {
      const a = openAt(pair, "a");
      const other = pair.at(
        "a",
        () => EthernetLink.open({ interface: "va", etherType: 0x88b5 }),
      );
      const b = openAt(pair, "b", [PEER]);
      try {
        const stray = new PacketBatch(1, 256);
        put(stray, other.addresses.internText(PEER, 0), 1);
        assertEquals(other.send(stray, 0), 1);
        const out = new PacketBatch(1, 256);
        put(out, a.addresses.internText(PEER, 0), 2);
        assertEquals(a.send(out, 0), 1);
        const inbox = new PacketBatch(8, 256);
        gather(b, inbox, () => inbox.count > 0);
        assertEquals(inbox.count, 1);
        assertEquals(inbox.bytes[inbox.offset[0]!], 2);
        throws(
          () => openAt(pair, "a", ["00:1b:19:00:00:00"]),
          /00:1b:19:00:00:00: not an Ethernet group address/,
        );
      } finally {
        a.close();
        b.close();
        other.close();
      }
    }),
);

testNeeding(
  "EthernetLink: says once that its interface went down; hears again",
  NEEDS_VETH,
  () =>
    withPair((pair) => {
      const a = openAt(pair, "a");
      const b = openAt(pair, "b");
      const watch = pair.at("a", () => NetworkWatch.open());
      try {
        const inbox = new PacketBatch(8, 256);
        pair.ip("-n", pair.name("a"), "link", "set", "va", "down");
        assertEquals(watch.hasChanged(), true);
        assertEquals(watch.hasChanged(), false);
        gather(a, inbox, () => inbox.count > 0);
        assertEquals([inbox.kind[0], inbox.length[0]], [SlotKind.LinkError, 100]);
        assertEquals(a.receive(inbox), 0);
        const out = new PacketBatch(1, 256);
        put(out, a.addresses.internText(PRIMARY, 0), 3, 9);
        assertEquals(a.send(out, 0), 1); // taken, and counted as refused
        assertEquals(a.counters.refused(), { ENETDOWN: 1 });
        pair.ip("-n", pair.name("a"), "link", "set", "va", "up");
        out.clear();
        put(out, b.addresses.internText(PRIMARY, 0), 4);
        inbox.clear();
        const end = rawNow() + 2e9; // the carrier comes back in its own time
        while (inbox.count === 0 && rawNow() < end) {
          b.send(out, 0);
          gather(a, inbox, () => true);
          a.receive(inbox);
        }
        assertEquals(inbox.bytes[inbox.offset[0]!], 4);
        assertEquals(watch.hasChanged(), true);
      } finally {
        a.close();
        b.close();
        watch.close();
      }
    }),
);

testNeeding("NetworkWatch: an address that comes or goes", NEEDS_VETH, () =>
  withPair((pair) => {
    const watch = pair.at("a", () => NetworkWatch.open());
    try {
      assertEquals(watch.hasChanged(), false);
      const name = pair.name("a");
      pair.ip("-n", name, "address", "add", "10.77.9.9/32", "dev", "va");
      assertEquals(watch.hasChanged(), true);
      pair.ip("-n", name, "address", "del", "10.77.9.9/32", "dev", "va");
      assertEquals(watch.hasChanged(), true);
      pair.ip("-n", name, "address", "add", "fd77::99/64", "dev", "va", "nodad");
      assertEquals(watch.hasChanged(), true);
    } finally {
      watch.close();
    }
  }));

/** IPv6 of a fresh interface has its routes a second late: asks until there is an echo. */
function awaitIpv6(a: UdpLink, b: UdpLink): void {
  const probe = new PacketBatch(1, 256);
  put(probe, a.addresses.internText("ff0e::181", 320), 0, 0, 1);
  const inbox = new PacketBatch(64, 256);
  for (let k = 0; k < 100 && inbox.count === 0; k++) {
    a.send(probe, 0);
    const reactor = new BlockingReactor([b]);
    reactor.wait(instant(rawNow() + 50e6), false);
    reactor.close();
    b.receive(inbox);
  }
  ok(inbox.count > 0, "IPv6 never came up");
}

testNeeding(
  "UdpLink: PTP over IPv6: both groups, stamps, unicast back",
  NEEDS_VETH,
  () =>
    withPair((pair) => {
      const open = (end: "a" | "b") =>
        pair.at(end, () => {
          const interfaceIndex = interfaceByName(`v${end}`).index;
          const common = {
            address: "::",
            reuse: true,
            device: `v${end}`,
            join: ["ff0e::181", "ff02::6b"].map((group) => ({ group, interfaceIndex })),
            multicastInterface: interfaceIndex,
            multicastTtl: 1,
          };
          return UdpLink.open({
            sockets: [
              { ...common, port: 319, stamps: "software", traffic: 46 << 2 },
              { ...common, port: 320 },
            ],
          });
        });
      const a = open("a");
      const b = open("b");
      try {
        awaitIpv6(a, b);
        const out = new PacketBatch(4, 256);
        put(out, a.addresses.internText("ff0e::181", 319), 0x10, 5);
        put(out, a.addresses.internText("ff02::6b", 319), 0x12, 6);
        put(out, a.addresses.internText("ff0e::181", 320), 0x1b, 0, 1);
        assertEquals(a.send(out, 0), 3);
        const stamps = new PacketBatch(8, 256);
        const inbox = new PacketBatch(8, 256);
        gather(a, stamps, () => stamps.count > 1);
        gather(b, inbox, () => inbox.count > 2);
        assertEquals([...stamps.ticket.subarray(0, 2)], [5, 6]);
        const texts = [...inbox.local.subarray(0, 3)].map((h) => b.addresses.hostText(h));
        assertEquals(texts, ["ff0e::181", "ff02::6b", "ff0e::181"]);
        assertEquals(b.addresses.text(inbox.peer[0]!), "[fd77::1]:319");
        assertEquals([inbox.traffic[0], inbox.stampSource[0]], [46 << 2, StampSource.Software]);
        const flight = inbox.stampInstant[0]! - stamps.stampInstant[0]!;
        ok(flight > -1000 && flight < 5e6, `${flight} ns from stamp to stamp`);
        const reply = new PacketBatch(1, 256);
        put(reply, inbox.peer[0]!, 0x19);
        assertEquals(b.send(reply, 0), 1);
        const answered = new PacketBatch(8, 256);
        gather(a, answered, () => answered.count > 0);
        assertEquals(answered.bytes[answered.offset[0]!], 0x19);
      } finally {
        a.close();
        b.close();
      }
    }),
);
