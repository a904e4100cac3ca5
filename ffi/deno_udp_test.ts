import { deepStrictEqual as assertEquals, ok, rejects } from "node:assert/strict";
import { PacketBatch, SlotKind, StampSource } from "../lib/base/batch.ts";
import { instant, NEVER } from "../lib/base/time.ts";
import { DenoReactor, DenoUdpLink } from "./deno_udp.ts";
import { rawNow } from "./raw_clock.ts";

const lo = { address: "127.0.0.1" };

async function gather(link: DenoUdpLink, into: PacketBatch, count: number): Promise<void> {
  const reactor = new DenoReactor([link]);
  const end = instant(rawNow() + 2e9);
  while (into.count < count && rawNow() < end) {
    if (link.receive(into) === 0) await reactor.wait(end, false);
  }
  reactor.close();
}

Deno.test("DenoUdpLink: datagrams arrive with peer and channel; stamps are the process's own", async () => {
  const a = await DenoUdpLink.open({ sockets: [lo] });
  const b = await DenoUdpLink.open({ sockets: [lo, lo] });
  const out = new PacketBatch(4, 64);
  for (const channel of [0, 1]) {
    const i = out.open();
    out.bytes.set([1, 2, 3 + channel], out.offset[i]!);
    out.length[i] = 3;
    out.peer[i] = a.addresses.internText("127.0.0.1", b.port(channel));
    out.ticket[i] = 40 + channel;
  }
  const before = rawNow();
  assertEquals(a.send(out, 0), 2);
  const inbox = new PacketBatch(4, 64);
  await gather(b, inbox, 2);
  assertEquals(inbox.count, 2);
  for (let i = 0; i < 2; i++) {
    assertEquals(inbox.bytes[inbox.offset[i]! + 2], 3 + inbox.channel[i]!);
    assertEquals(b.addresses.text(inbox.peer[i]!), `127.0.0.1:${a.port(0)}`);
    assertEquals(inbox.stampSource[i], StampSource.User);
    ok(inbox.stampInstant[i]! >= before && inbox.stampInstant[i]! <= rawNow());
  }
  const stamps = new PacketBatch(4, 64);
  await gather(a, stamps, 2);
  assertEquals([stamps.kind[0], stamps.kind[1]], [SlotKind.TransmitStamp, SlotKind.TransmitStamp]);
  assertEquals([stamps.ticket[0], stamps.ticket[1]], [40, 41]);
  a.close();
  a.close();
  b.close();
  await new Promise((resolve) => setTimeout(resolve, 0));
});

Deno.test("DenoUdpLink: a train of segments goes datagram by datagram", async () => {
  const a = await DenoUdpLink.open({ sockets: [lo] });
  const out = new PacketBatch(1, 64);
  const i = out.open();
  out.length[i] = 25;
  out.segment[i] = 10;
  out.peer[i] = a.addresses.internText("127.0.0.1", a.port(0));
  assertEquals(a.send(out, 0), 1);
  const inbox = new PacketBatch(4, 64);
  await gather(a, inbox, 3);
  assertEquals([...inbox.length.subarray(0, 3)].sort((x, y) => x - y), [5, 10, 10]);
  a.close();
});

Deno.test("DenoUdpLink.open() of a taken port rejects and closes what it opened", async () => {
  const a = await DenoUdpLink.open({ sockets: [lo] });
  await rejects(
    DenoUdpLink.open({ sockets: [lo, { ...lo, port: a.port(0) }] }),
    Deno.errors.AddrInUse,
  );
  a.close();
});

Deno.test("DenoReactor.wake() ends a wait without a deadline", async () => {
  const reactor = new DenoReactor([]);
  const timer = setTimeout(() => reactor.wake(), 5);
  await reactor.wait(NEVER, false);
  clearTimeout(timer);
  reactor.close();
});
