/**
 * A PTP instance: its data sets, its ports, and the state decision event over all of them
 * (IEEE 1588-2019 9.2.6.9, 9.3.2, 9.3.5).
 *
 * ```ts
 * const instance = new PtpInstance({ ...DEFAULT_INSTANCE, clockIdentity }, { clock, servo, random });
 * const port = instance.addPort({ logSyncInterval: -3 }, destinations);
 * turn(now, [lane(link, port)], instance, take);
 * ```
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Shared } from "../base/link.ts";
import type { Random } from "../base/random.ts";
import { earliest, type Instant, type Nanos, ORIGIN, type Timestamp } from "../base/time.ts";
import { AnnounceTlvs } from "./announce_tlvs.ts";
import { bestOf, decide } from "./bmca.ts";
import type { DataSet } from "./compare.ts";
import {
  type CurrentDS,
  currentDS,
  type DefaultDS,
  defaultDS,
  ownParentDS,
  type ParentDS,
  type TimePropertiesDS,
} from "./datasets.ts";
import { Discipline } from "./discipline.ts";
import type { DecisionCode } from "./event.ts";
import type { ForeignMaster } from "./foreign.ts";
import {
  DEFAULT_PORT,
  type Destinations,
  type InstanceOptions,
  type PortOptions,
  type Resources,
  type TimeProperties,
} from "./options.ts";
import { PtpPort } from "./port.ts";
import type { Received } from "./received.ts";
import type { LeapTable } from "./leap.ts";
import { LeapFollower } from "./leap_follower.ts";
import { ServoState } from "./servo/servo.ts";
import type { ServoSample } from "./servo/servo.ts";
import {
  currentSnapshot,
  defaultSnapshot,
  finite,
  type InstanceSnapshot,
  parentSnapshot,
} from "./snapshot.ts";
import { isFollowing, PortState, StateEvent } from "./state.ts";
import {
  followUpInformation,
  isFollowUpInformation,
  readFollowUpInformation,
} from "./wire/ieee8021.ts";
import * as message from "./wire/message.ts";
import * as tlv from "./wire/tlv.ts";
import { assignPort, isSameClock, isSamePort, portIdentity } from "./wire/identity.ts";

const SERVO_STATE_NAMES = Object.fromEntries(
  Object.entries(ServoState).map(([name, value]) => [value, name.toLowerCase()]),
);

export class PtpInstance implements Shared {
  readonly options: InstanceOptions;
  readonly defaultDS: DefaultDS;
  readonly currentDS: CurrentDS = currentDS();
  readonly parentDS: ParentDS;
  readonly timePropertiesDS: TimePropertiesDS;
  readonly random: Random;
  readonly discipline: Discipline;
  readonly announceTlvs: AnnounceTlvs;
  /** What our Follow_Up say of the grandmaster (802.1AS), and what the parent's said last. */
  readonly followUpInformation = followUpInformation();
  readonly parentFollowUp = followUpInformation();
  readonly ports: PtpPort[] = [];
  readonly #clock: Clock;
  readonly #own: OwnDataSet;
  readonly #leaps: LeapFollower;
  #isDecisionDue = false;
  #latest: ServoSample | undefined;
  /** The port that follows, or followed last: where the servo's reports go. */
  #slavePort: PtpPort | undefined;

  constructor(options: InstanceOptions, resources: Resources) {
    this.options = { ...options };
    this.defaultDS = defaultDS(options);
    this.parentDS = ownParentDS(this.defaultDS);
    this.timePropertiesDS = { ...options.timeProperties };
    this.random = resources.random;
    this.discipline = new Discipline(this.options, resources.servo, resources.clock);
    this.#leaps = new LeapFollower(this.options, resources.clock);
    this.announceTlvs = new AnnounceTlvs(options.clockIdentity, options.pathTrace);
    this.announceTlvs.composeOwn(options.alternateTimeOffsets);
    this.#clock = resources.clock;
    this.#own = new OwnDataSet(this.defaultDS, options.localPriority);
  }

  /** A port, INITIALIZING; what is left out of `options` has its default, the number the next one. */
  addPort(options: Partial<PortOptions>, destinations: Destinations): PtpPort {
    if (this.options.slaveOnly && options.masterOnly === true) {
      throw new RangeError("a slave-only clock has no master-only port");
    }
    const portNumber = this.ports.length + 1;
    const port = new PtpPort(this, { ...DEFAULT_PORT, portNumber, ...options }, destinations);
    this.ports.push(port);
    this.defaultDS.numberPorts = this.ports.length;
    return port;
  }

  settle(now: Instant): void {
    this.#followLeaps(now);
    if (this.#isDecisionDue) this.#decide(now);
    this.discipline.steer(now);
    this.#report(now);
  }

  /** When the servo wants to steer, or a decision waits; port 1's deadline includes it. */
  deadline(): Instant {
    if (this.#isDecisionDue) return ORIGIN;
    return earliest(this.discipline.deadline(), this.#leaps.deadline());
  }

  /** True where a port has that number. */
  hasPort(portNumber: number): boolean {
    for (let k = 0; k < this.ports.length; k++) {
      if (this.ports[k]!.options.portNumber === portNumber) return true;
    }
    return false;
  }

  isFirst(port: PtpPort): boolean {
    return this.ports[0] === port;
  }

  /** The state decision event occurs at the next `settle`. */
  requestDecision(): void {
    this.#isDecisionDue = true;
  }

  /** The parent's Announce carries other TLVs than before. */
  adoptTlvs(master: ForeignMaster): void {
    this.announceTlvs.compose(master.tlvs);
  }

  /** The parent's Follow_Up `m` has TLVs: the grandmaster's changes are passed on, rates are not. */
  followUpReceived(m: Received): void {
    const { view: v, offset: o } = m;
    const end = message.end(v, o);
    for (let t = message.firstTlv(v, o); t < end; t = tlv.next(v, t)) {
      if (!isFollowUpInformation(v, t)) continue;
      readFollowUpInformation(v, t, this.parentFollowUp);
      readFollowUpInformation(v, t, this.followUpInformation);
      // What we stamp with is the clock we steer, so that we add no rate of our own.
      this.followUpInformation.cumulativeScaledRateOffset = 0;
    }
  }

  /** Served time is not in time: ours with the parent's, or the parent's with its own. */
  get isUncertain(): boolean {
    const port = this.#slavePort;
    if (port === undefined || !isFollowing(port.state)) return false;
    return !this.discipline.isLocked || port.foreign.held?.isUncertain === true;
  }

  /** What this clock serves as the time at `at`: on the PTP timescale TAI, else as it is. */
  servedTime(at: Instant, into: Timestamp): void {
    this.#clock.readAt(at, into);
    if (this.options.localTimescale === "utc" && this.timePropertiesDS.ptpTimescale) {
      into.seconds += this.discipline.taiOffset(into, at);
    }
  }

  /** Announces leap seconds by `table` while it is grandmaster and its clock keeps UTC. */
  useLeapTable(table: LeapTable | undefined): void {
    this.#leaps.use(table);
  }

  /** What this clock announces as grandmaster from now on: a leap second comes, a source is lost. */
  setTimeProperties(t: Readonly<TimeProperties>): void {
    this.options.timeProperties = { ...t };
    this.requestDecision();
  }

  /** Takes part in the best master clock algorithm with these from now on. */
  setQuality(quality: {
    clockClass?: number;
    clockAccuracy?: number;
    offsetScaledLogVariance?: number;
    priority1?: number;
    priority2?: number;
  }): void {
    const { priority1, priority2, ...rest } = quality;
    Object.assign(this.defaultDS.clockQuality, rest);
    this.defaultDS.priority1 = priority1 ?? this.defaultDS.priority1;
    this.defaultDS.priority2 = priority2 ?? this.defaultDS.priority2;
    this.requestDecision();
  }

  /** Slave only or not from now on (9.2.2.1); all ports start anew. */
  setSlaveOnly(now: Instant, slaveOnly: boolean): void {
    this.options.slaveOnly = slaveOnly;
    this.defaultDS.slaveOnly = slaveOnly;
    this.defaultDS.clockQuality.clockClass = defaultDS(this.options).clockQuality.clockClass;
    this.initialize(now);
  }

  /** Another domain from now on; all ports start anew. */
  setDomain(now: Instant, domainNumber: number): void {
    this.options.domainNumber = domainNumber;
    this.defaultDS.domainNumber = domainNumber;
    for (const port of this.ports) port.emitter.setDomain(domainNumber);
    this.initialize(now);
  }

  /** INITIALIZE of all ports (9.2.6.3) that are not DISABLED and have a link. */
  initialize(now: Instant): void {
    for (const port of this.ports) {
      const isOut = port.state === PortState.Disabled || !port.isLinkUp;
      if (!isOut) port.apply(now, StateEvent.Initialize);
    }
    this.requestDecision();
  }

  snapshot(): InstanceSnapshot {
    const s = this.#latest;
    return {
      defaultDS: defaultSnapshot(this.defaultDS),
      currentDS: currentSnapshot(this.currentDS),
      parentDS: parentSnapshot(this.parentDS),
      timePropertiesDS: { ...this.timePropertiesDS },
      servo: {
        state: SERVO_STATE_NAMES[this.discipline.servoState] ?? "",
        offset: s === undefined ? null : finite(s.offset),
        bound: s === undefined ? null : finite(s.bound),
        frequency: s === undefined ? null : finite(s.frequency),
      },
      refusal: this.discipline.standing ?? null,
      ports: this.ports.map((p) => p.snapshot()),
    };
  }

  /** Leap seconds that the table knows of, and those that pass. */
  #followLeaps(now: Instant): void {
    const properties = this.#leaps.follow(now);
    if (properties !== undefined) this.setTimeProperties(properties);
    if (this.discipline.tick(now) === 0) return;
    this.setTimeProperties({
      ...this.options.timeProperties,
      currentUtcOffset: this.discipline.utcOffset,
      leap59: false,
      leap61: false,
    });
  }

  /** STATE_DECISION_EVENT: Erbest of each port, Ebest, a decision per port, new data sets. */
  #decide(now: Instant): void {
    this.#isDecisionDue = false;
    const best = this.ports.map((p) => {
      p.foreign.hasChanged = false;
      p.siblings.hasChanged = false;
      return p.isRunning ? p.foreign.best(now) : undefined;
    });
    const ebest = bestOf(best);
    const codes = this.ports.map((p, k) =>
      yielding(p, decide(this.#own, ebest, best[k], p.state === PortState.Listening))
    );
    const slave = codes.indexOf("S1");
    const isNewMaster = slave >= 0 && ebest !== undefined &&
      !isSamePort(this.parentDS.parentPortIdentity, ebest.sender);
    this.#update(now, slave >= 0 && this.ports[slave]!.isRunning ? ebest : undefined, codes, slave);
    this.ports.forEach((p, k) => {
      if (p.isRunning) p.recommend(now, codes[k] ?? "L", isNewMaster);
    });
  }

  /** Tables 33 to 35: the data sets after a decision; `master` is `undefined` where it is us. */
  #update(
    now: Instant,
    master: ForeignMaster | undefined,
    codes: readonly DecisionCode[],
    slave: number,
  ): void {
    const before = { parent: copyParent(this.parentDS), time: { ...this.timePropertiesDS } };
    const stepsBefore = this.currentDS.stepsRemoved;
    if (master === undefined) this.#becomeGrandmaster(now);
    else this.#adopt(now, master, this.ports[slave]!);
    const changed = [
      ...changes(before.parent, this.parentDS),
      ...Object.keys(before.time).filter((k) =>
        before.time[k as keyof TimePropertiesDS] !==
          this.timePropertiesDS[k as keyof TimePropertiesDS]
      ),
    ];
    if (stepsBefore !== this.currentDS.stepsRemoved) changed.push("stepsRemoved");
    if (changed.length === 0) return;
    const port = this.ports[Math.max(slave, 0)];
    port?.push({
      kind: "parent",
      at: now,
      port: port.options.portNumber,
      parent: copyParent(this.parentDS),
      timeProperties: { ...this.timePropertiesDS },
      stepsRemoved: this.currentDS.stepsRemoved,
      isSelf: master === undefined,
      changed,
      decision: codes[Math.max(slave, 0)] ?? "L",
    });
  }

  #becomeGrandmaster(now: Instant): void {
    this.discipline.serve(this.options.timeProperties, now);
    Object.assign(this.followUpInformation, followUpInformation());
    Object.assign(this.parentFollowUp, followUpInformation());
    this.announceTlvs.composeOwn(this.options.alternateTimeOffsets);
    Object.assign(this.parentDS, ownParentDS(this.defaultDS));
    Object.assign(this.timePropertiesDS, this.options.timeProperties);
    this.currentDS.stepsRemoved = 0;
    this.currentDS.offsetFromMaster = NaN as Nanos;
    this.currentDS.meanDelay = NaN as Nanos;
  }

  #adopt(now: Instant, master: ForeignMaster, port: PtpPort): void {
    const p = this.parentDS;
    assignPort(master.sender, p.parentPortIdentity);
    p.grandmasterIdentity = { ...master.grandmasterIdentity };
    p.grandmasterClockQuality = {
      clockClass: master.clockClass,
      clockAccuracy: master.clockAccuracy,
      offsetScaledLogVariance: master.offsetScaledLogVariance,
    };
    p.grandmasterPriority1 = master.priority1;
    p.grandmasterPriority2 = master.priority2;
    this.currentDS.stepsRemoved = master.stepsRemoved + 1;
    Object.assign(this.timePropertiesDS, master.timeProperties);
    this.discipline.adopt(this.timePropertiesDS, now);
    this.announceTlvs.compose(master.tlvs);
    this.#slavePort = port;
  }

  /** Takes what the servo has to say, and moves the slave port as its lock demands. */
  #report(now: Instant): void {
    const port = this.#slavePort;
    if (port === undefined) return;
    const sample = this.discipline.sample();
    if (sample !== undefined) {
      this.#latest = { ...sample };
      if (isFollowing(port.state)) {
        this.currentDS.offsetFromMaster = sample.offset;
        this.currentDS.meanDelay = sample.meanPathDelay;
      }
      port.push({ kind: "sample", port: port.options.portNumber, sample: this.#latest });
    }
    const refusal = this.discipline.refusal();
    if (refusal !== undefined) {
      port.push({ kind: "refusal", at: now, port: port.options.portNumber, refusal });
    }
    port.apply(
      now,
      this.discipline.isLocked ? StateEvent.MasterClockSelected : StateEvent.SynchronizationFault,
    );
  }
}

