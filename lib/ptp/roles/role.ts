/**
 * What a port is responsible for in one state: each state of IEEE 1588-2019 9.2.5 is one object.
 *
 * The port keeps one of each and hands everything to the one in force; so no part of the code asks
 * which state it is in.
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import type { Instant, Nanos, Timestamp } from "../../base/time.ts";
import type { AnnounceSender } from "../announce_sender.ts";
import type { AnnounceTimer } from "../announce_timer.ts";
import type { DelayMechanism } from "../delay/mechanism.ts";
import type { PortOptions } from "../options.ts";
import type { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import type { PortState, StateEvent } from "../state.ts";
import type { SyncSender } from "../sync_sender.ts";
import type { PortIdentity } from "../wire/identity.ts";

/** One state of one port. */
export interface Role {
  readonly state: PortState;
  /** The port comes from `from`. */
  enter(now: Instant, from: PortState): void;
  /** The port goes to `to`. */
  leave(now: Instant, to: PortState): void;
  /** A message that passed the port's checks; `None` where it was used. */
  receive(m: Received): Reason;
  /** The transmit stamp of a message sent earlier, NaN where it was refused. */
  stamped(now: Instant, messageType: number, sequenceId: number, at: Instant): Reason;
  expire(now: Instant): void;
  deadline(): Instant;
  transmit(now: Instant, out: PacketBatch): void;
}

/** What roles may ask of their port. */
export interface RolePort {
  readonly options: Readonly<PortOptions>;
  readonly isSlaveOnly: boolean;
  /** False where peer delay says that nobody can be synchronized over this link. */
  readonly isCapable: boolean;
  /** False while the interface is down: FAULTY then lasts. */
  readonly isLinkUp: boolean;
  readonly announceTimer: AnnounceTimer;
  readonly announceSender: AnnounceSender;
  readonly syncSender: SyncSender;
  readonly delay: DelayMechanism;
  /** `parentDS.parentPortIdentity`. */
  readonly parent: Readonly<PortIdentity>;
  /** How long PRE_MASTER lasts (9.2.6.11). */
  readonly qualificationInterval: Nanos;

  /** The state machine's arc for `event`, if there is one. */
  apply(now: Instant, event: StateEvent): void;
  /** `None` where Delay_Req `m` is to be answered. */
  admitsDelayReq(m: Received): Reason;
  /** The port follows its parent no more. */
  unfollowed(now: Instant): void;
  /** Takes an Announce into the foreign master list. */
  acceptAnnounce(m: Received): Reason;
  /** The Announce receipt timeout has expired. */
  announceExpired(now: Instant): void;
  /** Takes a Sync or Follow_Up of a master that may be chosen later. */
  collect(m: Received): Reason;
  /** A new master: forget phases, hand over what was collected of it. */
  restartServo(now: Instant): void;
  /** A Follow_Up of the parent, for its TLVs. */
  onFollowUp(m: Received): void;
  /** A complete Sync of the parent. */
  forward(masterTime: Readonly<Timestamp>, local: Instant): void;
}
