import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { AddressTable } from "./address.ts";
import type { PacketBatch } from "./batch.ts";
import { deadline, type Lane, lane, turn } from "./drive.ts";
import type { Link, Protocol } from "./link.ts";
import { type Instant, instant, NEVER } from "./time.ts";

/** A link and a core that write down, in one log, who was called. */
class Recorder implements Link, Protocol<string> {
  readonly mtu = 1500;
  readonly maxSegments = 1;
  readonly addresses = new AddressTable(16);
  readonly log: string[];
  readonly name: string;
  /** Packets waiting on the link, packets to say, events to tell, slots the link takes at a time. */
  waiting = 0;
  toSay = 0;
  events: string[] = [];
  takes = Infinity;
  received = 0;
  sent: number[] = [];
  due: Instant = NEVER;
  #said = 0;

  constructor(name: string, log: string[]) {
    this.name = name;
    this.log = log;
  }

  lend(): number {
    return 1;
  }

  /** `Link.receive` and `Protocol.receive` in one, told apart by their first argument. */
  receive(first: Instant | PacketBatch): number {
    if (typeof first === "number") {
      this.received++;
      this.log.push(`${this.name}.receive`);
      return 0;
    }
    let n = 0;
    while (this.waiting > 0 && first.hasRoom) {
      first.open();
      this.waiting--;
      n++;
    }
    return n;
  }

  send(from: PacketBatch, first: number): number {
    const n = Math.min(this.takes, from.count - first);
    for (let i = first; i < first + n; i++) this.sent.push(from.ticket[i]!);
    this.log.push(`${this.name}.send ${n}`);
    return n;
  }

  close(): void {}

  expire(): void {
    this.log.push(`${this.name}.expire`);
  }

  deadline(): Instant {
    return this.due;
  }

  transmit(_now: Instant, out: PacketBatch): void {
    this.log.push(`${this.name}.transmit`);
    while (this.toSay > 0 && out.hasRoom) {
      out.ticket[out.open()] = ++this.#said;
      this.toSay--;
    }
  }

  event(): string | undefined {
    return this.events.shift();
  }
}

function lanes(...names: string[]) {
  const log: string[] = [];
  const recorders = names.map((name) => new Recorder(name, log));
  const all: Lane<string>[] = recorders.map((r) =>
    lane(r as Link, r as Protocol<string>, { capacity: 4, slotSize: 64 })
  );
  const settle = { settle: () => log.push("settle") };
  const go = () => turn(instant(5), all, settle, (e, k) => log.push(`event ${e} of ${k}`));
  return { log, recorders, all, go };
}

Deno.test("turn() receives all, expires all, settles, transmits all, then takes the events", () => {
  const { log, recorders, go } = lanes("a", "b");
  const [a, b] = recorders as [Recorder, Recorder];
  a.waiting = 1;
  b.waiting = 2;
  a.events = ["x"];
  b.events = ["y", "z"];
  b.toSay = 1;
  assertEquals(go(), false);
  assertEquals(log, [
    "a.receive",
    "b.receive",
    "b.receive",
    "a.expire",
    "b.expire",
    "settle",
    "a.transmit",
    "b.transmit",
    "b.send 1",
    "b.transmit",
    "event x of 0",
    "event y of 1",
    "event z of 1",
  ]);
});

Deno.test("turn() does not call transmit while unsent slots are left, and wants to write", () => {
  const { log, recorders, all, go } = lanes("a");
  const a = recorders[0]!;
  a.toSay = 3;
  a.takes = 1;
  assertEquals(go(), true);
  assertEquals([all[0]!.sent, all[0]!.outbox.count], [1, 3]);
  log.length = 0;
  a.waiting = 1;
  a.takes = 0;
  assertEquals(go(), true);
  assertEquals(log, ["a.receive", "a.expire", "settle", "a.send 0"]);
  a.takes = 9;
  assertEquals(go(), false);
  assertEquals(a.sent, [1, 2, 3]);
});

Deno.test("turn() leaves an outbox empty once its link took everything", () => {
  const { recorders, all, go } = lanes("a");
  recorders[0]!.toSay = 1000;
  assertEquals(go(), false); // out of rounds: the core's deadline asks for the next turn
  assertEquals([all[0]!.sent, all[0]!.outbox.count], [0, 0]);
  assertEquals(recorders[0]!.sent.length, 32);
  while (recorders[0]!.toSay > 0) go();
  assertEquals(recorders[0]!.sent, Array.from({ length: 1000 }, (_, k) => k + 1));
});

Deno.test("turn() ends though packets keep coming, so that timers are served", () => {
  const { log, recorders, go } = lanes("a");
  recorders[0]!.waiting = 1e6;
  go();
  assertEquals(recorders[0]!.received, 32);
  assertEquals(log.at(-3), "a.expire");
});

Deno.test("deadline() is the earliest of all cores and of links that hold packets", () => {
  const { recorders, all } = lanes("a", "b");
  recorders[1]!.due = instant(40);
  assertEquals(deadline(all), 40);
  const held: Lane<string> = {
    ...all[0]!,
    link: { ...all[0]!.link, deadline: () => instant(30) } as Link,
  };
  assertEquals(deadline([held, all[1]!]), 30);
  assertEquals(deadline([]), NEVER);
});