/** 9.5.3: a port that would be master beside a lower-numbered one of its clock is passive. */
function yielding(port: PtpPort, code: DecisionCode): DecisionCode {
  const isMaster = code === "M1" || code === "M2" || code === "M3";
  return isMaster && port.siblings.mustYield ? "P2" : code;
}

/** D0 (9.3.4, Table 31): what this clock would announce, compared with what others do. */
class OwnDataSet implements DataSet {
  readonly #d: Readonly<DefaultDS>;
  readonly stepsRemoved = 0;
  readonly localPriority: number;
  readonly sender;
  readonly receiver;

  constructor(d: Readonly<DefaultDS>, localPriority: number) {
    this.#d = d;
    this.localPriority = localPriority;
    this.sender = portIdentity(d.clockIdentity.high, d.clockIdentity.low, 0);
    this.receiver = this.sender;
  }

  get grandmasterIdentity(): DefaultDS["clockIdentity"] {
    return this.#d.clockIdentity;
  }

  get priority1(): number {
    return this.#d.priority1;
  }

  get clockClass(): number {
    return this.#d.clockQuality.clockClass;
  }

  get clockAccuracy(): number {
    return this.#d.clockQuality.clockAccuracy;
  }

  get offsetScaledLogVariance(): number {
    return this.#d.clockQuality.offsetScaledLogVariance;
  }

