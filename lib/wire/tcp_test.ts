import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { WireFault } from "./fault.ts";
import * as tcp from "./tcp.ts";

const view = (hex: string) =>
  new DataView(Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (x) => parseInt(x, 16)).buffer);

/** A SYN with a maximum segment size of 1460. */
const SEGMENT = view("c35001bb 89abcdef fedcba98 6052 fffe 1c46 0007 020405b4");

Deno.test("tcp: fields of RFC 9293 3.1; sequence numbers are unsigned", () => {
  const v = SEGMENT;
  assertEquals([tcp.sourcePort(v, 0), tcp.destinationPort(v, 0)], [50_000, 443]);
  assertEquals([tcp.sequenceNumber(v, 0), tcp.acknowledgmentNumber(v, 0)], [
    0x89abcdef,
    0xfedcba98,
  ]);
  assertEquals([tcp.headerLength(v, 0), tcp.windowSize(v, 0)], [24, 65_534]);
  assertEquals(tcp.flags(v, 0), tcp.TcpFlag.Ece | tcp.TcpFlag.Ack | tcp.TcpFlag.Syn);
  assertEquals([tcp.checksum(v, 0), tcp.urgentPointer(v, 0)], [0x1c46, 7]);
});

Deno.test("tcp.check() wants the whole header, options included", () => {
  assertEquals([24, 23, 19].map((n) => tcp.check(SEGMENT, 0, n)), [
    WireFault.None,
    WireFault.Truncated,
    WireFault.Truncated,
  ]);
  const v = new DataView(SEGMENT.buffer.slice(0));
  v.setUint8(12, 0x40);
  assertEquals(tcp.check(v, 0, 24), WireFault.BadLength);
});
