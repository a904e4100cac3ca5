/**
 * One PTP port on a bench: the test plays the network, the stamps, the clock and the servo.
 * @module
 */
import { AddressTable } from "../../lib/base/address.ts";
import { PacketBatch, SlotKind } from "../../lib/base/batch.ts";
import { Random } from "../../lib/base/random.ts";
import {
  type Instant,
  instant,
  type Nanos,
  nanos,
  NEVER,
  type Timestamp,
  timestamp,
} from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { Channel } from "../../lib/ptp/emit.ts";
import type { PtpEvent } from "../../lib/ptp/event.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { DEFAULT_INSTANCE, type InstanceOptions, type PortOptions } from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import type { Reason } from "../../lib/ptp/reason.ts";
import {
  type Servo,
  type ServoRefusal,
  type ServoSample,
  ServoState,
} from "../../lib/ptp/servo/servo.ts";
import * as announce from "../../lib/ptp/wire/announce.ts";
import * as header from "../../lib/ptp/wire/header.ts";
import { MessageType } from "../../lib/ptp/wire/header.ts";
import { type PortIdentity, portIdentity, writePort } from "../../lib/ptp/wire/identity.ts";
import * as message from "../../lib/ptp/wire/message.ts";
import * as wire from "../../lib/ptp/wire/timestamp.ts";

/** What a message that the test sends says; what is left out is ordinary. */
export interface MessageFields {
  type?: MessageType;
  source?: PortIdentity;
  sequenceId?: number;
  domain?: number;
  majorSdoId?: number;
  flags?: number;
  /** ns. */
  correction?: number;
  log?: number;
  /** Body: origin, precise origin or receive timestamp. */
  time?: [number, number];
  requester?: PortIdentity;
  announce?: Partial<announce.AnnounceBody>;
  /** Octets behind the body, counted in messageLength. */
  tlvs?: number[];
}

/** A message the port sent. */
export interface SentMessage {
  at: Instant;
  type: number;
  sequenceId: number;
  channel: number;
  peer: number;
  ticket: number;
  view: DataView;
}

/** Records what it is given; the test sets its state. */
export class FakeServo implements Servo {
  readonly calls: string[] = [];
  state: ServoState = ServoState.Unlocked;
  refusal: ServoRefusal | undefined = undefined;
  due: Instant = NEVER;
  pending: ServoSample | undefined;

  reset(): void {
    this.calls.push("reset");
    this.state = ServoState.Unlocked;
  }

  forward(t: Timestamp, local: Instant): void {
    this.calls.push(`forward ${t.seconds}.${pad(t.nanoseconds)} ${local}`);
  }

  reverse(local: Instant, t: Timestamp): void {
    this.calls.push(`reverse ${local} ${t.seconds}.${pad(t.nanoseconds)}`);
  }

  linkDelay(delay: Nanos, at: Instant): void {
    this.calls.push(`linkDelay ${delay} ${at}`);
  }

  leap(seconds: number): void {
    this.calls.push(`leap ${seconds}`);
  }

  steer(): void {
    this.calls.push("steer");
    this.due = NEVER;
  }

  finish(): void {
    this.calls.push("finish");
  }

  deadline(): Instant {
    return this.due;
  }

  sample(): ServoSample | undefined {
    const s = this.pending;
    this.pending = undefined;
    return s;
  }

