import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { AddressTable } from "../../../lib/base/address.ts";
import { PacketBatch } from "../../../lib/base/batch.ts";
import { type SocketLink, StandingLink } from "./standing_link.ts";

/** A link that takes everything, with counters of its own. */
function fake(addresses: AddressTable, fd: number): SocketLink & { isClosed: boolean } {
  return {
    mtu: 1472,
    maxSegments: 1,
    addresses,
    isClosed: false,
    lend: () => 1,
    receive: () => 0,
    send: (from, first) => from.count - first,
    close() {
      this.isClosed = true;
    },
    fds: () => [fd],
    isBlocked: () => false,
    counters: { overflowed: 1, truncated: 0, refusedTotal: () => 2 },
    refusedStamps: 3,
    lostStamps: 0,
  };
}

Deno.test("StandingLink: sockets come and go, handles and losses stay", () => {
  const made: ReturnType<typeof fake>[] = [];
  const link = new StandingLink((addresses) => {
    const one = fake(addresses ?? new AddressTable(), 10 + made.length);
    made.push(one);
    return one;
  });
  const handle = link.addresses.internText("224.0.1.129", 319);
  assertEquals(link.fds(), [10]);
  link.reopen();
  assertEquals([made[0]?.isClosed, link.fds()], [true, [11]]);
  assertEquals(made[1]?.addresses.text(handle), "224.0.1.129:319");
  link.shut();
  const out = new PacketBatch(4, 64);
  out.open();
  out.open();
  assertEquals([link.isOpen, link.fds(), link.send(out, 0), link.receive(out)], [false, [], 2, 0]);
  assertEquals(link.losses(), {
    overflowed: 2,
    truncated: 0,
    refused: 6,
    stampsRefused: 6,
    stampsLost: 0,
  });
});

Deno.test("StandingLink: a reopening that fails leaves it shut", () => {
  let isRefused = false;
  const link = new StandingLink((addresses) => {
    if (isRefused) throw new Error("bind: EADDRINUSE");
    return fake(addresses ?? new AddressTable(), 10);
  });
  isRefused = true;
  throws(() => link.reopen(), /EADDRINUSE/);
  assertEquals([link.isOpen, link.fds()], [false, []]);
});
