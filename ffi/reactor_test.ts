import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { instant, NEVER } from "../lib/base/time.ts";
import { openArenas } from "./arena.ts";
import { rawNow } from "./raw_clock.ts";
import { AsyncReactor, BlockingReactor, wakeDescriptor } from "./reactor.ts";
import { UdpLink } from "./udp.ts";
import { PacketBatch } from "../lib/base/batch.ts";

const WHILE = 5e9;

Deno.test("AsyncReactor.wake() ends a wait without a deadline", async () => {
  const reactor = new AsyncReactor([]);
  const began = rawNow();
  setTimeout(() => reactor.wake(), 20);
  while (rawNow() - began < 15e6) await reactor.wait(NEVER, false);
  ok(rawNow() - began < WHILE);
  reactor.close();
});

Deno.test("AsyncReactor.wake() before the wait makes it return", async () => {
  const reactor = new AsyncReactor([]);
  reactor.wake();
  reactor.wake();
  const began = rawNow();
  await reactor.wait(NEVER, false);
  ok(rawNow() - began < WHILE);
  reactor.close();
});

Deno.test("AsyncReactor: the deadline ends the wait, not much before it", async () => {
  const reactor = new AsyncReactor([]);
  const until = instant(rawNow() + 30e6);
  while (rawNow() < until) await reactor.wait(until, false);
  ok(rawNow() - until < WHILE);
  reactor.close();
});

Deno.test("AsyncReactor: timers run although every wait returns at once", async () => {
  const reactor = new AsyncReactor([]);
  let isOver = false;
  setTimeout(() => isOver = true, 5);
  const end = rawNow() + WHILE;
  while (!isOver && rawNow() < end) {
    const pending = reactor.wait(rawNow(), false);
    if (pending !== undefined) await pending;
  }
  ok(isOver);
  reactor.close();
});

Deno.test("AsyncReactor.close() during a wait ends it and frees the memory after it", async () => {
  const before = openArenas();
  const reactor = new AsyncReactor([]);
  await new Promise((resolve) => setTimeout(resolve, 12)); // so that it really waits
  const pending = reactor.wait(NEVER, false);
  reactor.close();
  await pending;
  assertEquals(openArenas(), before);
  assertEquals(reactor.wait(NEVER, false), undefined);
});

Deno.test("reactors: a datagram ends the wait", async () => {
  const link = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const asynchronous = new AsyncReactor([link]);
  const blocking = new BlockingReactor([link]);
  const batch = new PacketBatch(4, 64);
  const i = batch.open();
  batch.length[i] = 3;
  batch.peer[i] = link.addresses.internText("127.0.0.1", link.port(0));
  const inbox = new PacketBatch(4, 64);
  const end = instant(rawNow() + WHILE);
  try {
    for (const reactor of [asynchronous, blocking]) {
      inbox.clear();
      assertEquals(link.send(batch, 0), 1);
      while (link.receive(inbox) === 0 && rawNow() < end) await reactor.wait(end, false);
      assertEquals(inbox.count, 1);
    }
  } finally {
    asynchronous.close();
    blocking.close();
    link.close();
  }
});

Deno.test("BlockingReactor is woken by its descriptor", () => {
  const reactor = new BlockingReactor([]);
  wakeDescriptor(reactor.wakeFd);
  const began = rawNow();
  reactor.wait(NEVER, false);
  ok(rawNow() - began < WHILE);
  const until = instant(rawNow() + 10e6);
  reactor.wait(until, false);
  ok(rawNow() >= until);
  reactor.close();
});
