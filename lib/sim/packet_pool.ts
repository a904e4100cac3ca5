/**
 * Packets under way, each stored once however many nodes it goes to, and the queue entries that
 * refer to them.
 * @module
 */

/** A packet's number in its {@linkcode PacketPool}; -1 means none. */
export type PacketHandle = number;

/** Octets and columns of the packets under way; grows by doubling. */
export class PacketPool {
  readonly slotSize: number;
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  length: Int32Array;
  /** Sender and destination, handles of the network's AddressTable; destination 0: everybody. */
  source: Int32Array;
  destination: Int32Array;
  /** Destination port; -1 - channel where the destination is 0. */
  port: Int32Array;
  traffic: Uint8Array;
  /** Hash of the octets. */
  hash: Int32Array;
  #references: Int32Array;
  #free: Int32Array;
  #freeCount = 0;
  #capacity: number;

  /** @param slotSize Octets of the largest datagram. */
  constructor(slotSize: number, capacity = 64) {
    this.slotSize = slotSize;
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity * slotSize);
    this.view = new DataView(this.bytes.buffer);
    this.length = new Int32Array(capacity);
    this.source = new Int32Array(capacity);
    this.destination = new Int32Array(capacity);
    this.port = new Int32Array(capacity);
    this.traffic = new Uint8Array(capacity);
    this.hash = new Int32Array(capacity);
    this.#references = new Int32Array(capacity);
    this.#free = new Int32Array(capacity);
    for (let h = capacity - 1; h >= 0; h--) this.#free[this.#freeCount++] = h;
  }

  /** Packets under way. */
  get size(): number {
    return this.#capacity - this.#freeCount;
  }

  /** A packet with these octets and one reference; its other columns are the caller's to set. */
  put(from: Uint8Array, at: number, length: number): PacketHandle {
    if (this.#freeCount === 0) this.#grow();
    const h = this.#free[--this.#freeCount]!;
    const o = h * this.slotSize;
    copyOctets(from, at, this.bytes, o, length);
    this.length[h] = length;
    this.#references[h] = 1;
    this.hash[h] = hashOctets(this.view, o, length);
    return h;
  }

  /** A packet like `h`, to be changed, with one reference. */
  copy(h: PacketHandle): PacketHandle {
    const c = this.put(this.bytes, h * this.slotSize, this.length[h]!);
    this.source[c] = this.source[h]!;
    this.destination[c] = this.destination[h]!;
    this.port[c] = this.port[h]!;
    this.traffic[c] = this.traffic[h]!;
    return c;
  }

  /** Inverts one bit, counted from the packet's first. */
  flipBit(h: PacketHandle, bit: number): void {
    const o = h * this.slotSize;
    this.bytes[o + (bit >>> 3)]! ^= 0x80 >>> (bit & 7);
    this.hash[h] = hashOctets(this.view, o, this.length[h]!);
  }

  retain(h: PacketHandle): void {
    this.#references[h]! += 1;
  }

  release(h: PacketHandle): void {
    const n = this.#references[h]! - 1;
    this.#references[h] = n;
    if (n === 0) this.#free[this.#freeCount++] = h;
  }

  #grow(): void {
    const old = this.#capacity;
    const n = this.#capacity = old * 2;
    const bytes = new Uint8Array(n * this.slotSize);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.length = grown32(this.length);
    this.source = grown32(this.source);
    this.destination = grown32(this.destination);
    this.hash = grown32(this.hash);
    this.port = grown32(this.port);
    this.traffic = grown8(this.traffic);
    this.#references = grown32(this.#references);
    this.#free = new Int32Array(n);
    for (let h = n - 1; h >= old; h--) this.#free[this.#freeCount++] = h;
  }
}

/** What waits in the receive queues of links: chains of entries in one pool. */
export class DeliveryPool {
  /** The packet; -1: a transmit stamp. */
  packet: Int32Array;
  /** Our channel. */
  channel: Uint8Array;
  ticket: Uint32Array;
  /** The stamp, an Instant; NaN: none. */
  stamp: Float64Array;
  /** The following entry of the queue; -1: the last. */
  next: Int32Array;
  #free = -1;

  constructor(capacity = 256) {
    this.packet = new Int32Array(capacity);
    this.channel = new Uint8Array(capacity);
    this.ticket = new Uint32Array(capacity);
    this.stamp = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    this.#chain(0);
  }

  /** An entry with `next` -1. */
  take(packet: PacketHandle, channel: number, ticket: number, stamp: number): number {
    if (this.#free < 0) this.#grow();
    const d = this.#free;
    this.#free = this.next[d]!;
    this.packet[d] = packet;
    this.channel[d] = channel;
    this.ticket[d] = ticket;
    this.stamp[d] = stamp;
    this.next[d] = -1;
    return d;
  }

  give(d: number): void {
    this.next[d] = this.#free;
    this.#free = d;
  }

  #chain(first: number): void {
    for (let d = this.next.length - 1; d >= first; d--) this.give(d);
  }

  #grow(): void {
    const old = this.packet.length;
    this.packet = grown32(this.packet);
    this.next = grown32(this.next);
    this.channel = grown8(this.channel);
    const ticket = new Uint32Array(old * 2);
    ticket.set(this.ticket);
    this.ticket = ticket;
    const stamp = new Float64Array(old * 2);
    stamp.set(this.stamp);
    this.stamp = stamp;
    this.#chain(old);
  }
}

/** Copies `length` octets; a plain loop where they are few, as `subarray` costs 20 ns. */
export function copyOctets(
  from: Uint8Array,
  at: number,
  into: Uint8Array,
  to: number,
  length: number,
): void {
  if (length > 96) into.set(from.subarray(at, at + length), to);
  else for (let k = 0; k < length; k++) into[to + k] = from[at + k]!;
}

/** 32 bits over `length` octets at `o`, by 4 octets a step (after MurmurHash3 x86_32). */
export function hashOctets(v: DataView, o: number, length: number): number {
  let h = length;
  let k = 0;
  for (; k + 4 <= length; k += 4) h = mix(h, v.getInt32(o + k));
  for (; k < length; k++) h = mix(h, v.getUint8(o + k));
  return h;
}

/** Stirs `word` into the hash `h`. */
export function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul(k << 15 | k >>> 17, 0x1b873593);
  const x = h ^ k;
  return Math.imul(x << 13 | x >>> 19, 5) + 0xe6546b64 | 0;
}

function grown32(a: Int32Array): Int32Array {
  const b = new Int32Array(a.length * 2);
  b.set(a);
  return b;
}

function grown8(a: Uint8Array): Uint8Array {
  const b = new Uint8Array(a.length * 2);
  b.set(a);
  return b;
}
