import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { build, MASTER, type MessageFields, OTHER } from "../../tests/kit/ptp_bench.ts";
import { instant } from "../base/time.ts";
import { Prospect } from "./prospect.ts";
import { Received } from "./received.ts";

/** A one-step Sync whose origin is `k` seconds, received at `k` seconds. */
function syncAt(k: number, fields: MessageFields = {}): Received {
  const m = new Received();
  m.load(new DataView(build({ sequenceId: k, time: [k, 0], ...fields }).buffer), 0);
  m.at = instant(k * 1e9);
  m.stamp = instant(k * 1e9);
  return m;
}

function delivered(prospect: Prospect, sender = MASTER): number[] {
  const seconds: number[] = [];
  prospect.deliver(sender, (masterTime) => seconds.push(masterTime.seconds));
  return seconds;
}

Deno.test("Prospect: the first sender heard is collected, others are not", () => {
  const prospect = new Prospect();
  prospect.offer(syncAt(1));
  assertEquals(prospect.offer(syncAt(2, { source: OTHER })), undefined);
  prospect.offer(syncAt(3));
  assertEquals(delivered(prospect), [1, 3]);
  assertEquals(delivered(prospect), [], "forgotten once delivered");
});

Deno.test("Prospect: prefer() changes the sender; the old one's pairs go", () => {
  const prospect = new Prospect();
  prospect.offer(syncAt(1));
  prospect.prefer(OTHER, instant(1e9));
  prospect.offer(syncAt(2));
  prospect.offer(syncAt(3, { source: OTHER }));
  prospect.prefer(OTHER, instant(3e9));
  assertEquals(prospect.count, 1);
  assertEquals(delivered(prospect, OTHER), [3]);
});

Deno.test("Prospect: a candidate silent for 4 s makes room", () => {
  const prospect = new Prospect();
  prospect.offer(syncAt(1));
  prospect.offer(syncAt(5, { source: OTHER }));
  assertEquals(prospect.count, 1);
  prospect.offer(syncAt(6, { source: OTHER }));
  assertEquals(delivered(prospect, OTHER), [6]);
});

Deno.test("Prospect: only the newest 64 pairs are kept, in order", () => {
  const prospect = new Prospect();
  for (let k = 1; k <= 100; k++) prospect.offer(syncAt(k));
  assertEquals(delivered(prospect), Array.from({ length: 64 }, (_, k) => k + 37));
});

Deno.test("Prospect: deliver() gives another sender nothing", () => {
  const prospect = new Prospect();
  prospect.offer(syncAt(1));
  assertEquals(delivered(prospect, OTHER), []);
});
