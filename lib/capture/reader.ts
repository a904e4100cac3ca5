/**
 * Reads a capture file whose format its first octets tell: pcap or pcapng.
 *
 * @example
 * ```ts
 * const reader = new CaptureReader();
 * const record = captureRecord();
 * for (;;) {
 *   const progress = reader.next(record);
 *   if (progress === Progress.Record) use(record);
 *   else if (progress !== Progress.More) break; // End, or Fault: reader.fault, reader.faultOffset
 *   else {
 *     const n = file.readSync(reader.space());
 *     if (n === null) reader.finish();
 *     else reader.filled(n);
 *   }
 * }
 * ```
 * @module
 */
import { magicOf, PcapReader } from "./pcap.ts";
import { PcapngReader, SECTION_HEADER } from "./pcapng.ts";
import { CaptureFault, type CaptureInterface, type CaptureRecord, Progress } from "./record.ts";
import { OctetWindow } from "./window.ts";

/** Octets read at a time. */
const WINDOW = 1 << 20;
/** Octets held at most. */
const LIMIT = 8 << 20;

/** One reader for both formats. Memory stays within a few MiB whatever the file holds. */
export class CaptureReader {
  readonly #window: OctetWindow;
  #inner: PcapReader | PcapngReader | undefined;
  #fault: CaptureFault = CaptureFault.None;

  /** @param capacity Octets of the read window; records larger than it make it grow. */
  constructor(capacity: number = WINDOW) {
    this.#window = new OctetWindow(Math.max(64, capacity), LIMIT);
  }

  /** "pcap", "pcapng", or "" before four octets were seen. */
  get format(): "" | "pcap" | "pcapng" {
    if (this.#inner === undefined) return "";
    return this.#inner instanceof PcapReader ? "pcap" : "pcapng";
  }

  /** Interfaces described so far; pcap has one. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#inner?.interfaces ?? [];
  }

  /** Why `next` said `Fault`. */
  get fault(): CaptureFault {
    return this.#inner?.fault ?? this.#fault;
  }

  /** File offset of what is malformed. */
  get faultOffset(): number {
    return this.#inner?.faultOffset ?? 0;
  }

  /** Room to read the file into; what earlier records point at is gone with this call. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#window.space();
  }

  /** `n` octets were put into the last {@linkcode space}. */
  filled(n: number): void {
    this.#window.filled(n);
  }

  /** Takes octets that lie elsewhere, by copying; returns how many (call `next` before the rest). */
  feed(octets: Uint8Array, at = 0): number {
    const room = this.space();
    const n = Math.min(room.length, octets.length - at);
    room.set(octets.subarray(at, at + n));
    this.filled(n);
    return n;
  }

  /** There is nothing more to come. */
  finish(): void {
    this.#window.finished = true;
  }

  /** The next record, or what to do instead. */
  next(record: CaptureRecord): Progress {
    if (this.#inner !== undefined) return this.#inner.next(record);
    if (this.#fault !== CaptureFault.None) return Progress.Fault;
    const w = this.#window;
    if (w.available < 4) {
      if (!w.finished) return Progress.More;
      this.#fault = CaptureFault.Truncated;
      return Progress.Fault;
    }
    const word = w.view.getUint32(w.start);
    if (word === SECTION_HEADER) this.#inner = new PcapngReader(w);
    else if (magicOf(word) !== undefined) this.#inner = new PcapReader(w);
    else {
      this.#fault = CaptureFault.BadMagic;
      return Progress.Fault;
    }
    return this.#inner.next(record);
  }
}
