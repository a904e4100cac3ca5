/**
 * Answers management messages over an instance, and tells subscribers what happens (IEEE 1588-2019
 * 15.2 to 15.5).
 *
 * Sans-IO: octets in, octets out. Ids of the clock are answered once, from port number 0, those of
 * ports once for each port that the target names. Everything malformed, foreign or refused is
 * counted and never thrown.
 * @module
 */
import { FaultCounters } from "../../base/faults.ts";
import type { Instant } from "../../base/time.ts";
import type { PtpEvent } from "../event.ts";
import type { PtpPort } from "../port.ts";
import { isSameClock, type PortIdentity } from "../wire/identity.ts";
import { Action, ManagementError } from "../wire/management.ts";
import { BODIES, type BodyName, bodyName, type Notification } from "./bodies.ts";
import { Reader, Writer } from "./cursor.ts";
import { handlerOf } from "./handlers.ts";
import { decode, encode, type Layout, type Values } from "./kind.ts";
import * as message from "./message.ts";
import type { Envelope, ManagementMessage } from "./message.ts";
import type { ManagedNode } from "./node.ts";
import { type Events, Subscriptions } from "./subscriptions.ts";
import { Fault } from "../wire/fault.ts";

/** What became of a message; indices of the responder's counters. */
export const Outcome = {
  ...Fault,
  /** A request answered with data. */
  Answered: 9,
  /** A request answered with an error status. */
  Refused: 10,
  /** For another domain or sdoId. */
  ForeignDomain: 11,
  /** For another clock. */
  OtherTarget: 12,
  /** No request: RESPONSE, ACKNOWLEDGE, a reserved action, an error status. */
  NotRequest: 13,
} as const;
export type Outcome = typeof Outcome[keyof typeof Outcome];

/** Who asks. */
export interface Asker {
  /** Where answers go; the key of subscriptions. */
  readonly address: string;
  /** False: GET alone (the read-only socket, the network). */
  readonly maySet: boolean;
}

/** Octets for an address. */
export interface Outgoing {
  readonly to: string;
  readonly octets: Uint8Array<ArrayBuffer>;
}

const ANY_CLOCK = 0xffff_ffff;
const ANY_PORT_NUMBER = 0xffff;
const NO_EVENTS: Events = {
  NOTIFY_PORT_STATE: false,
  NOTIFY_TIME_SYNC: false,
  NOTIFY_PARENT_DATA_SET: false,
  NOTIFY_CMLDS: false,
};

export class Responder {
  readonly node: ManagedNode;
  readonly subscriptions = new Subscriptions();
  /** By {@linkcode Outcome}. */
  readonly counters = new FaultCounters(Outcome);

  constructor(node: ManagedNode) {
    this.node = node;
  }

  /** The answers to the message of `length` octets at `o`: none, one, or one for each port. */
  answer(now: Instant, v: DataView, o: number, length: number, asker: Asker): Outgoing[] {
    const fault = message.check(v, o, length);
    if (fault !== Fault.None) {
      this.counters.count(fault);
      return [];
    }
    const m = message.read(v, o);
    const outcome = this.#judge(m);
    if (outcome !== Outcome.None) {
      this.counters.count(outcome);
      return [];
    }
    const request = new Request(this, now, m, v, asker);
    return request.answers().map((octets) => ({ to: asker.address, octets }));
  }

  /** Takes note of an event of the instance; notifications for those who subscribed. */
  observe(now: Instant, event: PtpEvent): Outgoing[] {
    this.node.observe(event);
    if (this.subscriptions.size === 0) return [];
    this.subscriptions.expire(now);
    switch (event.kind) {
      case "state":
        return this.#notify(now, "NOTIFY_PORT_STATE", "PORT_DATA_SET", this.node.port(event.port));
      case "sample":
        return this.#notify(now, "NOTIFY_TIME_SYNC", "TIME_STATUS_NP", undefined);
      case "parent":
        return this.#notify(now, "NOTIFY_PARENT_DATA_SET", "PARENT_DATA_SET", undefined);
      default:
        return [];
    }
  }

