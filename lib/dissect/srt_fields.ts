/**
 * Fields of SRT packets under tshark's names; what tshark has no names for (FILTER, GROUP, dropped
 * ranges) stands under names of its own: `hs.filter`, `hs.group.*`, `drop.first`, `drop.last`.
 * @module
 */
import * as control from "../srt/wire/control.ts";
import { AckLength, ControlType } from "../srt/wire/control.ts";
import * as data from "../srt/wire/data.ts";
import * as extension from "../srt/wire/extension.ts";
import { ExtensionType } from "../srt/wire/extension.ts";
import * as handshake from "../srt/wire/handshake.ts";
import * as header from "../srt/wire/header.ts";
import * as loss from "../srt/wire/loss_list.ts";
import type { Dissection } from "./dissection.ts";
import { decodeUtf8, type FieldList } from "./field_list.ts";

/** Adds the fields of an SRT packet, as far as it was captured whole. */
export function srtFields(d: Dissection, i: number, into: FieldList): void {
  const o = d.offset[i]!;
  const v = d.view;
  const n = d.available(i);
  if (n < header.HEADER_LENGTH) return;
  into.flag("iscontrol", header.isControl(v, o));
  if (header.isControl(v, o)) controlFields(v, o, n, into);
  else dataFields(v, o, into);
}

function dataFields(v: DataView, o: number, into: FieldList): void {
  into.decimal("seqno", data.sequenceNumber(v, o));
  into.decimal("pb", data.boundary(v, o));
  into.flag("msg.order", data.isInOrder(v, o));
  into.decimal("msg.enc", data.keyFlags(v, o));
  into.flag("msg.rexmit", data.isRetransmitted(v, o));
  into.decimal("msgno", data.messageNumber(v, o));
  commonFields(v, o, into);
}

function commonFields(v: DataView, o: number, into: FieldList): void {
  into.decimal("timestamp", header.timestamp(v, o));
  into.hex("id", header.destinationSocketId(v, o), 8);
}

function controlFields(v: DataView, o: number, n: number, into: FieldList): void {
  const type = control.type(v, o);
  into.hex("type", type, 4);
  if (type === ControlType.UserDefined) into.hex("exttype", control.subtype(v, o), 4);
  else into.hex("exttype_none", control.subtype(v, o), 4);
  into.decimal(
    type === ControlType.Ack || type === ControlType.AckAck
      ? "ackno"
      : type === ControlType.DropRequest
      ? "msgno"
      : "addinfo",
    control.typeSpecific(v, o),
  );
  commonFields(v, o, into);
  const body = n - header.HEADER_LENGTH;
  switch (type) {
    case ControlType.Handshake:
      if (n >= handshake.HANDSHAKE_LENGTH) handshakeFields(v, o, n, into);
      return;
    case ControlType.Ack:
      return ackFields(v, o, body, into);
    case ControlType.Nak:
      return lossFields(v, o + header.HEADER_LENGTH, body, into);
    case ControlType.UserDefined:
      return extensionFields(v, o + header.HEADER_LENGTH, control.subtype(v, o), body, into);
    case ControlType.DropRequest:
      if (body >= 8) {
        into.decimal("addinfo", v.getUint32(o + 16));
        into.decimal("drop.first", control.dropFirst(v, o));
        into.decimal("drop.last", control.dropLast(v, o));
      }
      return;
    default:
      if (body >= 4) into.decimal("addinfo", v.getUint32(o + 16)); // libsrt's padding word
  }
}

function ackFields(v: DataView, o: number, body: number, into: FieldList): void {
  if (body < AckLength.Light) return;
  into.decimal("ack_seqno", v.getUint32(o + 16));
  if (body < AckLength.Small) return;
  into.decimal("rtt", control.ackRttMicros(v, o));
  into.decimal("rttvar", control.ackRttVarMicros(v, o));
  into.decimal("bufavail", control.ackAvailableBuffer(v, o));
  if (body < AckLength.WithRates) return;
  into.decimal("rate", control.ackPacketRate(v, o));
  into.decimal("bw", control.ackLinkCapacity(v, o));
  if (body >= AckLength.Full) into.decimal("rcvrate", control.ackOctetRate(v, o));
}

/** `7`, `9-11`: tshark says the same in an expert note. */
function lossFields(v: DataView, o: number, n: number, into: FieldList): void {
  for (let at = 0; at + 4 <= n;) {
    const range = loss.isRange(v, o + at);
    if (range && at + 8 > n) return;
    const first = loss.entryFirst(v, o + at);
    into.text("nak_seqno", range ? `${first}-${loss.entryLast(v, o + at)}` : String(first));
    at += range ? 8 : 4;
  }
}