  /** The calls since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }
}

export const OWN_CLOCK = { high: 0x0200_00ff, low: 0xfe00_0001 };
/** A master better than the port under test. */
export const MASTER = portIdentity(0x0200_00ff, 0xfe00_0010, 1);
/** Another one, better still by its identity. */
export const OTHER = portIdentity(0x0200_00ff, 0xfe00_0008, 1);
export const OWN_PORT = portIdentity(OWN_CLOCK.high, OWN_CLOCK.low, 1);

const START = 1_800_000_000;

export class PtpBench {
  now: Instant = instant(0);
  readonly addresses: AddressTable;
  readonly servo = new FakeServo();
  readonly clock: VirtualClock;
  readonly instance: PtpInstance;
  readonly port: PtpPort;
  readonly events: PtpEvent[] = [];
  readonly sent: SentMessage[] = [];
  /** How long after sending a transmit stamp comes, ns; undefined: the test gives them itself. */
  stampAfter: number | undefined = undefined;
  readonly #in = new PacketBatch(1, 2048);
  readonly #out: PacketBatch;
  readonly #stamps: { due: number; ticket: number; at: Instant }[] = [];

  constructor(
    instanceOptions: Partial<InstanceOptions> = {},
    portOptions: Partial<PortOptions> | ((a: AddressTable) => Partial<PortOptions>) = {},
    outSlots = 64,
    addresses = 4096,
  ) {
    this.addresses = new AddressTable(addresses);
    this.#out = new PacketBatch(outSlots, 256);
    this.clock = new VirtualClock({ now: () => this.now, start: timestamp(START, 0) });
    this.instance = new PtpInstance(
      { ...DEFAULT_INSTANCE, clockIdentity: OWN_CLOCK, ...instanceOptions },
      { clock: this.clock, servo: this.servo, random: new Random(1, "bench") },
    );
    const own = typeof portOptions === "function" ? portOptions(this.addresses) : portOptions;
    this.port = this.instance.addPort({ logAnnounceInterval: 0, ...own }, {
      addresses: this.addresses,
      event: this.addresses.internText("224.0.1.129", 319),
      general: this.addresses.internText("224.0.1.129", 320),
      peerEvent: this.addresses.internText("224.0.0.107", 319),
      peerGeneral: this.addresses.internText("224.0.0.107", 320),
    });
    this.turn();
  }

