/**
 * Bounded reading and writing of management bodies, which have fields of varying length.
 * @module
 */

/** Octets of the largest management TLV's data: what one datagram carries without fragments. */
export const MAX_BODY = 1404;

/** Walks over octets; reading beyond the end gives zeros and sets {@linkcode isShort}. */
export class Reader {
  readonly view: DataView;
  at: number;
  readonly end: number;
  /** True once something was missing. */
  isShort = false;

  constructor(view: DataView, at: number, end: number) {
    this.view = view;
    this.at = at;
    this.end = Math.min(end, view.byteLength);
  }

  /** Octets not read yet. */
  get left(): number {
    return this.end - this.at;
  }

  /** Offset of the next `n` octets, which count as read; -1 where there are not so many. */
  take(n: number): number {
    if (n > this.left) {
      this.isShort = true;
      this.at = this.end;
      return -1;
    }
    const o = this.at;
    this.at += n;
    return o;
  }

  /** A copy of the next `n` octets. */
  octets(n: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(n);
    const o = this.take(n);
    if (o >= 0) { for (let k = 0; k < n; k++) copy[k] = this.view.getUint8(o + k); }
    return copy;
  }
}

/** Appends to a buffer of fixed size; what does not fit sets {@linkcode isFull}. */
export class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  length = 0;
  /** True once something did not fit. */
  isFull = false;

  constructor(capacity = MAX_BODY) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Offset of `n` fresh zeroed octets; -1 where there is no room. */
  put(n: number): number {
    if (this.length + n > this.bytes.length) {
      this.isFull = true;
      return -1;
    }
    const o = this.length;
    this.length += n;
    return o;
  }

  octets(octets: Uint8Array): void {
    const o = this.put(octets.length);
    if (o >= 0) this.bytes.set(octets, o);
  }

  /** The octets so far, copied. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}
