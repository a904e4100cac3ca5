import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketDissector } from "./packet_dissector.ts";

/** An Announce over Ethernet with one TLV, in a buffer that ends where the TLV ends. */
function announceWith(tlvType: number, value: readonly number[]): DataView<ArrayBuffer> {
  const bytes = new Uint8Array(14 + 64 + 4 + value.length);
  bytes.set([0x01, 0x1b, 0x19, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0x88, 0xf7, 0x0b, 0x12]);
  const view = new DataView(bytes.buffer);
  view.setUint16(14 + 2, 64 + 4 + value.length);
  view.setUint16(14 + 64, tlvType);
  view.setUint16(14 + 66, value.length);
  bytes.set(value, 14 + 68);
  return view;
}

Deno.test("version2Fields() leaves out an alternate time offset that is cut short, and reads no further", () => {
  for (let n = 0; n < 16; n += 2) {
    const view = announceWith(9, new Array<number>(n).fill(0));
    const len = view.byteLength;
    const dissector = new PacketDissector();
    const packet = { seconds: 0, nanoseconds: 0, len, caplen: len, linktype: 1 };
    dissector.dissect({ ...packet, view, offset: 0 });
    const ptp = dissector.toObject(1)["ptp"] as Record<string, unknown>;
    assertEquals(ptp["v2.an.lengthField"], String(n));
    assertEquals(ptp["v2.an.atoi.keyField"], undefined);
  }
});
