/**
 * SRT (draft-sharabayko-srt-01) as text.
 * @module
 */
import * as control from "../srt/wire/control.ts";
import { AckLength, ControlType } from "../srt/wire/control.ts";
import * as data from "../srt/wire/data.ts";
import { SrtFault } from "../srt/wire/fault.ts";
import * as handshake from "../srt/wire/handshake.ts";
import * as header from "../srt/wire/header.ts";
import * as loss from "../srt/wire/loss_list.ts";
import { rejectionName } from "../srt/wire/reject.ts";
import { type ByteBuffer, octetsOf } from "./byte_buffer.ts";
import { type Dissection, type Dissector, truncated } from "./dissection.ts";
import { appendExtensions, appendKeyMaterial } from "./srt_extension_line.ts";
import { srtFields } from "./srt_fields.ts";

/** Loss list entries shown at most; the number of the rest follows. */
const MAX_LOSSES = 16;

const SRT = octetsOf("SRT ");
const DESTINATION = octetsOf(", dst 0x");
const TIMESTAMP = octetsOf(", ts ");
const PAYLOAD = octetsOf(", payload ");
const MESSAGE = octetsOf(", msg ");
const DATA = octetsOf("data, seq ");
const FEC = octetsOf("fec, seq ");

/** Secure Reliable Transport. */
export const srtDissector: Dissector = {
  name: "srt",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    out.fixed(SRT);
    if (n < header.HEADER_LENGTH) return truncated(out, "srt");
    const isControl = header.isControl(v, o);
    if (isControl) {
      if (!appendControl(v, o, n, d.length[i]!, out)) return false;
    } else appendData(v, o, out);
    out.fixed(DESTINATION);
    out.hexPadded(header.destinationSocketId(v, o), 8);
    out.fixed(TIMESTAMP);
    out.decimal(header.timestamp(v, o));
    if (!isControl) {
      out.fixed(PAYLOAD);
      out.decimal(d.length[i]! - header.HEADER_LENGTH);
    }
    return true;
  },
  fields: srtFields,
};

function appendData(v: DataView, o: number, out: ByteBuffer): void {
  const message = data.messageNumber(v, o);
  out.fixed(message === data.FILTER_MESSAGE ? FEC : DATA);
  out.decimal(data.sequenceNumber(v, o));
  if (message !== data.FILTER_MESSAGE) {
    out.fixed(MESSAGE);
    out.decimal(message);
    out.ascii(BOUNDARIES[data.boundary(v, o)]!);
  }
  out.ascii(KEYS[data.keyFlags(v, o)]!);
  if (data.isInOrder(v, o)) out.ascii(", in order");
  if (data.isRetransmitted(v, o)) out.ascii(", retransmitted");
}

/** False where the packet was cut or is malformed, which ends the line. */
function appendControl(
  v: DataView,
  o: number,
  n: number,
  length: number,
  out: ByteBuffer,
): boolean {
  const type = control.type(v, o);
  out.ascii(NAMES[type] ?? (type === ControlType.UserDefined ? "user" : `control ${type}`));
  if (n < length) return truncated(out, "srt");
  const fault = type === ControlType.Handshake ? handshake.check(v, o, n) : control.check(v, o, n);
  if (fault !== SrtFault.None && type !== ControlType.Handshake) {
    out.ascii(" [malformed]");
    return false;
  }
  switch (type) {
    case ControlType.Handshake:
      if (n < handshake.HANDSHAKE_LENGTH) return truncated(out, "srt");
      appendHandshake(v, o, n, out);
      return true;
    case ControlType.Ack:
      appendAck(v, o, n - header.HEADER_LENGTH, out);
      return true;
    case ControlType.Nak:
      appendLosses(v, o + header.HEADER_LENGTH, n - header.HEADER_LENGTH, out);
      return true;
    case ControlType.AckAck:
      out.octet(0x20);
      out.decimal(control.typeSpecific(v, o));
      return true;
    case ControlType.DropRequest:
      out.ascii(" msg ");
      out.decimal(control.typeSpecific(v, o));
      out.ascii(", seq ");
      out.decimal(control.dropFirst(v, o));
      out.octet(0x2d);
      out.decimal(control.dropLast(v, o));
      return true;
    case ControlType.PeerError:
      out.ascii(" code ");
      out.decimal(control.typeSpecific(v, o));
      return true;
    case ControlType.UserDefined:
      appendUser(v, o, n, out);
      return true;
    default:
      return true;
  }
}

