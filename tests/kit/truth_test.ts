import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { errorsOfClock, evaluate, PieceClock, settlesBelow, window } from "./truth.ts";

Deno.test("PieceClock: errorOf() follows the piece in force, fractions kept", () => {
  const clock = PieceClock.fromLog([
    '{"event":"clock","raw":"1000","time":"1700000000000000000","ppb":500}',
    '{"event":"state","state":"MASTER"}',
    '{"event":"clock","raw":"2000001000","time":"1700000002000001003","ppb":0}',
  ]);
  assertEquals(clock.errorOf(1000n, 1700000000000000000n), 0);
  assertEquals(clock.errorOf(1_000_001_000n, 1700000001000000000n), -500);
  assertEquals(clock.errorOf(3_000_001_000n, 1700000003000001005n), 2);
  assertEquals(clock.jumps(2), [2000001000n]);
});

Deno.test("errorsOfClock() is the difference of two clocks at the same raw instants", () => {
  const master = new PieceClock();
  master.add(0n, 10n, 1000);
  const slave = new PieceClock();
  slave.add(0n, 35n, 0);
  const errors = errorsOfClock(slave, master, 1_000_000_000n);
  assertEquals(errors.length, 201);
  assertEquals(errors[0]!.error, 25);
  assertEquals(errors[200]!.error, 25 - 1000);
});

Deno.test("evaluate() with and without the mean", () => {
  const errors = [30, 50, 30, 50].map((error, i) => ({ at: i * 1e9, error }));
  assertEquals(evaluate(errors).mean, 40);
  assertEquals(evaluate(errors).max, 50);
  assertEquals(evaluate(errors, true).rms, 10);
  assertEquals(evaluate(window(errors, 1, 2)).p99, 50);
});

Deno.test("settlesBelow() wants the error to stay below", () => {
  const errors = [900, 5, 900, 6, 7, 8].map((error, i) => ({ at: i * 1e9, error }));
  assertEquals(settlesBelow(errors, 10, 2), 3);
  assertEquals(settlesBelow(errors, 6, 0), 1);
  assert(settlesBelow(errors, 1, 0) === undefined);
});
