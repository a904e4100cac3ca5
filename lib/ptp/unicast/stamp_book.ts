/**
 * Unicast Syncs whose transmit stamps are under way, and the Follow_Ups to be written from them.
 * @module
 */
import type { AddressHandle } from "../../base/address.ts";
import type { Timestamp } from "../../base/time.ts";

/** Syncs under way at once: a quarter of a second of 64,000 a second. */
const CAPACITY = 16_384;
const MASK = CAPACITY - 1;
/** Marks the ticket of a unicast Sync; 24 bits below it count. */
const TICKET_MARK = 0x0200_0000;
const COUNT_MASK = 0xff_ffff;

/** True where a ticket is one of {@linkcode StampBook}'s. */
export function isUnicastTicket(ticket: number): boolean {
  return (ticket & 0xff00_0000) === TICKET_MARK;
}

/** Rings over typed arrays; a Sync whose stamp never comes gives way in the end, and is counted. */
export class StampBook {
  /** Syncs without Follow_Up. */
  missed = 0;
  readonly #ticket = new Int32Array(CAPACITY).fill(-1);
  readonly #sequenceId = new Uint16Array(CAPACITY);
  readonly #general = new Int32Array(CAPACITY);
  readonly #seconds = new Float64Array(CAPACITY);
  readonly #nanoseconds = new Float64Array(CAPACITY);
  /** Slots whose stamp has come, oldest first. */
  readonly #ready = new Int32Array(CAPACITY);
  #first = 0;
  #count = 0;
  #next = 0;

  /** A Sync leaves; its ticket. */
  open(sequenceId: number, general: AddressHandle): number {
    const n = this.#next;
    this.#next = (n + 1) & COUNT_MASK;
    const k = n & MASK;
    if (this.#ticket[k]! >= 0) this.missed++;
    this.#ticket[k] = n;
    this.#sequenceId[k] = sequenceId;
    this.#general[k] = general;
    return TICKET_MARK | n;
  }

  /** True where somebody waits for the stamp of `ticket`. */
  isAwaited(ticket: number): boolean {
    return this.#ticket[ticket & MASK] === (ticket & COUNT_MASK);
  }

  /** The Sync was not sent, or its stamp refused: no Follow_Up. */
  drop(ticket: number): void {
    this.#ticket[ticket & MASK] = -1;
    this.missed++;
  }

  /** The Sync of `ticket` left at `t1`. Its slot is kept until the Follow_Up is taken. */
  stamped(ticket: number, t1: Readonly<Timestamp>): void {
    const k = ticket & MASK;
    this.#ticket[k] = -1;
    this.#seconds[k] = t1.seconds;
    this.#nanoseconds[k] = t1.nanoseconds;
    if (this.#count === CAPACITY) {
      this.missed++;
      return;
    }
    this.#ready[(this.#first + this.#count++) & MASK] = k;
  }

  /** Follow_Ups to be written. */
  get count(): number {
    return this.#count;
  }

  get sequenceId(): number {
    return this.#sequenceId[this.#ready[this.#first]!]!;
  }

  get general(): AddressHandle {
    return this.#general[this.#ready[this.#first]!]!;
  }

  time(into: Timestamp): void {
    const k = this.#ready[this.#first]!;
    into.seconds = this.#seconds[k]!;
    into.nanoseconds = this.#nanoseconds[k]!;
  }

  shift(): void {
    this.#first = (this.#first + 1) & MASK;
    this.#count--;
  }

  clear(): void {
    this.#ticket.fill(-1);
    this.#count = 0;
  }
}
