/**
 * The pcapng file format, read (draft-ietf-opsawg-pcapng): sections of either octet order, several
 * interfaces, enhanced, simple and obsolete packet blocks, if_tsresol and if_tsoffset. Other blocks
 * are skipped, also such as are larger than memory.
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

/** Section Header Block type, the same in both octet orders: the magic of the format. */
export const SECTION_HEADER = 0x0a0d0d0a;

const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const OPTION_END = 0;
const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_IF_FCSLEN = 13;
const OPTION_IF_TSOFFSET = 14;

/** Octets of the largest block that is held: a packet and generous options. */
const MAX_BLOCK = 4 << 20;
const MAX_NAME = 256;
/** A section with more interfaces than this is an attack on memory. */
const MAX_INTERFACES = 65_536;

interface PcapngInterface extends CaptureInterface {
  /** Time units in a second. */
  unitsPerSecond: number;
  /** if_tsoffset, seconds. */
  offsetSeconds: number;
}

/** Reads a pcapng file. Feed, then call {@linkcode PcapngReader.next} until it says `More`. */
export class PcapngReader {
  readonly window: OctetWindow;
  /** All interfaces of all sections so far. */
  readonly interfaces: PcapngInterface[] = [];
  fault: CaptureFault = CaptureFault.None;
  /** File offset of the block that is malformed. */
  faultOffset = 0;
  #littleEndian = false;
  #inSection = false;
  /** Index in `interfaces` of the present section's first. */
  #sectionFirst = 0;

  constructor(window: OctetWindow = new OctetWindow(1 << 20, MAX_BLOCK)) {
    this.window = window;
  }

