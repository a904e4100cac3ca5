/**
 * Clocks of the kernel behind the {@linkcode Clock} interface: CLOCK_REALTIME and PTP hardware
 * clocks (PHC), read and steered by clock_gettime and clock_adjtime.
 * @module
 */
import { type Clock, type ClockPair, clockPair } from "../lib/base/clock.ts";
import type { Instant, Timestamp } from "../lib/base/time.ts";
import { checked, closeDescriptor, cString, type Libc, libc } from "./libc.ts";
import { Adj, ClockId, Open, Sta, TIMEX } from "./layout.ts";
import { PairTracker } from "./pair_tracker.ts";
import { instantOfRaw } from "./raw_clock.ts";

const HIGH = 0x1_0000_0000;
const BRACKETS = 5;
/** The `freq` word of timex is ppm scaled by 2^16. */
const FREQ_PER_PPB = 65.536;
/** What one microsecond of `tick` (nominally 10,000) is worth. */
const PPB_PER_TICK = 100_000;
const NOMINAL_TICK = 10_000;
/** The reach of the `freq` word alone. */
const FREQ_WORD_PPB = 500_000;
/** Kept inside the 1000 ppm that stamp conversion takes for a slew. */
const SYSTEM_MAX_PPB = 900_000;
const READ_AT_MAX_AGE = 5e6;
const PTP_CLOCK_GETCAPS = 0x8050_3d01;

/** Steps this process made to CLOCK_REALTIME: what links compare before they convert a stamp. */
let systemSteps = 0;

/** How often this isolate has stepped CLOCK_REALTIME. */
export function systemStepCount(): number {
  return systemSteps;
}

/** A clock with a kernel clock id. */
export class KernelClock implements Clock {
  readonly maxPpb: number;
  /** "CLOCK_REALTIME" or the device's path, for errors and reports. */
  readonly name: string;
  protected readonly c: Libc;
  protected readonly timex = new Uint8Array(TIMEX.size);
  protected readonly timexView = new DataView(this.timex.buffer);
  readonly #id: number;
  readonly #bytes = new Uint8Array(16);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  readonly #slotWords = new Uint32Array(4 * (2 * BRACKETS + 1));
  readonly #slots: readonly Uint8Array[];
  readonly #tracker = new PairTracker();
  readonly #pair = clockPair();
  #steps = 0;

