import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { hasCommand, missingOf, testNeeding } from "./need.ts";

Deno.test("missingOf() names each thing that is not there", () => {
  assertEquals(
    missingOf({ commands: ["sh", "no-such-program"], files: ["deno.json", "no/file"] }),
    [
      "no-such-program",
      "no/file",
    ],
  );
});

Deno.test("hasCommand() is not satisfied by a prefix of a command's name", () => {
  assertEquals([hasCommand("sh"), hasCommand("sh-"), hasCommand("no-such-program")], [
    true,
    false,
    false,
  ]);
});

testNeeding("testNeeding() runs the body where nothing is missing", { commands: ["sh"] }, () => {
  assertEquals(missingOf({}), []);
});
