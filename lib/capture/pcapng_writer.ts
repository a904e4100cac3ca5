/**
 * The pcapng file format, written (draft-ietf-opsawg-pcapng): one little-endian section, interfaces
 * with nanosecond stamps, enhanced packet blocks, and custom blocks for what is no packet.
 *
 * `append...` say false when the block does not fit: write {@linkcode PcapngWriter.pending}, call
 * {@linkcode PcapngWriter.clear}, append again.
 * @module
 */
import { encodeUtf8 } from "../base/text.ts";
import { SECTION_HEADER } from "./pcapng.ts";
import type { PcapStamp } from "./pcap.ts";
import { MAX_CAPLEN } from "./record.ts";

/** Custom block that others may copy (4.7). */
export const CUSTOM_BLOCK = 0x0000_0bad;
/** Octets of a custom block around its data. */
export const CUSTOM_OVERHEAD = 16;

const BYTE_ORDER = 0x1a2b_3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_SHB_USERAPPL = 4;
const OPTION_IF_TSRESOL = 9;
const OPTION_EPB_FLAGS = 2;
const NANOSECONDS = 9;

/** Which way a packet went, for `epb_flags`. */
export const Way = { Unknown: 0, Inbound: 1, Outbound: 2 } as const;
export type Way = typeof Way[keyof typeof Way];

/** What the section says of itself. */
export interface SectionOptions {
  /** The program that wrote it. */
  application?: string;
  comment?: string;
}

/** What an interface is. */
export interface InterfaceOptions {
  /** LINKTYPE_ value; 1 (Ethernet) if left out. */
  linktype?: number;
  name?: string;
  snaplen?: number;
}

/** See the module. */
export class PcapngWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  #end = 0;

  /** @param capacity Octets of the buffer: more than the longest block. */
  constructor(options: SectionOptions = {}, capacity = 1 << 18) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#section(options);
  }

  /** Describes the next interface; the first one is number 0. */
  appendInterface(options: InterfaceOptions = {}): boolean {
    const name = encodeUtf8(options.name ?? "");
    const length = 20 + (name.length === 0 ? 0 : optionLength(name.length)) + 8 + 4;
    if (!this.#fits(length)) return false;
    const v = this.#view;
    const o = this.#begin(INTERFACE_DESCRIPTION, length);
    v.setUint16(o, options.linktype ?? 1, true);
    v.setUint16(o + 2, 0, true);
    v.setUint32(o + 4, options.snaplen ?? MAX_CAPLEN, true);
    let at = o + 8;
    if (name.length > 0) at = this.#option(at, OPTION_IF_NAME, name);
    at = this.#option(at, OPTION_IF_TSRESOL, Uint8Array.of(NANOSECONDS));
    this.#option(at, OPTION_END, NO_OCTETS);
    return true;
  }

  /** A packet of interface `id` whose `r.caplen` octets start at `from[at]`. */
  appendPacket(id: number, r: PcapStamp, from: Uint8Array, at: number, way: Way): boolean {
    const padded = r.caplen + 3 & ~3;
    const options = way === Way.Unknown ? 0 : 8 + 4;
    const length = 32 + padded + options;
    if (!this.#fits(length)) return false;
    const v = this.#view;
    const o = this.#begin(ENHANCED_PACKET, length);
    const total = BigInt(r.seconds) * 1_000_000_000n + BigInt(Math.floor(r.nanoseconds));
    v.setUint32(o, id, true);
    v.setUint32(o + 4, Number(total >> 32n & 0xffff_ffffn), true);
    v.setUint32(o + 8, Number(total & 0xffff_ffffn), true);
    v.setUint32(o + 12, r.caplen, true);
    v.setUint32(o + 16, r.len, true);
    this.#bytes.set(from.subarray(at, at + r.caplen), o + 20);
    this.#bytes.fill(0, o + 20 + r.caplen, o + 20 + padded);
    if (options > 0) {
      const flags = this.#option(o + 20 + padded, OPTION_EPB_FLAGS, Uint8Array.of(way, 0, 0, 0));
      this.#option(flags, OPTION_END, NO_OCTETS);
    }
    return true;
  }

  /** A custom block of the private enterprise `number`. */
  appendCustom(number: number, octets: Uint8Array): boolean {
    const padded = octets.length + 3 & ~3;
    const length = CUSTOM_OVERHEAD + padded;
    if (!this.#fits(length)) return false;
    const o = this.#begin(CUSTOM_BLOCK, length);
    this.#view.setUint32(o, number, true);
    this.#bytes.set(octets, o + 4);
    this.#bytes.fill(0, o + 4 + octets.length, o + 4 + padded);
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

  #section(options: SectionOptions): void {
    const application = encodeUtf8(options.application ?? "");
    const comment = encodeUtf8(options.comment ?? "");
    let length = 28;
    if (application.length > 0) length += optionLength(application.length);
    if (comment.length > 0) length += optionLength(comment.length);
    if (length > 28) length += 4;
    const v = this.#view;
    const o = this.#begin(SECTION_HEADER, length);
    v.setUint32(o, BYTE_ORDER, true);
    v.setUint16(o + 4, 1, true);
    v.setUint16(o + 6, 0, true);
    v.setUint32(o + 8, 0xffff_ffff, true);
    v.setUint32(o + 12, 0xffff_ffff, true);
    let at = o + 16;
    if (application.length > 0) at = this.#option(at, OPTION_SHB_USERAPPL, application);
    if (comment.length > 0) at = this.#option(at, OPTION_COMMENT, comment);
    if (length > 28) this.#option(at, OPTION_END, NO_OCTETS);
  }

  #fits(length: number): boolean {
    return this.#end + length <= this.#bytes.length;
  }

  /** Writes type and both lengths; returns where the body starts. */
  #begin(type: number, length: number): number {
    const o = this.#end;
    this.#view.setUint32(o, type, true);
    this.#view.setUint32(o + 4, length, true);
    this.#view.setUint32(o + length - 4, length, true);
    this.#end = o + length;
    return o + 8;
  }

  #option(at: number, code: number, octets: Uint8Array): number {
    const padded = octets.length + 3 & ~3;
    this.#view.setUint16(at, code, true);
    this.#view.setUint16(at + 2, octets.length, true);
    this.#bytes.set(octets, at + 4);
    this.#bytes.fill(0, at + 4 + octets.length, at + 4 + padded);
    return at + 4 + padded;
  }
}

const NO_OCTETS = new Uint8Array(0);

function optionLength(octets: number): number {
  return 4 + (octets + 3 & ~3);
}
