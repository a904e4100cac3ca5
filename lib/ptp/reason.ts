/**
 * Why a port did not use a message: the faults of the wire, then the protocol's own reasons.
 *
 * Some are ordinary on a multicast network (another slave's Delay_Resp, a foreign domain); all are
 * counted, none changes a port's state by itself.
 * @module
 */
import { Fault } from "./wire/fault.ts";

/** `None` means used. The values index a port's `FaultCounters`. */
export const Reason = {
  ...Fault,
  /** `domainNumber` is another's (7.1). */
  ForeignDomain: 9,
  /** `majorSdoId` or `minorSdoId` is another's (7.1.4). */
  ForeignSdo: 10,
  /** Sent by this very clock: looped back, or a clone of its identity (9.3.2.5 a). */
  OwnIdentity: 11,
  /** `alternateMasterFlag` is set and alternate masters are not followed (17.3). */
  AlternateMaster: 12,
  /** Announce with `stepsRemoved` of 255 or the configured limit, or more (9.3.2.5 d). */
  StepsRemoved: 13,
  /** Sync, Follow_Up or Delay_Resp from another port than the parent (9.5.4, 9.5.5). */
  NotParent: 14,
  /** A response to somebody else's request. */
  OtherPort: 15,
  /** A response to no request that is outstanding: too late, or never asked. */
  UnknownSequence: 16,
  /** The same `sequenceId` once more. */
  Duplicate: 17,
  /** An event message without receive stamp, or a request whose transmit stamp was refused. */
  MissingStamp: 18,
  /** A transmit stamp for a message nobody waits for any more. */
  LateStamp: 19,
  /** correctionField says "too big to be represented", or nearly. */
  CorrectionTooBig: 20,
  /** A timestamp of 2^32 seconds or more: beyond the year 2106 on any epoch in use. */
  SecondsTooBig: 21,
  /** A message the port's state has no use for (Table 9 and following). */
  PortState: 22,
  /** No room for one more foreign master, all known ones being qualified. */
  ForeignTableFull: 23,
  /** More requests in one turn than the queue of responses holds. */
  ResponseQueueFull: 24,
  /** The link reported an error for an address. */
  LinkError: 25,
  /** A message of a mechanism that is not configured: peer delay, signaling, management. */
  NotConfigured: 26,
  /** A second port has answered one Pdelay_Req: the link has more than two ends (11.4.1). */
  SeveralResponders: 27,
  /** Announce, Sync or Follow_Up on a port that is not `asCapable` (802.1AS-2020 10.2.5.1). */
  NotCapable: 28,
  /** Announce that has passed this clock before: our identity is in its path trace (16.2.3). */
  PathLoop: 29,
  /** A unicast request refused, or a unicast Delay_Req without grant (16.1). */
  NotGranted: 30,
  /** Signaling from an address that the access list keeps out. */
  AccessDenied: 31,
  /** More messages than one source may send, or than it was granted. */
  RateExceeded: 32,
  /** A message of a master that is not in the unicast master table (17.4). */
  NotInMasterTable: 33,
} as const;
export type Reason = typeof Reason[keyof typeof Reason];
