/**
 * SLAVE: the clock is synchronized to the master (9.2.5).
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import type { Instant } from "../../base/time.ts";
import type { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { isFollowing, PortState } from "../state.ts";
import type { Following } from "./following.ts";
import type { Role } from "./role.ts";

export class Slave implements Role {
  readonly state = PortState.Slave;
  readonly #following: Following;

  constructor(following: Following) {
    this.#following = following;
  }

  enter(now: Instant): void {
    this.#following.begin(now);
  }

  leave(now: Instant, to: PortState): void {
    if (!isFollowing(to)) this.#following.end(now);
  }

  receive(m: Received): Reason {
    return this.#following.receive(m);
  }

  stamped(_now: Instant, messageType: number, sequenceId: number, at: Instant): Reason {
    return this.#following.stamped(messageType, sequenceId, at);
  }

  expire(now: Instant): void {
    this.#following.expire(now);
  }

  deadline(): Instant {
    return this.#following.deadline();
  }

  transmit(_now: Instant, out: PacketBatch): void {
    this.#following.transmit(out);
  }
}
