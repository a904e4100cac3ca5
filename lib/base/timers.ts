/**
 * Deadlines without a timer: a core keeps them here, tells the earliest, and asks what is due.
 *
 * {@linkcode TimerTable} holds the few named deadlines of one core; {@linkcode TimerHeap} orders the
 * deadlines of the many connections of one endpoint.
 * @module
 */
import { type Instant, NEVER } from "./time.ts";

/**
 * Deadlines by small integer, the values of an `as const` table:
 * `const Timer = { Announce: 0, Sync: 1 } as const`.
 */
export class TimerTable<K extends number = number> {
  readonly #at: Float64Array;
  #first: number = NEVER;
  #isStale = false;

  /** @param count How many deadlines; keys are 0..count-1. All start at `NEVER`. */
  constructor(count: number) {
    this.#at = new Float64Array(count).fill(NEVER);
  }

  /** Sets the deadline of `key`, replacing an earlier one. */
  set(key: K, at: Instant): void {
    const before = this.#at[key]!;
    this.#at[key] = at;
    if (at <= this.#first) {
      this.#first = at;
      this.#isStale = false;
    } else if (before === this.#first) {
      this.#isStale = true;
    }
  }

  /** Sets the deadline of `key` only where it is earlier than the present one. */
  lower(key: K, at: Instant): void {
    if (at < this.#at[key]!) this.set(key, at);
  }

  /** Forgets the deadline of `key`. */
  clear(key: K): void {
    this.set(key, NEVER);
  }

  /** Forgets all. */
  clearAll(): void {
    this.#at.fill(NEVER);
    this.#first = NEVER;
    this.#isStale = false;
  }

  /** The deadline of `key`; `NEVER` where none is set. */
  at(key: K): Instant {
    return this.#at[key]! as Instant;
  }

  /** True where `key` has a deadline. */
  isSet(key: K): boolean {
    return this.#at[key]! !== NEVER;
  }

  /** True where `key` is due at `now`. */
  isDue(key: K, now: Instant): boolean {
    return this.#at[key]! <= now;
  }

  /** The earliest deadline. */
  deadline(): Instant {
    if (this.#isStale) this.#scan();
    return this.#first as Instant;
  }

  /** Clears and returns the key that is due the longest at `now` (ties: the lower key), or -1. */
  take(now: Instant): K | -1 {
    if (this.deadline() > now || this.#first === NEVER) return -1;
    const key = this.#at.indexOf(this.#first) as K;
    this.clear(key);
    return key;
  }

  #scan(): void {
    let first: number = NEVER;
    for (let k = 0; k < this.#at.length; k++) if (this.#at[k]! < first) first = this.#at[k]!;
    this.#first = first;
    this.#isStale = false;
  }
}

/** Deadlines of ids 0, 1, 2, ..., earliest first; an indexed binary heap that grows by doubling. */
export class TimerHeap {
  #at: Float64Array;
  /** Heap of ids, and where each id stands in it (-1: no deadline). */
  #heap: Int32Array;
  #place: Int32Array;
  #size = 0;

  /** @param ids Ids expected; more make it grow. */
  constructor(ids = 64) {
    this.#at = new Float64Array(ids).fill(NEVER);
    this.#heap = new Int32Array(ids);
    this.#place = new Int32Array(ids).fill(-1);
  }

  /** Deadlines set. */
  get size(): number {
    return this.#size;
  }

  /** The earliest deadline, O(1). */
  deadline(): Instant {
    return (this.#size === 0 ? NEVER : this.#at[this.#heap[0]!]!) as Instant;
  }

  /** The deadline of `id`; `NEVER` where none is set. */
  at(id: number): Instant {
    return (id < this.#at.length ? this.#at[id]! : NEVER) as Instant;
  }

  /** Sets the deadline of `id`, replacing an earlier one; `NEVER` clears it. */
  set(id: number, at: Instant): void {
    if (id >= this.#at.length) this.#grow(id + 1);
    if (at === NEVER) {
      this.#remove(id);
      return;
    }
    const place = this.#place[id]!;
    this.#at[id] = at;
    if (place < 0) this.#up(this.#size++, id);
    else {
      this.#up(place, id);
      this.#down(this.#place[id]!, id);
    }
  }

  /** Forgets the deadline of `id`. */
  clear(id: number): void {
    if (id < this.#at.length) this.#remove(id);
  }

  /** Clears and returns the id that is due the longest at `now` (ties: the lower id), or -1. */
  take(now: Instant): number {
    if (this.#size === 0) return -1;
    const id = this.#heap[0]!;
    if (this.#at[id]! > now) return -1;
    this.#remove(id);
    return id;
  }

  #remove(id: number): void {
    const place = this.#place[id]!;
    this.#at[id] = NEVER;
    if (place < 0) return;
    this.#place[id] = -1;
    const last = this.#heap[--this.#size]!;
    if (last === id) return;
    this.#up(place, last);
    this.#down(this.#place[last]!, last);
  }

  #isEarlier(a: number, b: number): boolean {
    const d = this.#at[a]! - this.#at[b]!;
    return d < 0 || d === 0 && a < b;
  }

  #up(from: number, id: number): void {
    let place = from;
    while (place > 0) {
      const parent = place - 1 >> 1;
      const other = this.#heap[parent]!;
      if (!this.#isEarlier(id, other)) break;
      this.#heap[place] = other;
      this.#place[other] = place;
      place = parent;
    }
    this.#heap[place] = id;
    this.#place[id] = place;
  }

  #down(from: number, id: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isEarlier(this.#heap[child + 1]!, this.#heap[child]!)) {
        child++;
      }
      const other = this.#heap[child]!;
      if (!this.#isEarlier(other, id)) break;
      this.#heap[place] = other;
      this.#place[other] = place;
      place = child;
    }
    this.#heap[place] = id;
    this.#place[id] = place;
  }

  #grow(ids: number): void {
    const n = Math.max(ids, this.#at.length * 2);
    const at = new Float64Array(n).fill(NEVER);
    const heap = new Int32Array(n);
    const place = new Int32Array(n).fill(-1);
    at.set(this.#at);
    heap.set(this.#heap);
    place.set(this.#place);
    this.#at = at;
    this.#heap = heap;
    this.#place = place;
  }
}
