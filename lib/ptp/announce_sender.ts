/**
 * A master's Announce messages (IEEE 1588-2019 9.5.8): the first at once, then on a fixed grid.
 * @module
 */
import type { PacketBatch } from "../base/batch.ts";
import type { Random } from "../base/random.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { AnnounceSource, Emitter } from "./emit.ts";
import { intervalOf, nextOnGrid } from "./interval.ts";

/** What the sender needs from its port. */
export interface AnnounceContext {
  readonly emitter: Emitter;
  readonly random: Random;
  readonly logAnnounceInterval: number;
  readonly dataSets: AnnounceSource;
}

export class AnnounceSender {
  readonly #port: AnnounceContext;
  #deadline: Instant = NEVER;
  #isDue = false;
  #sequenceId: number;

  constructor(port: AnnounceContext) {
    this.#port = port;
    this.#sequenceId = port.random.integer(0x1_0000);
  }

  start(now: Instant): void {
    this.#deadline = now;
    this.expire(now);
  }

  stop(): void {
    this.#deadline = NEVER;
    this.#isDue = false;
  }

  expire(now: Instant): void {
    if (now < this.#deadline) return;
    this.#isDue = true;
    this.#deadline = nextOnGrid(this.#deadline, intervalOf(this.#port.logAnnounceInterval), now);
  }

  /** Leaves out what is due. */
  skip(): void {
    this.#isDue = false;
  }

  /** The interval has changed. */
  retime(now: Instant): void {
    if (this.#deadline === NEVER) return;
    this.#deadline = now + intervalOf(this.#port.logAnnounceInterval) as Instant;
  }

  deadline(): Instant {
    return this.#deadline;
  }

  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    if (!this.#isDue) return true;
    const { emitter, logAnnounceInterval, dataSets } = this.#port;
    if (!emitter.announce(out, this.#sequenceId, logAnnounceInterval, dataSets)) return false;
    this.#isDue = false;
    this.#sequenceId = (this.#sequenceId + 1) & 0xffff;
    return true;
  }
}
