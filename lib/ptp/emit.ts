/**
 * Writes a port's messages into a batch: one method per message, false where there is no room.
 * @module
 */
import { type AddressHandle, Family } from "../base/address.ts";
import type { PacketBatch } from "../base/batch.ts";
import type { Timestamp } from "../base/time.ts";
import type { CurrentDS, ParentDS, TimePropertiesDS } from "./datasets.ts";
import { NO_INTERVAL } from "./interval.ts";
import type { Destinations, InstanceOptions } from "./options.ts";
import * as announce from "./wire/announce.ts";
import type { AnnounceBody } from "./wire/announce.ts";
import * as header from "./wire/header.ts";
import { Flag, type HeaderFields, MessageType } from "./wire/header.ts";
import { type PortIdentity, writePort } from "./wire/identity.ts";
import * as ieee8021 from "./wire/ieee8021.ts";
import type { FollowUpInformation } from "./wire/ieee8021.ts";
import * as message from "./wire/message.ts";
import { SIGNALING_LENGTH, TARGET_PORT_IDENTITY } from "./wire/signaling.ts";
import * as wire from "./wire/timestamp.ts";

/** Channels of a PTP link. */
export const Channel = { Event: 0, General: 1 } as const;

/** Marks a ticket as ours, and keeps it from being 0. */
const TICKET_MARK = 0x0100_0000;

/** The ticket of an event message: its type and sequenceId. */
export function ticketOf(messageType: number, sequenceId: number): number {
  return TICKET_MARK | (messageType << 16) | sequenceId;
}

/** `messageType` of a ticket, or -1 where it is none of ours. */
export function ticketType(ticket: number): number {
  return (ticket & 0xff00_0000) === TICKET_MARK ? (ticket >>> 16) & 0xff : -1;
}

/** `sequenceId` of a ticket. */
export function ticketSequenceId(ticket: number): number {
  return ticket & 0xffff;
}

/** What an Announce is made of. */
export interface AnnounceSource {
  readonly parentDS: Readonly<ParentDS>;
  readonly currentDS: Readonly<CurrentDS>;
  readonly timePropertiesDS: Readonly<TimePropertiesDS>;
  /** The TLVs behind it. */
  readonly announceTlvs: { readonly octets: Uint8Array };
  /** synchronizationUncertain (Table 37): what we serve is not in time yet. */
  readonly isUncertain: boolean;
}

/** A Delay_Resp to be written. */
export interface DelayResponse {
  sequenceId: number;
  readonly requester: PortIdentity;
  /** The request's correctionField, all 64 bits. */
  correctionHigh: number;
  correctionLow: number;
  /** t4. */
  readonly receiveTime: Timestamp;
  /** 0: by multicast; else only to this address. */
  peer: AddressHandle;
}

/** A Pdelay_Resp or its Follow_Up to be written. */
export interface PeerResponse {
  sequenceId: number;
  readonly requester: PortIdentity;
  /** The request's correctionField, all 64 bits. */
  correctionHigh: number;
  correctionLow: number;
  /** t2 in Pdelay_Resp, t3 in the Follow_Up. */
  readonly time: Timestamp;
  /** 0: to the peer group; else only to this address. */
  peer: AddressHandle;
}

/** A Signaling message to be written; reused. */
export interface SignalingText {
  readonly target: PortIdentity;
  peer: AddressHandle;
  /** TLVs, `length` octets from 0 on. */
  readonly octets: Uint8Array;
  length: number;
}

/** One port's writer. */
export class Emitter {
  /** Messages sent by `messageType`. */
  readonly sent = new Float64Array(16);
  /** Goes with each Follow_Up, if there is one. */
  followUpInformation: Readonly<FollowUpInformation> | undefined;
  readonly #fields: HeaderFields;
  readonly #destinations: Destinations;
  /** Peer delay goes to one neighbour by its own address. */
  readonly #isPeerUnicast: boolean;
  readonly #body: AnnounceBody;