function appendHandshake(v: DataView, o: number, n: number, out: ByteBuffer): void {
  const version = handshake.version(v, o);
  const type = handshake.handshakeType(v, o);
  out.ascii(" v");
  out.decimal(version);
  out.octet(0x20);
  if (type >= handshake.FIRST_REJECTION) {
    out.ascii("rejection ");
    out.ascii(rejectionName(type));
  } else out.ascii(HANDSHAKES[type + 3] ?? `type ${type}`);
  out.ascii(", isn ");
  out.decimal(handshake.initialSequenceNumber(v, o));
  out.ascii(", mss ");
  out.decimal(handshake.maximumSegmentSize(v, o));
  out.ascii(", window ");
  out.decimal(handshake.flowWindow(v, o));
  out.ascii(", id 0x");
  out.hexPadded(handshake.socketId(v, o), 8);
  out.ascii(", cookie 0x");
  out.hexPadded(handshake.synCookie(v, o), 8);
  const key = handshake.encryptionField(v, o);
  if (version === 5 && key !== 0) {
    out.ascii(", key ");
    out.decimal(key * 64);
  }
  if (!handshake.hasExtensions(v, o)) return;
  const start = o + handshake.HANDSHAKE_LENGTH;
  appendExtensions(v, start, n - handshake.HANDSHAKE_LENGTH, out);
}

function appendAck(v: DataView, o: number, body: number, out: ByteBuffer): void {
  if (body === AckLength.Light) out.ascii(" light");
  else {
    out.octet(0x20);
    out.decimal(control.typeSpecific(v, o));
  }
  out.ascii(", seq ");
  out.decimal(control.ackSequenceNumber(v, o));
  if (body < AckLength.Small) return;
  out.ascii(", rtt ");
  out.decimal(control.ackRttMicros(v, o));
  out.ascii(" var ");
  out.decimal(control.ackRttVarMicros(v, o));
  out.ascii(", buffer ");
  out.decimal(control.ackAvailableBuffer(v, o));
  if (body < AckLength.WithRates) return;
  out.ascii(", rate ");
  out.decimal(control.ackPacketRate(v, o));
  out.ascii(", capacity ");
  out.decimal(control.ackLinkCapacity(v, o));
  if (body < AckLength.Full) return;
  out.ascii(", octets ");
  out.decimal(control.ackOctetRate(v, o));
}

function appendLosses(v: DataView, o: number, n: number, out: ByteBuffer): void {
  let shown = 0;
  let rest = 0;
  for (let at = 0; at < n; at += loss.entryLength(v, o + at)) {
    if (shown === MAX_LOSSES) {
      rest++;
      continue;
    }
    out.ascii(shown === 0 ? " " : ", ");
    out.decimal(loss.entryFirst(v, o + at));
    if (loss.isRange(v, o + at)) {
      out.octet(0x2d);
      out.decimal(loss.entryLast(v, o + at));
    }
    shown++;
  }
  if (rest > 0) out.ascii(` and ${rest} more`);
}

function appendUser(v: DataView, o: number, n: number, out: ByteBuffer): void {
  const subtype = control.subtype(v, o);
  out.octet(0x20);
  out.ascii(SUBTYPES[subtype] ?? `type ${subtype}`);
  const body = n - header.HEADER_LENGTH;
  if (subtype === 3 || subtype === 4) {
    appendKeyMaterial(v, o + header.HEADER_LENGTH, body, out);
  }
}

const NAMES: readonly string[] = [
  "handshake",
  "keepalive",
  "ack",
  "nak",
  "congestion warning",
  "shutdown",
  "ackack",
  "drop request",
  "peer error",
];
const SUBTYPES = [undefined, "HSREQ", "HSRSP", "KMREQ", "KMRSP"];
const HANDSHAKES = ["done", "agreement", "conclusion", "waveahand", "induction"];
const BOUNDARIES = [" middle", " last", " first", ""];
const KEYS = ["", ", even key", ", odd key", ", key 3"];
