/**
 * A rate limit for each source, in constant memory: sources share a bucket only where their hashes
 * collide, so that one that floods does not take what others are due.
 * @module
 */
import type { Instant } from "../../base/time.ts";
import type { PortIdentity } from "../wire/identity.ts";

const BUCKETS = 4096;

/** Generic cell rate algorithm over hashed sources. */
export class FairShare {
  /** What was refused. */
  refused = 0;
  readonly #cost: number;
  readonly #burst: number;
  /** When each bucket will have earned what it has spent; made when first asked. */
  #earned: Float64Array | undefined;

  /**
   * @param rate Messages a second of one source in the long run; 0 for no limit.
   * @param burst Messages at once.
   */
  constructor(rate: number, burst: number) {
    this.#cost = rate > 0 ? 1e9 / rate : 0;
    this.#burst = burst * this.#cost;
  }

  /** One message of the source; false where it is one too many. */
  take(hash: number, now: Instant): boolean {
    this.#earned ??= new Float64Array(BUCKETS);
    const k = hash & (BUCKETS - 1);
    const earned = Math.max(this.#earned[k]!, now) + this.#cost;
    if (earned - now > this.#burst) {
      this.refused++;
      return false;
    }
    this.#earned[k] = earned;
    return true;
  }
}

/** 32 bits of a port identity. */
export function hashOf(id: Readonly<PortIdentity>): number {
  let h = Math.imul(id.high ^ Math.imul(id.low, 0x9e37_79b1), 0x85eb_ca6b) ^ id.port;
  h = Math.imul(h ^ (h >>> 15), 0xc2b2_ae35);
  return (h ^ (h >>> 13)) >>> 0;
}
