import { deepStrictEqual as assertEquals, match } from "node:assert/strict";
import { KEYS } from "./keys.ts";
import { integerOf, parseValue } from "./value.ts";

const value = (key: string, text: string) => parseValue(KEYS.get(key)!, text);

Deno.test("integerOf() reads as strtol with base 0", () => {
  const texts = ["10", "0x10", "010", "-7", "+3", "0", "-0", "0X1F"];
  assertEquals(texts.map(integerOf), [10, 16, 8, -7, 3, 0, 0, 31]);
  for (const text of ["", "08", "1.0", "1e3", "x", "0x", "1 2", "--1"]) {
    assertEquals(integerOf(text), undefined, text);
  }
});

Deno.test("parseValue() keeps to the range of the key", () => {
  assertEquals(value("priority1", "255"), { value: 255 });
  assertEquals(value("logSyncInterval", "-4"), { value: -4 });
  assertEquals(value("uds_file_mode", "0660"), { value: 0o660 });
  assertEquals(value("priority1", "256"), {
    wrong: 'priority1 is a whole number from 0 to 255, not "256"',
  });
});

Deno.test("parseValue() takes words in any case, and ASAP where it is one", () => {
  assertEquals(value("network_transport", "udpV4"), { value: "UDPv4" });
  assertEquals(value("fault_reset_interval", "ASAP"), { value: -128 });
  assertEquals(value("fault_badpeernet_interval", "asap"), { value: 0 });
  assertEquals(value("network_transport", "udp"), {
    wrong: 'network_transport is one of UDPv4, UDPv6, L2, not "udp"',
  });
});

Deno.test("parseValue() says what a comment or a leading 0 does", () => {
  const comment = value("priority1", "10 # best");
  match("wrong" in comment ? comment.wrong : "", /a comment needs a line of its own/);
  const octal = value("priority1", "09");
  match("wrong" in octal ? octal.wrong : "", /a leading 0 means octal/);
});

Deno.test("parseValue() of a number", () => {
  assertEquals(value("step_threshold", "0.00002"), { value: 0.00002 });
  assertEquals(value("step_threshold", "1e-3"), { value: 0.001 });
  assertEquals(value("pi_proportional_exponent", "-0.3"), { value: -0.3 });
  assertEquals(value("step_threshold", "-1"), {
    wrong: 'step_threshold is a number from 0 up, not "-1"',
  });
  assertEquals("wrong" in value("pi_integral_norm_max", "0"), true);
});
