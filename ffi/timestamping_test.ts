import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { PacketBatch, StampSource } from "../lib/base/batch.ts";
import { clockPair } from "../lib/base/clock.ts";
import { SystemClock } from "./clock.ts";
import { RecordingClock } from "./recording_clock.ts";
import { StampConverter, takeStamp, TicketRing } from "./timestamping.ts";

Deno.test("TicketRing matches numbers to tickets, each once", () => {
  const ring = new TicketRing();
  ring.sent(70);
  ring.sent(71);
  assertEquals([ring.take(1), ring.take(1), ring.take(0), ring.take(2)], [71, 0, 70, 0]);
  assertEquals([ring.outstanding, ring.lost], [0, 0]);
});

Deno.test("TicketRing counts stamps that never came, and does not mix laps up", () => {
  const ring = new TicketRing();
  for (let k = 0; k < TicketRing.SIZE + 3; k++) ring.sent(k + 1);
  assertEquals([ring.outstanding, ring.lost], [TicketRing.SIZE, 3]);
  assertEquals(ring.take(0), 0);
  assertEquals(ring.take(TicketRing.SIZE), TicketRing.SIZE + 1);
});

Deno.test("TicketRing.restart() begins at number 0 and loses what waits", () => {
  const ring = new TicketRing();
  ring.sent(1);
  ring.sent(2);
  ring.restart();
  assertEquals([ring.outstanding, ring.lost, ring.take(1)], [0, 2, 0]);
  ring.sent(9);
  assertEquals(ring.take(0), 9);
});

/** An `scm_timestamping` with the three stamps given as [seconds, nanos]. */
function scm(software: readonly number[], hardware: readonly number[]): Int32Array {
  const view = new DataView(new ArrayBuffer(56));
  view.setBigInt64(8, BigInt(software[0]!), true);
  view.setBigInt64(16, BigInt(software[1]!), true);
  view.setBigInt64(40, BigInt(hardware[0]!), true);
  view.setBigInt64(48, BigInt(hardware[1]!), true);
  return new Int32Array(view.buffer);
}

Deno.test("takeStamp() prefers the card's stamp and converts it by the PHC", () => {
  const system = new SystemClock();
  const phc = new RecordingClock(system);
  const capture = phc.capture.bind(phc);
  phc.capture = (into) => { // a PHC on TAI
    capture(into);
    into.seconds += 37;
  };
  const pair = clockPair();
  phc.capture(pair);
  const converters = {
    software: new StampConverter(system),
    hardware: new StampConverter(phc),
  };
  const batch = new PacketBatch(3, 16);
  const stamp = [pair.seconds, pair.nanoseconds];
  const i = batch.open();
  ok(takeStamp(scm([0, 0], stamp), 8, batch, i, converters));
  assertEquals(batch.stampSource[i], StampSource.Hardware);
  assertEquals([batch.stampSeconds[i], batch.stampNanos[i]], stamp);
  ok(Math.abs(batch.stampInstant[i]! - pair.raw) < 50e3);

  const j = batch.open();
  ok(takeStamp(scm([0, 0], stamp), 8, batch, j, { ...converters, hardware: undefined }));
  ok(Number.isNaN(batch.stampInstant[j]!), "without a PHC the stamp has no instant");

  const k = batch.open();
  assertEquals(takeStamp(scm([0, 0], [0, 0]), 8, batch, k, converters), false);
  assertEquals(batch.stampSource[k], StampSource.None);
});

Deno.test("takeStamp() takes seconds beyond 2^31", () => {
  const converters = { software: new StampConverter(new SystemClock()), hardware: undefined };
  const batch = new PacketBatch(1, 16);
  const i = batch.open();
  takeStamp(scm([2 ** 32 + 5, 6], [0, 0]), 8, batch, i, converters);
  assertEquals([batch.stampSeconds[i], batch.stampNanos[i]], [2 ** 32 + 5, 6]);
});
