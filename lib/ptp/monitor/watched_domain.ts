/**
 * One PTP domain: who announces in it, which grandmaster wins, and why that changed.
 * @module
 */
import { clockText, isSameClock } from "../wire/identity.ts";
import type { SyncMetadata } from "../profile/sync_metadata.ts";
import {
  type Announced,
  announced,
  assignAnnounced,
  compareAnnounced,
  decidedBy,
  valueText,
} from "./announced.ts";
import type { WatchedPort } from "./watched_port.ts";

/** Ports that may announce at a time; more are counted. */
const MAX_ANNOUNCERS = 64;
/** Changes of grandmaster that are remembered. */
const MAX_HISTORY = 32;

/** Why a grandmaster took over. */
export type GmCause =
  /** None was there before. */
  | "first"
  /** The Announces of the old one stopped; nobody relays it. */
  | "announceTimeout"
  /** The old one's own data set became worse. */
  | "degraded"
  /** The new one's data set became better. */
  | "improved"
  /** A better one appeared. */
  | "better"
  /** The port that announced the old one announces another now, and nobody else the old one. */
  | "upstream";

/** A change of the best grandmaster seen. */
export interface GmChange {
  readonly at: number;
  /** Clock identities; "" before the first. */
  readonly from: string;
  readonly to: string;
  /** Who announces the new one. */
  readonly by: string;
  readonly cause: GmCause;
  /** The field that decided, or "" where none did. */
  readonly field: string;
  /** `priority1 100 -> 128`, `clockClass 6 beats 7`, `no Announce for 3.2 s`. */
  readonly text: string;
}

/** See the module. */
export class WatchedDomain {
  readonly number: number;
  /** 12 bits: majorSdoId, then minorSdoId. */
  readonly sdoId: number;
  readonly announcers: WatchedPort[] = [];
  /** Who announces the best grandmaster. */
  best: WatchedPort | undefined;
  changes = 0;
  readonly history: GmChange[] = [];
  /** Ports that announced while 64 others did. */
  refused = 0;
  metadata: SyncMetadata | undefined;
  hasPathTrace = false;
  firstAt: number;
  lastAt: number;
  messages = 0;
  /** The winner as it was when it won, and its last state. */
  readonly #won: Announced = announced();
  readonly #last: Announced = announced();
  #hasWinner = false;
  #lastSeen = 0;

  constructor(sdoId: number, number: number, at: number) {
    this.sdoId = sdoId;
    this.number = number;
    this.firstAt = at;
    this.lastAt = at;
  }

  /** The identities of all grandmasters announced now. */
  grandmasters(): string[] {
    const found = new Set<string>();
    for (const port of this.announcers) {
      if (port.announced !== undefined) found.add(clockText(port.announced.grandmasterIdentity));
    }
    return [...found];
  }

  /** The winner's data set; the last one's where nobody announces now. */
  get set(): Announced | undefined {
    return this.best?.announced ?? (this.#hasWinner ? this.#last : undefined);
  }

  /** A port has announced; false where there are too many. */
  join(port: WatchedPort): boolean {
    if (port.isAnnouncing) return true;
    if (this.announcers.length >= MAX_ANNOUNCERS) {
      this.refused++;
      return false;
    }
    this.announcers.push(port);
    return true;
  }

  /** A port's Announces have stopped. */
  leave(port: WatchedPort): void {
    const k = this.announcers.indexOf(port);
    if (k >= 0) this.announcers.splice(k, 1);
    port.announceExpires = NaN;
    if (this.best === port) this.best = undefined;
  }

  /**
   * Chooses again.
   * @param before The newest announcer's data set before its last Announce, if that differed.
   */
  elect(at: number, before?: { port: WatchedPort; set: Announced }): GmChange | undefined {
    let best: WatchedPort | undefined;
    for (const port of this.announcers) {
      const set = port.announced;
      if (set === undefined) continue;
      if (best?.announced === undefined || compareAnnounced(set, best.announced) < 0) best = port;
    }
    this.best = best;
    const set = best?.announced;
    if (best === undefined || set === undefined) return undefined;
    const isSame = this.#hasWinner &&
      isSameClock(set.grandmasterIdentity, this.#last.grandmasterIdentity);
    const change = isSame ? undefined : this.#change(at, best, set, before);
    if (!isSame) assignAnnounced(set, this.#won);
    assignAnnounced(set, this.#last);
    this.#hasWinner = true;
    this.#lastSeen = at;
    return change;
  }

  /** A port has announced the same as before. */
  confirm(port: WatchedPort, at: number): void {
    if (port === this.best) this.#lastSeen = at;
  }

  #change(
    at: number,
    by: WatchedPort,
    set: Announced,
    before: { port: WatchedPort; set: Announced } | undefined,
  ): GmChange {
    const reason = this.#hasWinner
      ? this.#reason(at, by, set, before)
      : { cause: "first" as const, field: "", text: "the first one seen" };
    const change = {
      at,
      from: this.#hasWinner ? clockText(this.#last.grandmasterIdentity) : "",
      to: clockText(set.grandmasterIdentity),
      by: by.text,
      ...reason,
    };
    this.changes++;
    this.history.push(change);
    if (this.history.length > MAX_HISTORY) this.history.shift();
    return change;
  }

  #reason(
    at: number,
    by: WatchedPort,
    set: Announced,
    before: { port: WatchedPort; set: Announced } | undefined,
  ): { cause: GmCause; field: string; text: string } {
    const old = this.#last.grandmasterIdentity;
    const still = this.announcers.find((port) =>
      port.announced !== undefined && isSameClock(port.announced.grandmasterIdentity, old)
    )?.announced;
    if (still === undefined) {
      const relayed = before?.port === by && isSameClock(before.set.grandmasterIdentity, old);
      if (!relayed) {
        const silent = ((at - this.#lastSeen) / 1e9).toFixed(1);
        return { cause: "announceTimeout", field: "", text: `no Announce for ${silent} s` };
      }
      const decided = decidedBy(set, this.#last);
      const field = decided?.field ?? "";
      const text = `${field} ${decided?.loser ?? ""} -> ${decided?.winner ?? ""}, as relayed`;
      return { cause: "upstream", field, text };
    }
    const decided = decidedBy(set, still);
    const field = decided?.field ?? "";
    const then = valueText(this.#won, field);
    const now = valueText(still, field);
    if (then !== now) return { cause: "degraded", field, text: `${field} ${then} -> ${now}` };
    const was = before?.port === by ? valueText(before.set, field) : now;
    const is = valueText(set, field);
    if (before?.port === by && was !== is && field !== "grandmasterIdentity") {
      return { cause: "improved", field, text: `${field} ${was} -> ${is}` };
    }
    return { cause: "better", field, text: `${field} ${is} beats ${now}` };
  }
}
