import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { ANY_PORT } from "../wire/identity.ts";
import { Action } from "../wire/management.ts";
import { BODIES } from "./bodies.ts";
import { parseCommand, vocabulary } from "./command.ts";

function request(line: string) {
  const typed = parseCommand(line);
  if (typed.kind !== "request") throw new Error("no request");
  return { ...typed, data: [...typed.data] };
}

Deno.test("parseCommand() takes any case, shortened names and pmc's CMD", () => {
  assertEquals(request("get current_d").echo, "GET CURRENT_DATA_SET");
  assertEquals(request("CMD disable_p").action, Action.Command);
  assertEquals(request("GET PORT_DATA_SET").name, "PORT_DATA_SET");
  assertEquals(request("GET NULL_MANAGEMENT").name, "NULL_PTP_MANAGEMENT");
  assertEquals(request("GET NULL").echo, "GET NULL_MANAGEMENT");
});

Deno.test("parseCommand() writes SET values, alone or by name in any order", () => {
  assertEquals(request("SET PRIORITY1 10").data, [10, 0]);
  assertEquals(request("SET PRIORITY1 priority1 0x0b").data, [11, 0]);
  assertEquals(request("SET LOG_SYNC_INTERVAL -3").data, [253, 0]);
  const set = "SET PORT_DATA_SET_NP asCapable 1 neighborPropDelayThresh 20000000";
  assertEquals(request(set).data, [1, 49, 45, 0, 0, 0, 0, 1]);
  const subscribe = request("SET SUBSCRIBE_EVENTS_NP duration 60 NOTIFY_TIME_SYNC on");
  assertEquals(subscribe.data.slice(0, 3), [0, 60, 2]);
  assertEquals(subscribe.data.length, 66);
});

Deno.test("parseCommand() names what is wrong and what is accepted", () => {
  throws(() => parseCommand("GTE PRIORITY1"), /did you mean GET/);
  throws(() => parseCommand("GET PRIORTY1"), /did you mean PRIORITY1/);
  throws(() => parseCommand("GET PRIO"), /may be PRIORITY1, PRIORITY2/);
  throws(() => parseCommand("SET CURRENT_DATA_SET"), /takes GET only/);
  throws(() => parseCommand("SET PRIORITY1 300"), /from 0 to 255/);
  throws(() => parseCommand("SET PRIORITY1"), /expected a whole number/);
  throws(() => parseCommand("SET UTC_PROPERTIES 37"), /takes currentUtcOffset VALUE/);
  throws(() => parseCommand("TARGET here"), /expected \*/);
  throws(() => parseCommand(""), /no action/);
});

Deno.test("parseCommand() takes a target", () => {
  assertEquals(parseCommand("TARGET *"), { kind: "target", target: ANY_PORT });
  assertEquals(parseCommand("target 001122.fffe.334455-2"), {
    kind: "target",
    target: { high: 0x001122ff, low: 0xfe334455, port: 2 },
  });
});

Deno.test("vocabulary() holds every id", () => {
  assertEquals(vocabulary().length, Object.keys(BODIES).length);
});
