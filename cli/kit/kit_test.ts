import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { millis } from "../../lib/base/time.ts";
import { fakeKit } from "../../tests/cli/fake_kit.ts";
import { shellWord } from "./kit.ts";

Deno.test("Kit: json() writes one line with its event; a bigint is a decimal string", () => {
  const { kit, out, err } = fakeKit({ isJson: true });
  kit.json("clock", { raw: 12345678901234567890n, ppb: -1.5, gone: undefined });
  kit.say("for people");
  assertEquals(out.text, '{"event":"clock","raw":"12345678901234567890","ppb":-1.5}\n');
  assertEquals(err.text, "for people\n");
});

Deno.test("Kit: without --json the result is on stdout, remarks on stderr", () => {
  const { kit, out, err } = fakeKit();
  kit.json("clock", {});
  kit.say("result");
  kit.note("remark");
  kit.warn("careful");
  assertEquals([out.text, err.text], ["result\n", "remark\nwarning: careful\n"]);
});

Deno.test("Kit: where stdout carries a payload nothing else goes there", () => {
  const { kit, out, err } = fakeKit({ isJson: true, stdoutIsPayload: true });
  kit.json("packet", { n: 1 });
  kit.say("result");
  assertEquals([out.text, err.text], ["", '{"event":"packet","n":1}\nresult\n']);
});

Deno.test("Kit: stop() aborts the signal once; the first reason stays", async () => {
  const { kit } = fakeKit();
  let aborts = 0;
  kit.signal.addEventListener("abort", () => aborts++);
  const waiting = kit.stopped();
  kit.stop("duration");
  kit.stop("SIGINT");
  await waiting;
  assertEquals([kit.stopReason, kit.isStopping, aborts], ["duration", true, 1]);
  await kit.stopped();
});

Deno.test("Kit: stopped() returns after its time, leaving nothing behind", async () => {
  const { kit } = fakeKit();
  await kit.stopped(millis(1));
  assertEquals(kit.isStopping, false);
});

Deno.test("Kit: sudoLine can be pasted into a shell", () => {
  const commandLine = ["gm", "--iface", "eth0", "--clock", "it's here"];
  const { kit } = fakeKit({ commandLine });
  assertEquals(kit.sudoLine, `sudo ./rptp gm --iface eth0 --clock 'it'\\''s here'`);
  assertEquals(shellWord(""), "''");
});
