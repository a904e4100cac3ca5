/**
 * Flows seen lately: (address, port) pairs without regard to direction, each a small integer that
 * columns elsewhere are indexed by. Bounded; the least recently seen flow makes room.
 * @module
 */

/** Words of a key: two addresses of up to 4 words, ports, protocol. */
const KEY_WORDS = 10;
const NONE = -1;

/** Open hashing with chains over typed arrays and a doubly linked list by age. */
export class FlowTable {
  readonly capacity: number;
  /** Rises whenever an index is given to another flow; side columns are then to be reset. */
  readonly generation: Uint32Array;
  /** Set by {@linkcode find}: 1 where the packet goes from the second address to the first. */
  direction = 0;
  /** Set by {@linkcode find}: true where the flow was not in the table. */
  isNew = false;
  readonly #keys: Uint32Array;
  readonly #hash: Uint32Array;
  readonly #bucket: Int32Array;
  readonly #next: Int32Array;
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #key = new Uint32Array(KEY_WORDS);
  #used = 0;
  #oldest = NONE;
  #newest = NONE;

  /** @param capacity Flows remembered at once. */
  constructor(capacity = 4096) {
    this.capacity = Math.max(16, capacity);
    const n = this.capacity;
    this.generation = new Uint32Array(n);
    this.#keys = new Uint32Array(n * KEY_WORDS);
    this.#hash = new Uint32Array(n);
    this.#bucket = new Int32Array(1 << Math.ceil(Math.log2(n * 2))).fill(NONE);
    this.#next = new Int32Array(n).fill(NONE);
    this.#older = new Int32Array(n).fill(NONE);
    this.#newer = new Int32Array(n).fill(NONE);
  }

  /** Flows in the table. */
  get size(): number {
    return this.#used;
  }

  /**
   * The index of a flow, the same for both directions.
   * @param words Words of each address: 1 (IPv4) or 4 (IPv6).
   * @param source Offset of the source address; the destination follows it at once.
   * @param ports Source port in the high half, destination port in the low one.
   */
  find(v: DataView, source: number, words: number, ports: number, protocol: number): number {
    const key = this.#key;
    const octets = words * 4;
    let order = 0;
    for (let k = 0; k < words && order === 0; k++) {
      order = v.getUint32(source + 4 * k) - v.getUint32(source + octets + 4 * k);
    }
    if (order === 0) order = (ports >>> 16) - (ports & 0xffff);
    const reverse = order > 0;
    const a = reverse ? source + octets : source;
    const b = reverse ? source : source + octets;
    let hash = protocol;
    for (let k = 0; k < 4; k++) {
      const x = k < words ? v.getUint32(a + 4 * k) : 0;
      const y = k < words ? v.getUint32(b + 4 * k) : 0;
      key[k] = x;
      key[4 + k] = y;
      if (k < words) hash = Math.imul(Math.imul(hash ^ x, 0x9e3779b1) ^ y, 0x85ebca6b);
    }
    key[8] = reverse ? (ports << 16 | ports >>> 16) >>> 0 : ports;
    key[9] = protocol << 4 | words;
    hash = Math.imul(hash ^ key[8]!, 0xc2b2ae35);
    hash = (hash ^ hash >>> 15) >>> 0;
    this.direction = reverse ? 1 : 0;
    return this.#lookup(hash);
  }

  #lookup(hash: number): number {
    const slot = hash & (this.#bucket.length - 1);
    for (let i = this.#bucket[slot]!; i !== NONE; i = this.#next[i]!) {
      if (this.#hash[i] === hash && this.#isKey(i)) {
        this.isNew = false;
        if (i !== this.#newest) this.#touch(i);
        return i;
      }
    }
    const i = this.#used < this.capacity ? this.#used++ : this.#evict();
    this.#keys.set(this.#key, i * KEY_WORDS);
    this.#hash[i] = hash;
    this.#next[i] = this.#bucket[slot]!;
    this.#bucket[slot] = i;
    this.generation[i]! += 1;
    this.#append(i);
    this.isNew = true;
    return i;
  }

  #isKey(i: number): boolean {
    const at = i * KEY_WORDS;
    for (let k = 0; k < KEY_WORDS; k++) {
      if (this.#keys[at + k] !== this.#key[k]) return false;
    }
    return true;
  }

  #touch(i: number): void {
    this.#unlink(i);
    this.#append(i);
  }

  #append(i: number): void {
    this.#older[i] = this.#newest;
    this.#newer[i] = NONE;
    if (this.#newest !== NONE) this.#newer[this.#newest] = i;
    this.#newest = i;
    if (this.#oldest === NONE) this.#oldest = i;
  }

  #unlink(i: number): void {
    const older = this.#older[i]!;
    const newer = this.#newer[i]!;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }

  #evict(): number {
    const i = this.#oldest;
    this.#unlink(i);
    const slot = this.#hash[i]! & (this.#bucket.length - 1);
    if (this.#bucket[slot] === i) {
      this.#bucket[slot] = this.#next[i]!;
    } else {
      let before = this.#bucket[slot]!;
      while (this.#next[before] !== i) before = this.#next[before]!;
      this.#next[before] = this.#next[i]!;
    }
    return i;
  }
}