  constructor(
    options: Readonly<InstanceOptions>,
    source: Readonly<PortIdentity>,
    destinations: Destinations,
  ) {
    const { addresses, peerEvent } = destinations;
    this.#destinations = destinations;
    this.#isPeerUnicast = addresses.family(peerEvent) !== Family.None &&
      !addresses.isGroup(peerEvent);
    this.#fields = {
      majorSdoId: options.majorSdoId,
      minorSdoId: options.minorSdoId,
      minorVersionPtp: options.minorVersionPtp,
      messageType: MessageType.Announce,
      messageLength: announce.ANNOUNCE_LENGTH,
      domainNumber: options.domainNumber,
      flagField: 0,
      sourcePortIdentity: source,
      sequenceId: 0,
      logMessageInterval: 0,
    };
    this.#body = {
      currentUtcOffset: 0,
      priority1: 0,
      clockClass: 0,
      clockAccuracy: 0,
      offsetScaledLogVariance: 0,
      priority2: 0,
      grandmasterIdentity: { high: 0, low: 0 },
      stepsRemoved: 0,
      timeSource: 0,
    };
  }

  setDomain(domainNumber: number): void {
    this.#fields.domainNumber = domainNumber;
  }

  /** Announce, from the data sets (Table 43). */
  announce(out: PacketBatch, sequenceId: number, log: number, source: AnnounceSource): boolean {
    const { parentDS: p, timePropertiesDS: t } = source;
    const i = this.#open(out, MessageType.Announce, sequenceId, log);
    if (i < 0) return false;
    const o = out.offset[i]!;
    const doubt = source.isUncertain ? Flag.SynchronizationUncertain : 0;
    out.view.setUint16(o + 6, timeFlags(t) | doubt);
    const b = this.#body;
    b.currentUtcOffset = t.currentUtcOffset;
    b.priority1 = p.grandmasterPriority1;
    b.clockClass = p.grandmasterClockQuality.clockClass;
    b.clockAccuracy = p.grandmasterClockQuality.clockAccuracy;
    b.offsetScaledLogVariance = p.grandmasterClockQuality.offsetScaledLogVariance;
    b.priority2 = p.grandmasterPriority2;
    b.grandmasterIdentity = p.grandmasterIdentity;
    b.stepsRemoved = source.currentDS.stepsRemoved;
    b.timeSource = t.timeSource;
    announce.writeBody(out.view, o, b);
    append(out, i, source.announceTlvs.octets);
    return true;
  }

  /** A two-step Sync that asks for its transmit stamp. */
  sync(out: PacketBatch, sequenceId: number, log: number): boolean {
    const i = this.#open(out, MessageType.Sync, sequenceId, log);
    if (i < 0) return false;
    out.view.setUint16(out.offset[i]! + 6, Flag.TwoStep);
    out.ticket[i] = ticketOf(MessageType.Sync, sequenceId);
    return true;
  }

  /** Follow_Up; the fraction of a nanosecond of `t1` goes into its correctionField. */
  followUp(out: PacketBatch, sequenceId: number, log: number, t1: Readonly<Timestamp>): boolean {
    const i = this.#open(out, MessageType.FollowUp, sequenceId, log);
    if (i < 0) return false;
    const o = out.offset[i]!;
    const fraction = wire.write(out.view, o + message.TIMESTAMP, t1);
    header.writeCorrection(out.view, o, fraction);
    if (this.followUpInformation !== undefined) this.#appendInformation(out, i);
    return true;
  }

  /** Announce to one client, with the period it was granted. */
  announceTo(
    out: PacketBatch,
    sequenceId: number,
    peer: AddressHandle,
    log: number,
    source: AnnounceSource,
  ): boolean {
    if (!this.announce(out, sequenceId, log, source)) return false;
    toPeer(out, out.count - 1, peer);
    return true;
  }

  /** A two-step Sync to one client. */
  syncTo(out: PacketBatch, sequenceId: number, peer: AddressHandle, ticket: number): boolean {
    if (!this.sync(out, sequenceId, NO_INTERVAL)) return false;
    const i = out.count - 1;
    toPeer(out, i, peer);
    out.ticket[i] = ticket;
    return true;
  }

  /** Its Follow_Up. */
  followUpTo(
    out: PacketBatch,
    sequenceId: number,
    peer: AddressHandle,
    t1: Readonly<Timestamp>,
  ): boolean {
    if (!this.followUp(out, sequenceId, NO_INTERVAL, t1)) return false;
    toPeer(out, out.count - 1, peer);
    return true;
  }

  /** Delay_Req that asks for its transmit stamp; `peer` 0: by multicast. */
  delayReq(out: PacketBatch, sequenceId: number, peer: AddressHandle = 0): boolean {
    const i = this.#open(out, MessageType.DelayReq, sequenceId, NO_INTERVAL);
    if (i < 0) return false;
    if (peer !== 0) toPeer(out, i, peer);
    out.ticket[i] = ticketOf(MessageType.DelayReq, sequenceId);
    return true;
  }

  /** Delay_Resp (11.3.2): the request's correction less the fraction of a nanosecond of t4. */
  delayResp(out: PacketBatch, log: number, r: DelayResponse): boolean {
    const isUnicast = r.peer !== 0;
    const i = this.#open(out, MessageType.DelayResp, r.sequenceId, isUnicast ? NO_INTERVAL : log);
    if (i < 0) return false;
    const o = out.offset[i]!;
    if (isUnicast) toPeer(out, i, r.peer);
    const fraction = wire.write(out.view, o + message.TIMESTAMP, r.receiveTime);
    header.writeCorrectionWords(out.view, o, r.correctionHigh, r.correctionLow);
    if (fraction !== 0) addFraction(out.view, o, -fraction);
    writePort(out.view, o + message.REQUESTING_PORT_IDENTITY, r.requester);
    return true;
  }

  /** Pdelay_Req that asks for its transmit stamp. */
  pdelayReq(out: PacketBatch, sequenceId: number, log: number): boolean {
    const i = this.#open(out, MessageType.PdelayReq, sequenceId, log);
    if (i < 0) return false;
    out.ticket[i] = ticketOf(MessageType.PdelayReq, sequenceId);
    if (this.#isPeerUnicast) toPeer(out, i, out.peer[i]!);
    return true;
  }

  /**
   * A two-step Pdelay_Resp (11.4.2 c): t2, its correctionField less the fraction of a nanosecond.
   * @param id What its transmit stamp will be known by.
   */
  pdelayResp(out: PacketBatch, id: number, r: PeerResponse): boolean {
    const i = this.#openPeer(out, MessageType.PdelayResp, r);
    if (i < 0) return false;
    const o = out.offset[i]!;
    const fraction = wire.write(out.view, o + message.TIMESTAMP, r.time);
    header.writeCorrection(out.view, o, -fraction);
    out.view.setUint16(o + 6, out.view.getUint16(o + 6) | Flag.TwoStep);
    out.ticket[i] = ticketOf(MessageType.PdelayResp, id);
    return true;
  }

  /** Pdelay_Resp_Follow_Up: t3, the request's correction and t3's fraction of a nanosecond. */
  pdelayRespFollowUp(out: PacketBatch, r: PeerResponse): boolean {
    const i = this.#openPeer(out, MessageType.PdelayRespFollowUp, r);
    if (i < 0) return false;
    const o = out.offset[i]!;
    const fraction = wire.write(out.view, o + message.TIMESTAMP, r.time);
    header.writeCorrectionWords(out.view, o, r.correctionHigh, r.correctionLow);
    if (fraction !== 0) addFraction(out.view, o, fraction);
    return true;
  }

  #appendInformation(out: PacketBatch, i: number): void {
    const end = out.offset[i]! + out.length[i]!;
    if (this.followUpInformation === undefined) return;
    ieee8021.writeFollowUpInformation(out.view, end, this.followUpInformation);
    lengthen(out, i, ieee8021.FOLLOW_UP_INFORMATION_LENGTH);
  }

  /**
   * Signaling (13.12) with a row of TLVs.
   * @param peer 0: to the general group.
   */
  signaling(out: PacketBatch, sequenceId: number, s: SignalingText): boolean {
    const i = this.#open(out, MessageType.Signaling, sequenceId, NO_INTERVAL);
    if (i < 0) return false;
    const o = out.offset[i]!;
    writePort(out.view, o + TARGET_PORT_IDENTITY, s.target);
    if (s.peer !== 0) toPeer(out, i, s.peer);
    for (let k = 0; k < s.length; k++) out.bytes[o + SIGNALING_LENGTH + k] = s.octets[k]!;
    lengthen(out, i, s.length);
    return true;
  }

  #openPeer(out: PacketBatch, type: MessageType, r: PeerResponse): number {
    const i = this.#open(out, type, r.sequenceId, NO_INTERVAL);
    if (i < 0) return i;
    if (r.peer !== 0) toPeer(out, i, r.peer);
    writePort(out.view, out.offset[i]! + message.REQUESTING_PORT_IDENTITY, r.requester);
    return i;
  }

  #destination(type: MessageType): AddressHandle {
    const d = this.#destinations;
    switch (type) {
      case MessageType.PdelayReq:
      case MessageType.PdelayResp:
        return d.peerEvent;
      case MessageType.PdelayRespFollowUp:
        return d.peerGeneral;
      default:
        return message.isEvent(type) ? d.event : d.general;
    }
  }

  /** Opens a slot with the header written and the body zeroed; -1 where there is no room. */
  #open(out: PacketBatch, type: MessageType, sequenceId: number, log: number): number {
    if (!out.hasRoom) return -1;
    const i = out.open();
    const o = out.offset[i]!;
    const length = message.FIXED_LENGTH[type] ?? 0;
    const f = this.#fields;
    f.messageType = type;
    f.messageLength = length;
    f.sequenceId = sequenceId;
    f.logMessageInterval = log;
    header.write(out.view, o, f);
    for (let k = header.HEADER_LENGTH; k < length; k++) out.view.setUint8(o + k, 0);
    out.length[i] = length;
    const isEvent = message.isEvent(type);
    out.channel[i] = isEvent ? Channel.Event : Channel.General;
    out.peer[i] = this.#destination(type);
    this.sent[type]! += 1;
    return i;
  }
}

