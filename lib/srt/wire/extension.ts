/**
 * Handshake extensions: type, size in words, content, one after the other
 * (draft-sharabayko-srt-01 3.2.1.1 to 3.2.1.3; GROUP as libsrt sends it).
 *
 * Strings (SID, CONGESTION, FILTER) are little-endian per word: each group of four characters
 * stands reversed on the wire, padded with zeros.
 * @module
 */
import { SrtFault } from "./fault.ts";
import { checkKeyMaterial } from "./key_material.ts";

/** Extension types; the first four are also the subtypes of user-defined control packets. */
export const ExtensionType = {
  HsReq: 1,
  HsRsp: 2,
  KmReq: 3,
  KmRsp: 4,
  StreamId: 5,
  Congestion: 6,
  Filter: 7,
  Group: 8,
} as const;

/** Bits of the HSREQ and HSRSP flag word. */
export const SrtFlag = {
  TsbpdSender: 1,
  TsbpdReceiver: 2,
  Crypt: 4,
  TooLateDrop: 8,
  PeriodicNak: 0x10,
  RetransmitFlag: 0x20,
  Stream: 0x40,
  PacketFilter: 0x80,
} as const;

/** Group types of the GROUP extension. */
export const GroupType = { Broadcast: 1, Backup: 2 } as const;

/** Octets of type and size. */
export const EXTENSION_HEADER = 4;
/** Octets of a StreamID at most. */
export const MAX_STREAM_ID = 512;

const HS_LENGTH = 12;
const GROUP_LENGTH = 8;

/** `SrtFault.None`, or why `length` octets at `o` are no chain of extensions. */
export function checkExtensions(v: DataView, o: number, length: number): SrtFault {
  for (let at = 0; at < length;) {
    if (length - at < EXTENSION_HEADER) return SrtFault.BadExtension;
    const size = contentLength(v, o + at);
    if (size > length - at - EXTENSION_HEADER) return SrtFault.BadExtension;
    const fault = checkContent(v, o + at, size);
    if (fault !== SrtFault.None) return fault;
    at += EXTENSION_HEADER + size;
  }
  return SrtFault.None;
}

function checkContent(v: DataView, o: number, size: number): SrtFault {
  switch (extensionType(v, o)) {
    case ExtensionType.HsReq:
    case ExtensionType.HsRsp:
      return size < HS_LENGTH ? SrtFault.BadExtension : SrtFault.None;
    case ExtensionType.KmReq:
      return checkKeyMaterial(v, o + EXTENSION_HEADER, size);
    case ExtensionType.KmRsp:
      if (size === 4) return SrtFault.None;
      return checkKeyMaterial(v, o + EXTENSION_HEADER, size);
    case ExtensionType.StreamId:
      return size > MAX_STREAM_ID ? SrtFault.BadExtension : SrtFault.None;
    case ExtensionType.Group:
      return size < GROUP_LENGTH ? SrtFault.BadExtension : SrtFault.None;
    default:
      return SrtFault.None;
  }
}

/** One of {@linkcode ExtensionType}. */
export function extensionType(v: DataView, o: number): number {
  return v.getUint16(o);
}

/** Octets of the content, which starts at `o + EXTENSION_HEADER`. */
export function contentLength(v: DataView, o: number): number {
  return v.getUint16(o + 2) * 4;
}

/** Writes type and size; `octets` is a multiple of 4. Returns the octets written. */
export function putExtensionHeader(v: DataView, o: number, type: number, octets: number): number {
  v.setUint16(o, type);
  v.setUint16(o + 2, octets >>> 2);
  return EXTENSION_HEADER;
}

/** HSREQ/HSRSP content at `c`: 0x00MMmmpp. */
export function srtVersion(v: DataView, c: number): number {
  return v.getUint32(c);
}

/** {@linkcode SrtFlag} bits. */
export function srtFlags(v: DataView, c: number): number {
  return v.getUint32(c + 4);
}

/** Latency this end wants as a receiver, milliseconds. */
export function receiverLatency(v: DataView, c: number): number {
  return v.getUint16(c + 8);
}

/** Latency this end proposes to its peer's receiver, milliseconds. */
export function senderLatency(v: DataView, c: number): number {
  return v.getUint16(c + 10);
}

/** GROUP content at `c`: bit 30 is set. */
export function groupId(v: DataView, c: number): number {
  return v.getUint32(c);
}

/** One of {@linkcode GroupType}. */
export function groupType(v: DataView, c: number): number {
  return v.getUint8(c + 4);
}

/** 1: synchronise on messages. */
export function groupFlags(v: DataView, c: number): number {
  return v.getUint8(c + 5);
}

/** Backup: the higher one is preferred. */
export function groupWeight(v: DataView, c: number): number {
  return v.getUint16(c + 6);
}

/** Octets of the string whose content has `size` octets at `c`, padding left out. */
export function stringLength(v: DataView, c: number, size: number): number {
  let n = 0;
  while (n < size && stringOctet(v, c, n) !== 0) n++;
  return n;
}

/** Octet `k` of a string extension, the per-word order undone. */
export function stringOctet(v: DataView, c: number, k: number): number {
  return v.getUint8(c + (k ^ 3));
}

/** Writes `octets` as a string extension's content at `c`, padded; returns its size in octets. */
export function putString(v: DataView, c: number, octets: Uint8Array): number {
  const size = octets.length + 3 & ~3;
  for (let k = 0; k < size; k++) v.setUint8(c + (k ^ 3), octets[k] ?? 0);
  return size;
}
