/**
 * The custom blocks of a pcapng file (draft-ietf-opsawg-pcapng 4.7), everything else skipped: what
 * programs wrote beside the packets.
 * @module
 */
import { SECTION_HEADER } from "./pcapng.ts";
import { CUSTOM_BLOCK, CUSTOM_OVERHEAD } from "./pcapng_writer.ts";
import { CaptureFault, Progress } from "./record.ts";
import { OctetWindow } from "./window.ts";

/** The custom block that others should not copy. */
const CUSTOM_PRIVATE = 0x4000_0bad;
const MAX_BLOCK = 4 << 20;
const LITTLE_ENDIAN = 0x4d3c_2b1a;
const BIG_ENDIAN = 0x1a2b_3c4d;

/** One custom block; its octets stay where they are until more is fed. */
export interface CustomBlock {
  /** Private enterprise number of whoever defined it. */
  number: number;
  /** Padding to a multiple of 4 included: the format does not tell where it begins. */
  octets: Uint8Array;
}

/** Feed by `window`, then call {@linkcode CustomBlocks.next} until it says `More`. */
export class CustomBlocks {
  readonly window: OctetWindow;
  fault: CaptureFault = CaptureFault.None;
  #littleEndian = true;
  #inSection = false;

  constructor(window: OctetWindow = new OctetWindow(1 << 20, MAX_BLOCK)) {
    this.window = window;
  }

  /** Fills `block` with the next custom block. */
  next(block: CustomBlock): Progress {
    const w = this.window;
    while (this.fault === CaptureFault.None) {
      if (w.skipping || w.available < 12) return this.#short();
      const isSection = w.view.getUint32(w.start) === SECTION_HEADER;
      if (isSection && !this.#learnOrder(w.view.getUint32(w.start + 8))) break;
      if (!isSection && !this.#inSection) return this.#fail(CaptureFault.BadMagic);
      const type = w.view.getUint32(w.start, this.#littleEndian);
      const length = w.view.getUint32(w.start + 4, this.#littleEndian);
      if (length < 12 || (length & 3) !== 0) return this.#fail(CaptureFault.BadBlock);
      if (type !== CUSTOM_BLOCK && type !== CUSTOM_PRIVATE) {
        w.skip(length);
        continue;
      }
      if (length < CUSTOM_OVERHEAD) return this.#fail(CaptureFault.BadBlock);
      if (length > MAX_BLOCK || !w.reserve(length)) return this.#fail(CaptureFault.TooLarge);
      if (w.available < length) return this.#short();
      block.number = w.view.getUint32(w.start + 8, this.#littleEndian);
      block.octets = w.bytes.subarray(w.start + 12, w.start + length - 4);
      w.skip(length);
      return Progress.Record;
    }
    return Progress.Fault;
  }

  #learnOrder(word: number): boolean {
    this.#inSection = word === LITTLE_ENDIAN || word === BIG_ENDIAN;
    this.#littleEndian = word === LITTLE_ENDIAN;
    if (!this.#inSection) this.fault = CaptureFault.BadMagic;
    return this.#inSection;
  }

  #short(): Progress {
    if (!this.window.finished) return Progress.More;
    const isWhole = this.window.available === 0 && !this.window.skipping && this.#inSection;
    return isWhole ? Progress.End : this.#fail(CaptureFault.Truncated);
  }

  #fail(fault: CaptureFault): Progress {
    this.fault = fault;
    return Progress.Fault;
  }
}