  /** Expire, settle, transmit, events, at the present instant. */
  turn(): void {
    for (let k = 0; k < this.#stamps.length; k++) {
      const s = this.#stamps[k]!;
      if (s.due > this.now) continue;
      this.#stamps.splice(k--, 1);
      this.stamp(s.ticket, s.at, false);
    }
    this.port.expire(this.now);
    this.instance.settle(this.now);
    for (let round = 0; round < 100; round++) {
      this.#out.clear();
      this.port.transmit(this.now, this.#out);
      if (this.#out.count === 0) break;
      for (let i = 0; i < this.#out.count; i++) this.#note(i);
    }
    for (let e = this.port.event(); e !== undefined; e = this.port.event()) this.events.push(e);
  }

  /** Lets `duration` ns pass, with a turn at each deadline. */
  pass(duration: number): void {
    const until = this.now + duration;
    for (let turns = 0; turns < 1e6; turns++) {
      let next: number = this.port.deadline();
      for (const s of this.#stamps) next = Math.min(next, s.due);
      if (next > until) break;
      this.now = Math.max(this.now, next) as Instant;
      this.turn();
    }
    this.now = until as Instant;
    this.turn();
  }

  /** Gives the port octets; `stamp` is their receive stamp, the present if left out. */
  octets(octets: Uint8Array, stamp: number = this.now, peer = 0): void {
    const b = this.#in;
    b.clear();
    const i = b.open();
    b.bytes.set(octets, b.offset[i]!);
    b.length[i] = octets.length;
    b.stampInstant[i] = stamp;
    b.peer[i] = peer;
    this.port.receive(this.now, b, i);
  }

  /** Gives the port a message, then a turn. */
  message(f: MessageFields, stamp: number = this.now, peer = 0): void {
    this.octets(build(f), stamp, peer);
    this.turn();
  }

  /** Gives the port a transmit stamp, then a turn unless told otherwise. */
  stamp(ticket: number, at: number, withTurn = true): void {
    const b = this.#in;
    b.clear();
    const i = b.open();
    b.kind[i] = SlotKind.TransmitStamp;
    b.ticket[i] = ticket;
    b.stampInstant[i] = at;
    this.port.receive(this.now, b, i);
    if (withTurn) this.turn();
  }

  /** The messages sent since the last time. */
  take(): SentMessage[] {
    return this.sent.splice(0);
  }

  /** The events since the last time. */
  takeEvents(): PtpEvent[] {
    return this.events.splice(0);
  }

  /** How often `reason` was counted. */
  dropped(reason: Reason): number {
    return this.port.faults.of(reason);
  }

  /** Two Announce of `source`, a second apart: the port follows it, if it is better. */
  follow(
    source: PortIdentity = MASTER,
    body: Partial<announce.AnnounceBody> = {},
    flags = 0,
  ): void {
    for (let k = 0; k < 2; k++) {
      if (k > 0) this.pass(1e9);
      this.message({
        type: MessageType.Announce,
        source,
        sequenceId: 100 + k,
        flags,
        announce: body,
      });
    }
  }

  #note(i: number): void {
    const o = this.#out;
    const start = o.offset[i]!;
    const view = new DataView(o.bytes.slice(start, start + o.length[i]!).buffer);
    this.sent.push({
      at: this.now,
      type: header.messageType(view, 0),
      sequenceId: header.sequenceId(view, 0),
      channel: o.channel[i]!,
      peer: o.peer[i]!,
      ticket: o.ticket[i]!,
      view,
    });
    if (o.channel[i] === Channel.Event && this.stampAfter !== undefined) {
      const due = this.now + this.stampAfter;
      this.#stamps.push({ due, ticket: o.ticket[i]!, at: this.now });
    }
  }
}

/** The octets of a message. */
export function build(f: MessageFields): Uint8Array<ArrayBuffer> {
  const type = f.type ?? MessageType.Sync;
  const fixed = message.FIXED_LENGTH[type] ?? 44;
  const tlvs = f.tlvs ?? [];
  const bytes = new Uint8Array(fixed + tlvs.length);
  const v = new DataView(bytes.buffer);
  const source = f.source ?? MASTER;
  header.write(v, 0, {
    majorSdoId: f.majorSdoId ?? 0,
    minorSdoId: 0,
    minorVersionPtp: 1,
    messageType: type,
    messageLength: bytes.length,
    domainNumber: f.domain ?? 0,
    flagField: f.flags ?? 0,
    sourcePortIdentity: source,
    sequenceId: f.sequenceId ?? 0,
    logMessageInterval: f.log ?? 0,
  });
  header.writeCorrection(v, 0, f.correction ?? 0);
  if (type === MessageType.Announce) {
    announce.writeBody(v, 0, {
      currentUtcOffset: 37,
      priority1: 64,
      clockClass: 6,
      clockAccuracy: 0x21,
      offsetScaledLogVariance: 0x4e5d,
      priority2: 128,
      grandmasterIdentity: source,
      stepsRemoved: 0,
      timeSource: 0x20,
      ...f.announce,
    });
  } else {
    const [seconds, nanoseconds] = f.time ?? [0, 0];
    wire.write(v, message.TIMESTAMP, timestamp(seconds, nanoseconds));
    if (fixed === 54) writePort(v, message.REQUESTING_PORT_IDENTITY, f.requester ?? OWN_PORT);
  }
  bytes.set(tlvs, fixed);
  return bytes;
}

/** A report of a servo. */
export function sampleAt(at: Instant, offset: number, state: ServoState): ServoSample {
  return {
    at,
    offset: nanos(offset),
    bound: nanos(10),
    meanPathDelay: nanos(500),
    frequency: 0,
    state,
  };
}

/** Duration literals for `pass`. */
export const ms = (n: number): Nanos => nanos(n * 1e6);

function pad(nanoseconds: number): string {
  const [whole = "", fraction] = String(nanoseconds).split(".");
  return whole.padStart(9, "0") + (fraction === undefined ? "" : `.${fraction}`);
}
