import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { Fault } from "../wire/fault.ts";
import { check, isSyncMetadata, read, syncMetadata, write } from "./sync_metadata.ts";

/** 29.97 Hz drop-frame, locked, New York in winter before summer time; octets laid out by hand. */
const OCTETS = Uint8Array.from([
  ...[0x00, 0x03, 0x00, 0x30], // ORGANIZATION_EXTENSION, 48 octets
  ...[0x68, 0x97, 0xe8, 0x00, 0x00, 0x01],
  ...[0x00, 0x00, 0x75, 0x30, 0x00, 0x00, 0x03, 0xe9], // 30000/1001
  ...[0x04, 0x01],
  ...[0xff, 0xff, 0xb9, 0x8b], // -18037 s: UTC-5 and 37 s of leap seconds
  ...[0x00, 0x00, 0x0e, 0x10], // +3600 s
  ...[0x00, 0x01, 0x00, 0x00, 0x00, 0x02], // 2^32 + 2
  ...[0x00, 0x00, 0x69, 0x00, 0x00, 0x01],
  ...[0x00, 0x00, 0x68, 0xff, 0xae, 0x81],
  ...[0xff, 0xff, 0xb9, 0x8b],
  ...[0x02, 0x01],
]);

const FIELDS = {
  ...syncMetadata(),
  frameRateNumerator: 30000,
  frameRateDenominator: 1001,
  lockingStatus: 4 as const,
  isDropFrame: true,
  currentLocalOffset: -18037,
  jumpSeconds: 3600,
  timeOfNextJump: 2 ** 32 + 2,
  timeOfNextJam: 0x69000001,
  timeOfPreviousJam: 0x68ffae81,
  previousJamLocalOffset: -18037,
  willBeDaylightSaving: true,
  hasLeapSecondJump: true,
};

Deno.test("write() lays the TLV out", () => {
  const out = new Uint8Array(60);
  assertEquals(write(new DataView(out.buffer), 4, FIELDS), 52);
  assertEquals(out.subarray(4, 56), OCTETS);
});

Deno.test("read() takes every field", () => {
  const view = new DataView(OCTETS.buffer);
  const fields = syncMetadata();
  assertEquals([isSyncMetadata(view, 0), check(view, 0)], [true, Fault.None]);
  read(view, 0, fields);
  assertEquals(fields, FIELDS);
});

Deno.test("check() refuses a TLV that is too short", () => {
  const octets = OCTETS.slice();
  octets[3] = 46;
  const view = new DataView(octets.buffer);
  assertEquals([isSyncMetadata(view, 0), check(view, 0)], [true, Fault.Truncated]);
});

Deno.test("isSyncMetadata() is false for another organisation, sub-type or TLV", () => {
  for (const at of [1, 4, 9]) {
    const octets = OCTETS.slice();
    octets[at]! ^= 0x10;
    assertEquals(isSyncMetadata(new DataView(octets.buffer), 0), false);
  }
});
