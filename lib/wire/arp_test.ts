import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as arp from "./arp.ts";
import { WireFault } from "./fault.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

const REPLY = view("0001 0800 06 04 0002 000102030405 c0000201 060708090a0b c0000202");

Deno.test("arp: addresses lie as their lengths say (RFC 826)", () => {
  assertEquals([arp.hardwareType(REPLY, 0), arp.protocolType(REPLY, 0)], [1, 0x0800]);
  assertEquals([arp.operation(REPLY, 0), arp.packetLength(REPLY, 0)], [arp.Operation.Reply, 28]);
  assertEquals(
    [arp.senderHardware, arp.senderProtocol, arp.targetHardware, arp.targetProtocol]
      .map((f) => f(REPLY, 0)),
    [8, 14, 18, 24],
  );
  assertEquals([28, 27, 7].map((n) => arp.check(REPLY, 0, n)), [
    WireFault.None,
    WireFault.Truncated,
    WireFault.Truncated,
  ]);
});
