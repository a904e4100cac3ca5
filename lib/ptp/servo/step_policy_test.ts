import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { nanos, timestamp } from "../../base/time.ts";
import { StepPolicy, Verdict } from "./step_policy.ts";

const NOW = timestamp(1_800_000_000);

Deno.test("StepPolicy.judge() steps beyond 20 us at first and beyond 1 ms later", () => {
  const p = new StepPolicy({});
  assertEquals(p.judge(nanos(-20_001), NOW, true), Verdict.Step);
  assertEquals(p.judge(nanos(20_000), NOW, true), Verdict.Slew);
  assertEquals(p.judge(nanos(20_001), NOW, false), Verdict.Slew);
  assertEquals(p.judge(nanos(1_000_001), NOW, false), Verdict.Step);
});

Deno.test("StepPolicy.judge() never steps with a threshold of 0", () => {
  const p = new StepPolicy({ stepThreshold: nanos(0) });
  assertEquals(p.judge(nanos(1e15), NOW, false), Verdict.Slew);
});

Deno.test("StepPolicy.judge() refuses more than maxStep unless allowed, with the reason", () => {
  const p = new StepPolicy({});
  assertEquals(p.judge(nanos(1e9 + 1), NOW, true), Verdict.Refuse);
  assertEquals(p.refusal, { reason: "step", offset: nanos(1e9 + 1), limit: nanos(1e9) });
  assertEquals(new StepPolicy({ allowStep: true }).judge(nanos(1e18), NOW, true), Verdict.Step);
});

Deno.test("StepPolicy.judge() refuses a master before 2020 even where the clock agrees with it", () => {
  const early = timestamp(1_577_836_799, 999_999_999);
  const p = new StepPolicy({ allowStep: true });
  assertEquals(p.judge(nanos(0), early, false), Verdict.Refuse);
  assertEquals(p.refusal, { reason: "epoch", masterSeconds: 1_577_836_799 });
  assertEquals(new StepPolicy({ acceptEpoch: true }).judge(nanos(0), early, true), Verdict.Slew);
  assertEquals(new StepPolicy({}).judge(nanos(0), timestamp(1_577_836_800), true), Verdict.Slew);
});
