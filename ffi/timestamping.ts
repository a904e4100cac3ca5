/**
 * Kernel time stamps of a socket (Documentation/networking/timestamping): asking for them, matching
 * transmit stamps to the core's tickets, and turning a stamp into an {@linkcode Instant}.
 *
 * Only packets with a ticket ask for a transmit stamp, by a control message of their own, so the
 * socket's OPT_ID counter counts exactly those. A send that fails may or may not have moved the
 * counter (kernels differ), so after one it is set back to 0 on both sides.
 * @module
 */
import { type Clock, clockPair } from "../lib/base/clock.ts";
import { type PacketBatch, StampSource } from "../lib/base/batch.ts";
import { checked, libc } from "./libc.ts";
import { SCM_TIMESTAMPING_LAYOUT, So, Sol, Stamping } from "./layout.ts";
import { PairTracker } from "./pair_tracker.ts";

const HIGH = 0x1_0000_0000;

/** Whose stamps a socket wants. */
export type StampMode = "none" | "software" | "hardware";

/** What the control message of one packet asks for. */
export function transmitRequest(mode: StampMode): number {
  if (mode === "none") return 0;
  return mode === "hardware" ? Stamping.TxHardware : Stamping.TxSoftware;
}

/** The flags of the whole socket: stamps in, stamps out on request, numbered, without the packet. */
export function socketFlags(mode: StampMode): number {
  if (mode === "none") return 0;
  const common = Stamping.OptId | Stamping.OptTsOnly | Stamping.OptCmsg | Stamping.Software |
    Stamping.RxSoftware;
  return mode === "hardware" ? common | Stamping.RxHardware | Stamping.RawHardware : common;
}

/** Switches stamps on, and sets the socket's OPT_ID counter to 0. */
export function enableStamps(fd: number, mode: StampMode, subject: string): void {
  if (mode === "none") return;
  const value = new Uint32Array(1);
  const bytes = new Uint8Array(value.buffer);
  const c = libc();
  const flags = socketFlags(mode);
  value[0] = flags & ~Stamping.OptId;
  checked("SO_TIMESTAMPING", subject, c.setsockopt(fd, Sol.Socket, So.Timestamping, bytes, 4));
  value[0] = flags;
  checked("SO_TIMESTAMPING", subject, c.setsockopt(fd, Sol.Socket, So.Timestamping, bytes, 4));
}

/** Which ticket belongs to which value of a socket's OPT_ID counter. */
export class TicketRing {
  static readonly SIZE = 8192;
  /** Tickets whose stamp never came before 8191 more were sent, or before a restart. */
  lost = 0;
  /** Tickets still waiting for their stamp. */
  outstanding = 0;
  #next = 0;
  readonly #tickets = new Uint32Array(TicketRing.SIZE);
  readonly #ids = new Uint32Array(TicketRing.SIZE);

  /** A packet with `ticket` was taken by the kernel, which has numbered it. */
  sent(ticket: number): void {
    const slot = this.#next & (TicketRing.SIZE - 1);
    if (this.#tickets[slot] !== 0) this.lost++;
    else this.outstanding++;
    this.#tickets[slot] = ticket;
    this.#ids[slot] = this.#next;
    this.#next = (this.#next + 1) >>> 0;
  }

  /** The ticket of the packet with this number, once; 0 where none waits. */
  take(id: number): number {
    const slot = id & (TicketRing.SIZE - 1);
    const ticket = this.#tickets[slot]!;
    if (ticket === 0 || this.#ids[slot] !== id >>> 0) return 0;
    this.#tickets[slot] = 0;
    this.outstanding--;
    return ticket;
  }

  /** The socket's counter was set to 0: what still waits is lost. */
  restart(): void {
    this.lost += this.outstanding;
    this.outstanding = 0;
    this.#tickets.fill(0);
    this.#next = 0;
  }
}

/** A clock that may know how often it was stepped by this isolate, however little each time. */
export interface SteppedClock extends Clock {
  readonly stepCount?: number;
}

/** Converts stamps of one clock by pairs captured right when they are read. */
export class StampConverter {
  /** Stamps whose conversion was refused because the clock was stepped around them. */
  refused = 0;
  readonly #clock: SteppedClock;
  readonly #tracker = new PairTracker();
  readonly #pair = clockPair();
  #steps = 0;
  #isUsable = false;

  constructor(clock: SteppedClock) {
    this.#clock = clock;
    this.begin();
  }

  /**
   * Captures a pair for the stamps about to be converted: once per read of the socket. Where the
   * clock was stepped since the last one, none of them is: it is not known on which side of the
   * step they were taken.
   */
  begin(): void {
    const steps = this.#clock.stepCount ?? 0;
    this.#clock.capture(this.#pair);
    this.#isUsable = this.#tracker.update(this.#pair, steps !== this.#steps);
    this.#steps = steps;
  }

  /** `seconds.nanos` as an instant; NaN, and counted, where it cannot be known. */
  convert(seconds: number, nanos: number): number {
    if (!this.#isUsable) {
      this.refused++;
      return NaN;
    }
    return this.#tracker.instantOf(seconds, nanos);
  }

  /** (clock's rate) / (raw's rate) - 1, as last measured. */
  get rate(): number {
    return this.#tracker.rate;
  }
}

/** The converters of a link: software stamps always, hardware stamps where the PHC is known. */
export interface Converters {
  readonly software: StampConverter;
  readonly hardware: StampConverter | undefined;
}

/** Captures pairs for all that may be needed. */
export function beginConversion(converters: Converters): void {
  converters.software.begin();
  converters.hardware?.begin();
}

/**
 * Fills the stamp columns of slot `i` from the `scm_timestamping` at `at`: the hardware stamp
 * where there is one, else the kernel's.
 * @returns false where both are zero.
 */
export function takeStamp(
  words: Int32Array,
  at: number,
  batch: PacketBatch,
  i: number,
  converters: Converters,
): boolean {
  const hardware = (at + SCM_TIMESTAMPING_LAYOUT.hardware) >> 2;
  if (words[hardware] !== 0 || words[hardware + 2] !== 0) {
    const seconds = (words[hardware]! >>> 0) + words[hardware + 1]! * HIGH;
    const nanos = words[hardware + 2]!;
    batch.stampSeconds[i] = seconds;
    batch.stampNanos[i] = nanos;
    batch.stampSource[i] = StampSource.Hardware;
    batch.stampInstant[i] = converters.hardware?.convert(seconds, nanos) ?? NaN;
    return true;
  }
  const software = (at + SCM_TIMESTAMPING_LAYOUT.software) >> 2;
  if (words[software] === 0 && words[software + 2] === 0) return false;
  const seconds = (words[software]! >>> 0) + words[software + 1]! * HIGH;
  const nanos = words[software + 2]!;
  batch.stampSeconds[i] = seconds;
  batch.stampNanos[i] = nanos;
  batch.stampSource[i] = StampSource.Software;
  batch.stampInstant[i] = converters.software.convert(seconds, nanos);
  return true;
}
