/** `rptp demo` as a newcomer starts it: no terminal, no set-up. */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { testNeeding } from "../kit/need.ts";
import { say } from "../kit/process.ts";
import { rptp } from "../kit/rptp.ts";

testNeeding("rptp demo: locks, locks again after both steps, exits 0", {
  commands: ["timeout"],
}, async () => {
  const started = performance.now();
  const demo = rptp(["demo", "--json"], { limitSeconds: 45 });
  const ended = await demo.ended;
  const took = (performance.now() - started) / 1000;
  const verdict = demo.events("verdict")[0];
  say(`demo: ${took.toFixed(1)} s, ${JSON.stringify(verdict)}`);
  assertEquals(ended.code, 0, ended.stderr.slice(-10).join("\n"));
  assertEquals(verdict?.["passed"], true);
  assert(took < 32, `${took} s`);
});
