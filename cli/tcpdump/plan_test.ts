import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { TimeForm } from "../../lib/dissect/time_text.ts";
import { type Flags, MAX_SNAPLEN, planOf } from "./plan.ts";

const NONE: Flags = {
  listInterfaces: false,
  snapshotLength: MAX_SNAPLEN,
  noPromiscuousMode: false,
  verbose: 0,
  quiet: false,
  linkLevel: false,
  noNames: false,
  absoluteSequence: false,
  hex: 0,
  hexAscii: 0,
  ascii: 0,
  timeForm: 0,
  micro: false,
  nano: false,
  number: false,
  count: false,
  print: false,
  lineBuffered: false,
  packetBuffered: false,
  io: "auto",
};

Deno.test("planOf() takes the first word as the interface only without -i and -r", () => {
  assertEquals(planOf(NONE, ["lo"]).source, { kind: "live", iface: "lo" });
  assertEquals(planOf({ ...NONE, read: "x" }, []).source, { kind: "file", path: "x" });
  assertEquals(planOf({ ...NONE, iface: "lo" }, []).source, { kind: "live", iface: "lo" });
  throws(() => planOf({ ...NONE, read: "x" }, ["lo"]), /filter "lo": filter expressions are not/);
  throws(() => planOf({ ...NONE, iface: "lo" }, ["udp"]), /filter "udp"/);
  throws(() => planOf(NONE, ["lo", "udp", "port", "319"]), /filter "udp port 319"/);
  throws(() => planOf(NONE, []), /nothing to read; name an interface/);
  throws(() => planOf(NONE, ["a/b.pcap"]), /to read a file: -r FILE/);
});

Deno.test("planOf() refuses what does not go together", () => {
  throws(() => planOf({ ...NONE, iface: "lo", read: "x" }, []), /-i and -r/);
  throws(() => planOf({ ...NONE, micro: true, nano: true }, ["lo"]), /--micro and --nano/);
  throws(() => planOf({ ...NONE, io: "deno" }, ["lo"]), /Deno has no raw sockets/);
  throws(() => planOf({ ...NONE, read: "x", write: "x" }, []), /the file that -r reads/);
  assertEquals(planOf({ ...NONE, read: "x", io: "deno" }, []).io, "deno");
});

Deno.test("planOf() reads repeated letters as tcpdump does", () => {
  const look = (flags: Partial<Flags>) => planOf({ ...NONE, ...flags }, ["lo"]).look;
  assertEquals(look({ hexAscii: 2, hex: 1 }).dump, "XX");
  assertEquals(look({ hex: 2 }).dump, "xx");
  assertEquals(look({ ascii: 1 }).dump, "A");
  assertEquals(look({ timeForm: 4 }).timeForm, TimeForm.Date);
  assertEquals(look({ timeForm: 9 }).timeForm, TimeForm.SinceFirst);
});

Deno.test("planOf() prints nothing with -w or --count, unless --print", () => {
  assertEquals(planOf({ ...NONE, write: "f" }, ["lo"]).prints, false);
  assertEquals(planOf({ ...NONE, write: "f", print: true }, ["lo"]).prints, true);
  assertEquals(planOf({ ...NONE, count: true }, ["lo"]).prints, false);
  assertEquals(planOf({ ...NONE, snapshotLength: 0 }, ["lo"]).snaplen, MAX_SNAPLEN);
});
