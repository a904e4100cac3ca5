import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { AddressTable } from "../base/address.ts";
import { PacketBatch } from "../base/batch.ts";
import { timestamp } from "../base/time.ts";
import { Emitter, ticketOf, ticketSequenceId, ticketType } from "./emit.ts";
import { DEFAULT_INSTANCE } from "./options.ts";
import { correctionField } from "./wire/header.ts";
import { Fault } from "./wire/fault.ts";
import { portIdentity } from "./wire/identity.ts";
import { check } from "./wire/message.ts";

const SOURCE = portIdentity(0x001122ff, 0xfe334455, 1);

function emitter(): Emitter {
  const addresses = new AddressTable();
  return new Emitter({ ...DEFAULT_INSTANCE, clockIdentity: SOURCE, domainNumber: 5 }, SOURCE, {
    addresses,
    event: 1,
    general: 2,
    peerEvent: 3,
    peerGeneral: 4,
  });
}

Deno.test("ticketOf() is never 0 and gives type and sequenceId back", () => {
  for (const [type, id] of [[0, 0], [1, 0xffff], [3, 7]] as const) {
    const ticket = ticketOf(type, id);
    assertEquals([ticketType(ticket), ticketSequenceId(ticket)], [type, id]);
  }
  assertEquals([0, 1, 0xffff_ffff, 0x0200_0000].map(ticketType), [-1, -1, -1, -1]);
});

Deno.test("followUp() writes over whatever was in the slot, octet by octet", () => {
  const out = new PacketBatch(1, 128);
  out.bytes.fill(0xaa);
  assertEquals(emitter().followUp(out, 0x1234, -3, timestamp(2, 1)), true);
  assertEquals([...out.bytes.subarray(0, 44)], [
    ...[0x08, 0x12, 0x00, 0x2c, 0x05, 0x00, 0x00, 0x00],
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[0x00, 0x11, 0x22, 0xff, 0xfe, 0x33, 0x44, 0x55, 0x00, 0x01],
    ...[0x12, 0x34, 0x02, 0xfd],
    ...[0, 0, 0, 0, 0, 2, 0, 0, 0, 1],
  ]);
  assertEquals([out.length[0], out.channel[0], out.peer[0], out.ticket[0]], [44, 1, 2, 0]);
  assertEquals(check(out.view, 0, 44), Fault.None);
});

Deno.test("sync() and delayReq() ask for their stamp on the event channel", () => {
  const out = new PacketBatch(2, 128);
  const e = emitter();
  e.sync(out, 9, 0);
  e.delayReq(out, 10);
  assertEquals([...out.channel], [0, 0]);
  assertEquals([...out.peer], [1, 1]);
  assertEquals([...out.ticket], [ticketOf(0, 9), ticketOf(1, 10)]);
  assertEquals(e.sync(out, 11, 0), false, "no room");
  assertEquals(e.sent[0], 1);
});

Deno.test("delayResp() takes the fraction of t4 from the correction, across the 32-bit words", () => {
  const out = new PacketBatch(3, 128);
  const e = emitter();
  const response = {
    sequenceId: 1,
    requester: SOURCE,
    correctionHigh: 0,
    correctionLow: 0x4000,
    receiveTime: timestamp(1, 0.5),
    peer: 0,
  };
  e.delayResp(out, 0, response);
  assertEquals(correctionField(out.view, out.offset[0]!), 0.25 - 0.5);
  e.delayResp(out, 0, { ...response, correctionHigh: 1, correctionLow: 0 });
  assertEquals(out.view.getBigInt64(out.offset[1]! + 8), 0xffff_8000n);
  e.delayResp(out, 0, { ...response, correctionHigh: -1, correctionLow: 0xffff_0000 });
  assertEquals(correctionField(out.view, out.offset[2]!), -1.5);
});

Deno.test("pdelayReq() to a neighbour's own address has the unicast flag, to the group not", () => {
  for (const [address, flags] of [["192.0.2.7", 0x0400], ["224.0.0.107", 0]] as const) {
    const addresses = new AddressTable();
    const peerEvent = addresses.internText(address, 319);
    const one = new Emitter({ ...DEFAULT_INSTANCE, clockIdentity: SOURCE }, SOURCE, {
      addresses,
      event: 0,
      general: 0,
      peerEvent,
      peerGeneral: addresses.internText(address, 320),
    });
    const out = new PacketBatch(1, 128);
    assertEquals(one.pdelayReq(out, 1, 0), true);
    assertEquals([out.peer[0], out.view.getUint16(6)], [peerEvent, flags]);
  }
});
