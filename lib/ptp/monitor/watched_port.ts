/**
 * A PTP port as it is known from its messages.
 * @module
 */
import { MessageType } from "../wire/header.ts";
import { type PortIdentity, portText } from "../wire/identity.ts";
import type { Announced } from "./announced.ts";
import type { Linked } from "./lru.ts";
import type { PathEstimate } from "./path_estimate.ts";
import type { Requests } from "./requests.ts";
import { addressHash, addressText, Carrier, macText, type Sighting } from "./sighting.ts";
import type { SyncPairs } from "./sync_pairs.ts";
import type { WatchedDomain } from "./watched_domain.ts";

/** See the module. Times are ns since the first message of all. */
export class WatchedPort implements Linked<WatchedPort> {
  hash: number;
  chain: WatchedPort | undefined = undefined;
  newer: WatchedPort | undefined = undefined;
  older: WatchedPort | undefined = undefined;
  readonly domain: WatchedDomain;
  readonly identity: PortIdentity;
  /** `001122.fffe.334455-1`. */
  readonly text: string;
  firstAt: number;
  lastAt: number;
  /** Messages by `messageType`. */
  readonly counts = new Float64Array(16);
  carrier: Carrier = Carrier.Unknown;
  address = "";
  mac = "";
  vlan = -1;
  dscp = -1;
  minorVersion = 0;
  /** Times that the sender's address changed: two stations with one identity, perhaps. */
  addressChanges = 0;
  /** Of what a master sends, and of requests. */
  unicasts = 0;
  multicasts = 0;
  // As a master.
  announced: Announced | undefined;
  /** When its Announce counts as gone; NaN while it announces nothing. */
  announceExpires = NaN;
  lastAnnounceAt = NaN;
  /** Announces that differed from the one before. */
  announceChanges = 0;
  alternates = 0;
  /** Clock identities of the path trace, the grandmaster's first; empty where there is none. */
  pathTrace: string[] = [];
  oneStepSyncs = 0;
  twoStepSyncs = 0;
  pairs: SyncPairs | undefined;
  path: PathEstimate | undefined;
  /** The first forward value told as drift. */
  firstForward: number | undefined;
  hasFollowUpInformation = false;
  /** What its Delay_Resp say; NaN before the first. */
  logMinDelayReqInterval = NaN;
  // As a slave.
  requests: Requests | undefined;
  /** Who answers its Delay_Req. */
  master: WatchedPort | undefined;
  /** Times that somebody else than before answered. */
  masterChanges = 0;
  #addressKey = 0;
  #hasAddress = false;

  constructor(hash: number, domain: WatchedDomain, identity: PortIdentity, at: number) {
    this.hash = hash;
    this.domain = domain;
    this.identity = { ...identity };
    this.text = portText(identity);
    this.firstAt = at;
    this.lastAt = at;
  }

  /** True where it has sent what only masters send. */
  get isMaster(): boolean {
    const n = this.counts;
    return n[MessageType.Announce]! + n[MessageType.Sync]! + n[MessageType.FollowUp]! +
        n[MessageType.DelayResp]! > 0;
  }

  /** True where it has asked a master for its delay. */
  get isSlave(): boolean {
    return this.counts[MessageType.DelayReq]! > 0;
  }

  /** True while its Announce is in force. */
  get isAnnouncing(): boolean {
    return !Number.isNaN(this.announceExpires);
  }

  /** Takes over where a message came from. */
  locate(s: Sighting, minorVersion: number, isEvent: boolean): void {
    this.minorVersion = minorVersion;
    if (s.vlan !== this.vlan) this.vlan = s.vlan;
    if (isEvent) this.dscp = s.dscp;
    const key = Math.imul(addressHash(s, s.source), 31) ^ s.carrier ^
      (s.mac < 0 ? 0 : s.view.getUint32(s.mac + 2));
    if (key === this.#addressKey && this.#hasAddress) return;
    if (this.#hasAddress) this.addressChanges++;
    this.#hasAddress = true;
    this.#addressKey = key;
    this.carrier = s.carrier;
    this.address = addressText(s, s.source);
    this.mac = macText(s);
  }
}
