/**
 * ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES of one port (IEEE 1588-2019 9.2.6.12).
 * @module
 */
import type { Random } from "../base/random.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { announceTimeout } from "./interval.ts";
import type { PortOptions } from "./options.ts";

export class AnnounceTimer {
  #deadline: Instant = NEVER;
  readonly #options: Readonly<PortOptions>;
  readonly #random: Random;

  constructor(options: Readonly<PortOptions>, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /**
   * Starts anew.
   * @param log The announce interval of the master that is watched; ours if that is longer.
   */
  restart(now: Instant, log: number): void {
    const slower = Math.max(log, this.#options.logAnnounceInterval);
    const { announceReceiptTimeout } = this.#options;
    const timeout = announceTimeout(announceReceiptTimeout, slower, this.#random);
    this.#deadline = now + timeout as Instant;
  }

  stop(): void {
    this.#deadline = NEVER;
  }

  hasExpired(now: Instant): boolean {
    return now >= this.#deadline;
  }

  deadline(): Instant {
    return this.#deadline;
  }
}
