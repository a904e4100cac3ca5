/**
 * The block cipher that a protocol core is handed: it knows no key schedule and no library.
 * @module
 */

/** AES in counter mode over packets in place, as SRT uses it (draft-sharabayko-srt-01 6.2). */
export interface CounterCipher {
  /**
   * Encrypts or decrypts `count` packets in place; the two are the same in counter mode. Packet `k`
   * is `lengths[k]` octets at `offsets[k]` of `bytes`, its 16-octet initial counter block stands at
   * `counters[16 * k]`, whose last 2 octets are 0 and count blocks.
   */
  apply(
    bytes: Uint8Array<ArrayBuffer>,
    packets: { offsets: Int32Array; lengths: Int32Array; counters: Uint8Array; count: number },
  ): void;
  /** Wipes the key; later calls throw. */
  close(): void;
}

/** Makes ciphers; the key is 16, 24 or 32 octets and is copied. */
export type CounterCipherMaker = (key: Uint8Array) => CounterCipher;