  /** `undefined`: for this node; else why it is not. */
  #judge(m: ManagementMessage): Outcome {
    const { options, defaultDS } = this.node.instance;
    const isOurs = m.domainNumber === defaultDS.domainNumber &&
      m.majorSdoId === options.majorSdoId && m.minorSdoId === options.minorSdoId;
    if (!isOurs) return Outcome.ForeignDomain;
    if (!message.isRequest(m.action) || m.error !== 0) return Outcome.NotRequest;
    const { target } = m;
    const isAny = target.high === ANY_CLOCK && target.low === ANY_CLOCK;
    return isAny || isSameClock(target, defaultDS.clockIdentity)
      ? Outcome.None
      : Outcome.OtherTarget;
  }

  #notify(
    now: Instant,
    event: Notification,
    name: BodyName,
    port: PtpPort | undefined,
  ): Outgoing[] {
    const wanting = this.subscriptions.wanting(event);
    if (wanting.length === 0) return [];
    const values = handlerOf(name, this.node, port, now).get?.();
    const data = values === undefined ? undefined : encoded(name, values);
    if (data === undefined) return [];
    return wanting.map((s) => {
      const e = this.envelope(s.source, port);
      e.sequenceId = s.sequenceId;
      s.sequenceId = s.sequenceId + 1 & 0xffff;
      return { to: s.address, octets: message.write(e, BODIES[name].id, data) };
    });
  }

  /** The start of a message of ours, from the clock or from `port`. */
  envelope(target: Readonly<PortIdentity>, port: PtpPort | undefined): Envelope {
    const { options, defaultDS } = this.node.instance;
    return {
      majorSdoId: options.majorSdoId,
      minorSdoId: options.minorSdoId,
      minorVersionPtp: options.minorVersionPtp,
      domainNumber: defaultDS.domainNumber,
      isUnicast: false,
      source: port?.portIdentity ?? { ...defaultDS.clockIdentity, port: 0 },
      target,
      sequenceId: 0,
      startingBoundaryHops: 0,
      boundaryHops: 0,
      action: Action.Response,
    };
  }
}

/** One request under way. */
class Request {
  readonly #responder: Responder;
  readonly #now: Instant;
  readonly #m: ManagementMessage;
  readonly #view: DataView;
  readonly #asker: Asker;

  constructor(
    responder: Responder,
    now: Instant,
    m: ManagementMessage,
    view: DataView,
    asker: Asker,
  ) {
    this.#responder = responder;
    this.#now = now;
    this.#m = m;
    this.#view = view;
    this.#asker = asker;
  }

