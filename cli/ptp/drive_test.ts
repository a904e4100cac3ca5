import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { instant } from "../../lib/base/time.ts";
import { everyPeriod } from "./drive.ts";

Deno.test("everyPeriod() says once where several periods went by, and keeps its grid", () => {
  const said: number[] = [];
  const timed = everyPeriod(instant(1000), 100, (now) => said.push(now));
  assertEquals(timed.deadline(), 1100);
  timed.expire(instant(1350));
  assertEquals(timed.deadline(), 1400);
  assertEquals(said, [1350]);
});
