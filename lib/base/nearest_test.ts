import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { editDistance, nearest } from "./nearest.ts";

Deno.test("editDistance() counts a swap of neighbours once", () => {
  assertEquals(editDistance("salve", "slave"), 1);
  assertEquals(editDistance("", "abc"), 3);
  assertEquals(editDistance("kitten", "sitting"), 3);
});

Deno.test("nearest() takes the closest within two edits, one for short words", () => {
  assertEquals(nearest("slvae", ["gm", "slave", "demo"]), "slave");
  assertEquals(nearest("gn", ["gm", "slave"]), "gm");
  assertEquals(nearest("xx", ["gm", "slave"]), undefined);
  assertEquals(nearest("comp", ["gm", "completion"]), "completion");
  assertEquals(nearest("", ["gm"]), undefined);
});

Deno.test("nearest() knows shortened names and words between dashes", () => {
  const flags = ["iface", "domain", "priority1", "priority2", "io", "accept-arb", "allow-step"];
  assertEquals(nearest("prio2", flags), "priority2");
  assertEquals(nearest("interface", flags), "iface");
  assertEquals(nearest("allow-arb", flags), "accept-arb");
  assertEquals(nearest("step", flags), "allow-step");
  assertEquals(nearest("frobnicate", flags), undefined);
  assertEquals(nearest("d", flags), undefined);
});
