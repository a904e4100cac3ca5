import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { FlagKind, normalize, type Shape } from "./argv.ts";

const SHAPE: Shape = {
  flags: new Map<string, FlagKind>([
    ["no-names", FlagKind.Switch],
    ["verbose", FlagKind.Counter],
    ["hex-ascii", FlagKind.Counter],
    ["read", FlagKind.Value],
    ["packets", FlagKind.Value],
    ["offset", FlagKind.Value],
    ["clock", FlagKind.Values],
    ["json", FlagKind.Optional],
  ]),
  letters: new Map([
    ["n", "no-names"],
    ["v", "verbose"],
    ["X", "hex-ascii"],
    ["r", "read"],
    ["c", "packets"],
  ]),
};

Deno.test("normalize() takes tcpdump's bundles apart", () => {
  assertEquals(normalize(["-nnvvXr", "file"], SHAPE), [
    "--no-names",
    "--verbose",
    "--verbose",
    "--hex-ascii",
    "--read=file",
  ]);
  assertEquals(normalize(["-c5", "-nr-", "-X"], SHAPE), [
    "--packets=5",
    "--no-names",
    "--read=-",
    "--hex-ascii",
  ]);
});

Deno.test("normalize() takes `-` and negative numbers as values", () => {
  assertEquals(normalize(["-r", "-", "--offset", "-3us"], SHAPE), ["--read=-", "--offset=-3us"]);
});

Deno.test("normalize() gives a bare --json the value -, and leaves the next word alone", () => {
  assertEquals(normalize(["--json", "lo"], SHAPE), ["--json=-", "lo"]);
  assertEquals(normalize(["--json=x.ndjson"], SHAPE), ["--json=x.ndjson"]);
});

Deno.test("normalize() leaves everything behind -- as it is", () => {
  assertEquals(normalize(["-n", "--", "-n", "--nope"], SHAPE), [
    "--no-names",
    "--",
    "-n",
    "--nope",
  ]);
});

Deno.test("normalize() names the nearest flag", () => {
  throws(() => normalize(["--verbos"], SHAPE), /no flag --verbos; did you mean --verbose\?/);
  throws(() => normalize(["-read"], SHAPE), /did you mean --read\?/);
  throws(() => normalize(["-Z"], SHAPE), /no flag -Z; --help lists the flags/);
  throws(() => normalize(["-nZv"], SHAPE), /no flag -Z \(in -nZv\)/);
});

Deno.test("normalize() refuses a missing, empty or repeated value", () => {
  throws(() => normalize(["-r"], SHAPE), /-r needs a value/);
  throws(() => normalize(["--read", "-v"], SHAPE), /--read needs a value: the next word is -v/);
  throws(() => normalize(["--read="], SHAPE), /--read needs a value: it is empty/);
  throws(() => normalize(["-r", "a", "-r", "b"], SHAPE), /-r was given twice: "a" and "b"/);
  throws(() => normalize(["--no-names=yes"], SHAPE), /--no-names takes no value: got "yes"/);
  assertEquals(normalize(["--clock", "a", "--clock", "b"], SHAPE), ["--clock=a", "--clock=b"]);
});
