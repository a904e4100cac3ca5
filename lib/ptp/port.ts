/**
 * One port of a PTP instance: from octets to the role in force, and back.
 *
 * The port checks and counts every message, keeps the parts that roles share, and is the only place
 * where its state changes. It does no I/O and reads no clock of its own.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import { type PacketBatch, SlotKind } from "../base/batch.ts";
import { FaultCounters } from "../base/faults.ts";
import type { Protocol } from "../base/link.ts";
import { earliest, type Instant, type Nanos, nanos, NEVER } from "../base/time.ts";
import { AnnounceSender } from "./announce_sender.ts";
import { AnnounceTimer } from "./announce_timer.ts";
import { recommendation } from "./bmca.ts";
import { chooseDelay } from "./delay/choose.ts";
import type { DelayMechanism } from "./delay/mechanism.ts";
import type { PeerToPeer } from "./delay/p2p.ts";
import { ticketSequenceId, ticketType } from "./emit.ts";
import type { DecisionCode, PortFault, PtpEvent } from "./event.ts";
import { type ForeignMaster, ForeignMasters } from "./foreign.ts";
import type { PtpInstance } from "./instance.ts";
import { applyIntervals } from "./interval_requests.ts";
import { intervalOf, sane } from "./interval.ts";
import type { Destinations, PortOptions } from "./options.ts";
import { type PortChange, portDSChange, type PortManagement } from "./port_management.ts";
import { PortBase } from "./port_base.ts";
import { overheard } from "./overheard.ts";
import { type PortSnapshot, portSnapshot } from "./snapshot.ts";
import { Prospect } from "./prospect.ts";
import { Reason } from "./reason.ts";
import { Received } from "./received.ts";
import { Disabled } from "./roles/disabled.ts";
import { Faulty } from "./roles/faulty.ts";
import { Following } from "./roles/following.ts";
import { Initializing } from "./roles/initializing.ts";
import { Listening } from "./roles/listening.ts";
import { Master } from "./roles/master.ts";
import { Passive } from "./roles/passive.ts";
import { PortUnicast } from "./port_unicast.ts";
import { isUnicastTicket } from "./unicast/stamp_book.ts";
import { PortSignaling } from "./port_signaling.ts";
import { PreMaster } from "./roles/pre_master.ts";
import type { Role, RolePort } from "./roles/role.ts";
import { Slave } from "./roles/slave.ts";
import { Uncalibrated } from "./roles/uncalibrated.ts";
import {
  isFollowing,
  isRunning,
  PortState,
  slaveOnlySuccessor,
  StateEvent,
  successor,
} from "./state.ts";
import { Siblings } from "./siblings.ts";
import { SyncSender } from "./sync_sender.ts";
import * as announce from "./wire/announce.ts";
import { Fault } from "./wire/fault.ts";
import * as header from "./wire/header.ts";
import { Flag, MessageType } from "./wire/header.ts";
import { isSameClock, isSamePort } from "./wire/identity.ts";
import * as message from "./wire/message.ts";
import { hasPassed } from "./wire/path_trace.ts";

/** Made by `PtpInstance.addPort`. Drive it as a `Protocol`, with the instance as `Shared`. */
export class PtpPort extends PortBase implements Protocol<PtpEvent>, RolePort {
  readonly foreign: ForeignMasters;
  readonly siblings: Siblings;
  readonly announceTimer: AnnounceTimer;
  readonly announceSender: AnnounceSender;
  readonly syncSender: SyncSender;
  readonly delay: DelayMechanism;
  /** Peer delay, in every state; `undefined` with end-to-end delay alone. */
  readonly peer: PeerToPeer | undefined;
  readonly signaling: PortSignaling;
  readonly unicast: PortUnicast;
  /** Messages received by `messageType`, before any is dropped but for faults of the wire. */
  readonly received = new Float64Array(16);
  /** Messages not used, by {@linkcode Reason}. */
  readonly faults = new FaultCounters(Reason);
  /** How long PRE_MASTER lasts at the next decision for master. */
  qualificationInterval: Nanos = nanos(0);
  /** False while the interface is down; see {@linkcode PtpPort.setLink}. */
  isLinkUp = true;
  /** The last state decision on this port. */
  decision: DecisionCode = "L";
  /** Answers management messages of the network; `undefined` where they are not taken. */
  management: PortManagement | undefined;

