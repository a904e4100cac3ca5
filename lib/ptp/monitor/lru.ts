/**
 * A table of bounded size that forgets what was touched longest ago.
 *
 * Keys are whatever the caller compares: the table only knows 32-bit hashes and chains of equal ones.
 * @module
 */

/** What an entry carries for the table; all but `hash` is the table's. */
export interface Linked<T> {
  hash: number;
  chain: T | undefined;
  newer: T | undefined;
  older: T | undefined;
}

/** See the module. */
export class LruTable<T extends Linked<T>> {
  readonly capacity: number;
  /** Entries pushed out so far. */
  evicted = 0;
  size = 0;
  readonly #chains = new Map<number, T>();
  #newest: T | undefined;
  #oldest: T | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The first entry with this hash; the others follow by `chain`. */
  first(hash: number): T | undefined {
    return this.#chains.get(hash);
  }

  /** Puts a new entry in front; returns the one that had to leave. */
  add(entry: T): T | undefined {
    const gone = this.size >= this.capacity ? this.#oldest : undefined;
    if (gone !== undefined) {
      this.remove(gone);
      this.evicted++;
    }
    entry.chain = this.#chains.get(entry.hash);
    this.#chains.set(entry.hash, entry);
    this.#link(entry);
    this.size++;
    return gone;
  }

  /** Makes an entry the newest. */
  touch(entry: T): void {
    if (this.#newest === entry) return;
    this.#unlink(entry);
    this.#link(entry);
  }

  remove(entry: T): void {
    this.#unlink(entry);
    this.size--;
    let at = this.#chains.get(entry.hash);
    if (at === entry) {
      if (entry.chain === undefined) this.#chains.delete(entry.hash);
      else this.#chains.set(entry.hash, entry.chain);
    } else {
      while (at !== undefined && at.chain !== entry) at = at.chain;
      if (at !== undefined) at.chain = entry.chain;
    }
    entry.chain = undefined;
  }

  /** All entries, newest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let e = this.#newest; e !== undefined; e = e.older) yield e;
  }

  #link(entry: T): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  #unlink(entry: T): void {
    if (entry.newer !== undefined) entry.newer.older = entry.older;
    else if (this.#newest === entry) this.#newest = entry.older;
    if (entry.older !== undefined) entry.older.newer = entry.newer;
    else if (this.#oldest === entry) this.#oldest = entry.newer;
    entry.newer = undefined;
    entry.older = undefined;
  }
}