  get priority2(): number {
    return this.#d.priority2;
  }
}

function copyParent(p: Readonly<ParentDS>): ParentDS {
  return {
    ...p,
    parentPortIdentity: { ...p.parentPortIdentity },
    grandmasterIdentity: { ...p.grandmasterIdentity },
    grandmasterClockQuality: { ...p.grandmasterClockQuality },
  };
}

/** The fields of parentDS that differ, in the standard's words. */
function changes(a: Readonly<ParentDS>, b: Readonly<ParentDS>): string[] {
  const names: string[] = [];
  const note = (name: string, isSame: boolean) => {
    if (!isSame) names.push(name);
  };
  const qa = a.grandmasterClockQuality;
  const qb = b.grandmasterClockQuality;
  note("parentPortIdentity", isSamePort(a.parentPortIdentity, b.parentPortIdentity));
  note("grandmasterIdentity", isSameClock(a.grandmasterIdentity, b.grandmasterIdentity));
  note("grandmasterPriority1", a.grandmasterPriority1 === b.grandmasterPriority1);
  note("grandmasterPriority2", a.grandmasterPriority2 === b.grandmasterPriority2);
  note("clockClass", qa.clockClass === qb.clockClass);
  note("clockAccuracy", qa.clockAccuracy === qb.clockAccuracy);
  note(
    "offsetScaledLogVariance",
    qa.offsetScaledLogVariance === qb.offsetScaledLogVariance,
  );
  return names;
}
