/**
 * What a UDP link counts besides packets: everything that went missing, and why.
 * @module
 */
import { errnoName } from "./errno.ts";

const ERRNOS = 256;

/** Counters of one link, all of its sockets together. */
export class UdpCounters {
  /** Slots (with GRO: of several datagrams) received. */
  received = 0;
  /** Slots sent. */
  sent = 0;
  /** Datagrams larger than a slot: dropped. */
  truncated = 0;
  /** Datagrams the kernel dropped because the receive buffer was full. */
  overflowed = 0;
  /** ICMP and local errors read from the error queue. */
  linkErrors = 0;
  /** Transmit stamps delivered. */
  stamps = 0;
  /** Transmit stamps that belong to no ticket (any more). */
  strayStamps = 0;
  /** Slots the kernel would not send in one piece and that went datagram by datagram. */
  split = 0;
  /** Slots that left as segments of one message with their neighbours. */
  joined = 0;
  readonly #refused = new Float64Array(ERRNOS);

  /** A slot was not sent because of `errno`. */
  refuse(errno: number): void {
    this.#refused[errno & (ERRNOS - 1)]! += 1;
  }

  /** Slots not sent, by the error's name: `{"ENETUNREACH": 3}`. */
  refused(): Record<string, number> {
    const seen: Record<string, number> = {};
    for (let k = 0; k < ERRNOS; k++) {
      if (this.#refused[k]! > 0) seen[errnoName(k)] = this.#refused[k]!;
    }
    return seen;
  }

  /** Slots not sent, all errors together. */
  refusedTotal(): number {
    let sum = 0;
    for (let k = 0; k < ERRNOS; k++) sum += this.#refused[k]!;
    return sum;
  }
}
