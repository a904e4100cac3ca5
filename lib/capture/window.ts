/**
 * The octets of a file between "read" and "understood": one buffer that is filled at its end and
 * consumed at its start. It grows to what one record needs and never beyond its limit.
 * @module
 */

/** A sliding window over a stream of octets. `bytes[start...end)` is unread. */
export class OctetWindow {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  start = 0;
  end = 0;
  /** File offset of `start`. */
  position = 0;
  /** True after the last octet was given. */
  finished = false;
  /** Octets still to be thrown away as they come. */
  #skip = 0;
  readonly #limit: number;

  /**
   * @param capacity Octets held at first.
   * @param limit Octets held at most.
   */
  constructor(capacity: number, limit: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
    this.#limit = Math.max(capacity, limit);
  }

  /** Octets unread. */
  get available(): number {
    return this.end - this.start;
  }

  /** Where the next octets may be read into; invalidates what records pointed at. Never empty. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.start === this.end) {
      this.start = 0;
      this.end = 0;
    } else if (this.end === this.bytes.length || this.start > this.bytes.length >>> 1) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.start = 0;
    }
    if (this.end === this.bytes.length) this.#resize(this.bytes.length * 2);
    return this.bytes.subarray(this.end);
  }

  /** Says that `n` octets were put into {@linkcode space}. */
  filled(n: number): void {
    this.end += n;
    this.#discard();
  }

  /** Consumes `n` octets, also such that have not come yet. */
  skip(n: number): void {
    this.#skip += n;
    this.#discard();
  }

  /** True while skipped octets are still to come. */
  get skipping(): boolean {
    return this.#skip > 0;
  }

  /** Makes sure that `n` octets from `start` on can be held. False where that is over the limit. */
  reserve(n: number): boolean {
    if (n <= this.bytes.length) return true;
    if (n > this.#limit) return false;
    this.#resize(n);
    return true;
  }

  #discard(): void {
    const n = Math.min(this.#skip, this.end - this.start);
    this.start += n;
    this.position += n;
    this.#skip -= n;
  }

  #resize(capacity: number): void {
    const wider = new Uint8Array(capacity);
    wider.set(this.bytes.subarray(this.start, this.end));
    this.end -= this.start;
    this.start = 0;
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }
}
