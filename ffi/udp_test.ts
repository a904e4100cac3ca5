import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "../lib/base/batch.ts";
import { instant } from "../lib/base/time.ts";
import { openArenas } from "./arena.ts";
import { OsError } from "./errno.ts";
import { rawNow } from "./raw_clock.ts";
import { BlockingReactor } from "./reactor.ts";
import { UdpLink } from "./udp.ts";
import type { UdpSocketOptions } from "./udp_socket.ts";

function open(...sockets: UdpSocketOptions[]): UdpLink {
  return UdpLink.open({ sockets: sockets.map((s) => ({ address: "127.0.0.1", ...s })) });
}

/** Receives until `count` slots are there or a second has passed. */
function gather(link: UdpLink, into: PacketBatch, count: number): void {
  const reactor = new BlockingReactor([link]);
  const end = instant(rawNow() + 1e9);
  while (into.count < count && rawNow() < end) {
    if (link.receive(into) === 0) reactor.wait(end, false);
  }
  reactor.close();
}

function put(batch: PacketBatch, text: string): number {
  const i = batch.open();
  const octets = new TextEncoder().encode(text);
  batch.bytes.set(octets, batch.offset[i]!);
  batch.length[i] = octets.length;
  return i;
}

function text(batch: PacketBatch, i: number): string {
  const at = batch.offset[i]!;
  return new TextDecoder().decode(batch.bytes.subarray(at, at + batch.length[i]!));
}