  readonly #message = new Received();
  readonly #prospect = new Prospect();
  readonly #following: Following;
  readonly #roles: Readonly<Record<PortState, Role>>;
  #role: Role;

  constructor(instance: PtpInstance, options: PortOptions, destinations: Destinations) {
    super(instance, options, destinations);
    const source = this.portDS.portIdentity;
    const localPriority = instance.options.localPriority > 0 ? options.localPriority : 0;
    this.foreign = new ForeignMasters(source, options.logAnnounceInterval, 16, localPriority);
    this.siblings = new Siblings(options.portNumber);
    this.announceTimer = new AnnounceTimer(options, this.random);
    this.announceSender = new AnnounceSender(this);
    this.syncSender = new SyncSender(this);
    const { mechanism, peer } = chooseDelay(this, options, destinations);
    this.delay = mechanism;
    this.peer = peer;
    this.unicast = new PortUnicast(this, options, destinations);
    this.signaling = new PortSignaling(this);
    this.#following = new Following(this);
    this.#roles = {
      [PortState.Initializing]: new Initializing(this),
      [PortState.Faulty]: new Faulty(this),
      [PortState.Disabled]: new Disabled(),
      [PortState.Listening]: new Listening(this),
      [PortState.PreMaster]: new PreMaster(this),
      [PortState.Master]: new Master(this),
      [PortState.Passive]: new Passive(this),
      [PortState.Uncalibrated]: new Uncalibrated(this.#following),
      [PortState.Slave]: new Slave(this.#following),
    };
    this.#role = this.#roles[PortState.Initializing];
  }

  // Protocol

  receive(now: Instant, batch: PacketBatch, i: number): void {
    const kind = batch.kind[i];
    if (kind === SlotKind.TransmitStamp) {
      this.#stamped(now, batch.ticket[i]!, batch.stampInstant[i]! as Instant);
      return;
    }
    if (kind !== SlotKind.Packet) {
      this.faults.count(Reason.LinkError);
      return;
    }
    const fault = message.check(batch.view, batch.offset[i]!, batch.length[i]!);
    if (fault !== Fault.None) {
      this.faults.count(fault);
      return;
    }
    const m = this.#message;
    m.load(batch.view, batch.offset[i]!);
    m.at = now;
    m.stamp = batch.stampInstant[i]! as Instant;
    m.peer = batch.peer[i]!;
    this.received[m.type]! += 1;
    this.faults.count(this.#accept(m));
  }

  /** What slaves on a multicast network hear most: requests of others, and the answers to them. */
  ignores(batch: PacketBatch, i: number): boolean {
    if (batch.kind[i] !== SlotKind.Packet || !isFollowing(this.#role.state)) return false;
    const v = batch.view;
    const o = batch.offset[i]!;
    const reason = overheard(v, o, batch.length[i]!, this);
    if (reason === Reason.None) return false;
    const { options, defaultDS } = this.instance;
    if (header.majorSdoId(v, o) !== options.majorSdoId) return false;
    if (header.minorSdoId(v, o) !== options.minorSdoId) return false;
    if (header.domainNumber(v, o) !== defaultDS.domainNumber) return false;
    if (message.check(v, o, batch.length[i]!) !== Fault.None) return false;
    this.received[header.messageType(v, o)]! += 1;
    this.faults.count(reason);
    return true;
  }

  expire(now: Instant): void {
    this.foreign.age(now);
    this.siblings.expire(now);
    if (this.foreign.hasChanged || this.siblings.hasChanged) this.instance.requestDecision();
    this.#role.expire(now);
    this.peer?.expire(now);
    this.unicast.expire(now);
  }

  deadline(): Instant {
    const peer = this.peer === undefined ? NEVER : this.peer.deadline();
    const watches = earliest(this.foreign.deadline, this.siblings.deadline());
    const others = earliest(watches, this.unicast.deadline());
    const own = earliest(earliest(this.#role.deadline(), others), peer);
    return this.instance.isFirst(this) ? earliest(own, this.instance.deadline()) : own;
  }

  transmit(now: Instant, out: PacketBatch): void {
    if (!this.signaling.transmit(out)) return;
    if (this.unicast.server?.transmit(out) === false) return;
    if (this.peer !== undefined && !this.peer.transmit(out)) return;
    if (this.management !== undefined && !this.management.transmit(now, out)) return;
    this.#role.transmit(now, out);
  }

  event(): PtpEvent | undefined {
    return this.events.shift();
  }

  // For the command and for management

  get state(): PortState {
    return this.#role.state;
  }

  /** `logMessageInterval` of the parent's Sync, as last seen. */
  get observedLogSyncInterval(): number {
    return this.#following.sync.logSyncInterval;
  }

  /** Syncs and Follow_Ups that stayed without the other half. */
  get mismatches(): { syncs: number; followUps: number } {
    const { mismatchedSyncs, mismatchedFollowUps } = this.#following.sync;
    return { syncs: mismatchedSyncs, followUps: mismatchedFollowUps };
  }

  /** Puts the port into FAULTY. */
  fail(now: Instant, reason: PortFault): void {
    const before = this.state;
    this.apply(now, StateEvent.FaultDetected);
    if (this.state === before) return;
    this.push({
      kind: "fault",
      at: now,
      port: this.options.portNumber,
      reason,
      resetAfter: this.isLinkUp ? this.options.faultResetInterval : nanos(Infinity),
    });
  }

  /** The interface went down: FAULTY until it is back, however long; or it is back: at once not. */
  setLink(now: Instant, isUp: boolean): void {
    if (isUp === this.isLinkUp) return;
    this.isLinkUp = isUp;
    if (!isUp) this.fail(now, "link");
    else if (this.state === PortState.Faulty) this.apply(now, StateEvent.FaultCleared);
  }

  /** DESIGNATED_ENABLED or DESIGNATED_DISABLED. */
  setEnabled(now: Instant, isEnabled: boolean): void {
    this.apply(now, isEnabled ? StateEvent.DesignatedEnabled : StateEvent.DesignatedDisabled);
  }

  /** Configured otherwise from now on; the data set follows. */
  configure(change: PortChange): void {
    Object.assign(this.options, change);
    Object.assign(this.portDS, portDSChange(change));
  }

  snapshot(): PortSnapshot {
    return portSnapshot(this, this.events.lost);
  }

  // For the instance

  /** The state decision algorithm's result (9.3.3). */
  recommend(now: Instant, code: DecisionCode, isNewMaster: boolean): void {
    const event = recommendation(code);
    this.decision = code;
    if (event === undefined) return;
    const isWatching = code === "S1" || code === "P1" || code === "P2";
    this.#hold(now, isWatching ? this.foreign.best(now) : undefined);
    this.qualificationInterval = code === "M3"
      ? nanos((this.dataSets.currentDS.stepsRemoved + 1) * intervalOf(this.logAnnounceInterval))
      : nanos(0);
    this.apply(now, event, isNewMaster);
  }

  /** True in the states that take part in the best master clock algorithm. */
  get isRunning(): boolean {
    return isRunning(this.state);
  }

  // For roles and parts

  /** May send and take Announce, Sync and Follow_Up. */
  get isCapable(): boolean {
    return this.options.asCapable === "always" || this.peer?.isCapable === true;
  }

  apply(now: Instant, event: StateEvent, isNewMaster = false): void {
    const from = this.state;
    const to = this.isSlaveOnly
      ? slaveOnlySuccessor(from, event, isNewMaster)
      : successor(from, event, isNewMaster);
    if (to === undefined) return;
    this.#role.leave(now, to);
    if (!isRunning(to)) this.#forget();
    else if (!isRunning(from)) this.#begin(now);
    if (from === PortState.Master) this.unicast.server?.cancelAll();
    this.#role = this.#roles[to];
    this.portDS.portState = to;
    this.push({
      kind: "state",
      at: now,
      port: this.options.portNumber,
      from,
      to,
      cause: event,
    });
    this.#role.enter(now, from);
  }

  acceptAnnounce(m: Received): Reason {
    if (this.options.masterOnly) return Reason.PortState;
    if ((m.flags & Flag.AlternateMaster) !== 0) return Reason.AlternateMaster;
    const steps = announce.stepsRemoved(m.view, m.offset);
    if (steps >= this.instance.options.maxStepsRemoved) return Reason.StepsRemoved;
    if (hasPassed(m, this.portIdentity)) return Reason.PathLoop;
    const stranger = this.unicast.client?.onAnnounce(m) ?? Reason.None;
    if (stranger !== Reason.None) return stranger;
    const reason = this.foreign.accept(m);
    if (reason !== Reason.None) return reason;
    const held = this.foreign.held;
    if (held !== undefined && this.foreign.newest === held) {
      this.announceTimer.restart(m.at, held.logAnnounceInterval);
    }
    if (this.foreign.hasChanged) this.instance.requestDecision();
    const { newest } = this.foreign;
    const isParents = newest !== undefined && isSamePort(newest.sender, this.parent);
    if (isParents && newest.hasNewTlvs) this.instance.adoptTlvs(newest);
    const candidate = this.foreign.candidate(this.parent);
    if (candidate !== undefined) this.#prospect.prefer(candidate.sender, m.at);
    return Reason.None;
  }

  announceExpired(now: Instant): void {
    const silent = this.foreign.held;
    if (silent !== undefined) this.unicast.client?.lost(now, silent.sender);
    this.foreign.dropHeld();
    this.instance.requestDecision();
    this.announceTimer.stop();
    if (this.foreign.best(now) !== undefined) return;
    this.apply(now, StateEvent.AnnounceReceiptTimeout);
    if (this.state === PortState.Listening) {
      this.announceTimer.restart(now, this.logAnnounceInterval);
    }
  }

  onFollowUp(m: Received): void {
    if (message.firstTlv(m.view, m.offset) < message.end(m.view, m.offset)) {
      this.instance.followUpReceived(m);
    }
  }

  onIntervalRequest(m: Received, t: number): Reason {
    if (!this.options.acceptIntervalRequests) return Reason.NotConfigured;
    applyIntervals(m.view, t, this.portDS, this.options);
    this.announceSender.retime(m.at);
    this.syncSender.retime(m.at);
    this.peer?.retime(m.at);
    return Reason.None;
  }

  collect(m: Received): Reason {
    return this.#prospect.offer(m) ?? Reason.PortState;
  }

  restartServo(now: Instant): void {
    const discipline = this.instance.discipline;
    discipline.restart(now);
    this.unicast.client?.select(now, this.parent);
    this.#prospect.deliver(this.parent, (masterTime, local) => this.forward(masterTime, local));
    const link = this.peer === undefined || !this.delay.usesLink ? NaN : this.peer.meanLinkDelay;
    if (link === link) discipline.linkDelay(link as Nanos, now);
  }

  unfollowed(now: Instant): void {
    this.unicast.client?.unselect(now);
  }

  granted(now: Instant, messageType: number, log: number, isNew: boolean): void {
    if (messageType === MessageType.Sync) this.#following.sync.logSyncInterval = log;
    if (messageType !== MessageType.DelayResp) return;
    this.portDS.logMinDelayReqInterval = log;
    if (isNew && isFollowing(this.state)) this.delay.startRequests(now);
  }

  admitsDelayReq(m: Received): Reason {
    return this.unicast.admitsDelayReq(m);
  }

  delayReqPeer(now: Instant): AddressHandle {
    return this.unicast.delayReqPeer(now, this.foreign.held?.peer ?? 0);
  }

  get mayMulticast(): boolean {
    return this.unicast.client === undefined;
  }

  get isMaster(): boolean {
    return this.state === PortState.Master;
  }

  linkMeasured(delay: Nanos, at: Instant): void {
    this.delay.linkMeasured();
    this.portDS.meanLinkDelay = this.peer?.meanLinkDelay ?? delay;
    if (this.delay.usesLink && isFollowing(this.state)) {
      this.instance.discipline.linkDelay(delay, at);
    }
  }

  severalResponders(now: Instant): void {
    this.delay.linkFailed(now);
    if (this.options.delayMechanism === "p2p") this.fail(now, "severalResponders");
  }

  stampsFailed(now: Instant): void {
    this.fail(now, "transmitStamps");
  }

  #accept(m: Received): Reason {
    const { defaultDS } = this.instance;
    const { view: v, offset: o } = m;
    if (this.#isForeignSdo(v, o)) return Reason.ForeignSdo;
    if (header.domainNumber(v, o) !== defaultDS.domainNumber) return Reason.ForeignDomain;
    if (isSameClock(m.source, defaultDS.clockIdentity)) return this.#acceptOwn(m);
    switch (m.type) {
      case MessageType.PdelayReq:
      case MessageType.PdelayResp:
      case MessageType.PdelayRespFollowUp:
        if (!this.isRunning) return Reason.PortState;
        return this.peer === undefined ? Reason.NotConfigured : this.peer.receive(m);
      case MessageType.Announce:
      case MessageType.Sync:
      case MessageType.FollowUp:
        return this.isCapable ? this.#receiveTiming(m) : Reason.NotCapable;
      case MessageType.Management:
        return this.management === undefined ? Reason.NotConfigured : this.management.receive(m);
      case MessageType.Signaling:
        return this.isRunning ? this.signaling.receive(m) : Reason.PortState;
      default:
        return this.#role.receive(m);
    }
  }

  /** 7.1.4, 16.5. */
  #isForeignSdo(v: DataView, o: number): boolean {
    const { majorSdoId, minorSdoId, isolation, ignoreMajorSdoId } = this.instance.options;
    if (!ignoreMajorSdoId && header.majorSdoId(v, o) !== majorSdoId) return true;
    return isolation && header.minorSdoId(v, o) !== minorSdoId;
  }

  #receiveTiming(m: Received): Reason {
    const reason = this.#role.receive(m);
    if (m.type === MessageType.Sync && reason === Reason.None) this.unicast.client?.onSync(m.at);
    return reason;
  }

  /** A message of this clock: of this port, of another one on the same path, or of a clone. */
  #acceptOwn(m: Received): Reason {
    const isOurs = this.isRunning && this.instance.hasPort(m.source.port);
    if (m.type !== MessageType.Announce || !isOurs) return Reason.OwnIdentity;
    const log = sane(m.logMessageInterval, -7, 5, this.logAnnounceInterval);
    const timeout = nanos(this.options.announceReceiptTimeout * intervalOf(log));
    if (!this.siblings.heard(m.source.port, m.at, timeout)) return Reason.OwnIdentity;
    if (this.siblings.hasChanged) this.instance.requestDecision();
    return Reason.None;
  }

  #stamped(now: Instant, ticket: number, at: Instant): void {
    const reason = isUnicastTicket(ticket)
      ? this.unicast.server?.stamped(ticket, at) ?? Reason.LateStamp
      : this.#deliverStamp(now, ticketType(ticket), ticketSequenceId(ticket), at);
    this.faults.count(reason);
  }

  #deliverStamp(now: Instant, type: number, id: number, at: Instant): Reason {
    if (type < 0) return Reason.LateStamp;
    const isPeers = type === MessageType.PdelayReq || type === MessageType.PdelayResp;
    if (!isPeers) return this.#role.stamped(now, type, id, at);
    return this.peer === undefined ? Reason.LateStamp : this.peer.stamped(type, id, at);
  }

  /** What runs in every state that runs. */
  #begin(now: Instant): void {
    if (this.options.delayMechanism === "p2p") this.peer?.start(now);
    this.unicast.start(now);
  }

  /** Watches `master`'s Announce, from now on where it is another one than before; roles only look. */
  #hold(now: Instant, master: ForeignMaster | undefined): void {
    const isOther = master !== this.foreign.held;
    this.foreign.hold(master);
    if (master === undefined) this.announceTimer.stop();
    else if (isOther) this.announceTimer.restart(now, master.logAnnounceInterval);
  }

  /** A port that stops taking part knows no masters any more. */
  #forget(): void {
    this.foreign.clear();
    this.siblings.clear();
    this.#prospect.clear();
    this.announceTimer.stop();
    this.peer?.clear();
    this.signaling.clear();
    this.unicast.clear();
    this.instance.requestDecision();
  }
}
