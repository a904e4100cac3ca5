/**
 * The pcap file format, read and written (draft-ietf-opsawg-pcap): microsecond and nanosecond
 * magics in both octet orders, the "modified" variant with longer record headers, link type with
 * FCS bits. Sans-IO: octets are handed in, records come out; writing fills a caller's buffer.
 * @module
 */
import {
  CaptureFault,
  type CaptureInterface,
  type CaptureRecord,
  MAX_CAPLEN,
  Progress,
} from "./record.ts";
import { OctetWindow } from "./window.ts";

/** Octets of the file header. */
export const FILE_HEADER_LENGTH = 24;
/** Octets of a record header. */
export const RECORD_HEADER_LENGTH = 16;

const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
/** Alexey Kuznetzov's kernel patches: 8 more octets in each record header. */
const MAGIC_MODIFIED = 0xa1b2cd34;

const FCS_PRESENT = 0x0400_0000;

/** What the first four octets (read big-endian) say, or `undefined` where they are no pcap magic. */
export function magicOf(
  word: number,
): { littleEndian: boolean; nanos: boolean; modified: boolean } | undefined {
  const swapped = ((word & 0xff) << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 |
    word >>> 24) >>> 0;
  for (const littleEndian of [false, true]) {
    const magic = littleEndian ? swapped : word >>> 0;
    if (magic === MAGIC_MICROS) return { littleEndian, nanos: false, modified: false };
    if (magic === MAGIC_NANOS) return { littleEndian, nanos: true, modified: false };
    if (magic === MAGIC_MODIFIED) return { littleEndian, nanos: false, modified: true };
  }
  return undefined;
}

/** Reads a pcap file. Feed, then call {@linkcode PcapReader.next} until it says `More`. */
export class PcapReader {
  readonly window: OctetWindow;
  /** One entry once the header was read. */
  readonly interfaces: CaptureInterface[] = [];
  fault: CaptureFault = CaptureFault.None;
  /** File offset of the record or header that is malformed. */
  faultOffset = 0;
  #headerRead = false;
  #littleEndian = false;
  #nanosPerUnit = 1000;
  #recordHeader = RECORD_HEADER_LENGTH;
  #linktype = 0;
  #snaplen = MAX_CAPLEN;

  constructor(window: OctetWindow = new OctetWindow(1 << 20, 1 << 20)) {
    this.window = window;
  }

  /** Fills `record` with the next packet, whose octets stay where they are until more is fed. */
  next(record: CaptureRecord): Progress {
    if (this.fault !== CaptureFault.None) return Progress.Fault;
    if (!this.#headerRead) {
      if (this.window.available < FILE_HEADER_LENGTH) return this.#short();
      if (!this.#readHeader()) return Progress.Fault;
    }
    const w = this.window;
    if (w.skipping) return this.#short();
    const header = this.#recordHeader;
    const available = w.end - w.start;
    if (available < header) return this.#short();
    const v = w.view;
    const le = this.#littleEndian;
    const o = w.start;
    const caplen = v.getUint32(o + 8, le);
    if (caplen > MAX_CAPLEN) return this.#fail(CaptureFault.BadLength);
    if (available < header + caplen) {
      w.reserve(header + caplen);
      return this.#short();
    }
    record.seconds = v.getUint32(o, le);
    record.nanoseconds = v.getUint32(o + 4, le) * this.#nanosPerUnit;
    if (record.nanoseconds >= 1e9) carry(record);
    record.caplen = caplen > this.#snaplen ? this.#snaplen : caplen;
    record.len = v.getUint32(o + 12, le);
    record.linktype = this.#linktype;
    record.interface = 0;
    record.view = v;
    record.offset = o + header;
    w.start = o + header + caplen;
    w.position += header + caplen;
    return Progress.Record;
  }

  #readHeader(): boolean {
    const w = this.window;
    const magic = magicOf(w.view.getUint32(w.start));
    if (magic === undefined) {
      this.#fail(CaptureFault.BadMagic);
      return false;
    }
    const le = magic.littleEndian;
    if (w.view.getUint16(w.start + 4, le) !== 2) {
      this.#fail(CaptureFault.BadVersion);
      return false;
    }
    this.#littleEndian = le;
    this.#nanosPerUnit = magic.nanos ? 1 : 1000;
    this.#recordHeader = RECORD_HEADER_LENGTH + (magic.modified ? 8 : 0);
    const snaplen = w.view.getUint32(w.start + 16, le);
    this.#snaplen = snaplen === 0 || snaplen > MAX_CAPLEN ? MAX_CAPLEN : snaplen;
    const network = w.view.getUint32(w.start + 20, le);
    this.#linktype = network & 0xffff;
    this.interfaces.push({
      linktype: this.#linktype,
      snaplen: this.#snaplen,
      fcsOctets: (network & FCS_PRESENT) !== 0 ? (network >>> 28) * 2 : 0,
      name: "",
    });
    this.#headerRead = true;
    w.skip(FILE_HEADER_LENGTH);
    return true;
  }