  /** @param id A clockid_t. */
  constructor(id: number, name: string, maxPpb: number) {
    this.c = libc();
    this.#id = id;
    const { buffer } = this.#slotWords;
    this.#slots = Array.from(
      { length: 2 * BRACKETS + 1 },
      (_, k) => new Uint8Array(buffer, 16 * k, 16),
    );
    this.name = name;
    this.maxPpb = maxPpb;
    checked("clock_gettime", name, this.c.clock_gettime(id, this.#bytes));
  }

  /** Steps made through this object. */
  get stepCount(): number {
    return this.#steps;
  }

  read(into: Timestamp): void {
    this.c.clock_gettime(this.#id, this.#bytes);
    into.seconds = this.#words[0]! + this.#words[1]! * HIGH;
    into.nanoseconds = this.#words[2]!;
  }

  /**
   * Raw and clock in turns with nothing computed between, so that the clock is read in the middle of
   * its bracket: arithmetic on one side of it alone would be an offset of the clock.
   */
  capture(into: ClockPair): void {
    const { c } = this;
    const slots = this.#slots;
    for (let k = 0; k < slots.length; k++) {
      c.clock_gettime((k & 1) === 0 ? ClockId.MonotonicRaw : this.#id, slots[k]!);
    }
    const words = this.#slotWords;
    let best = Infinity;
    for (let w = 0; w + 8 < words.length; w += 8) {
      const before = instantOfRaw(words[w]! + words[w + 1]! * HIGH, words[w + 2]!);
      const behind = instantOfRaw(words[w + 8]! + words[w + 9]! * HIGH, words[w + 10]!);
      const width = behind - before;
      if (width >= best) continue;
      best = width;
      into.raw = (before + width / 2) as Instant;
      into.seconds = words[w + 4]! + words[w + 5]! * HIGH;
      into.nanoseconds = words[w + 6]!;
      into.widthNanos = width;
    }
  }

  readAt(raw: Instant, into: Timestamp): void {
    const tracker = this.#tracker;
    if (!(Math.abs(raw - tracker.raw) < READ_AT_MAX_AGE)) {
      this.capture(this.#pair);
      tracker.update(this.#pair);
    }
    tracker.readingAt(raw, into);
  }

  step(seconds: number, nanoseconds: number): void {
    const rounded = Math.round(nanoseconds);
    const borrow = rounded < 0 ? 1 : 0;
    this.timexView.setBigInt64(TIMEX.seconds, BigInt(seconds - borrow), true);
    this.timexView.setBigInt64(TIMEX.micros, BigInt(rounded + borrow * 1_000_000_000), true);
    this.adjust(Adj.SetOffset | Adj.Nano);
    this.#steps++;
    this.#tracker.forget();
  }

  adjustFrequency(ppb: number): void {
    const before = this.frequency();
    this.timexView.setBigInt64(TIMEX.freq, BigInt(Math.round(ppb * FREQ_PER_PPB)), true);
    this.adjust(Adj.Frequency);
    this.rateChanged((ppb - before) * 1e-9);
  }

  frequency(): number {
    this.adjust(0);
    return Number(this.timexView.getBigInt64(TIMEX.freq, true)) / FREQ_PER_PPB;
  }

  setLeap(_leap: -1 | 0 | 1): void {}

  setTaiOffset(_seconds: number): void {}

  /** Tells the reading of {@linkcode readAt} that the rate was changed by a ratio. */
  protected rateChanged(by: number): void {
    this.#tracker.forget();
    this.#tracker.rateChanged(by);
  }

  /**
   * clock_adjtime with `modes` over what {@linkcode timex} holds. Any result but a negative one is
   * success: 5 (TIME_ERROR) only says that nobody has declared the clock synchronised.
   */
  protected adjust(modes: number): void {
    this.timexView.setUint32(TIMEX.modes, modes, true);
    checked("clock_adjtime", this.name, this.c.clock_adjtime(this.#id, this.timex));
  }
}

/** What {@linkcode SystemClock.save} keeps for {@linkcode SystemClock.restore}. */
export interface SavedClock {
  readonly ppb: number;
  readonly status: number;
  readonly taiOffset: number;
  /** What the clock showed against raw time. */
  readonly pair: Readonly<ClockPair>;
}

/** CLOCK_REALTIME. Beyond 500 ppm the tick length is changed too, as adjtimex(8) does. */
export class SystemClock extends KernelClock {
  /** @param maxPpb Largest correction to offer a servo; stamps convert well up to 900,000. */
  constructor(maxPpb: number = SYSTEM_MAX_PPB) {
    super(ClockId.Realtime, "CLOCK_REALTIME", maxPpb);
  }

  override get stepCount(): number {
    return systemSteps;
  }

  override step(seconds: number, nanoseconds: number): void {
    super.step(seconds, nanoseconds);
    systemSteps++;
  }

  override adjustFrequency(ppb: number): void {
    const before = this.frequency();
    const ticks = Math.abs(ppb) <= FREQ_WORD_PPB ? 0 : Math.round(ppb / PPB_PER_TICK);
    const word = Math.round((ppb - ticks * PPB_PER_TICK) * FREQ_PER_PPB);
    this.timexView.setBigInt64(TIMEX.freq, BigInt(word), true);
    this.timexView.setBigInt64(TIMEX.tick, BigInt(NOMINAL_TICK + ticks), true);
    this.adjust(Adj.Frequency | Adj.Tick);
    this.rateChanged((ppb - before) * 1e-9);
  }

  override frequency(): number {
    const word = super.frequency();
    const tick = Number(this.timexView.getBigInt64(TIMEX.tick, true));
    return word + (tick - NOMINAL_TICK) * PPB_PER_TICK;
  }

  override setLeap(leap: -1 | 0 | 1): void {
    this.adjust(0);
    const kept = this.#status() & ~(Sta.Insert | Sta.Delete);
    this.#setStatus(kept | (leap > 0 ? Sta.Insert : leap < 0 ? Sta.Delete : 0));
  }

  override setTaiOffset(seconds: number): void {
    this.timexView.setBigInt64(TIMEX.constant, BigInt(seconds), true);
    this.adjust(Adj.Tai);
  }

  /** TAI - UTC as the kernel holds it; 0 where nobody has told it. */
  taiOffset(): number {
    this.adjust(0);
    return this.timexView.getInt32(TIMEX.tai, true);
  }

  /** The leap announced for the end of the day. */
  leap(): -1 | 0 | 1 {
    this.adjust(0);
    const status = this.#status();
    return (status & Sta.Insert) !== 0 ? 1 : (status & Sta.Delete) !== 0 ? -1 : 0;
  }

  /** Declares the clock synchronised within `maxErrorMicros`, or (0) not synchronised. */
  setSynchronized(maxErrorMicros: number): void {
    this.adjust(0);
    const kept = this.#status() & ~Sta.Unsync;
    const isSynchronized = maxErrorMicros > 0;
    this.timexView.setInt32(TIMEX.status, isSynchronized ? kept : kept | Sta.Unsync, true);
    this.timexView.setBigInt64(TIMEX.maxError, BigInt(Math.round(maxErrorMicros)), true);
    this.timexView.setBigInt64(TIMEX.estError, BigInt(Math.round(maxErrorMicros)), true);
    this.adjust(Adj.Status | (isSynchronized ? Adj.MaxError | Adj.EstError : 0));
  }

  /** Frequency, status, TAI offset and reading, for {@linkcode restore}. */
  save(): SavedClock {
    const pair = clockPair();
    this.capture(pair);
    const ppb = this.frequency();
    const status = this.#status();
    return { ppb, status, taiOffset: this.timexView.getInt32(TIMEX.tai, true), pair };
  }

  /** Puts everything back, the reading as if the clock had run on undisturbed at its old rate. */
  restore(saved: SavedClock): void {
    this.adjustFrequency(saved.ppb);
    this.setTaiOffset(saved.taiOffset);
    const now = clockPair();
    this.capture(now);
    const ran = (now.raw - saved.pair.raw) * (1 + saved.ppb * 1e-9);
    const shown = (now.seconds - saved.pair.seconds) * 1e9 +
      (now.nanoseconds - saved.pair.nanoseconds);
    const offset = Math.round(ran - shown);
    const seconds = Math.trunc(offset / 1e9);
    this.step(seconds, offset - seconds * 1e9);
    if ((saved.status & Sta.Nano) === 0) this.adjust(Adj.Micro);
    this.#setStatus(saved.status & ~Sta.Nano);
  }

  #status(): number {
    return this.timexView.getInt32(TIMEX.status, true);
  }

  #setStatus(status: number): void {
    this.timexView.setInt32(TIMEX.status, status, true);
    this.adjust(Adj.Status);
  }
}

/** A PTP hardware clock by its device, e.g. `/dev/ptp0`. */
export class PtpHardwareClock extends KernelClock {
  #fd: number;

  private constructor(fd: number, path: string, maxPpb: number) {
    super((~fd << 3) | 3, path, maxPpb);
    this.#fd = fd;
  }

  /**
   * Opens the device.
   * @param readOnly True where the clock is only read (`rptp gm`): needs fewer rights.
   * @throws OsError where the device is missing, refuses, or is no clock.
   */
  static open(path: string, readOnly = false): PtpHardwareClock {
    const c = libc();
    const mode = (readOnly ? Open.ReadOnly : Open.ReadWrite) | Open.CloseOnExec;
    const name = cString(path);
    const fd = checked("open", path, c.open(name, mode, 0));
    try {
      const caps = new Uint8Array(80);
      checked("PTP_CLOCK_GETCAPS", path, c.ioctl(fd, PTP_CLOCK_GETCAPS, caps));
      return new PtpHardwareClock(fd, path, new DataView(caps.buffer).getInt32(0, true));
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
  }

  close(): void {
    closeDescriptor(this.#fd);
    this.#fd = -1;
  }
}