Deno.test("UdpLink: datagrams arrive with peer, local address and traffic class", () => {
  const a = open({ stamps: "software" });
  const b = open({ stamps: "software" });
  try {
    const out = new PacketBatch(8, 2048);
    for (let k = 0; k < 5; k++) {
      const i = put(out, `packet ${k}`);
      out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
      out.traffic[i] = k === 2 ? 0xb8 : 0;
    }
    const before = rawNow();
    assertEquals(a.send(out, 0), 5);
    const inbox = new PacketBatch(8, 2048);
    gather(b, inbox, 5);
    assertEquals(inbox.count, 5);
    for (let k = 0; k < 5; k++) {
      assertEquals(text(inbox, k), `packet ${k}`);
      assertEquals(b.addresses.text(inbox.peer[k]!), `127.0.0.1:${a.port(0)}`);
      assertEquals(b.addresses.text(inbox.local[k]!), `127.0.0.1:${b.port(0)}`);
      assertEquals(inbox.traffic[k], k === 2 ? 0xb8 : 0);
      assertEquals(inbox.kind[k], SlotKind.Packet);
      assertEquals(inbox.stampSource[k], StampSource.Software);
      ok(inbox.stampInstant[k]! > before && inbox.stampInstant[k]! < rawNow());
    }
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: transmit stamps come back with the ticket, only where one was given", () => {
  const a = open({ stamps: "software" });
  try {
    const sink = open({});
    const out = new PacketBatch(64, 256);
    for (let round = 0; round < 40; round++) {
      out.clear();
      const want: number[] = [];
      const before = rawNow();
      for (let k = 0; k < 50; k++) {
        const i = put(out, "x");
        out.peer[i] = a.addresses.internText("127.0.0.1", sink.port(0));
        if ((k * 7 + round) % 3 === 0) want.push(out.ticket[i] = 1000 * round + k + 1);
      }
      assertEquals(a.send(out, 0), 50);
      const inbox = new PacketBatch(64, 256);
      gather(a, inbox, want.length);
      const got: number[] = [];
      for (let i = 0; i < inbox.count; i++) {
        assertEquals(inbox.kind[i], SlotKind.TransmitStamp);
        assertEquals(inbox.stampSource[i], StampSource.Software);
        ok(inbox.stampInstant[i]! > before && inbox.stampInstant[i]! < rawNow());
        got.push(inbox.ticket[i]!);
      }
      assertEquals(got, want);
    }
    assertEquals(a.counters.strayStamps, 0);
    assertEquals(a.lostStamps, 0);
    sink.close();
  } finally {
    a.close();
  }
});

Deno.test("UdpLink: a refused send does not shift the tickets of later packets", () => {
  const a = open({ stamps: "software" });
  const b = open({});
  try {
    const out = new PacketBatch(16, 256);
    const good = a.addresses.internText("127.0.0.1", b.port(0));
    const bad = a.addresses.internText("255.255.255.255", 9); // EACCES without SO_BROADCAST
    const tickets: number[] = [];
    for (let k = 1; k <= 12; k++) {
      const i = put(out, "x");
      out.ticket[i] = k;
      out.peer[i] = k === 4 || k === 5 ? bad : good;
    }
    assertEquals(a.send(out, 0), 12);
    assertEquals(a.counters.refused(), { EACCES: 2 });
    const inbox = new PacketBatch(16, 256);
    gather(a, inbox, 7);
    for (let i = 0; i < inbox.count; i++) tickets.push(inbox.ticket[i]!);
    // 1-3 waited when the counter was restarted; 6-12 are matched exactly.
    assertEquals(tickets, [6, 7, 8, 9, 10, 11, 12]);
    assertEquals(a.lostStamps, 3);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: a train of segments leaves in one call and arrives joined (GSO, GRO)", () => {
  const a = open({});
  const b = open({ gro: true });
  try {
    const out = new PacketBatch(2, 65536);
    const i = out.open();
    out.length[i] = 20 * 1000 + 300;
    out.segment[i] = 1000;
    for (let k = 0; k < out.length[i]; k++) {
      out.bytes[out.offset[i]! + k] = (k * 31 + (k >> 8)) & 0xff;
    }
    out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
    assertEquals(a.send(out, 0), 1);
    assertEquals(a.counters.split, 0);
    const inbox = new PacketBatch(32, 65536);
    gather(b, inbox, 1);
    let total = 0;
    for (let k = 0; k < inbox.count; k++) {
      if (inbox.length[k]! > 1000) assertEquals(inbox.segment[k], 1000);
      const at = inbox.offset[k]!;
      const sent = out.offset[i]! + total;
      assertEquals(
        inbox.bytes.subarray(at, at + inbox.length[k]!),
        out.bytes.subarray(sent, sent + inbox.length[k]!),
      );
      total += inbox.length[k]!;
    }
    assertEquals(total, 20300);
    assertEquals(inbox.count, 1);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: an ICMP error becomes a LinkError slot of the peer", () => {
  const a = open({});
  const gone = open({});
  const port = gone.port(0);
  gone.close();
  try {
    const out = new PacketBatch(4, 256);
    const i = put(out, "anybody?");
    out.peer[i] = a.addresses.internText("127.0.0.1", port);
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(4, 256);
    gather(a, inbox, 1);
    assertEquals(inbox.kind[0], SlotKind.LinkError);
    assertEquals(inbox.length[0], 111);
    assertEquals(a.addresses.text(inbox.peer[0]!), `127.0.0.1:${port}`);
    assertEquals(a.counters.linkErrors, 1);
  } finally {
    a.close();
  }
});

Deno.test("UdpLink: a pending ICMP error does not cost the next packet", () => {
  const a = open({});
  const b = open({});
  const gone = open({});
  const port = gone.port(0);
  gone.close();
  try {
    const out = new PacketBatch(4, 256);
    out.peer[put(out, "lost")] = a.addresses.internText("127.0.0.1", port);
    assertEquals(a.send(out, 0), 1);
    out.clear();
    out.peer[put(out, "kept")] = a.addresses.internText("127.0.0.1", b.port(0));
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(4, 256);
    gather(b, inbox, 1);
    assertEquals(inbox.count, 1);
    assertEquals(text(inbox, 0), "kept");
    assertEquals(a.counters.refusedTotal(), 0);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: multicast on lo reaches a member once", () => {
  const a = open({ address: "0.0.0.0", multicastInterface: 1, multicastLoop: true });
  const member = open({
    address: "0.0.0.0",
    reuse: true,
    join: [{ group: "224.0.1.129", interfaceIndex: 1 }],
  });
  try {
    const out = new PacketBatch(4, 256);
    out.peer[put(out, "sync")] = a.addresses.internText("224.0.1.129", member.port(0));
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(4, 256);
    gather(member, inbox, 1);
    assertEquals(member.receive(inbox), 0);
    assertEquals(inbox.count, 1);
    assertEquals(
      member.addresses.text(inbox.local[0]!),
      `224.0.1.129:${member.port(0)}`,
    );
  } finally {
    a.close();
    member.close();
  }
});

Deno.test("UdpLink: IPv6 carries peer, local address and traffic class", () => {
  const a = open({ address: "::1", stamps: "software" });
  const b = open({ address: "::", stamps: "software" });
  try {
    const out = new PacketBatch(4, 256);
    const i = put(out, "six");
    out.peer[i] = a.addresses.internText("::1", b.port(0));
    out.local[i] = a.addresses.internText("::1", 0);
    out.traffic[i] = 0x88;
    out.ticket[i] = 77;
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(4, 256);
    gather(b, inbox, 1);
    assertEquals(b.addresses.text(inbox.peer[0]!), `[::1]:${a.port(0)}`);
    assertEquals(b.addresses.text(inbox.local[0]!), `[::1]:${b.port(0)}`);
    assertEquals(inbox.traffic[0], 0x88);
    const stamps = new PacketBatch(4, 256);
    gather(a, stamps, 1);
    assertEquals(stamps.ticket[0], 77);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: a datagram larger than the slot is dropped and counted, not cut", () => {
  const a = open({});
  const b = open({});
  try {
    const out = new PacketBatch(4, 256);
    const peer = a.addresses.internText("127.0.0.1", b.port(0));
    for (const t of ["one", "x".repeat(100), "two"]) out.peer[put(out, t)] = peer;
    assertEquals(a.send(out, 0), 3);
    const inbox = new PacketBatch(8, 64);
    gather(b, inbox, 2);
    assertEquals([inbox.count, text(inbox, 0), text(inbox, 1)], [2, "one", "two"]);
    assertEquals(b.counters.truncated, 1);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: lent regions are sent from where they are", () => {
  const a = open({});
  const b = open({});
  try {
    const region = new Uint8Array(new ArrayBuffer(64), 16);
    region.set(new TextEncoder().encode("..lent.."), 8);
    const out = new PacketBatch(1, 64);
    const i = out.open();
    out.region[i] = a.lend(region);
    out.offset[i] = 10;
    out.length[i] = 4;
    out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(1, 64);
    gather(b, inbox, 1);
    assertEquals(text(inbox, 0), "lent");
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink.open() names call, address and reason, and leaves nothing open", () => {
  const taken = open({});
  const arenas = openArenas();
  throws(
    () => open({}, { port: taken.port(0) }),
    (e) =>
      e instanceof OsError && e.errno === 98 &&
      e.message === `bind 127.0.0.1:${taken.port(0)}: EADDRINUSE (address already in use)`,
  );
  throws(
    () => open({ device: "no-such-device" }),
    /OsError: interface no-such-device .*ENODEV/,
  );
  assertEquals(openArenas(), arenas);
  taken.close();
  taken.close();
  assertEquals(openArenas(), arenas - 2);
});

Deno.test("UdpLink: a train longer than the kernel takes goes datagram by datagram", () => {
  const a = open({});
  const b = open({ receiveBuffer: 1 << 20 });
  try {
    const out = new PacketBatch(1, 65536);
    const i = out.open();
    out.length[i] = 300 * 100 - 50;
    out.segment[i] = 100;
    out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
    assertEquals(a.send(out, 0), 1);
    assertEquals([a.counters.split, a.counters.sent, a.counters.refusedTotal()], [1, 1, 0]);
    const inbox = new PacketBatch(400, 128);
    gather(b, inbox, 300);
    assertEquals([inbox.count, inbox.length[0], inbox.length[299]], [300, 100, 50]);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: equal datagrams to one peer share a message and arrive one by one, in order", () => {
  const a = open({ stamps: "software" });
  const b = open({ receiveBuffer: 1 << 20 });
  const c = open({});
  try {
    const out = new PacketBatch(64, 64);
    const toB = a.addresses.internText("127.0.0.1", b.port(0));
    const toC = a.addresses.internText("127.0.0.1", c.port(0));
    // 20 alike, one that is longer, 10 alike but for a ticket in their midst, one elsewhere, 9 alike.
    for (let k = 0; k < 41; k++) {
      const i = put(out, `${100 + k}${k === 20 ? " longer" : ""}`);
      out.peer[i] = k === 31 ? toC : toB;
      out.ticket[i] = k === 25 ? 7 : 0;
    }
    assertEquals(a.send(out, 0), 41);
    assertEquals([a.counters.joined, a.counters.sent, a.counters.refusedTotal()], [29, 41, 0]);
    const inbox = new PacketBatch(64, 64);
    gather(b, inbox, 40);
    const texts = Array.from({ length: inbox.count }, (_, k) => text(inbox, k));
    const all = Array.from({ length: 41 }, (_, k) => `${100 + k}${k === 20 ? " longer" : ""}`);
    assertEquals(texts, all.filter((_, k) => k !== 31));
    inbox.clear();
    gather(c, inbox, 1);
    assertEquals(text(inbox, 0), "131");
    inbox.clear();
    gather(a, inbox, 1);
    assertEquals([inbox.kind[0], inbox.ticket[0]], [SlotKind.TransmitStamp, 7]);
  } finally {
    a.close();
    b.close();
    c.close();
  }
});

Deno.test("UdpLink: two channels in one batch keep their order and their sockets", () => {
  const a = open({}, {});
  const b = open({}, {});
  try {
    const out = new PacketBatch(8, 64);
    for (const channel of [0, 1, 1, 0, 1]) {
      const i = put(out, `on ${channel}`);
      out.channel[i] = channel;
      out.peer[i] = a.addresses.internText("127.0.0.1", b.port(channel));
    }
    assertEquals(a.send(out, 0), 5);
    const inbox = new PacketBatch(8, 64);
    gather(b, inbox, 5);
    const seen: string[] = [];
    for (let i = 0; i < inbox.count; i++) {
      assertEquals(b.addresses.port(inbox.peer[i]!), a.port(inbox.channel[i]!));
      seen.push(text(inbox, i));
    }
    assertEquals(seen, ["on 0", "on 0", "on 1", "on 1", "on 1"]);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: what the kernel dropped for want of room is counted", () => {
  const a = open({});
  const b = open({ receiveBuffer: 8192 });
  try {
    const out = new PacketBatch(64, 1024);
    const peer = a.addresses.internText("127.0.0.1", b.port(0));
    while (out.hasRoom) {
      const i = out.open();
      out.length[i] = 1000;
      out.peer[i] = peer;
    }
    assertEquals(a.send(out, 0), 64);
    const inbox = new PacketBatch(64, 1024);
    gather(b, inbox, 1);
    const kept = inbox.count;
    ok(kept < 64);
    out.count = 1;
    assertEquals(a.send(out, 0), 1); // the next one tells of the drops before it
    gather(b, inbox, kept + 1);
    assertEquals([inbox.count, b.counters.overflowed], [kept + 1, 64 - kept]);
  } finally {
    a.close();
    b.close();
  }
});

Deno.test("UdpLink: mtu follows the device", () => {
  const a = open({ device: "lo" });
  assertEquals(a.mtu, 65507);
  a.close();
  const b = open({});
  assertEquals(b.mtu, 1472);
  b.close();
});

Deno.test("UdpLink: an ICMPv6 error becomes a LinkError slot too", () => {
  const a = open({ address: "::1" });
  const gone = open({ address: "::1" });
  const port = gone.port(0);
  gone.close();
  try {
    const out = new PacketBatch(1, 64);
    out.peer[put(out, "?")] = a.addresses.internText("::1", port);
    assertEquals(a.send(out, 0), 1);
    const inbox = new PacketBatch(4, 64);
    gather(a, inbox, 1);
    assertEquals([inbox.kind[0], inbox.length[0]], [SlotKind.LinkError, 111]);
    assertEquals(a.addresses.text(inbox.peer[0]!), `[::1]:${port}`);
  } finally {
    a.close();
  }
});

Deno.test("UdpLink: a dual-stack socket takes IPv4 as mapped addresses, and answers", () => {
  const six = open({ address: "::", dualStack: true });
  const four = open({});
  try {
    const out = new PacketBatch(1, 64);
    out.peer[put(out, "hello")] = four.addresses.internText("127.0.0.1", six.port(0));
    assertEquals(four.send(out, 0), 1);
    const inbox = new PacketBatch(1, 64);
    gather(six, inbox, 1);
    assertEquals(six.addresses.text(inbox.peer[0]!), `[::ffff:127.0.0.1]:${four.port(0)}`);
    out.clear();
    const i = put(out, "back");
    out.peer[i] = inbox.peer[0]!;
    out.local[i] = inbox.local[0]!;
    assertEquals(six.send(out, 0), 1);
    const answer = new PacketBatch(1, 64);
    gather(four, answer, 1);
    assertEquals(text(answer, 0), "back");
    assertEquals(six.counters.refusedTotal(), 0);
  } finally {
    six.close();
    four.close();
  }
});

Deno.test("UdpLink: a connected socket sends to handle 0 and hears only its peer", () => {
  const server = open({});
  const stranger = open({});
  const client = open({ connect: { address: "127.0.0.1", port: server.port(0) } });
  try {
    const out = new PacketBatch(1, 64);
    put(out, "to the peer");
    assertEquals(client.send(out, 0), 1);
    const inbox = new PacketBatch(4, 64);
    gather(server, inbox, 1);
    assertEquals(text(inbox, 0), "to the peer");
    for (const [from, words] of [[stranger, "forged"], [server, "real"]] as const) {
      out.clear();
      out.peer[put(out, words)] = from.addresses.internText("127.0.0.1", client.port(0));
      assertEquals(from.send(out, 0), 1);
    }
    inbox.clear();
    gather(client, inbox, 1);
    assertEquals([inbox.count, text(inbox, 0)], [1, "real"]);
  } finally {
    server.close();
    stranger.close();
    client.close();
  }
});

Deno.test("UdpLink: local out chooses the source address; a multicast one is ignored", () => {
  const a = open({ address: "0.0.0.0" });
  const b = open({});
  try {
    const out = new PacketBatch(2, 64);
    for (const source of ["127.0.0.9", "224.0.1.129"]) {
      const i = put(out, source);
      out.peer[i] = a.addresses.internText("127.0.0.1", b.port(0));
      out.local[i] = a.addresses.internText(source, 0);
    }
    assertEquals(a.send(out, 0), 2);
    const inbox = new PacketBatch(2, 64);
    gather(b, inbox, 2);
    const from = [...inbox.peer].map((h) => b.addresses.hostText(h));
    assertEquals(from, ["127.0.0.9", "127.0.0.1"]);
  } finally {
    a.close();
    b.close();
  }
});
