/**
 * Who asked for notifications (linuxptp's SUBSCRIBE_EVENTS_NP): bounded, each for a time.
 * @module
 */
import { type Instant, NEVER } from "../../base/time.ts";
import type { PortIdentity } from "../wire/identity.ts";
import type { Notification } from "./bodies.ts";

/** Subscribers at once; one more is refused. */
export const MAX_SUBSCRIBERS = 64;

/** What a subscriber asked for. */
export type Events = Readonly<Record<Notification, boolean>>;

/** One subscriber. */
export interface Subscription {
  /** Where it is reached: the path of its socket. */
  readonly address: string;
  /** Its port identity: `targetPortIdentity` of notifications. */
  source: Readonly<PortIdentity>;
  events: Events;
  /** Seconds granted; told by GET. */
  duration: number;
  until: Instant;
  /** Of the next notification. */
  sequenceId: number;
}

/** The table, by address. */
export class Subscriptions {
  readonly #entries = new Map<string, Subscription>();

  /** Grants or renews for `duration` seconds; 0 ends it. False where the table is full. */
  subscribe(
    now: Instant,
    who: { address: string; source: Readonly<PortIdentity> },
    duration: number,
    events: Events,
  ): boolean {
    this.expire(now);
    if (duration === 0) {
      this.#entries.delete(who.address);
      return true;
    }
    const known = this.#entries.get(who.address);
    if (known === undefined && this.#entries.size >= MAX_SUBSCRIBERS) return false;
    this.#entries.set(who.address, {
      ...who,
      events: { ...events },
      duration,
      until: now + duration * 1e9 as Instant,
      sequenceId: known?.sequenceId ?? 0,
    });
    return true;
  }

  /** The subscription in force at `address`. */
  find(now: Instant, address: string): Subscription | undefined {
    this.expire(now);
    return this.#entries.get(address);
  }

  /** Those who want to be told of `event`. */
  wanting(event: Notification): Subscription[] {
    return [...this.#entries.values()].filter((s) => s.events[event]);
  }

  /** Nobody is reached there any more. */
  drop(address: string): void {
    this.#entries.delete(address);
  }

  expire(now: Instant): void {
    for (const s of this.#entries.values()) if (now >= s.until) this.#entries.delete(s.address);
  }

  deadline(): Instant {
    let first: Instant = NEVER;
    for (const { until } of this.#entries.values()) if (until < first) first = until;
    return first;
  }

  get size(): number {
    return this.#entries.size;
  }
}
