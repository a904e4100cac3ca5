/**
 * Memory whose address the kernel is told: message headers, vectors, control messages, requests.
 *
 * The garbage collector does not know about an address stored in other memory, so everything of
 * that kind lives in an arena, and an arena stays referenced from this module until it is closed.
 * No other file may take an address (`Deno.UnsafePointer.of`).
 * @module
 */

const HIGH = 0x1_0000_0000;
/** Foreign buffers remembered per arena; a link normally meets two batches and a region or two. */
const MAX_HELD = 64;

const live = new Set<Arena>();

/** How many arenas are open: what a leak test looks at. */
export function openArenas(): number {
  return live.size;
}

/** One block of memory with a bump allocator; all of it is freed by {@linkcode Arena.close}. */
export class Arena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** The same memory as 32-bit words: word `at >> 2` is at offset `at`. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly #base: number;
  readonly #held = new Map<ArrayBuffer, number>();
  #used = 0;

  /** @param size Octets, rounded up to a multiple of 16. */
  constructor(size: number) {
    const buffer = new ArrayBuffer((size + 15) & ~15);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.words = new Int32Array(buffer);
    this.#base = addressOf(this.bytes);
    live.add(this);
  }

  /** Reserves `size` zeroed octets at a multiple of `alignment`; returns their offset. */
  reserve(size: number, alignment = 8): number {
    const at = (this.#used + alignment - 1) & -alignment;
    if (at + size > this.bytes.length) throw new Error("unreachable: arena too small");
    this.#used = at + size;
    return at;
  }

  /** Stores the address of this arena's octet `target` as a 64-bit pointer at `at`. */
  link(at: number, target: number): void {
    this.setPointer(at, this.#base + target);
  }

  /** Stores an address (a number below 2^53) as a 64-bit pointer at `at`; 0 is the null pointer. */
  setPointer(at: number, address: number): void {
    const high = Math.floor(address / HIGH);
    this.words[at >> 2] = address - high * HIGH;
    this.words[(at >> 2) + 1] = high;
  }

  /** The pointer to offset `at`, for a `pointer` parameter. Make it once and keep it. */
  pointer(at: number): Deno.PointerValue {
    return Deno.UnsafePointer.create(BigInt(this.#base + at));
  }

  /**
   * The address of the first octet of `buffer`, which stays referenced by this arena: for batches
   * and lent regions. Only the most recent 64 are remembered, which suffices as every call that
   * uses them ends before it returns.
   */
  hold(buffer: ArrayBuffer): number {
    const known = this.#held.get(buffer);
    if (known !== undefined) return known;
    if (this.#held.size >= MAX_HELD) {
      const oldest = this.#held.keys().next();
      if (!oldest.done) this.#held.delete(oldest.value);
    }
    const address = addressOf(new Uint8Array(buffer));
    this.#held.set(buffer, address);
    return address;
  }

  /** Lets the memory go. The kernel must not use it any more. */
  close(): void {
    live.delete(this);
    this.#held.clear();
  }
}

/** Where the memory begins, as a number: Linux user addresses stay below 2^53 on every 64-bit target. */
function addressOf(bytes: Uint8Array<ArrayBuffer>): number {
  const pointer = Deno.UnsafePointer.of(bytes);
  const address = Number(Deno.UnsafePointer.value(pointer));
  if (address === 0 || !Number.isSafeInteger(address)) {
    throw new Error("unreachable: memory without a usable address");
  }
  return address;
}
