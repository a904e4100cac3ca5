import { deepStrictEqual as assertEquals } from "node:assert/strict";
import * as announce from "./announce.ts";
import { Fault } from "./fault.ts";
import * as header from "./header.ts";
import { Flag, MessageType } from "./header.ts";
import { portIdentity, portText } from "./identity.ts";
import { check, end, firstTlv, FIXED_LENGTH } from "./message.ts";
import { tlvTypeName } from "./tlv.ts";
import * as tlv from "./tlv.ts";

/** A view over octets written as hexadecimal, blanks ignored. */
function hex(text: string): DataView {
  const digits = text.replace(/\s/g, "");
  const bytes = new Uint8Array(digits.length / 2);
  for (let k = 0; k < bytes.length; k++) bytes[k] = parseInt(digits.slice(2 * k, 2 * k + 2), 16);
  return new DataView(bytes.buffer);
}

/** Laid out by hand from IEEE 1588-2019 13.3.1, Table 35 and 13.5.1, Table 43. */
const ANNOUNCE = `
  0b 12 0040 00 00 003c 0000000000000000 00000000
  001122fffe334455 0001 0007 05 01
  00000000000000000000 0025 00 80 06 21 4e5d 80 001122fffe334455 0000 20`;

Deno.test("check() accepts an Announce and the readers give its fields", () => {
  const v = hex(ANNOUNCE);
  assertEquals(v.byteLength, announce.ANNOUNCE_LENGTH);
  assertEquals(check(v, 0, 64), Fault.None);
  assertEquals(header.messageType(v, 0), MessageType.Announce);
  assertEquals(header.minorVersionPtp(v, 0), 1);
  assertEquals(
    header.flagField(v, 0),
    Flag.PtpTimescale | Flag.CurrentUtcOffsetValid | Flag.TimeTraceable | Flag.FrequencyTraceable,
  );
  const source = portIdentity();
  header.sourcePortIdentity(v, 0, source);
  assertEquals(portText(source), "001122.fffe.334455-1");
  assertEquals(header.sequenceId(v, 0), 7);
  assertEquals(header.logMessageInterval(v, 0), 1);
  assertEquals(announce.currentUtcOffset(v, 0), 37);
  assertEquals(announce.grandmasterClockClass(v, 0), 6);
  assertEquals(announce.grandmasterVariance(v, 0), 0x4e5d);
  assertEquals(announce.timeSource(v, 0), announce.TimeSource.Gnss);
});

Deno.test("write() gives the octets that the readers were made for", () => {
  const v = new DataView(new ArrayBuffer(64));
  header.write(v, 0, {
    majorSdoId: 0,
    minorSdoId: 0,
    minorVersionPtp: 1,
    messageType: MessageType.Announce,
    messageLength: 64,
    domainNumber: 0,
    flagField: 0x3c,
    sourcePortIdentity: portIdentity(0x001122ff, 0xfe334455, 1),
    sequenceId: 7,
    logMessageInterval: 1,
  });
  announce.writeBody(v, 0, {
    currentUtcOffset: 37,
    priority1: 0x80,
    clockClass: 6,
    clockAccuracy: 0x21,
    offsetScaledLogVariance: 0x4e5d,
    priority2: 0x80,
    grandmasterIdentity: { high: 0x001122ff, low: 0xfe334455 },
    stepsRemoved: 0,
    timeSource: 0x20,
  });
  assertEquals(new Uint8Array(v.buffer), new Uint8Array(hex(ANNOUNCE).buffer));
});

Deno.test("check() names every truncation, of every type", () => {
  for (const [type, fixed] of FIXED_LENGTH.entries()) {
    if (fixed === 0) continue;
    const v = message(type, fixed);
    assertEquals(check(v, 0, fixed), Fault.None);
    for (let n = 0; n < header.HEADER_LENGTH; n++) assertEquals(check(v, 0, n), Fault.Truncated);
    for (let n = header.HEADER_LENGTH; n < fixed; n++) {
      assertEquals(check(v, 0, n), Fault.MessageLength, `${type} ${n}`);
      const shorter = message(type, fixed);
      shorter.setUint16(2, n);
      assertEquals(check(shorter, 0, n), Fault.MessageLength, `${type} stated ${n}`);
    }
  }
});

Deno.test("check() refuses version 1, version 3, reserved types and lengths that lie", () => {
  const v = message(MessageType.Sync, 44);
  v.setUint8(1, 0x01);
  assertEquals(check(v, 0, 44), Fault.Version);
  v.setUint8(1, 0x03);
  assertEquals(check(v, 0, 44), Fault.Version);
  v.setUint8(1, 0xf2);
  assertEquals(check(v, 0, 44), Fault.None);
  for (const type of [4, 5, 6, 7, 14, 15]) {
    v.setUint8(0, type);
    assertEquals(check(v, 0, 44), Fault.MessageType);
  }
  v.setUint8(0, 0);
  v.setUint16(2, 45);
  assertEquals(check(v, 0, 44), Fault.MessageLength);
});

Deno.test("check() takes 3 octets of padding and no fourth", () => {
  const v = message(MessageType.Sync, 60);
  v.setUint16(2, 44);
  assertEquals(check(v, 0, 47), Fault.None);
  assertEquals(check(v, 0, 48), Fault.TrailingOctets);
});

Deno.test("check() refuses 1e9 nanoseconds where they would be used", () => {
  const v = message(MessageType.FollowUp, 44);
  v.setUint32(40, 1_000_000_000);
  assertEquals(check(v, 0, 44), Fault.Nanoseconds);
  v.setUint32(40, 999_999_999);
  assertEquals(check(v, 0, 44), Fault.None);
  const sync = message(MessageType.Sync, 44);
  sync.setUint32(40, 0xffff_ffff);
  assertEquals(check(sync, 0, 44), Fault.Nanoseconds);
  sync.setUint16(6, Flag.TwoStep);
  assertEquals(check(sync, 0, 44), Fault.None);
});

Deno.test("tlv: the walk gives each TLV; odd lengths and overruns are faults", () => {
  const v = hex(`${ANNOUNCE} 0008 0008 001122fffe334455 8008 0002 0000`);
  v.setUint16(2, v.byteLength);
  assertEquals(check(v, 0, v.byteLength), Fault.None);
  const names: (string | undefined)[] = [];
  for (let t = firstTlv(v, 0); t < end(v, 0); t = tlv.next(v, t)) {
    names.push(tlvTypeName(tlv.type(v, t)));
  }
  assertEquals(names, ["PATH_TRACE", "PAD"]);
  v.setUint16(66, 7);
  assertEquals(check(v, 0, v.byteLength), Fault.TlvOddLength);
  v.setUint16(66, 16);
  assertEquals(check(v, 0, v.byteLength), Fault.TlvOverrun);
  v.setUint16(66, 12);
  assertEquals(check(v, 0, v.byteLength), Fault.TlvOverrun);
});

function message(type: number, length: number): DataView {
  const v = new DataView(new ArrayBuffer(length));
  v.setUint8(0, type);
  v.setUint8(1, 0x12);
  v.setUint16(2, length);
  return v;
}