  answers(): Uint8Array<ArrayBuffer>[] {
    const { id, action, target } = this.#m;
    const { node } = this.#responder;
    const name = bodyName(id);
    if (name === undefined) return [this.#error(ManagementError.NO_SUCH_ID, undefined)];
    if (action !== Action.Get && !this.#asker.maySet) {
      return [this.#error(ManagementError.NOT_SUPPORTED, undefined)];
    }
    if (name === "SUBSCRIBE_EVENTS_NP") return [this.#subscribe()];
    if (BODIES[name].scope === "clock") return [this.#one(name, undefined)];
    if (target.port === ANY_PORT_NUMBER) {
      return node.instance.ports.map((port) => this.#one(name, port));
    }
    const port = node.port(target.port);
    return [
      port === undefined
        ? this.#error(ManagementError.WRONG_VALUE, undefined)
        : this.#one(name, port),
    ];
  }

  /** The answer of the clock or of one port. */
  #one(name: BodyName, port: PtpPort | undefined): Uint8Array<ArrayBuffer> {
    const { NOT_SUPPORTED } = ManagementError;
    const { action } = this.#m;
    const handler = handlerOf(name, this.#responder.node, port, this.#now);
    if (!BODIES[name].actions.includes("GSRC"[action] ?? "-")) {
      return this.#error(NOT_SUPPORTED, port);
    }
    if (action === Action.Get) return this.#values(name, handler.get?.(this.#asked(name)), port);
    const act = action === Action.Set ? handler.set : handler.command;
    if (act === undefined) return this.#error(NOT_SUPPORTED, port);
    const given = this.#given(name);
    if (typeof given === "number") return this.#error(given, port);
    const result = act(given);
    if (result !== 0) return this.#error(result, port);
    return action === Action.Set
      ? this.#values(name, handler.get?.(given) ?? given, port)
      : this.#values(name, given, port);
  }

  #subscribe(): Uint8Array<ArrayBuffer> {
    const name = "SUBSCRIBE_EVENTS_NP";
    const { subscriptions } = this.#responder;
    const { address } = this.#asker;
    if (this.#m.action === Action.Command) {
      return this.#error(ManagementError.NOT_SUPPORTED, undefined);
    }
    if (this.#m.action === Action.Set) {
      const given = this.#given(name);
      if (typeof given === "number") return this.#error(given, undefined);
      const { duration, events } = given as { duration: number; events: Events };
      const who = { address, source: this.#m.source };
      if (!subscriptions.subscribe(this.#now, who, duration, events)) {
        return this.#error(ManagementError.GENERAL_ERROR, undefined);
      }
      return this.#values(name, given, undefined);
    }
    const s = subscriptions.find(this.#now, address);
    const values = { duration: s?.duration ?? 0, events: s?.events ?? NO_EVENTS };
    return this.#values(name, values, undefined);
  }

  /** What a GET names, as the key of a table; most bring nothing. */
  #asked(name: BodyName): Values | undefined {
    const r = new Reader(this.#view, this.#m.dataAt, this.#m.dataEnd);
    return r.left === 0 ? undefined : decode(BODIES[name].layout as Layout, r);
  }

  /** The values a SET or COMMAND brings, or a managementErrorId. */
  #given(name: BodyName): Values | number {
    const r = new Reader(this.#view, this.#m.dataAt, this.#m.dataEnd);
    const values = decode(BODIES[name].layout, r);
    // One octet too many is padding (15.5.3).
    return values === undefined || r.left > 1 ? ManagementError.WRONG_LENGTH : values as Values;
  }

  #values(
    name: BodyName,
    values: Values | undefined,
    port: PtpPort | undefined,
  ): Uint8Array<ArrayBuffer> {
    if (values === undefined) return this.#error(ManagementError.NOT_SUPPORTED, port);
    const data = encoded(name, values);
    if (data === undefined) return this.#error(ManagementError.RESPONSE_TOO_BIG, port);
    this.#responder.counters.count(Outcome.Answered);
    return message.write(this.#envelope(port), BODIES[name].id, data);
  }

  #error(error: number, port: PtpPort | undefined): Uint8Array<ArrayBuffer> {
    this.#responder.counters.count(Outcome.Refused);
    return message.writeError(this.#envelope(port), this.#m.id, error);
  }

  /** The hops an answer may make are those the request has made (15.4.1.3). */
  #envelope(port: PtpPort | undefined): Envelope {
    const m = this.#m;
    const hops = Math.max(0, m.startingBoundaryHops - m.boundaryHops);
    return {
      ...this.#responder.envelope(m.source, port),
      isUnicast: m.isUnicast,
      sequenceId: m.sequenceId,
      startingBoundaryHops: hops,
      boundaryHops: hops,
      action: m.action === Action.Command ? Action.Acknowledge : Action.Response,
    };
  }
}

/** A body's octets; `undefined` where they do not fit. */
function encoded(name: BodyName, values: Values): Uint8Array<ArrayBuffer> | undefined {
  const w = new Writer();
  encode(BODIES[name].layout, values as never, w);
  return w.isFull ? undefined : w.finish();
}
