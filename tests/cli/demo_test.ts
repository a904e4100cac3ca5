import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { jsonLines, RPTP, rptp } from "./kit.ts";

Deno.test("rptp demo --duration: too short and too long are refused, with what is accepted", async () => {
  for (const time of ["3s", "7.9", "601", "2h"]) {
    const { code, stdout, stderr } = await rptp(["demo", "--duration", time]);
    assertEquals([code, stdout], [2, ""]);
    match(stderr, new RegExp(`^rptp demo: --duration "${time}": expected 8s to 10m: .*lock.*\n$`));
  }
});

Deno.test("rptp demo --duration 8s: no step, but a verdict, and the summary last", async () => {
  const { stdout } = await rptp(["demo", "--duration", "8s", "--json"]);
  const events = jsonLines(stdout);
  const verdict = events.at(-2);
  const summary = events.at(-1);
  assertEquals([verdict?.["event"], summary?.["event"]], ["verdict", "summary"]);
  assertEquals((verdict?.["locks"] as { what: string }[]).map((l) => l.what), ["start"]);
  assertEquals([summary?.["passed"], summary?.["stopped"]], [verdict?.["passed"], null]);
  const seconds = Number(summary?.["seconds"]);
  ok(seconds > 6 && seconds < 8.5, `${seconds} s`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`rptp demo --json: the last event after ${signal} is a summary without a verdict`, async () => {
    const child = new Deno.Command(RPTP, {
      args: ["demo", "--json"],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(30_000),
    }).spawn();
    const decoder = new TextDecoderStream() as TransformStream<Uint8Array, string>;
    let text = "";
    let isAsked = false;
    for await (const piece of child.stdout.pipeThrough(decoder)) {
      text += piece;
      if (isAsked || !text.includes('"event":"offset"')) continue;
      isAsked = true;
      child.kill(signal);
    }
    assertEquals((await child.status).code, 1);
    const last = jsonLines(text).at(-1);
    assertEquals([last?.["event"], last?.["passed"], last?.["stopped"]], ["summary", null, signal]);
    ok(Number(last?.["readings"]) > 0);
    assertEquals(jsonLines(text).filter((e) => e["event"] === "verdict"), []);
  });
}
