/**
 * The alternate timescales of a grandmaster by key, enabled or not (IEEE 1588-2019 16.3.4).
 * @module
 */
import type { AlternateTimeOffset } from "../wire/alternate_time_offset.ts";
import { ManagementError } from "../wire/management.ts";

/** The greatest keyField: four alternate timescales still fit an Announce. */
export const MAX_KEY = 3;

/** One alternate timescale. */
export interface Alternate extends AlternateTimeOffset {
  isEnabled: boolean;
}

/** What of it is SET. */
export type AlternateChange = Partial<Omit<Alternate, "keyField">>;

export class Alternates {
  readonly #entries: Alternate[];

  /** @param configured Those announced from the start. */
  constructor(configured: readonly Readonly<AlternateTimeOffset>[]) {
    this.#entries = configured.map((one) => ({ ...one, isEnabled: true }));
  }

  /** The one with that key; the first where no key is asked for. */
  find(keyField: number | undefined): Readonly<Alternate> | undefined {
    return keyField === undefined
      ? this.#entries[0]
      : this.#entries.find((one) => one.keyField === keyField);
  }

  /** 0, or a managementErrorId. A key that is new makes a new entry, not enabled. */
  change(keyField: number, change: AlternateChange): number {
    let entry = this.#entries.find((one) => one.keyField === keyField);
    if (entry === undefined) {
      if (keyField > MAX_KEY) return ManagementError.WRONG_VALUE;
      entry = {
        keyField,
        currentOffset: 0,
        jumpSeconds: 0,
        timeOfNextJump: 0,
        displayName: "",
        isEnabled: false,
      };
      this.#entries.push(entry);
    }
    Object.assign(entry, change);
    return 0;
  }

  /** Those to be announced. */
  enabled(): AlternateTimeOffset[] {
    return this.#entries.filter((one) => one.isEnabled).map(({ isEnabled: _, ...one }) => one);
  }
}
