/**
 * Links over a real interface: a veth pair between two network namespaces.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "../lib/base/batch.ts";
import { instant } from "../lib/base/time.ts";
import { testNeeding } from "../tests/kit/need.ts";
import { interfaceByName } from "./netif.ts";
import { PacketLink } from "./packet_socket.ts";
import { PacketRing } from "./packet_ring.ts";
import { rawNow } from "./raw_clock.ts";
import { BlockingReactor } from "./reactor.ts";
import { gather, NEEDS_VETH as needs, withPair } from "./testing/veth_pair.ts";
import { UdpLink } from "./udp.ts";

testNeeding(
  "veth: PTP's sockets: device, groups, both stamps, one turn of the clock",
  needs,
  () =>
    withPair((pair) => {
      const open = (end: "a" | "b") =>
        pair.at(end, () => {
          const index = interfaceByName(`v${end}`).index;
          const common = {
            reuse: true,
            device: `v${end}`,
            join: [{ group: "224.0.1.129", interfaceIndex: index }],
            multicastInterface: index,
            multicastTtl: 1,
          };
          return UdpLink.open({
            sockets: [{ ...common, port: 319, stamps: "software" }, { ...common, port: 320 }],
          });
        });
      const a = open("a");
      const b = open("b");
      try {
        const out = new PacketBatch(4, 256);
        for (const [channel, port] of [[0, 319], [1, 320]] as const) {
          const i = out.open();
          out.length[i] = 44;
          out.channel[i] = channel;
          out.peer[i] = a.addresses.internText("224.0.1.129", port);
          out.ticket[i] = channel === 0 ? 4711 : 0;
        }
        assertEquals(a.send(out, 0), 2);
        const stamps = new PacketBatch(4, 256);
        const inbox = new PacketBatch(4, 256);
        gather(a, stamps, () => stamps.count > 0);
        gather(b, inbox, () => inbox.count > 1);
        assertEquals(stamps.count, 1); // and no packet of our own
        assertEquals([stamps.kind[0], stamps.ticket[0]], [SlotKind.TransmitStamp, 4711]);
        assertEquals([...inbox.channel.subarray(0, 2)], [0, 1]);
        assertEquals(b.addresses.text(inbox.peer[0]!), "10.77.0.1:319");
        assertEquals(b.addresses.text(inbox.local[0]!), "224.0.1.129:319");
        assertEquals(inbox.stampSource[0], StampSource.Software);
        assertEquals(inbox.stampSource[1], StampSource.None);
        const flight = inbox.stampInstant[0]! - stamps.stampInstant[0]!;
        ok(flight > -1000 && flight < 5e6, `${flight} ns from stamp to stamp`);
      } finally {
        a.close();
        b.close();
      }
    }),
);

testNeeding(
  "veth: a segment beyond the MTU goes by fragments, the slot is not lost",
  needs,
  () =>
    withPair((pair) => {
      const a = pair.at("a", () => UdpLink.open({ sockets: [{}] }));
      const b = pair.at("b", () => UdpLink.open({ sockets: [{}] }));
      try {
        const out = new PacketBatch(1, 65536);
        const i = out.open();
        out.length[i] = 5100;
        out.segment[i] = 2000;
        out.peer[i] = a.addresses.internText("10.77.0.2", b.port(0));
        assertEquals(a.send(out, 0), 1);
        const inbox = new PacketBatch(8, 4096);
        gather(b, inbox, () => inbox.count >= 3);
        assertEquals([...inbox.length.subarray(0, inbox.count)], [2000, 2000, 1100]);
        assertEquals([a.counters.split, a.counters.refusedTotal()], [1, 0]);
      } finally {
        a.close();
        b.close();
      }
    }),
);

testNeeding("veth: a full socket takes fewer slots, says so, and goes on when writable", {
  ...needs,
  commands: ["ip", "tc"],
}, () =>
  withPair((pair) => {
    const slow = ["-n", pair.name("a"), "qdisc", "add", "dev", "va", "root", "tbf"];
    ok(pair.tc(...slow, "rate", "20mbit", "burst", "3000", "limit", "10000000"));
    const a = pair.at("a", () => UdpLink.open({ sockets: [{ sendBuffer: 20000 }] }));
    const b = pair.at("b", () => UdpLink.open({ sockets: [{ receiveBuffer: 4 << 20 }] }));
    const reactor = new BlockingReactor([a]);
    try {
      const out = new PacketBatch(200, 1024);
      while (out.hasRoom) {
        const i = out.open();
        out.length[i] = 1000;
        out.view.setUint16(out.offset[i]!, i);
        out.peer[i] = a.addresses.internText("10.77.0.2", b.port(0));
      }
      let sent = a.send(out, 0);
      ok(sent > 0 && sent < 200, `${sent} at once`);
      assertEquals(a.isBlocked(0), true);
      let waits = 0;
      const end = instant(rawNow() + 3e9);
      while (sent < 200 && rawNow() < end) {
        reactor.wait(end, true);
        waits++;
        sent += a.send(out, sent);
      }
      assertEquals([sent, a.isBlocked(0)], [200, false]);
      ok(waits < 2000, `${waits} waits: it does not spin`);
      const inbox = new PacketBatch(200, 1024);
      gather(b, inbox, () => inbox.count === 200);
      for (let k = 0; k < 200; k++) assertEquals(inbox.view.getUint16(inbox.offset[k]!), k);
    } finally {
      reactor.close();
      a.close();
      b.close();
    }
  }));

testNeeding(
  "veth: a VLAN tag taken off by the kernel is put back",
  needs,
  () =>
    withPair((pair) => {
      const a = pair.at("a", () => PacketLink.open({ interface: "va" }));
      const b = pair.at("b", () => PacketLink.open({ interface: "vb", promiscuous: true }));
      const any = pair.at("b", () => PacketLink.open({}));
      const ring = pair.at("b", () => PacketRing.open({ interface: "vb", blocks: 2 }));
      try {
        const out = new PacketBatch(1, 256);
        const i = out.open();
        const frame = new Uint8Array(64).map((_, k) => k);
        frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0x60, 0x2a, 0x88, 0xb5]);
        out.bytes.set(frame, out.offset[i]!);
        out.length[i] = frame.length;
        assertEquals(a.send(out, 0), 1);
        const find = (batch: PacketBatch, at: number) => {
          for (let k = 0; k < batch.count; k++) {
            if (batch.view.getUint16(batch.offset[k]! + at) === 0x88b5) return k;
          }
          return -1;
        };
        const inbox = new PacketBatch(64, 256);
        gather(b, inbox, () => find(inbox, 16) >= 0);
        const k = find(inbox, 16);
        const start = inbox.offset[k]!;
        assertEquals(inbox.bytes.slice(start, start + inbox.length[k]!), frame);
        assertEquals(inbox.ticket[k], 64);

        const cooked = new PacketBatch(64, 256);
        gather(any, cooked, () => find(cooked, 22) >= 0);
        const c = cooked.offset[find(cooked, 22)]!;
        assertEquals(cooked.view.getUint16(c), 0x8100);
        assertEquals(cooked.view.getUint16(c + 20), 0x602a);
        assertEquals(cooked.bytes.slice(c + 24, c + 24 + 46), frame.slice(18));

        const ringed = new PacketBatch(64, 0);
        const inRing = () => {
          for (let n = 0; n < ringed.count; n++) {
            if (ring.view.getUint16(ringed.offset[n]! + 16) === 0x88b5) return n;
          }
          return -1;
        };
        gather(ring, ringed, () => inRing() >= 0);
        const r = inRing();
        const at = ringed.offset[r]!;
        assertEquals(ring.memory.slice(at, at + ringed.length[r]!), frame);
      } finally {
        a.close();
        b.close();
        any.close();
        ring.close();
      }
    }),
);

testNeeding(
  "veth: an interface that goes down and up again keeps the link alive",
  needs,
  () =>
    withPair((pair) => {
      const a = pair.at("a", () => UdpLink.open({ sockets: [{ stamps: "software" }] }));
      const b = pair.at("b", () => UdpLink.open({ sockets: [{}] }));
      try {
        const out = new PacketBatch(4, 256);
        const put = (ticket: number) => {
          out.clear();
          const i = out.open();
          out.length[i] = 10;
          out.ticket[i] = ticket;
          out.peer[i] = a.addresses.internText("10.77.0.2", b.port(0));
          return a.send(out, 0);
        };
        pair.ip("-n", pair.name("a"), "link", "set", "va", "down");
        assertEquals(put(1), 1); // taken, and counted as refused
        assertEquals(a.counters.refused(), { ENETUNREACH: 1 });
        pair.ip("-n", pair.name("a"), "link", "set", "va", "up");
        assertEquals(put(2), 1);
        const inbox = new PacketBatch(4, 256);
        gather(b, inbox, () => inbox.count > 0);
        assertEquals(inbox.count, 1);
        const stamps = new PacketBatch(4, 256);
        gather(a, stamps, () => stamps.count > 0);
        assertEquals(stamps.ticket[0], 2);
      } finally {
        a.close();
        b.close();
      }
    }),
);

testNeeding(
  "veth: a capture is told that its interface went down, and goes on when up",
  needs,
  () =>
    withPair((pair) => {
      const a = pair.at("a", () => PacketLink.open({ interface: "va" }));
      const b = pair.at("b", () => PacketLink.open({ interface: "vb" }));
      try {
        const inbox = new PacketBatch(64, 256);
        const downs = () => {
          let n = 0;
          for (let i = 0; i < inbox.count; i++) {
            if (inbox.kind[i] === SlotKind.LinkError && inbox.length[i] === 100) n++;
          }
          return n;
        };
        pair.ip("-n", pair.name("a"), "link", "set", "va", "down");
        gather(a, inbox, () => downs() > 0);
        assertEquals(downs(), 1);
        pair.ip("-n", pair.name("a"), "link", "set", "va", "up");
        const out = new PacketBatch(1, 256);
        const i = out.open();
        out.length[i] = 60;
        assertEquals(b.send(out, 0), 1);
        inbox.clear();
        const frames = () => [...inbox.length.subarray(0, inbox.count)].includes(60);
        gather(a, inbox, frames);
        assertEquals(frames(), true);
        assertEquals(downs(), 0);
      } finally {
        a.close();
        b.close();
      }
    }),
);
