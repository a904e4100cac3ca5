/**
 * Tells SRT on any port. A well-formed handshake teaches the flow at once; without one (a capture
 * that starts in the middle) several packets must agree: socket ids constant, sequence numbers and
 * message numbers going on, time stamps rising, and control packets of the right shapes between.
 * @module
 */
import * as control from "../srt/wire/control.ts";
import { ControlType } from "../srt/wire/control.ts";
import * as data from "../srt/wire/data.ts";
import * as handshake from "../srt/wire/handshake.ts";
import { HandshakeType } from "../srt/wire/handshake.ts";
import * as header from "../srt/wire/header.ts";
import { SrtFault } from "../srt/wire/fault.ts";
import type { Dissection } from "./dissection.ts";
import { FlowKind, flowsOf, MAX_TRIES, type UdpFlows } from "./udp_flows.ts";

/** Data packets in a row that convince together with control packets, and alone. */
const RUN_WITH_CONTROLS = 3;
const RUN_ALONE = 32;
/** Kinds of fitting control packets that convince without data. */
const CONTROL_KINDS_ALONE = 3;
/** Packets in a row that SRT cannot explain until the flow is forgotten. */
const MAX_STRANGE = 8;
/** Most microseconds between two packets of a run. */
const MAX_STEP = 5_000_000;

/** True where the payload is SRT, by its flow or by itself. */
export function isSrt(d: Dissection, o: number, limit: number, length: number): boolean {
  if (length < header.HEADER_LENGTH || limit - o < header.HEADER_LENGTH || d.flow < 0) return false;
  const flows = flowsOf(d);
  const f = d.flow;
  const v = d.view;
  const whole = limit - o === length;
  if (flows.kind[f] === FlowKind.Srt) {
    if (isPlausible(v, o, limit - o, whole)) {
      flows.strange[f] = 0;
      return true;
    }
    if (++flows.strange[f]! >= MAX_STRANGE) flows.forget(f);
    return false;
  }
  if (flows.kind[f] === FlowKind.Rtp && control.type(v, o) !== ControlType.Handshake) return false;
  if (header.isControl(v, o)) {
    if (control.type(v, o) === ControlType.Handshake) {
      if (!whole || !isHandshake(v, o, length)) return false;
      flows.kind[f] = FlowKind.Srt;
      return true;
    }
    learnControl(flows, d, o, length, whole);
  } else {
    if (flows.tries[f]! >= MAX_TRIES) return false;
    flows.tries[f]!++;
    learnData(flows, d, o, length);
  }
  return decide(flows, f);
}

/** Within a flow known to be SRT: the structure must hold. */
function isPlausible(v: DataView, o: number, available: number, whole: boolean): boolean {
  if (!header.isControl(v, o)) return data.check(v, o, available) === SrtFault.None;
  if (!whole) return control.type(v, o) <= ControlType.PeerError;
  if (control.type(v, o) === ControlType.Handshake) {
    return handshake.check(v, o, available) === SrtFault.None;
  }
  return control.check(v, o, available) === SrtFault.None;
}

/** A handshake whose every field has a value that SRT sends. */
function isHandshake(v: DataView, o: number, length: number): boolean {
  if (handshake.check(v, o, length) !== SrtFault.None) return false;
  if (v.getUint32(o) !== 0x8000_0000) return false;
  const mss = handshake.maximumSegmentSize(v, o);
  const type = handshake.handshakeType(v, o);
  const extension = handshake.extensionField(v, o);
  const rejected = type >= handshake.FIRST_REJECTION && type < 10_000;
  if (mss < 76 || mss > 65_536 || handshake.flowWindow(v, o) === 0) return rejected && mss === 0;
  if (handshake.socketId(v, o) === 0 && !rejected) return false;
  if (handshake.version(v, o) === 4) {
    if (handshake.encryptionField(v, o) !== 0 || extension === 0 || extension > 2) return false;
    return length === handshake.HANDSHAKE_LENGTH && type >= HandshakeType.Done &&
      type <= HandshakeType.Induction;
  }
  if (handshake.encryptionField(v, o) > 4) return false;
  if (type === HandshakeType.Induction) {
    return extension === handshake.SRT_MAGIC && length === handshake.HANDSHAKE_LENGTH;
  }
  if (extension > 7 && extension !== handshake.SRT_MAGIC) return false;
  return rejected || type >= HandshakeType.Done && type <= HandshakeType.WaveAHand;
}

function learnControl(
  flows: UdpFlows,
  d: Dissection,
  o: number,
  length: number,
  whole: boolean,
): void {
  const v = d.view;
  const f = d.flow;
  const type = control.type(v, o);
  const fits = whole && type <= ControlType.PeerError && control.subtype(v, o) === 0 &&
    header.destinationSocketId(v, o) !== 0 && control.check(v, o, length) === SrtFault.None &&
    (type !== ControlType.Keepalive || control.typeSpecific(v, o) === 0);
  if (!fits || !isSameIdentity(flows, d, header.destinationSocketId(v, o))) {
    flows.controls[f] = 0;
    return;
  }
  flows.controls[f]! |= 1 << type;
}

/** Notes the socket id of a direction; false (and a fresh start) where it changed. */
function isSameIdentity(flows: UdpFlows, d: Dissection, id: number): boolean {
  const k = 2 * d.flow + d.direction;
  if (flows.identity[k] === id) return true;
  const first = flows.identity[k] === 0;
  flows.identity[k] = id;
  flows.run[k] = 0;
  return first;
}

function learnData(flows: UdpFlows, d: Dissection, o: number, length: number): void {
  const v = d.view;
  const k = 2 * d.flow + d.direction;
  const sequence = data.sequenceNumber(v, o);
  const message = data.messageNumber(v, o);
  const timestamp = header.timestamp(v, o);
  const id = header.destinationSocketId(v, o);
  const same = id !== 0 && id !== 0xffff_ffff && length > header.HEADER_LENGTH &&
    isSameIdentity(flows, d, id);
  const step = timestamp - flows.timestamp[k]! >>> 0;
  const messageStep = message - flows.message[k]!;
  const goesOn = same && data.check(v, o, length) === SrtFault.None &&
    sequence === (flows.sequence[k]! + 1 & 0x7fff_ffff) && step < MAX_STEP &&
    (messageStep === 0 || messageStep === 1);
  flows.run[k] = goesOn ? Math.min(255, flows.run[k]! + 1) : 1;
  flows.sequence[k] = sequence;
  flows.message[k] = message;
  flows.timestamp[k] = timestamp;
}

function decide(flows: UdpFlows, f: number): boolean {
  const run = Math.max(flows.run[2 * f]!, flows.run[2 * f + 1]!);
  const controls = flows.controls[f]!;
  const convinced = run >= RUN_ALONE || run >= RUN_WITH_CONTROLS && controls !== 0 ||
    bitCount(controls) >= CONTROL_KINDS_ALONE;
  if (convinced) flows.kind[f] = FlowKind.Srt;
  return convinced;
}

function bitCount(n: number): number {
  let count = 0;
  for (; n !== 0; n &= n - 1) count++;
  return count;
}
