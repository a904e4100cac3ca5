import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { openArenas } from "./arena.ts";
import { interfaceByName } from "./netif.ts";
import { awaitKernelStamps } from "./stamp_start.ts";

Deno.test("awaitKernelStamps() sees stamps come on, and leaves nothing open", () => {
  const before = openArenas();
  assertEquals(awaitKernelStamps(), interfaceByName("lo").isUp);
  assertEquals(openArenas(), before);
});
