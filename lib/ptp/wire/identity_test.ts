import { deepStrictEqual as assertEquals } from "node:assert/strict";
import {
  clockText,
  compareClocks,
  comparePorts,
  fromMac,
  fromMacAndSuffix,
  isPortAt,
  parseClock,
  parsePort,
  portIdentity,
  portText,
  writePort,
} from "./identity.ts";

const MAC = Uint8Array.of(0xac, 0xde, 0x48, 0x23, 0x45, 0x67);

Deno.test("fromMac() puts FF-FE between the halves", () => {
  assertEquals(clockText(fromMac(MAC)), "acde48.fffe.234567");
  assertEquals(clockText(fromMacAndSuffix(MAC, 0x0102)), "acde48.2345.670102");
});

Deno.test("portText() and parsePort() are inverse", () => {
  const id = portIdentity(0x001122ff, 0xfe334455, 65535);
  assertEquals(portText(id), "001122.fffe.334455-65535");
  assertEquals(parsePort("001122.fffe.334455-65535"), id);
  assertEquals(parsePort("001122.fffe.334455-65536"), undefined);
  assertEquals(parsePort("001122.fffe.334455"), undefined);
  assertEquals(parseClock("00:11:22:ff:fe:33:44:55"), { high: 0x001122ff, low: 0xfe334455 });
  assertEquals(parseClock("001122.fffe.33445"), undefined);
});

Deno.test("comparePorts() orders as unsigned octet strings, port last", () => {
  const low = portIdentity(0x7fffffff, 0xffffffff, 9);
  const high = portIdentity(0x80000000, 0, 1);
  assertEquals(compareClocks(low, high) < 0, true);
  assertEquals(comparePorts(portIdentity(1, 1, 2), portIdentity(1, 1, 1)) > 0, true);
  assertEquals(comparePorts(high, { ...high }), 0);
});

Deno.test("isPortAt() compares in place what writePort() wrote", () => {
  const v = new DataView(new ArrayBuffer(12));
  const id = portIdentity(0xfedcba98, 0x76543210, 258);
  writePort(v, 1, id);
  assertEquals(isPortAt(v, 1, id), true);
  assertEquals(isPortAt(v, 1, { ...id, port: 259 }), false);
  assertEquals(isPortAt(v, 0, id), false);
});
