/**
 * The wait of the loop: one ppoll over all descriptors, with a wake-up by eventfd.
 *
 * {@linkcode AsyncReactor} is for commands that are mostly idle and share the isolate with signals,
 * timers and the terminal: whatever runs while it waits may call {@linkcode AsyncReactor.wake}.
 * {@linkcode BlockingReactor} is for Workers that do nothing else; other isolates wake it by
 * {@linkcode wakeDescriptor} with the number it hands out.
 *
 * ```ts
 * const reactor = new AsyncReactor([link]);
 * Deno.addSignalListener("SIGINT", () => { isEnding = true; reactor.wake(); });
 * while (!isEnding) {
 *   const wantWrite = turn(rawNow(), lanes, shared, take);
 *   const pending = reactor.wait(deadline(lanes), wantWrite);
 *   if (pending !== undefined) await pending;
 * }
 * reactor.close();
 * ```
 * @module
 */
import type { Reactor } from "../lib/base/link.ts";
import type { Instant } from "../lib/base/time.ts";
import { Arena } from "./arena.ts";
import { Eventfd, Poll, POLLFD, TIMESPEC } from "./layout.ts";
import { checked, closeDescriptor, type Libc, libc } from "./libc.ts";
import type { Pollable } from "./pollable.ts";
import { rawNow } from "./raw_clock.ts";

const MAX_DESCRIPTORS = 64;
const ONE = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
const LENGTH_OF_ONE = 8n;
/** Longest wait in one call; later deadlines are waited for in several. */
const MAX_WAIT_NANOS = 3600e9;
/** An {@linkcode AsyncReactor} that is never idle lets the isolate's other work in this often. */
const YIELD_NANOS = 10e6;

/** Ends the wait of the reactor that has this eventfd, from any isolate of the process. */
export function wakeDescriptor(fd: number): void {
  libc().write(fd, ONE, LENGTH_OF_ONE);
}

/** The poll set both reactors share. */
class PollSet {
  readonly wakeFd: number;
  readonly set: Deno.PointerValue;
  readonly timeout: Deno.PointerValue;
  readonly #c: Libc = libc();
  readonly #arena = new Arena(MAX_DESCRIPTORS * POLLFD.size + TIMESPEC.size + 32);
  readonly #entries: number;
  readonly #time: number;
  readonly #sources: Pollable[];
  readonly #scratch = new Uint8Array(8);
  count = 1;

  constructor(sources: readonly Pollable[]) {
    this.#sources = [...sources];
    this.#entries = this.#arena.reserve(MAX_DESCRIPTORS * POLLFD.size);
    this.#time = this.#arena.reserve(TIMESPEC.size);
    this.set = this.#arena.pointer(this.#entries);
    this.timeout = this.#arena.pointer(this.#time);
    try {
      const flags = Eventfd.CloseOnExec | Eventfd.NonBlock;
      this.wakeFd = checked("eventfd", "", this.#c.eventfd(0, flags));
    } catch (error) {
      this.#arena.close();
      throw error;
    }
  }

  add(source: Pollable): void {
    this.#sources.push(source);
  }

  remove(source: Pollable): void {
    const k = this.#sources.indexOf(source);
    if (k >= 0) this.#sources.splice(k, 1);
  }

  /** Fills the entries and the timeout. */
  prepare(nanos: number, wantWrite: boolean): void {
    const words = this.#arena.words;
    let w = this.#entries >> 2;
    words[w++] = this.wakeFd;
    words[w++] = Poll.In;
    this.count = 1;
    for (let s = 0; s < this.#sources.length; s++) {
      const source = this.#sources[s]!;
      const fds = source.fds();
      for (let k = 0; k < fds.length; k++) {
        if (this.count >= MAX_DESCRIPTORS) throw new Error("unreachable: too many descriptors");
        words[w++] = fds[k]!;
        words[w++] = wantWrite && source.isBlocked(k) ? Poll.In | Poll.Out : Poll.In;
        this.count++;
      }
    }
    const wait = Math.max(0, Math.min(nanos, MAX_WAIT_NANOS));
    const seconds = Math.floor(wait / 1e9);
    words[this.#time >> 2] = seconds;
    words[(this.#time + TIMESPEC.nanos) >> 2] = wait - seconds * 1e9;
  }

  /** Takes back a wake-up. */
  settle(): void {
    if ((this.#arena.words[(this.#entries >> 2) + 1]! >>> 16) === 0) return;
    this.#c.read(this.wakeFd, this.#scratch, LENGTH_OF_ONE);
  }

  close(): void {
    closeDescriptor(this.wakeFd);
    this.#arena.close();
  }
}

/** Blocks the isolate's thread: for Workers. */
export class BlockingReactor implements Reactor {
  readonly #c: Libc = libc();
  readonly #poll: PollSet;

  constructor(sources: readonly Pollable[]) {
    this.#poll = new PollSet(sources);
  }

  /** What other isolates pass to {@linkcode wakeDescriptor}. */
  get wakeFd(): number {
    return this.#poll.wakeFd;
  }

  add(source: Pollable): void {
    this.#poll.add(source);
  }

  remove(source: Pollable): void {
    this.#poll.remove(source);
  }

  wait(until: Instant, wantWrite: boolean): void {
    const poll = this.#poll;
    poll.prepare(until - rawNow(), wantWrite);
    this.#c.ppoll(poll.set, poll.count, poll.timeout, null);
    poll.settle();
  }

  close(): void {
    this.#poll.close();
  }
}

/** Waits on a pool thread, so that the isolate's signals, timers and streams go on. */
export class AsyncReactor implements Reactor {
  readonly #c: Libc = libc();
  readonly #poll: PollSet;
  #lastYield: Instant = rawNow();
  #isWaiting = false;
  #isClosed = false;

  constructor(sources: readonly Pollable[]) {
    this.#poll = new PollSet(sources);
  }

  get wakeFd(): number {
    return this.#poll.wakeFd;
  }

  add(source: Pollable): void {
    this.#poll.add(source);
  }

  remove(source: Pollable): void {
    this.#poll.remove(source);
  }

  /** Returns nothing where there is work at once; else a promise. One wait at a time. */
  wait(until: Instant, wantWrite: boolean): void | Promise<void> {
    if (this.#isClosed) return;
    const now = rawNow();
    const poll = this.#poll;
    if (now - this.#lastYield < YIELD_NANOS) {
      poll.prepare(0, wantWrite);
      const ready = this.#c.ppoll(poll.set, poll.count, poll.timeout, null);
      poll.settle();
      if (ready > 0 || until <= now) return;
    }
    return this.#waitAside(until, wantWrite);
  }

  /** Ends the wait that is going on, or makes the next one return at once. */
  wake(): void {
    if (!this.#isClosed) wakeDescriptor(this.#poll.wakeFd);
  }

  /** Ends a wait and closes. */
  close(): void {
    if (this.#isClosed) return;
    this.wake();
    this.#isClosed = true;
    if (!this.#isWaiting) this.#poll.close();
  }

  async #waitAside(until: Instant, wantWrite: boolean): Promise<void> {
    const poll = this.#poll;
    poll.prepare(until - rawNow(), wantWrite);
    this.#isWaiting = true;
    try {
      await this.#c.ppollAsync(poll.set, poll.count, poll.timeout, null);
    } finally {
      this.#isWaiting = false;
      this.#lastYield = rawNow();
      if (this.#isClosed) poll.close();
      else poll.settle();
    }
  }
}