  /** Fills `record` with the next packet, whose octets stay where they are until more is fed. */
  next(record: CaptureRecord): Progress {
    if (this.fault !== CaptureFault.None) return Progress.Fault;
    const w = this.window;
    for (;;) {
      if (w.skipping || w.available < 12) return this.#short();
      const type = w.view.getUint32(w.start, this.#littleEndian);
      const section = w.view.getUint32(w.start) === SECTION_HEADER;
      if (section && !this.#orderOf(w.start + 8)) return this.#fail(CaptureFault.BadMagic);
      if (!section && !this.#inSection) return this.#fail(CaptureFault.BadMagic);
      const length = w.view.getUint32(w.start + 4, this.#littleEndian);
      if (length < 12 || (length & 3) !== 0) return this.#fail(CaptureFault.BadBlock);
      if (!section && !isRead(type)) {
        w.skip(length);
        continue;
      }
      if (length > MAX_BLOCK || !w.reserve(length)) return this.#fail(CaptureFault.TooLarge);
      if (w.available < length) return this.#short();
      const o = w.start;
      if (w.view.getUint32(o + length - 4, this.#littleEndian) !== length) {
        return this.#fail(CaptureFault.BadBlock);
      }
      const fault = section ? this.#section(o, length) : this.#block(type, o, length, record);
      if (fault !== CaptureFault.None) return this.#fail(fault);
      w.skip(length);
      if (!section && type !== INTERFACE_DESCRIPTION) return Progress.Record;
    }
  }

  /** Learns the octet order from a section header; false where it is none. */
  #orderOf(o: number): boolean {
    const word = this.window.view.getUint32(o);
    if (word === BYTE_ORDER) this.#littleEndian = false;
    else if (word === 0x4d3c2b1a) this.#littleEndian = true;
    else return false;
    return true;
  }

  #section(o: number, length: number): CaptureFault {
    if (length < 28) return CaptureFault.BadBlock;
    const v = this.window.view;
    if (v.getUint16(o + 12, this.#littleEndian) !== 1) return CaptureFault.BadVersion;
    this.#inSection = true;
    this.#sectionFirst = this.interfaces.length;
    return CaptureFault.None;
  }

  #block(type: number, o: number, length: number, record: CaptureRecord): CaptureFault {
    switch (type) {
      case INTERFACE_DESCRIPTION:
        return this.#interface(o, length);
      case ENHANCED_PACKET:
        return length < 32 ? CaptureFault.BadBlock : this.#packet(o, length, record, false);
      case OBSOLETE_PACKET:
        return length < 32 ? CaptureFault.BadBlock : this.#packet(o, length, record, true);
      default:
        return this.#simple(o, length, record);
    }
  }

  #interface(o: number, length: number): CaptureFault {
    if (length < 20) return CaptureFault.BadBlock;
    if (this.interfaces.length >= MAX_INTERFACES) return CaptureFault.TooLarge;
    const v = this.window.view;
    const le = this.#littleEndian;
    const snaplen = v.getUint32(o + 12, le);
    let unitsPerSecond = 1e6;
    let offsetSeconds = 0;
    let fcsOctets = 0;
    let name = "";
    const end = o + length - 4;
    for (let at = o + 16; at + 4 <= end;) {
      const code = v.getUint16(at, le);
      const size = v.getUint16(at + 2, le);
      if (code === OPTION_END) break;
      if (at + 4 + size > end) return CaptureFault.BadBlock;
      if (code === OPTION_IF_TSRESOL && size === 1) {
        const r = v.getUint8(at + 4);
        unitsPerSecond = (r & 0x80) !== 0 ? 2 ** (r & 0x7f) : 10 ** r;
      } else if (code === OPTION_IF_TSOFFSET && size === 8) {
        offsetSeconds = signed64(v, at + 4, le);
      } else if (code === OPTION_IF_FCSLEN && size === 1) fcsOctets = v.getUint8(at + 4);
      else if (code === OPTION_IF_NAME) name = latin1(v, at + 4, Math.min(size, MAX_NAME));
      at += 4 + (size + 3 & ~3);
    }
    this.interfaces.push({
      linktype: v.getUint16(o + 8, le),
      snaplen: snaplen === 0 || snaplen > MAX_CAPLEN ? MAX_CAPLEN : snaplen,
      fcsOctets,
      name,
      unitsPerSecond,
      offsetSeconds,
    });
    return CaptureFault.None;
  }

  #packet(o: number, length: number, r: CaptureRecord, obsolete: boolean): CaptureFault {
    const v = this.window.view;
    const le = this.#littleEndian;
    const id = obsolete ? v.getUint16(o + 8, le) : v.getUint32(o + 8, le);
    const itf = this.interfaces[this.#sectionFirst + id];
    if (itf === undefined) return CaptureFault.BadInterface;
    const caplen = v.getUint32(o + 20, le);
    if (caplen > MAX_CAPLEN) return CaptureFault.BadLength;
    if (caplen > length - 32) return CaptureFault.BadBlock;
    stamp(v.getUint32(o + 12, le), v.getUint32(o + 16, le), itf, r);
    r.caplen = caplen;
    r.len = v.getUint32(o + 24, le);
    r.linktype = itf.linktype;
    r.interface = this.#sectionFirst + id;
    r.view = v;
    r.offset = o + 28;
    return CaptureFault.None;
  }

  #simple(o: number, length: number, r: CaptureRecord): CaptureFault {
    const itf = this.interfaces[this.#sectionFirst];
    if (itf === undefined) return CaptureFault.BadInterface;
    if (length < 16) return CaptureFault.BadBlock;
    const v = this.window.view;
    const len = v.getUint32(o + 8, this.#littleEndian);
    const caplen = Math.min(len, itf.snaplen);
    if (caplen > length - 16) return CaptureFault.BadBlock;
    r.seconds = 0;
    r.nanoseconds = 0;
    r.caplen = caplen;
    r.len = len;
    r.linktype = itf.linktype;
    r.interface = this.#sectionFirst;
    r.view = v;
    r.offset = o + 12;
    return CaptureFault.None;
  }

  #short(): Progress {
    if (!this.window.finished) return Progress.More;
    if (this.#inSection && this.window.available === 0 && !this.window.skipping) {
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

function isRead(type: number): boolean {
  return type === INTERFACE_DESCRIPTION || type === OBSOLETE_PACKET || type === SIMPLE_PACKET ||
    type === ENHANCED_PACKET;
}

/** Two's complement, rounded to a float: seconds of any real file are exact. */
function signed64(v: DataView, o: number, le: boolean): number {
  const high = v.getInt32(le ? o + 4 : o, le);
  return high * 2 ** 32 + v.getUint32(le ? o : o + 4, le);
}

/** Splits a 64-bit count of units into seconds and nanoseconds, without rounding to a float first. */
function stamp(high: number, low: number, itf: PcapngInterface, r: CaptureRecord): void {
  const units = itf.unitsPerSecond;
  let seconds: number;
  let rest: number;
  if (high < 0x20_0000) {
    const total = high * 2 ** 32 + low;
    seconds = Math.floor(total / units);
    rest = total - seconds * units;
  } else if (units <= 2 ** 37) { // long division in base 65536: every step stays below 2^53
    seconds = 0;
    rest = 0;
    for (let k = 0; k < 4; k++) {
      const digit = (k < 2 ? high : low) >>> (k & 1 ? 0 : 16) & 0xffff;
      const part = rest * 65536 + digit;
      const q = Math.floor(part / units);
      seconds = seconds * 65536 + q;
      rest = part - q * units;
    }
  } else { // finer than 10 ps
    const total = BigInt(high) << 32n | BigInt(low);
    const divisor = BigInt(units);
    seconds = Number(total / divisor);
    rest = Number(total % divisor);
  }
  r.seconds = seconds + itf.offsetSeconds;
  r.nanoseconds = units === 1e9 ? rest : Math.floor(rest * (1e9 / units));
  if (units === 1e6) r.nanoseconds = rest * 1000;
  if (r.nanoseconds > 999_999_999) r.nanoseconds = 999_999_999;
}

function latin1(v: DataView, o: number, n: number): string {
  let s = "";
  for (let k = 0; k < n; k++) s += String.fromCharCode(v.getUint8(o + k));
  return s;
}
