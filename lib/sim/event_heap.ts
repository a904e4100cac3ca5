/**
 * The simulator's calendar: a 4-ary heap in one Float64Array, ordered by true time, then by the
 * order of insertion.
 * @module
 */

/** Fields of an entry: time, order, and two integers the owner understands. */
const STRIDE = 4;

/** Events by time. {@linkcode EventHeap.pop} leaves the event in `time`, `a` and `b`. */
export class EventHeap {
  #heap = new Float64Array(1024 * STRIDE);
  #size = 0;
  #order = 0;
  /** The event popped last. */
  time = 0;
  a = 0;
  b = 0;

  /** Events waiting. */
  get size(): number {
    return this.#size;
  }

  /** Time of the next event; Infinity where there is none. */
  get next(): number {
    return this.#size === 0 ? Infinity : this.#heap[0]!;
  }

  /** Adds an event; of two at the same time the one added first comes first. */
  push(time: number, a: number, b: number): void {
    if ((this.#size + 1) * STRIDE > this.#heap.length) this.#grow();
    const heap = this.#heap;
    let place = this.#size++;
    while (place > 0) {
      const parent = place - 1 >> 2;
      const p = parent * STRIDE;
      if (heap[p]! <= time) break; // among equals the newcomer is the later one
      const o = place * STRIDE;
      heap[o] = heap[p]!;
      heap[o + 1] = heap[p + 1]!;
      heap[o + 2] = heap[p + 2]!;
      heap[o + 3] = heap[p + 3]!;
      place = parent;
    }
    const o = place * STRIDE;
    heap[o] = time;
    heap[o + 1] = this.#order++;
    heap[o + 2] = a;
    heap[o + 3] = b;
  }

  /** Takes the next event into `time`, `a`, `b`; false where there is none. */
  pop(): boolean {
    if (this.#size === 0) return false;
    const heap = this.#heap;
    this.time = heap[0]!;
    this.a = heap[2]!;
    this.b = heap[3]!;
    const end = --this.#size * STRIDE;
    if (end > 0) this.#sink(end);
    return true;
  }

  /** Moves the entry at `end` down from the root to its place. */
  #sink(end: number): void {
    const heap = this.#heap;
    const time = heap[end]!;
    const order = heap[end + 1]!;
    let o = 0;
    for (;;) {
      const first = 4 * o + STRIDE;
      if (first >= end) break;
      let best = first;
      const stop = Math.min(first + 4 * STRIDE, end);
      for (let c = first + STRIDE; c < stop; c += STRIDE) {
        if (heap[c]! < heap[best]! || heap[c] === heap[best] && heap[c + 1]! < heap[best + 1]!) {
          best = c;
        }
      }
      if (time < heap[best]! || time === heap[best] && order < heap[best + 1]!) break;
      heap[o] = heap[best]!;
      heap[o + 1] = heap[best + 1]!;
      heap[o + 2] = heap[best + 2]!;
      heap[o + 3] = heap[best + 3]!;
      o = best;
    }
    heap[o] = time;
    heap[o + 1] = order;
    heap[o + 2] = heap[end + 2]!;
    heap[o + 3] = heap[end + 3]!;
  }

  #grow(): void {
    const larger = new Float64Array(this.#heap.length * 2);
    larger.set(this.#heap);
    this.#heap = larger;
  }
}
