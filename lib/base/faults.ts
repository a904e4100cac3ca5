/**
 * Why a packet was dropped, as a small integer that is also the index of a counter.
 *
 * Each wire folder has its own `Fault` table (`as const`, `None: 0`, then 1, 2, ... without gaps);
 * a `check()` returns one of them, the receiver counts it here and goes on. Nothing is thrown.
 * @module
 */

/** Counts by fault number; names are the keys of the `Fault` table the counters were made from. */
export class FaultCounters {
  readonly #counts: Float64Array;
  readonly #names: readonly string[];

  /** @param table A `Fault` table: names to 0, 1, 2, ... */
  constructor(table: Readonly<Record<string, number>>) {
    const names: string[] = [];
    for (const [name, index] of Object.entries(table)) names[index] = name;
    this.#names = names;
    this.#counts = new Float64Array(names.length);
  }

  /** Counts one occurrence of `fault`; a number outside the table is a bug and is ignored. */
  count(fault: number): void {
    this.#counts[fault] = (this.#counts[fault] ?? 0) + 1;
  }

  /** How often `fault` was counted. */
  of(fault: number): number {
    return this.#counts[fault] ?? 0;
  }

  /** All faults counted, `None` (0) left out. */
  total(): number {
    let sum = 0;
    for (let i = 1; i < this.#counts.length; i++) sum += this.#counts[i]!;
    return sum;
  }

  /** Name and count of each fault that occurred, `None` left out: for statistics and `--json`. */
  snapshot(): Record<string, number> {
    const seen: Record<string, number> = {};
    for (let i = 1; i < this.#counts.length; i++) {
      const name = this.#names[i];
      if (name !== undefined && this.#counts[i]! > 0) seen[name] = this.#counts[i]!;
    }
    return seen;
  }
}
