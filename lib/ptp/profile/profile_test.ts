import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { check, defaultsOf, type ProfileSettings } from "./profile.ts";
import { PROFILE_NAMES, profileNamed, PROFILES } from "./profiles.ts";

/** What `given` has wrong for the profile, as `name: accepted`. */
function wrongs(name: string, given: Partial<ProfileSettings>): string[] {
  return check(profileNamed(name)!, given).map((p) => `${p.name}: ${p.accepted}`);
}

Deno.test("PROFILES: every default is accepted by its own profile", () => {
  for (const profile of PROFILES) {
    assertEquals(check(profile, defaultsOf(profile)), [], profile.name);
  }
});

Deno.test("PROFILES: names are unique, each value has a source, no attribute twice", () => {
  const names = PROFILES.map((profile) => profile.name);
  assertEquals(names, [...PROFILE_NAMES]);
  assertEquals(new Set(names).size, names.length);
  for (const profile of PROFILES) {
    const attributes = profile.values.map((value) => value.name);
    assertEquals(new Set(attributes).size, attributes.length, profile.name);
    for (const value of profile.values) assert(value.source !== "", profile.name);
  }
});

Deno.test("PROFILES: what is verified names the text that was read", () => {
  for (const profile of PROFILES) {
    for (const value of profile.values) {
      if (value.isVerified) {
        assert(value.source.includes("read in "), `${profile.name} ${value.name}`);
      }
    }
  }
});

Deno.test("check() of ST 2059-2 refuses what lies outside", () => {
  assertEquals(wrongs("st2059-2", { logSyncInterval: -8, domainNumber: 128 }), [
    "domainNumber: 0 to 127",
    "logSyncInterval: -7 to -1",
  ]);
  assertEquals(wrongs("st2059-2", { logSyncInterval: -7, logAnnounceInterval: -3 }), []);
});

Deno.test("check() counts a relative range from the given value", () => {
  assertEquals(wrongs("st2059-2", { logSyncInterval: -5, logMinDelayReqInterval: -5 }), []);
  assertEquals(wrongs("st2059-2", { logSyncInterval: -5, logMinDelayReqInterval: 0 }), []);
  assertEquals(wrongs("st2059-2", { logSyncInterval: -5, logMinDelayReqInterval: 1 }), [
    "logMinDelayReqInterval: -5 to 0",
  ]);
  assertEquals(wrongs("st2059-2", { logMinDelayReqInterval: -4 }), [
    "logMinDelayReqInterval: -3 to 2",
  ]);
});

Deno.test("check() takes only the value where a profile leaves no choice", () => {
  assertEquals(wrongs("g8275.1", { logSyncInterval: -3, transport: "udp4" }), [
    "logSyncInterval: only -4",
    "transport: only l2",
  ]);
  assertEquals(wrongs("st2059-2", { transport: "l2" }), ["transport: udp4 or udp6"]);
});

Deno.test("check() does not judge what a profile does not speak of", () => {
  assertEquals(wrongs("default-e2e", { unicastDuration: 5 }), []);
});

Deno.test("profileNamed() takes the names people type", () => {
  const names = ["SMPTE", "ST2059-2", "G.8275.1", "g8275.1", "802.1AS", "AES67", "r16", "default"];
  assertEquals(names.map((name) => profileNamed(name)?.name), [
    "st2059-2",
    "st2059-2",
    "g8275.1",
    "g8275.1",
    "gptp",
    "aes67",
    "aes-r16",
    "default-e2e",
  ]);
  assertEquals(profileNamed("2059-1"), undefined);
});
