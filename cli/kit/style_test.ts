import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { style, wantsColour } from "./style.ts";

function env(given: Record<string, string>): (name: string) => string | undefined {
  return (name) => given[name];
}

Deno.test("wantsColour() obeys FORCE_COLOR, NO_COLOR and TERM=dumb", () => {
  assertEquals(wantsColour(true, env({})), true);
  assertEquals(wantsColour(false, env({})), false);
  assertEquals(wantsColour(true, env({ NO_COLOR: "1" })), false);
  assertEquals(wantsColour(true, env({ NO_COLOR: "" })), true);
  assertEquals(wantsColour(true, env({ TERM: "dumb" })), false);
  assertEquals(wantsColour(false, env({ FORCE_COLOR: "1" })), true);
  assertEquals(wantsColour(true, env({ FORCE_COLOR: "0" })), false);
  assertEquals(wantsColour(true, env({ FORCE_COLOR: "1", NO_COLOR: "1" })), true);
});

Deno.test("style() writes no escape when off", () => {
  assertEquals(style(false).red("x"), "x");
  assertEquals(style(true).red("x"), "\x1b[31mx\x1b[39m");
});
