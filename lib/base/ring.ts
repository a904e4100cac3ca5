/**
 * Rings over typed arrays: a ring of octets for byte streams, and the slots of a ring keyed by
 * sequence number for packets.
 * @module
 */
import type { Circular } from "./seq.ts";

/** A byte stream's buffer: octets in at the end, out at the front, and readable in between. */
export class ByteRing {
  /** A power of two. */
  readonly capacity: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #mask: number;
  #start = 0;
  #length = 0;

  /** @param capacity Octets, rounded up to a power of two. */
  constructor(capacity: number) {
    this.capacity = powerOfTwo(capacity);
    this.#mask = this.capacity - 1;
    this.bytes = new Uint8Array(this.capacity);
  }

  /** Octets held. */
  get length(): number {
    return this.#length;
  }

  /** Octets that still fit. */
  get room(): number {
    return this.capacity - this.#length;
  }

  /** Appends up to `length` octets of `from`; returns how many fitted. */
  write(from: Uint8Array, at = 0, length = from.length - at): number {
    const n = Math.min(length, this.room);
    this.#put(this.#start + this.#length, from, at, n);
    this.#length += n;
    return n;
  }

  /**
   * Writes octets that belong `ahead` octets after the end, without moving the end: data received
   * out of order. Returns how many fitted. {@linkcode ByteRing.extend} makes them part of the stream.
   */
  writeAhead(ahead: number, from: Uint8Array, at: number, length: number): number {
    const n = Math.max(0, Math.min(length, this.room - ahead));
    this.#put(this.#start + this.#length + ahead, from, at, n);
    return n;
  }

  /** Moves the end over `length` octets that were written ahead. */
  extend(length: number): void {
    if (length > this.room) throw new Error("unreachable: extended over what does not fit");
    this.#length += length;
  }

  /** Takes up to `length` octets into `into`; returns how many there were. */
  read(into: Uint8Array, at = 0, length = into.length - at): number {
    const n = this.peek(0, into, at, length);
    this.consume(n);
    return n;
  }

  /** Copies octets from `skip` on without taking them; returns how many there were. */
  peek(skip: number, into: Uint8Array, at = 0, length = into.length - at): number {
    const n = Math.max(0, Math.min(length, this.#length - skip));
    const from = this.#start + skip & this.#mask;
    const first = Math.min(n, this.capacity - from);
    into.set(this.bytes.subarray(from, from + first), at);
    if (first < n) into.set(this.bytes.subarray(0, n - first), at + first);
    return n;
  }

  /** The octet at `index` from the front; index < length. */
  at(index: number): number {
    return this.bytes[this.#start + index & this.#mask]!;
  }

  /** Where in {@linkcode ByteRing.bytes} the octet `skip` from the front stands. */
  offset(skip = 0): number {
    return this.#start + skip & this.#mask;
  }

  /** Octets from `skip` on that stand in one piece in {@linkcode ByteRing.bytes}. */
  contiguous(skip = 0): number {
    const from = this.#start + skip & this.#mask;
    return Math.max(0, Math.min(this.#length - skip, this.capacity - from));
  }

  /** Drops up to `length` octets from the front. */
  consume(length: number): void {
    const n = Math.min(length, this.#length);
    this.#start = this.#start + n & this.#mask;
    this.#length -= n;
  }

  /** Drops everything. */
  clear(): void {
    this.#start = 0;
    this.#length = 0;
  }

  #put(position: number, from: Uint8Array, at: number, n: number): void {
    const to = position & this.#mask;
    const first = Math.min(n, this.capacity - to);
    this.bytes.set(from.subarray(at, at + first), to);
    if (first < n) this.bytes.set(from.subarray(at + first, at + n), 0);
  }
}

/**
 * The bookkeeping of a ring keyed by sequence number: which of the `capacity` numbers from `first`
 * on are present. The owner keeps what belongs to a number in columns indexed by
 * {@linkcode SequenceRing.slot}.
 */
export class SequenceRing {
  /** A power of two. */
  readonly capacity: number;
  readonly numbers: Circular;
  readonly #mask: number;
  readonly #present: Uint8Array;
  #first: number;
  #count = 0;

  /** @param capacity Numbers the ring spans, rounded up to a power of two, at most half the circle. */
  constructor(numbers: Circular, capacity: number, first: number) {
    this.numbers = numbers;
    this.capacity = powerOfTwo(capacity);
    if (this.capacity > (numbers.max + 1) / 2) {
      throw new RangeError("a ring of over half the circle");
    }
    this.#mask = this.capacity - 1;
    this.#present = new Uint8Array(this.capacity);
    this.#first = first;
  }

  /** The first number the ring spans. */
  get first(): number {
    return this.#first;
  }

  /** How many numbers are present. */
  get count(): number {
    return this.#count;
  }

  /** How far ahead of `first` the number lies; negative: the ring has moved past it. */
  position(number: number): number {
    return this.numbers.distance(this.#first, number);
  }

  /** Column index of a number. */
  slot(number: number): number {
    return number & this.#mask;
  }

  /** True where the ring spans the number. */
  spans(number: number): boolean {
    const p = this.position(number);
    return p >= 0 && p < this.capacity;
  }

  /** True where the number is present. */
  has(number: number): boolean {
    return this.spans(number) && this.#present[number & this.#mask] === 1;
  }

  /** Marks the number present; returns its slot, or -1 where it is out of span or there already. */
  insert(number: number): number {
    if (!this.spans(number)) return -1;
    const s = number & this.#mask;
    if (this.#present[s] === 1) return -1;
    this.#present[s] = 1;
    this.#count++;
    return s;
  }

  /** Marks the number absent; false where it was not present. */
  remove(number: number): boolean {
    if (!this.has(number)) return false;
    this.#present[number & this.#mask] = 0;
    this.#count--;
    return true;
  }

  /** Moves `first` forward to `number`, forgetting all before it; returns how many were present. */
  advance(number: number): number {
    const steps = this.position(number);
    if (steps <= 0) return 0;
    const before = this.#count;
    if (steps >= this.capacity) {
      this.#present.fill(0);
      this.#count = 0;
    } else {
      for (let k = 0; k < steps; k++) {
        const s = this.numbers.add(this.#first, k) & this.#mask;
        this.#count -= this.#present[s]!;
        this.#present[s] = 0;
      }
    }
    this.#first = number;
    return before - this.#count;
  }

  /** Numbers present without a gap from `from` (which the ring spans) on. */
  run(from: number): number {
    const most = this.capacity - this.position(from);
    let n = 0;
    while (n < most && this.#present[from + n & this.#mask] === 1) n++;
    return n;
  }
}

/** The least power of two that is `n` or more. */
function powerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}