  #short(): Progress {
    if (!this.window.finished) return Progress.More;
    if (this.#headerRead && this.window.available === 0 && !this.window.skipping) {
      return Progress.End;
    }
    return this.#fail(CaptureFault.Truncated);
  }

  #fail(fault: CaptureFault): Progress {
    this.fault = fault;
    this.faultOffset = this.window.position;
    return Progress.Fault;
  }
}

/** A fraction of a second or more is not one: what is above goes to the seconds. */
function carry(record: CaptureRecord): void {
  const extra = Math.floor(record.nanoseconds / 1e9);
  record.seconds += extra;
  record.nanoseconds -= extra * 1e9;
}

/** What {@linkcode putFileHeader} may be told. */
export interface PcapOptions {
  /** LINKTYPE_ value; 1 (Ethernet) if left out. */
  linktype?: number;
  /** 262144 if left out. */
  snaplen?: number;
  /** Microsecond stamps, for programs that cannot read nanosecond ones. */
  micros?: boolean;
}

/** Writes the 24-octet file header at `o`, big-endian; returns its length. */
export function putFileHeader(v: DataView, o: number, options: PcapOptions = {}): number {
  v.setUint32(o, options.micros === true ? MAGIC_MICROS : MAGIC_NANOS);
  v.setUint16(o + 4, 2);
  v.setUint16(o + 6, 4);
  v.setUint32(o + 8, 0);
  v.setUint32(o + 12, 0);
  v.setUint32(o + 16, options.snaplen ?? MAX_CAPLEN);
  v.setUint32(o + 20, options.linktype ?? 1);
  return FILE_HEADER_LENGTH;
}

/** The numbers of one record header. */
export interface PcapStamp {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly caplen: number;
  readonly len: number;
}

/** Writes a 16-octet record header at `o`; returns its length. */
export function putRecordHeader(v: DataView, o: number, r: PcapStamp, micros = false): number {
  v.setUint32(o, r.seconds);
  v.setUint32(o + 4, micros ? Math.floor(r.nanoseconds / 1000) : r.nanoseconds);
  v.setUint32(o + 8, r.caplen);
  v.setUint32(o + 12, r.len);
  return RECORD_HEADER_LENGTH;
}

/**
 * Collects a pcap file in one buffer that the caller writes out in big pieces.
 *
 * `append` says false when the record does not fit: write {@linkcode PcapWriter.pending}, call
 * {@linkcode PcapWriter.clear}, append again.
 */
export class PcapWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #micros: boolean;
  #end: number;

  /** @param capacity Octets of the buffer, at least 64 more than the longest packet. */
  constructor(options: PcapOptions = {}, capacity = 1 << 20) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#micros = options.micros === true;
    this.#end = putFileHeader(this.#view, 0, options);
  }

  /** Appends a record whose `r.caplen` octets start at `from[at]`; false where it does not fit. */
  append(r: PcapStamp, from: Uint8Array, at: number): boolean {
    const end = this.#end + RECORD_HEADER_LENGTH + r.caplen;
    if (end > this.#bytes.length) return false;
    const o = this.#end + putRecordHeader(this.#view, this.#end, r, this.#micros);
    this.#bytes.set(from.subarray(at, at + r.caplen), o);
    this.#end = end;
    return true;
  }

  /** What is to be written; valid until the next call. */
  pending(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Forgets what was pending, because it was written. */
  clear(): void {
    this.#end = 0;
  }
}
