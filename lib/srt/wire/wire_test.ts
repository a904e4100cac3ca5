import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as control from "./control.ts";
import * as data from "./data.ts";
import * as extension from "./extension.ts";
import { SrtFault } from "./fault.ts";
import * as handshake from "./handshake.ts";
import * as km from "./key_material.ts";
import * as loss from "./loss_list.ts";
import { rejectionName } from "./reject.ts";

function view(hex: string): DataView {
  const pairs = hex.replaceAll(" ", "").match(/../g) ?? [];
  return new DataView(Uint8Array.from(pairs, (pair) => parseInt(pair, 16)).buffer);
}

Deno.test("data: the fields of one header (draft-sharabayko-srt-01 3.1)", () => {
  const v = view("7ffffffe ec000005 00000037 00001234 aa");
  assertEquals(data.check(v, 0, 17), SrtFault.None);
  assertEquals(data.sequenceNumber(v, 0), 0x7fff_fffe);
  assertEquals(data.boundary(v, 0), data.Boundary.Solo);
  assertEquals(data.isInOrder(v, 0), true);
  assertEquals(data.keyFlags(v, 0), data.KeyFlag.Even);
  assertEquals(data.isRetransmitted(v, 0), true);
  assertEquals(data.messageNumber(v, 0), 5);
});

Deno.test("data.put() writes what the accessors read; markRetransmitted() sets one bit", () => {
  const v = new DataView(new ArrayBuffer(20));
  const word = data.wordOf(data.Boundary.First, false, data.KeyFlag.Odd, 0x3ff_ffff);
  data.put(v, 4, 0x1234_5678, word, 99, 0xdead_beef);
  const words = [4, 8, 12, 16].map((at) => v.getUint32(at));
  assertEquals(words, [0x1234_5678, 0x93ff_ffff, 99, 0xdead_beef]);
  data.markRetransmitted(v, 4);
  assertEquals(v.getUint32(8), 0x97ff_ffff);
});

Deno.test("data.check() refuses control packets, short ones and both keys at once", () => {
  assertEquals(data.check(view("80000000 00000000 00000000 00000000"), 0, 16), SrtFault.WrongKind);
  assertEquals(data.check(view("00000000 d8000001 00000000 00000001"), 0, 16), SrtFault.BadField);
  assertEquals(data.check(view("00000000 c0000001 00000000"), 0, 12), SrtFault.Truncated);
});

Deno.test("control.check() knows the lengths of each type", () => {
  const packet = (type: number, body: number) => {
    const v = new DataView(new ArrayBuffer(16 + body));
    control.put(v, 0, { type, typeSpecific: 1, timestamp: 2, socketId: 3 });
    return control.check(v, 0, 16 + body);
  };
  for (const body of [4, 16, 24, 28, 32]) {
    assertEquals(packet(2, body), SrtFault.None, `ACK ${body}`);
  }
  assertEquals(packet(2, 0), SrtFault.Truncated);
  assertEquals(packet(2, 20), SrtFault.BadLength);
  assertEquals(packet(1, 0), SrtFault.None);
  assertEquals(packet(1, 4), SrtFault.None);
  assertEquals(packet(1, 8), SrtFault.BadLength);
  assertEquals(packet(7, 4), SrtFault.Truncated);
  assertEquals(packet(9, 0), SrtFault.UnknownType);
  assertEquals(packet(3, 0), SrtFault.Truncated);
});

Deno.test("loss list: single numbers and ranges; reversed and cut ranges are faults", () => {
  const v = view("00000005 80000007 00000009 fffffffe 00000001");
  assertEquals(loss.checkLossList(v, 0, 20), SrtFault.None);
  assertEquals([loss.entryFirst(v, 4), loss.entryLast(v, 4)], [7, 9]);
  assertEquals(
    [loss.entryFirst(v, 12), loss.entryLast(v, 12)],
    [0x7fff_fffe, 1],
    "across the wrap",
  );
  assertEquals(loss.checkLossList(v, 0, 8), SrtFault.BadLossList);
  assertEquals(loss.checkLossList(view("80000009 00000007"), 0, 8), SrtFault.BadLossList);
  assertEquals(loss.checkLossList(view("80000001 80000002"), 0, 8), SrtFault.BadLossList);
  assertEquals(loss.checkLossList(v, 0, 6), SrtFault.BadLength);
});

