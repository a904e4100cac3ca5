/** Bodies as ptp4l 3.1.1 sent them over its management socket, and what pmc made of them. */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import fc from "fast-check";
import { parseHex } from "../../base/text.ts";
import { ManagementId } from "../wire/management.ts";
import { BODIES, type BodyName, bodyName } from "./bodies.ts";
import { MAX_BODY, Reader, Writer } from "./cursor.ts";
import { decode, encode, type Layout, type Values } from "./kind.ts";
import { fieldLines } from "./print.ts";

/** The data behind the managementId, from ptp4l 3.1.1. */
const RECORDED: Readonly<Partial<Record<BodyName, string>>> = {
  NULL_PTP_MANAGEMENT: "",
  CLOCK_DESCRIPTION: "80000a49454545203830322e3300068aae00154eb6000100040a58000200000000" +
    "023b3b023b3b00001b19000100",
  USER_DESCRIPTION: "0000",
  DEFAULT_DATA_SET: "0300000180fffeffff808aae00fffe154eb60000",
  CURRENT_DATA_SET: "0001fffffffffd5100000000000004b70000",
  PARENT_DATA_SET: "4af4c2fffe31d60e00010000ffff7fffffff0af8feffff804af4c2fffe31d60e",
  TIME_PROPERTIES_DATA_SET: "002500a0",
  PORT_DATA_SET: "8aae00fffe154eb6000108000000000000000000010300010002",
  PRIORITY1: "8000",
  DOMAIN: "0000",
  LOG_ANNOUNCE_INTERVAL: "0100",
  ANNOUNCE_RECEIPT_TIMEOUT: "0300",
  VERSION_NUMBER: "0200",
  CLOCK_ACCURACY: "fe00",
  TRACEABILITY_PROPERTIES: "0000",
  TIMESCALE_PROPERTIES: "0000",
  DELAY_MECHANISM: "0100",
  TIME_STATUS_NP: "ffffffffffffff4c18e9f7e02c5caa1700000000000000000000" +
    "000000000000000000000000000000014af4c2fffe31d60e",
  GRANDMASTER_SETTINGS_NP: "fffeffff002500a0",
  PORT_DATA_SET_NP: "01312d0000000001",
  SUBSCRIBE_EVENTS_NP: "0000" + "00".repeat(64),
  PORT_PROPERTIES_NP: "8aae00fffe154eb6000108000470747030" + "00",
  PORT_STATS_NP: "8aae00fffe154eb60001" + "5600000000000000" + "00".repeat(56) +
    "5600000000000000" + "5300000000000000" + "00".repeat(8) + "2c00000000000000" +
    "00".repeat(32) +
    "00".repeat(8) + "5300000000000000" + "00".repeat(112),
  SYNCHRONIZATION_UNCERTAIN_NP: "ff00",
};

function values(name: BodyName, octets: Uint8Array<ArrayBuffer>): Values | undefined {
  const r = new Reader(new DataView(octets.buffer), 0, octets.length);
  return decode(BODIES[name].layout as Layout, r);
}

function octetsOf(name: BodyName, given: Values): Uint8Array {
  const w = new Writer();
  encode(BODIES[name].layout as Layout, given as never, w);
  ok(!w.isFull);
  return w.finish();
}

function recorded(name: BodyName): Uint8Array<ArrayBuffer> {
  return parseHex(RECORDED[name] ?? "")!;
}

for (const name of Object.keys(RECORDED) as BodyName[]) {
  Deno.test(`BODIES: ${name} of ptp4l 3.1.1 is read and written back octet for octet`, () => {
    const octets = recorded(name);
    assertEquals([...octetsOf(name, values(name, octets)!)], [...octets]);
  });
}

Deno.test("BODIES: every truncation of a recorded body is short, never a throw", () => {
  for (const name of Object.keys(RECORDED) as BodyName[]) {
    const octets = recorded(name);
    // The last octet may be reserved or padding.
    for (let n = 0; n < octets.length - 1; n++) {
      assertEquals(values(name, octets.slice(0, n)), undefined, `${name} ${n}`);
    }
  }
});

Deno.test("BODIES: every id of the table has a body, under its own name", () => {
  for (const [name, id] of Object.entries(ManagementId)) assertEquals(bodyName(id), name);
});

Deno.test("decode() of any octets ends, and what it reads is written back", () => {
  const names = fc.constantFrom(...Object.keys(BODIES) as BodyName[]);
  const octets = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(names, octets, (name, given) => {
      const read = values(name, Uint8Array.from(given));
      if (read === undefined) return;
      const w = new Writer();
      encode(BODIES[name].layout as Layout, read as never, w);
      const again = values(name, w.finish());
      ok(again !== undefined, name);
      ok(w.length <= MAX_BODY);
      // Text that is no UTF-8 is the one thing that does not come back as it was.
      if (!JSON.stringify(fieldLines(name, read)).includes("\ufffd")) {
        assertEquals(fieldLines(name, again), fieldLines(name, read), name);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
});

Deno.test("fieldLines() aligns and writes as pmc 3.1.1 does", () => {
  const lines = (name: BodyName) => fieldLines(name, values(name, recorded(name))!);
  assertEquals(lines("CURRENT_DATA_SET"), [
    "\t\tstepsRemoved     1",
    "\t\toffsetFromMaster -687.0",
    "\t\tmeanPathDelay    1207.0",
  ]);
  assertEquals(lines("PORT_PROPERTIES_NP"), [
    "\t\tportIdentity            8aae00.fffe.154eb6-1",
    "\t\tportState               UNCALIBRATED",
    "\t\ttimestamping            SOFTWARE",
    "\t\tinterface               ptp0",
  ]);
  assertEquals(lines("TIME_STATUS_NP"), [
    "\t\tmaster_offset              -180",
    "\t\tingress_time               1795238468672858647",
    "\t\tcumulativeScaledRateOffset +0.000000000",
    "\t\tscaledLastGmPhaseChange    0",
    "\t\tgmTimeBaseIndicator        0",
    "\t\tlastGmPhaseChange          0x0000'0000000000000000.0000",
    "\t\tgmPresent                  true",
    "\t\tgmIdentity                 4af4c2.fffe.31d60e",
  ]);
  const stats = lines("PORT_STATS_NP");
  assertEquals(stats.length, 21);
  assertEquals(stats[1], "\t\trx_Sync                   86");
  assertEquals(stats[8], "\t\trx_Announce               44");
  assertEquals(stats[12], "\t\ttx_Delay_Req              83");
  assertEquals(lines("SUBSCRIBE_EVENTS_NP"), [
    "\t\tduration          0",
    "\t\tNOTIFY_PORT_STATE off",
  ]);
});
