/**
 * Other ports of this very clock on the same communication path (IEEE 1588-2019 9.5.3): of two ports
 * that hear each other's Announce, the one with the greater number is PASSIVE.
 * @module
 */
import { type Instant, type Nanos, NEVER } from "../base/time.ts";

/** Whether a sibling with a lower number speaks on this port's path. */
export class Siblings {
  readonly #own: number;
  #until: Instant = NEVER;
  #isHeard = false;
  /** True after a change, until the next state decision. */
  hasChanged = false;

  /** @param own Our port number. */
  constructor(own: number) {
    this.#own = own;
  }

  /** An Announce of port `portNumber` of this clock; false where it means nothing here. */
  heard(portNumber: number, now: Instant, timeout: Nanos): boolean {
    if (portNumber >= this.#own) return false;
    if (!this.#isHeard) this.hasChanged = true;
    this.#isHeard = true;
    this.#until = now + timeout as Instant;
    return true;
  }

  /** True while this port must be silent for a sibling's sake. */
  get mustYield(): boolean {
    return this.#isHeard;
  }

  expire(now: Instant): void {
    if (now < this.#until) return;
    this.clear();
    this.hasChanged = true;
  }

  deadline(): Instant {
    return this.#until;
  }

  clear(): void {
    this.#until = NEVER;
    this.#isHeard = false;
  }
}