Deno.test("loss.putEntry() compresses a range to two words", () => {
  const v = new DataView(new ArrayBuffer(12));
  assertEquals(loss.putEntry(v, 0, 5, 5), 4);
  assertEquals(loss.putEntry(v, 4, 7, 9), 8);
  assertEquals([v.getUint32(0), v.getUint32(4), v.getUint32(8)], [5, 0x8000_0007, 9]);
});

const CONCLUSION = "80000000 00000000 00000001 00000000 00000005 00020005 00000064 000005dc" +
  "00002000 ffffffff 00000077 00000063 0100007f 00000000 00000000 00000000" +
  "00010003 00010505 000000bf 007800fa 00050002 6e696c20 20203a65";

Deno.test("handshake: the fields of a conclusion with HSREQ and SID", () => {
  const v = view(CONCLUSION);
  assertEquals(handshake.check(v, 0, v.byteLength), SrtFault.None);
  assertEquals(handshake.version(v, 0), 5);
  assertEquals(handshake.encryptionField(v, 0), 2);
  assertEquals(handshake.extensionField(v, 0), 5);
  assertEquals(handshake.initialSequenceNumber(v, 0), 100);
  assertEquals(handshake.handshakeType(v, 0), handshake.HandshakeType.Conclusion);
  assertEquals(handshake.socketId(v, 0), 0x77);
  assertEquals(extension.srtVersion(v, 68), 0x10505);
  assertEquals([extension.receiverLatency(v, 68), extension.senderLatency(v, 68)], [120, 250]);
});

Deno.test("handshake.check() follows the chain of extensions to its end", () => {
  const v = view(CONCLUSION);
  v.setUint16(64 + 2, 4); // HSREQ claims a word more: the next header is misread
  assertEquals(handshake.check(v, 0, v.byteLength), SrtFault.BadExtension);
  const short = view(CONCLUSION);
  assertEquals(handshake.check(short, 0, short.byteLength - 4), SrtFault.BadExtension);
  const old = view(CONCLUSION);
  old.setUint32(16, 3);
  assertEquals(handshake.check(old, 0, old.byteLength), SrtFault.BadVersion);
});

Deno.test("extension: strings are little-endian by word and padded", () => {
  const v = new DataView(new ArrayBuffer(8));
  const octets = Uint8Array.from("live1", (c) => c.charCodeAt(0));
  assertEquals(extension.putString(v, 0, octets), 8);
  assertEquals(v.getUint32(0), 0x6576696c);
  assertEquals(v.getUint32(4), 0x00000031);
  assertEquals(extension.stringLength(v, 0, 8), 5);
  assertEquals([0, 1, 2, 3, 4].map((k) => extension.stringOctet(v, 0, k)), [...octets]);
});

Deno.test("key material: lengths follow from the header; anything else is a fault", () => {
  const v = new DataView(new ArrayBuffer(16 + 16 + 8 + 64));
  const fields = {
    keyFlags: 3,
    cipher: km.Cipher.Ctr,
    authentication: 0,
    saltLength: 16,
    keyLength: 32,
  };
  assertEquals(km.put(v, 0, fields), 16);
  assertEquals(km.checkKeyMaterial(v, 0, v.byteLength), SrtFault.None);
  assertEquals(km.messageLength(v, 0), v.byteLength);
  assertEquals(km.wrappedKeys(v, 0), 32);
  for (const n of [0, 1, 3, 15, 103]) {
    assertEquals(km.checkKeyMaterial(v, 0, n), SrtFault.BadKeyMaterial, `${n} octets`);
  }
  v.setUint8(15, 5);
  assertEquals(km.checkKeyMaterial(v, 0, v.byteLength), SrtFault.BadKeyMaterial, "20-octet keys");
});

Deno.test("rejectionName() has libsrt's words, and numbers for the rest", () => {
  assertEquals([1000, 1010, 1017, 1018, 2404, 3001].map(rejectionName), [
    "UNKNOWN",
    "BADSECRET",
    "CRYPTO",
    "reason 1018",
    "predefined 404",
    "user 1",
  ]);
});
