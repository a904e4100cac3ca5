/**
 * PTP talk made to measure: messages as a monitor sees them, at chosen times, from chosen ports.
 * @module
 */
import { Carrier, type Sighting, sighting } from "../../lib/ptp/monitor/sighting.ts";
import * as announce from "../../lib/ptp/wire/announce.ts";
import * as header from "../../lib/ptp/wire/header.ts";
import { Flag, MessageType } from "../../lib/ptp/wire/header.ts";
import { type PortIdentity, portIdentity, writePort } from "../../lib/ptp/wire/identity.ts";
import { FIXED_LENGTH } from "../../lib/ptp/wire/message.ts";

/** Seconds at which talks begin, by the capture's clock. */
export const START = 1_800_000_000;

/** What a message says besides its type. */
export interface Said {
  readonly sequenceId?: number;
  readonly log?: number;
  readonly flags?: number;
  readonly domain?: number;
  readonly majorSdoId?: number;
  readonly correction?: number;
  /** The body's time stamp: ns after {@linkcode START}. */
  readonly stamp?: number;
  /** Of responses. */
  readonly requester?: PortIdentity;
  readonly announce?: Partial<announce.AnnounceBody>;
  readonly tlvs?: readonly number[];
  /** Last octet of the address it goes to; multicast if left out. */
  readonly to?: number;
}

/** A port by the last octets of its clock's identity. */
export function portOf(clock: number, port = 1): PortIdentity {
  return portIdentity(0x00112200, clock, port);
}

/** A message seen `at` ns after {@linkcode START}, from 10.0.0.`clock`. */
export function seen(at: number, type: number, from: PortIdentity, said: Said = {}): Sighting {
  const fixed = FIXED_LENGTH[type] ?? 34;
  const tlvs = said.tlvs ?? [];
  const length = fixed + tlvs.length;
  const octets = new Uint8Array(64 + length);
  const v = new DataView(octets.buffer);
  const o = 64;
  header.write(v, o, {
    majorSdoId: said.majorSdoId ?? 0,
    minorSdoId: 0,
    minorVersionPtp: 1,
    messageType: type as MessageType,
    messageLength: length,
    domainNumber: said.domain ?? 0,
    flagField: said.flags ?? 0,
    sourcePortIdentity: from,
    sequenceId: (said.sequenceId ?? 0) & 0xffff,
    logMessageInterval: said.log ?? 0x7f,
  });
  if (said.correction !== undefined) header.writeCorrection(v, o, said.correction);
  if (type === MessageType.Announce) announce.writeBody(v, o, bodyOf(from, said.announce ?? {}));
  else if (said.stamp !== undefined) putStamp(v, o + 34, said.stamp);
  if (said.requester !== undefined) writePort(v, o + 44, said.requester);
  octets.set(tlvs, o + fixed);
  octets.set([10, 0, 0, from.low & 0xff], 0);
  octets.set(said.to === undefined ? [224, 0, 1, 129] : [10, 0, 0, said.to], 4);
  octets.set([2, 0, 0, 0, 0, from.low & 0xff], 8);
  const s = sighting();
  s.seconds = START + Math.floor(at / 1e9);
  s.nanoseconds = at - Math.floor(at / 1e9) * 1e9;
  s.view = v;
  s.offset = o;
  s.length = length;
  s.carrier = Carrier.Udp4;
  s.source = 0;
  s.destination = 4;
  s.mac = 8;
  s.dscp = 46;
  return s;
}

function bodyOf(
  from: PortIdentity,
  given: Partial<announce.AnnounceBody>,
): announce.AnnounceBody {
  return {
    currentUtcOffset: 37,
    priority1: 128,
    clockClass: 248,
    clockAccuracy: 0xfe,
    offsetScaledLogVariance: 0x4e5d,
    priority2: 128,
    grandmasterIdentity: from,
    stepsRemoved: 0,
    timeSource: 0xa0,
    ...given,
  };
}

function putStamp(v: DataView, o: number, at: number): void {
  const seconds = START + Math.floor(at / 1e9);
  v.setUint16(o, Math.floor(seconds / 2 ** 32));
  v.setUint32(o + 2, seconds % 2 ** 32);
  v.setUint32(o + 6, Math.round(at - Math.floor(at / 1e9) * 1e9));
}

/** A two-step Sync and its Follow_Up 1 ms later: left at `origin`, seen at `at`. */
export function twoStep(at: number, from: PortIdentity, origin: number, n: number): Sighting[] {
  return [
    seen(at, MessageType.Sync, from, { sequenceId: n, flags: Flag.TwoStep, log: 0 }),
    seen(at + 1e6, MessageType.FollowUp, from, { sequenceId: n, stamp: origin, log: 0 }),
  ];
}

/** A Delay_Req seen at `at` and its response 1 ms later: it arrived at `arrived`. */
export function delay(
  at: number,
  slave: PortIdentity,
  master: PortIdentity,
  arrived: number,
  n: number,
): Sighting[] {
  return [
    seen(at, MessageType.DelayReq, slave, { sequenceId: n }),
    seen(at + 1e6, MessageType.DelayResp, master, {
      sequenceId: n,
      stamp: arrived,
      requester: slave,
      log: 0,
    }),
  ];
}
