/**
 * SRT handshake control information, 48 octets after the control header, and what follows it in
 * version 5 (draft-sharabayko-srt-01 3.2.1).
 *
 * All accessors take `o`, the packet's first octet (not the handshake's).
 * @module
 */
import { checkExtensions } from "./extension.ts";
import { SrtFault } from "./fault.ts";
import { HEADER_LENGTH } from "./header.ts";

/** Octets of control header and handshake. */
export const HANDSHAKE_LENGTH = HEADER_LENGTH + 48;

/** Extension field of the listener's induction answer: "I speak SRT". */
export const SRT_MAGIC = 0x4a17;

/** Handshake types; from 1000 on they are rejection reasons, see `reject.ts`. */
export const HandshakeType = {
  Done: -3,
  Agreement: -2,
  Conclusion: -1,
  WaveAHand: 0,
  Induction: 1,
} as const;

/** First handshake type that is a rejection. */
export const FIRST_REJECTION = 1000;

/** Bits of the extension field of a version 5 conclusion. */
export const ExtensionFlag = { HsReq: 1, KmReq: 2, Config: 4 } as const;

/** `SrtFault.None`, or why `length` octets at `o` are no handshake, extensions included. */
export function check(v: DataView, o: number, length: number): SrtFault {
  if (length < HANDSHAKE_LENGTH) return SrtFault.Truncated;
  if (v.getUint16(o) !== 0x8000) return SrtFault.WrongKind;
  if (version(v, o) !== 4 && version(v, o) !== 5) return SrtFault.BadVersion;
  if (v.getUint32(o + 24) >= 0x8000_0000) return SrtFault.BadField;
  if (!hasExtensions(v, o)) return SrtFault.None;
  return checkExtensions(v, o + HANDSHAKE_LENGTH, length - HANDSHAKE_LENGTH);
}

/** 4 in a caller's induction, 5 afterwards. */
export function version(v: DataView, o: number): number {
  return v.getUint32(o + 16);
}

/** Cipher key length in units of 8 octets: 0, 2, 3, 4 (version 5). */
export function encryptionField(v: DataView, o: number): number {
  return v.getUint16(o + 20);
}

/** Version 4: socket type (2); version 5: {@linkcode SRT_MAGIC} or {@linkcode ExtensionFlag} bits. */
export function extensionField(v: DataView, o: number): number {
  return v.getUint16(o + 22);
}

/** First sequence number of the data this end will send. */
export function initialSequenceNumber(v: DataView, o: number): number {
  return v.getUint32(o + 24) & 0x7fff_ffff;
}

/** Octets of the largest IP packet. */
export function maximumSegmentSize(v: DataView, o: number): number {
  return v.getUint32(o + 28);
}

/** Packets that may be in flight. */
export function flowWindow(v: DataView, o: number): number {
  return v.getUint32(o + 32);
}

/** One of {@linkcode HandshakeType}, signed, or a rejection reason. */
export function handshakeType(v: DataView, o: number): number {
  return v.getInt32(o + 36);
}

/** The socket id of the end that sends this. */
export function socketId(v: DataView, o: number): number {
  return v.getUint32(o + 40);
}

export function synCookie(v: DataView, o: number): number {
  return v.getUint32(o + 44);
}

/** Offset of the peer's address, 16 octets; IPv4 sits in the first word, in little-endian order. */
export function peerAddress(_v: DataView, o: number): number {
  return o + 48;
}

/** True where extensions follow the 64 octets: version 5 and no induction. */
export function hasExtensions(v: DataView, o: number): boolean {
  const type = handshakeType(v, o);
  return version(v, o) === 5 && extensionField(v, o) !== 0 &&
    (type === HandshakeType.Conclusion || type === HandshakeType.Agreement);
}

/** The numbers of a handshake, for {@linkcode put}. */
export interface HandshakeFields {
  readonly version: number;
  readonly encryptionField: number;
  readonly extensionField: number;
  readonly initialSequenceNumber: number;
  readonly maximumSegmentSize: number;
  readonly flowWindow: number;
  readonly handshakeType: number;
  readonly socketId: number;
  readonly synCookie: number;
}

/** Writes the nine words after the control header; the peer address stays for the caller. */
export function put(v: DataView, o: number, f: HandshakeFields): void {
  v.setUint32(o + 16, f.version);
  v.setUint16(o + 20, f.encryptionField);
  v.setUint16(o + 22, f.extensionField);
  v.setUint32(o + 24, f.initialSequenceNumber);
  v.setUint32(o + 28, f.maximumSegmentSize);
  v.setUint32(o + 32, f.flowWindow);
  v.setInt32(o + 36, f.handshakeType);
  v.setUint32(o + 40, f.socketId);
  v.setUint32(o + 44, f.synCookie);
}
