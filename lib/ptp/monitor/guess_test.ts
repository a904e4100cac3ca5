import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { defaultsOf } from "../profile/profile.ts";
import { PROFILES } from "../profile/profiles.ts";
import { guessProfile } from "./guess.ts";

for (const profile of PROFILES) {
  Deno.test(`guessProfile(): the defaults of ${profile.name} are that profile`, () => {
    const { name, domainNumber, majorSdoId, ...rest } = { name: "", ...defaultsOf(profile) };
    const seen = { domainNumber: domainNumber ?? 0, majorSdoId: majorSdoId ?? 0, ...rest };
    const guess = guessProfile(seen);
    assertEquals([guess?.name, name], [profile.name, ""]);
  });
}

Deno.test("guessProfile(): a value out of a profile's range rules it out, too little says nothing", () => {
  const seen = {
    domainNumber: 127,
    majorSdoId: 0,
    logAnnounceInterval: -2,
    logSyncInterval: -3,
    transport: "udp4",
    delayMechanism: "e2e",
    communication: "multicast",
  } as const;
  const guess = guessProfile(seen);
  assertEquals([guess?.name, guess?.isAmbiguous], ["st2059-2", false]);
  assert(guess?.because.includes("domainNumber 127"), guess?.because);
  assert(guessProfile({ ...seen, transport: "l2" })?.name !== "st2059-2");
  assertEquals(guessProfile({ domainNumber: 0, majorSdoId: 0 }), undefined);
});
