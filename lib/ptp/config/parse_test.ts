import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { EffectiveConfig } from "./effective.ts";
import { type CommandLine, parseConfig } from "./parse.ts";

const read = (text: string, commandLine: CommandLine = {}) => parseConfig(text, commandLine);
const errors = (text: string) => read(text).errors.map((e) => `${e.line}: ${e.message}`);
const notes = (text: string) => read(text).notes.map((e) => `${e.line}: ${e.message}`);

Deno.test("parseConfig() reads sections, comments and blank lines", () => {
  const file = read(`# a comment
[global]
\tpriority1\t\t10\r
  # another
domainNumber 0x7f

[eth0]
logSyncInterval -3
[eth1]
`);
  assertEquals(file.errors, []);
  assertEquals(file.global.get("priority1")?.value, 10);
  assertEquals(file.global.get("priority1")?.line, 3);
  assertEquals(file.global.get("domainNumber")?.value, 127);
  assertEquals(file.ports.map((p) => [p.name, p.line]), [["eth0", 7], ["eth1", 9]]);
  const config = new EffectiveConfig(file);
  assertEquals(config.of("logSyncInterval", file.ports[0]), {
    value: -3,
    origin: "port",
    line: 8,
  });
  assertEquals(config.of("logSyncInterval", file.ports[1]), {
    value: 0,
    origin: "default",
    line: 0,
  });
});

Deno.test("parseConfig() names the line and the nearest key of a typo", () => {
  assertEquals(errors("[global]\n\npriorty1 10\n"), [
    "3: unknown key priorty1; did you mean priority1?",
  ]);
  assertEquals(errors("[global]\nlogSyncIntervall 0\nwhatever 1\n"), [
    "2: unknown key logSyncIntervall; did you mean logSyncInterval?",
    "3: unknown key whatever",
  ]);
});

Deno.test("parseConfig() names the line and the range of a wrong value", () => {
  assertEquals(errors("[global]\npriority1 300\n"), [
    '2: priority1 is a whole number from 0 to 255, not "300"',
  ]);
});

Deno.test("parseConfig() refuses a clock's key in a port's section, and lines before any", () => {
  assertEquals(errors("[eth0]\npriority1 3\n"), [
    "2: priority1 belongs into [global], not into a port's section",
  ]);
  assertEquals(errors("priority1 3\npriority2 4\n"), [
    '1: "priority1 3" stands before the first section',
  ]);
  assertEquals(errors("[global]\npriority1\n"), ["2: priority1 has no value"]);
});

Deno.test("parseConfig() takes old names, and the last of repeated keys", () => {
  const text = "[global]\nslaveOnly 0\nclientOnly 1\npi_offset_const 0.5\n";
  const file = read(text);
  assertEquals(file.global.get("clientOnly")?.value, 1);
  assertEquals(file.global.get("step_threshold")?.value, 0.5);
  assertEquals(notes(text), [
    "2: slaveOnly is an old name of clientOnly",
    "3: clientOnly stands on line 2 already; the last one counts",
    "4: pi_offset_const is an old name of step_threshold",
  ]);
});

Deno.test("parseConfig(): the command line goes before [global], not before a port's section", () => {
  const file = read("[global]\nlogSyncInterval -1\n[eth0]\nlogSyncInterval -2\n[eth1]\n", {
    interfaces: ["eth1"],
    settings: [["logSyncInterval", "-4"]],
  });
  const config = new EffectiveConfig(file);
  assertEquals(file.ports.map((p) => p.name), ["eth1", "eth0"]);
  assertEquals(file.ports.map((p) => config.number("logSyncInterval", p)), [-4, -2]);
  assertEquals(config.of("logSyncInterval").origin, "command line");
});

Deno.test("parseConfig(): repeated keys are legal in unicast_master_table sections", () => {
  const file = read(`[unicast_master_table]
table_id 1
logQueryInterval 2
UDPv4 192.168.1.11
UDPv4 192.168.2.22
[unicast_master_table]
table_id 2
peer_address 00:11:22:33:44:55
L2 00:11:22:33:44:55
UDPv6 2001:db8::1
[eth0]
unicast_master_table 2
`);
  assertEquals(file.errors, []);
  assertEquals(file.notes, []);
  assertEquals(file.tables, [
    {
      id: 1,
      line: 2,
      logQueryInterval: 2,
      peerAddress: undefined,
      addresses: [
        { transport: "UDPv4", address: "192.168.1.11", line: 4 },
        { transport: "UDPv4", address: "192.168.2.22", line: 5 },
      ],
    },
    {
      id: 2,
      line: 7,
      logQueryInterval: 0,
      peerAddress: "00:11:22:33:44:55",
      addresses: [
        { transport: "L2", address: "00:11:22:33:44:55", line: 9 },
        { transport: "UDPv6", address: "2001:db8::1", line: 10 },
      ],
    },
  ]);
});

Deno.test("parseConfig() refuses tables without id, with a taken id, or with wrong addresses", () => {
  assertEquals(
    errors(`[unicast_master_table]
UDPv4 192.168.1.11
table_id 1
UDPv4 192.168.1
UDP4 192.168.1.1
table_id 1
[eth0]
unicast_master_table 3
`),
    [
      "2: the table of line 1 must begin with table_id",
      '4: UDPv4 needs an address such as 192.0.2.1, not "192.168.1"',
      "5: unknown key UDP4 in a unicast_master_table; did you mean UDPv4?",
      "6: table_id 1 is taken by the table of line 3",
      "8: no table has table_id 3; there are: 1",
    ],
  );
});

Deno.test("parseConfig() tells of a section that looks mistyped", () => {
  assertEquals(notes("[globl]\n"), ["1: [globl] is taken as a port; did you mean [global]?"]);
});
