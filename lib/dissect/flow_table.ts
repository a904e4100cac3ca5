/**
 * Flows seen lately: (address, port) pairs without regard to direction, each a small integer that
 * columns elsewhere are indexed by. Bounded; a flow not seen for long makes room (second chance).
 * @module
 */

/** Words of a key: two addresses of up to 4 words, ports, protocol. */
const KEY_WORDS = 10;
const NONE = -1;

/** Hashing with chains over typed arrays, and a clock hand over what was seen. */
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
  readonly #seen: Uint8Array;
  readonly #key = new Uint32Array(KEY_WORDS);
  #used = 0;
  #hand = 0;

  /** @param capacity Flows remembered at once. */
  constructor(capacity = 4096) {
    this.capacity = Math.max(16, capacity);
    const n = this.capacity;
    this.generation = new Uint32Array(n);
    this.#keys = new Uint32Array(n * KEY_WORDS);
    this.#hash = new Uint32Array(n);
    this.#bucket = new Int32Array(1 << Math.ceil(Math.log2(n * 2))).fill(NONE);
    this.#next = new Int32Array(n).fill(NONE);
    this.#seen = new Uint8Array(n);
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
    for (let k = 0; k < words; k++) {
      const x = v.getUint32(a + 4 * k);
      const y = v.getUint32(b + 4 * k);
      key[k] = x;
      key[4 + k] = y;
      hash = Math.imul(Math.imul(hash ^ x, 0x9e3779b1) ^ y, 0x85ebca6b);
    }
    key[8] = reverse ? (ports << 16 | ports >>> 16) >>> 0 : ports;
    key[9] = protocol << 4 | words;
    hash = Math.imul(hash ^ key[8]!, 0xc2b2ae35);
    hash = (hash ^ hash >>> 15) >>> 0;
    this.direction = reverse ? 1 : 0;
    return this.#lookup(hash, words);
  }

  #lookup(hash: number, words: number): number {
    const slot = hash & (this.#bucket.length - 1);
    for (let i = this.#bucket[slot]!; i !== NONE; i = this.#next[i]!) {
      if (this.#hash[i] === hash && this.#isKey(i, words)) {
        this.isNew = false;
        this.#seen[i] = 1;
        return i;
      }
    }
    const i = this.#used < this.capacity ? this.#used++ : this.#evict();
    this.#keys.set(this.#key, i * KEY_WORDS);
    this.#hash[i] = hash;
    this.#next[i] = this.#bucket[slot]!;
    this.#bucket[slot] = i;
    this.generation[i]! += 1;
    this.#seen[i] = 0; // once is not often: a flood of single packets displaces only itself
    this.isNew = true;
    return i;
  }

  #isKey(i: number, words: number): boolean {
    const at = i * KEY_WORDS;
    const keys = this.#keys;
    const key = this.#key;
    if (keys[at + 8] !== key[8] || keys[at + 9] !== key[9]) return false;
    for (let k = 0; k < words; k++) {
      if (keys[at + k] !== key[k] || keys[at + 4 + k] !== key[4 + k]) return false;
    }
    return true;
  }

  /** The next flow that was not seen since the hand passed it last. */
  #evict(): number {
    while (this.#seen[this.#hand] === 1) {
      this.#seen[this.#hand] = 0;
      this.#hand = this.#hand + 1 === this.capacity ? 0 : this.#hand + 1;
    }
    const i = this.#hand;
    this.#hand = i + 1 === this.capacity ? 0 : i + 1;
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
