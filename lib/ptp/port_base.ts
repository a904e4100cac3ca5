/**
 * What the parts of a port ask of it: its options and data set, the writer, the clock and the servo.
 * @module
 */
import type { Random } from "../base/random.ts";
import type { Instant, Nanos, Timestamp } from "../base/time.ts";
import { type PortDS, portDS } from "./datasets.ts";
import { type AnnounceSource, Emitter } from "./emit.ts";
import type { PtpEvent } from "./event.ts";
import { EventQueue } from "./event_queue.ts";
import type { PtpInstance } from "./instance.ts";
import type { Destinations, PortOptions } from "./options.ts";
import { SignalingQueue } from "./signaling_queue.ts";
import type { PortIdentity } from "./wire/identity.ts";

/** The half of a port that has no states. */
export class PortBase {
  readonly options: Readonly<PortOptions>;
  readonly portDS: PortDS;
  readonly emitter: Emitter;
  readonly random: Random;
  /** Signaling messages to be sent. */
  readonly queue: SignalingQueue;
  readonly dataSets: AnnounceSource;
  protected readonly instance: PtpInstance;
  protected readonly events = new EventQueue();

  constructor(instance: PtpInstance, options: PortOptions, destinations: Destinations) {
    this.instance = instance;
    this.options = options;
    this.portDS = portDS(instance.defaultDS, options, instance.options.minorVersionPtp);
    this.random = instance.random.derive(`port${options.portNumber}`);
    this.dataSets = instance;
    this.emitter = new Emitter(instance.options, this.portDS.portIdentity, destinations);
    const capacity = options.unicastServer === undefined ? 64 : 1024;
    this.queue = new SignalingQueue(this.emitter, this.random.derive("signaling"), capacity);
    if (options.followUpInfo) this.emitter.followUpInformation = instance.followUpInformation;
  }

  /** Queues an event of this port. */
  push(event: PtpEvent): void {
    this.events.push(event);
  }

  get isSlaveOnly(): boolean {
    return this.instance.options.slaveOnly;
  }

  get parent(): Readonly<PortIdentity> {
    return this.instance.parentDS.parentPortIdentity;
  }

  get portIdentity(): Readonly<PortIdentity> {
    return this.portDS.portIdentity;
  }

  get logAnnounceInterval(): number {
    return this.portDS.logAnnounceInterval;
  }

  get logSyncInterval(): number {
    return this.portDS.logSyncInterval;
  }

  get logMinDelayReqInterval(): number {
    return this.portDS.logMinDelayReqInterval;
  }

  set logMinDelayReqInterval(log: number) {
    this.portDS.logMinDelayReqInterval = log;
  }

  get logMinPdelayReqInterval(): number {
    return this.portDS.logMinPdelayReqInterval;
  }

  get allowedLostResponses(): number {
    return this.options.allowedLostResponses;
  }

  get neighborPropDelayThresh(): Nanos {
    return this.options.neighborPropDelayThresh;
  }

  get maxMissedStamps(): number {
    return this.options.maxMissedStamps;
  }

  get delayAsymmetry(): Nanos {
    return this.options.delayAsymmetry;
  }

  forward(masterTime: Readonly<Timestamp>, local: Instant): void {
    this.instance.discipline.forward(masterTime, local);
  }

  reverse(t3: Instant, t4: Readonly<Timestamp>): void {
    this.instance.discipline.reverse(t3, t4);
  }

  servedTime(at: Instant, into: Timestamp): void {
    this.instance.servedTime(at, into);
  }

  stampMissed(now: Instant, messageType: number, sequenceId: number, consecutive: number): void {
    const port = this.options.portNumber;
    this.push({ kind: "stampMissed", at: now, port, messageType, sequenceId, consecutive });
  }
}
