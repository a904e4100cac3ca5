/**
 * The TLVs of a sender's last message, kept until they change.
 * @module
 */
import type { Received } from "./received.ts";
import * as message from "./wire/message.ts";

const EMPTY = new Uint8Array(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer);

/** Grows to the longest row seen; most senders have none and cost nothing. */
export class TlvStore {
  length = 0;
  #bytes: Uint8Array<ArrayBuffer> = EMPTY;
  #view = EMPTY_VIEW;

  get view(): DataView {
    return this.#view;
  }

  /** Takes over the TLVs of `m`; true where they differ from those kept. */
  update(m: Received): boolean {
    const first = message.firstTlv(m.view, m.offset);
    const n = message.end(m.view, m.offset) - first;
    let isNew = n !== this.length;
    if (n > this.#bytes.length) {
      this.#bytes = new Uint8Array(n);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.length = n;
    for (let k = 0; k < n; k++) {
      const octet = m.view.getUint8(first + k);
      if (this.#bytes[k] !== octet) isNew = true;
      this.#bytes[k] = octet;
    }
    return isNew;
  }

  clear(): void {
    this.length = 0;
  }
}