function handshakeFields(v: DataView, o: number, n: number, into: FieldList): void {
  const version = handshake.version(v, o);
  into.decimal("hs.version", version);
  const field = handshake.extensionField(v, o);
  if (version === 4) into.decimal("hs.socktype", v.getUint32(o + 20));
  else {
    into.hex("hs.encfield", handshake.encryptionField(v, o), 4);
    into.hex("hs.extfield", field, 4);
    if (field !== handshake.SRT_MAGIC) {
      into.flag("hs.extfield.hsreq", (field & 1) !== 0);
      into.flag("hs.extfield.kmreq", (field & 2) !== 0);
      into.flag("hs.extfield.config", (field & 4) !== 0);
    }
  }
  into.decimal("hs.isn", v.getUint32(o + 24));
  into.decimal("hs.mtu", handshake.maximumSegmentSize(v, o));
  into.decimal("hs.flow_window", handshake.flowWindow(v, o));
  into.decimal("hs.reqtype", handshake.handshakeType(v, o));
  into.hex("hs.id", handshake.socketId(v, o), 8);
  into.hex("hs.cookie", handshake.synCookie(v, o), 8);
  into.text("hs.peerip", peerAddress(v, handshake.peerAddress(v, o)));
  if (version === 4 || field === handshake.SRT_MAGIC) return;
  let at = o + handshake.HANDSHAKE_LENGTH;
  while (at + extension.EXTENSION_HEADER <= o + n) {
    const type = extension.extensionType(v, at);
    const size = extension.contentLength(v, at);
    into.hex("hs.blocktype", type, 4);
    into.decimal("hs.blocklen", size / 4);
    const content = at + extension.EXTENSION_HEADER;
    if (content + size > o + n) return;
    extensionFields(v, content, type, size, into);
    at = content + size;
  }
}

function extensionFields(v: DataView, c: number, type: number, n: number, into: FieldList): void {
  switch (type) {
    case ExtensionType.HsReq:
    case ExtensionType.HsRsp:
      if (n === 12) hsFields(v, c, into);
      return;
    case ExtensionType.KmReq:
    case ExtensionType.KmRsp:
      if (n === 4) into.decimal("km.error", v.getUint32(c));
      else if (n > 0) into.octets("km.msg", v, c, n);
      return;
    case ExtensionType.StreamId:
      return stringField("hs.sid", v, c, n, into);
    case ExtensionType.Congestion:
      return stringField("hs.conjestctrl", v, c, n, into);
    case ExtensionType.Filter:
      return stringField("hs.filter", v, c, n, into);
    case ExtensionType.Group:
      if (n < 8) return;
      into.hex("hs.group.id", extension.groupId(v, c), 8);
      into.decimal("hs.group.type", extension.groupType(v, c));
      into.decimal("hs.group.flags", extension.groupFlags(v, c));
      into.decimal("hs.group.weight", extension.groupWeight(v, c));
  }
}

function hsFields(v: DataView, c: number, into: FieldList): void {
  into.hex("hs.version", extension.srtVersion(v, c), 8);
  const flags = extension.srtFlags(v, c);
  into.hex("hs.srtflags", flags, 8);
  FLAGS.forEach((name, bit) => into.flag(`hs.srtflags.${name}`, (flags >>> bit & 1) !== 0));
  into.decimal("hs.peer_latency", extension.receiverLatency(v, c));
  into.decimal("hs.agent_latency", extension.senderLatency(v, c));
}

function stringField(name: string, v: DataView, c: number, n: number, into: FieldList): void {
  const size = extension.stringLength(v, c, n);
  const octets = new Uint8Array(size);
  for (let k = 0; k < size; k++) octets[k] = extension.stringOctet(v, c, k);
  into.text(name, decodeUtf8(octets));
}

/** IPv4 sits in the first word; each word is in little-endian order. */
function peerAddress(v: DataView, o: number): string {
  const rest = v.getUint32(o + 4) | v.getUint32(o + 8) | v.getUint32(o + 12);
  if (rest === 0) {
    return [3, 2, 1, 0].map((k) => v.getUint8(o + k)).join(".");
  }
  const groups: string[] = [];
  for (let word = 0; word < 4; word++) {
    const w = v.getUint32(o + 4 * word, true);
    groups.push((w >>> 16).toString(16), (w & 0xffff).toString(16));
  }
  return compress(groups);
}

/** RFC 5952: the longest run of zero groups becomes "::". */
function compress(groups: readonly string[]): string {
  let best = -1;
  let longest = 1;
  for (let k = 0; k < groups.length; k++) {
    let n = 0;
    while (groups[k + n] === "0") n++;
    if (n > longest) {
      best = k;
      longest = n;
    }
  }
  if (best < 0) return groups.join(":");
  return `${groups.slice(0, best).join(":")}::${groups.slice(best + longest).join(":")}`;
}

const FLAGS = [
  "tsbpd_snd",
  "tsbpd_rcv",
  "haicrypt",
  "tlpkt_drop",
  "nak_report",
  "rexmit",
  "stream",
];
