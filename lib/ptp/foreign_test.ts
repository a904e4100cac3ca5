import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { build, MASTER, type MessageFields, OTHER, OWN_PORT } from "../../tests/kit/ptp_bench.ts";
import { type Instant, instant } from "../base/time.ts";
import { ForeignMasters } from "./foreign.ts";
import { Reason } from "./reason.ts";
import { Received } from "./received.ts";
import { MessageType } from "./wire/header.ts";
import { portIdentity } from "./wire/identity.ts";

const SECOND = 1e9;

function announceAt(at: number, fields: MessageFields): Received {
  const m = new Received();
  m.load(new DataView(build({ type: MessageType.Announce, ...fields }).buffer), 0);
  m.at = instant(at);
  return m;
}

function listOf(capacity = 4): ForeignMasters {
  return new ForeignMasters(OWN_PORT, 0, capacity);
}

Deno.test("ForeignMasters: the second Announce within the sender's window qualifies", () => {
  const list = listOf();
  list.accept(announceAt(0, { sequenceId: 1, log: -2 }));
  assertEquals([list.hasChanged, list.best(instant(0))], [false, undefined]);
  list.accept(announceAt(SECOND, { sequenceId: 2, log: -2 }));
  assertEquals(list.hasChanged, true);
  assertEquals(list.best(instant(SECOND))?.sender, MASTER);
  assertEquals(list.best(instant(SECOND + 1)), undefined, "1 s is the window at 2^-2 s");
});

Deno.test("ForeignMasters: age() says when a qualification ends, and forgets the silent", () => {
  const list = listOf();
  list.accept(announceAt(0, { sequenceId: 1 }));
  list.accept(announceAt(SECOND, { sequenceId: 2 }));
  list.hasChanged = false;
  assertEquals(list.deadline, 4 * SECOND + 1);
  list.age(list.deadline);
  assertEquals([list.hasChanged, list.size], [true, 1]);
  assertEquals(list.deadline, 5 * SECOND + 1);
  list.age(list.deadline);
  assertEquals([list.size, list.deadline], [0, Infinity as Instant]);
});

Deno.test("ForeignMasters: the held master does not age; dropHeld() forgets it", () => {
  const list = listOf();
  list.accept(announceAt(0, { sequenceId: 1 }));
  list.accept(announceAt(SECOND, { sequenceId: 2 }));
  list.hold(list.best(instant(SECOND)));
  assertEquals(list.deadline, Infinity as Instant);
  list.age(instant(100 * SECOND));
  assertEquals(list.best(instant(100 * SECOND))?.sender, MASTER);
  list.dropHeld();
  assertEquals([list.size, list.best(instant(100 * SECOND))], [0, undefined]);
});

Deno.test("ForeignMasters: best() is the better one; candidate() counts the unqualified too", () => {
  const list = listOf();
  for (let k = 0; k < 2; k++) {
    list.accept(announceAt(k, { sequenceId: k, announce: { priority1: 5 } }));
  }
  list.accept(announceAt(2, { source: OTHER, announce: { priority1: 1 } }));
  assertEquals(list.best(instant(2))?.sender, MASTER);
  assertEquals(list.candidate(portIdentity())?.sender, OTHER);
  assertEquals(list.candidate(OTHER)?.sender, MASTER);
});

Deno.test("ForeignMasters: only a change of content or qualification asks for a decision", () => {
  const list = listOf();
  for (let k = 0; k < 2; k++) list.accept(announceAt(k, { sequenceId: k }));
  list.hasChanged = false;
  list.accept(announceAt(2, { sequenceId: 2 }));
  assertEquals(list.hasChanged, false);
  list.accept(announceAt(3, { sequenceId: 3, announce: { currentUtcOffset: 38 } }));
  assertEquals(list.hasChanged, true);
});

Deno.test("ForeignMasters: a full list gives up the unqualified one heard longest ago", () => {
  const list = listOf(2);
  const third = portIdentity(1, 2, 3);
  list.accept(announceAt(0, { sequenceId: 0 }));
  list.accept(announceAt(1, { sequenceId: 1 }));
  list.accept(announceAt(2, { source: OTHER }));
  list.accept(announceAt(3, { source: third }));
  assertEquals(list.list().map((f) => f.sender), [MASTER, third]);
  list.accept(announceAt(4, { source: third, sequenceId: 1 }));
  assertEquals(list.accept(announceAt(5, { source: OTHER })), Reason.ForeignTableFull);
});

Deno.test("ForeignMasters: an interval that cannot be is taken as ours", () => {
  const list = listOf();
  for (const log of [127, -128, 6, -8]) {
    list.accept(announceAt(0, { sequenceId: log & 0xff, log }));
    assertEquals(list.newest?.logAnnounceInterval, 0);
  }
});