/** The message in slot `i` is for one receiver alone. */
function toPeer(out: PacketBatch, i: number, peer: AddressHandle): void {
  out.peer[i] = peer;
  const o = out.offset[i]! + 6;
  out.view.setUint16(o, out.view.getUint16(o) | Flag.Unicast);
}

/** Appends whole TLVs, where the slot has room for them. */
function append(out: PacketBatch, i: number, octets: Uint8Array): void {
  if (octets.length === 0 || out.length[i]! + octets.length > out.slotSize) return;
  out.bytes.set(octets, out.offset[i]! + out.length[i]!);
  lengthen(out, i, octets.length);
}

/** So many octets more have been written behind the message. */
function lengthen(out: PacketBatch, i: number, octets: number): void {
  out.length[i]! += octets;
  out.view.setUint16(out.offset[i]! + 2, out.length[i]!);
}

/** Bits of the flagField that say what the time is (Table 37). */
function timeFlags(t: Readonly<TimePropertiesDS>): number {
  return (t.leap61 ? Flag.Leap61 : 0) | (t.leap59 ? Flag.Leap59 : 0) |
    (t.currentUtcOffsetValid ? Flag.CurrentUtcOffsetValid : 0) |
    (t.ptpTimescale ? Flag.PtpTimescale : 0) | (t.timeTraceable ? Flag.TimeTraceable : 0) |
    (t.frequencyTraceable ? Flag.FrequencyTraceable : 0);
}

/** Adds less than a nanosecond either way to the 64 bits in place, exactly to 2^-16 ns. */
function addFraction(v: DataView, o: number, fraction: number): void {
  const low = header.correctionLow(v, o) + Math.round(fraction * 0x1_0000);
  const carry = Math.floor(low / 0x1_0000_0000);
  header.writeCorrectionWords(
    v,
    o,
    header.correctionHigh(v, o) + carry,
    low - carry * 0x1_0000_0000,
  );
}
