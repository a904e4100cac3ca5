/**
 * Key material message, the content of KMREQ and KMRSP (draft-sharabayko-srt-01 3.2.2).
 * @module
 */
import { SrtFault } from "./fault.ts";

/** Which stream encrypting keys a message carries. */
export const KeyMaterialFlag = { Even: 1, Odd: 2, Both: 3 } as const;

export const Cipher = { None: 0, Ecb: 1, Ctr: 2, Cbc: 3, Gcm: 4 } as const;

/** What a KMRSP of one word says. */
export const KeyState = {
  Unsecured: 0,
  Securing: 1,
  Secured: 2,
  NoSecret: 3,
  BadSecret: 4,
  BadCryptoMode: 5,
} as const;

/** Octets before the salt. */
export const KEY_MATERIAL_HEADER = 16;
/** Octets RFC 3394 adds to what it wraps. */
export const WRAP_OVERHEAD = 8;

const VERSION_AND_TYPE = 0x12;
const SIGN = 0x2029;

/** `SrtFault.None`, or why `length` octets at `c` are no key material message. */
export function checkKeyMaterial(v: DataView, c: number, length: number): SrtFault {
  if (length < KEY_MATERIAL_HEADER) return SrtFault.BadKeyMaterial;
  if (v.getUint8(c) !== VERSION_AND_TYPE || v.getUint16(c + 1) !== SIGN) {
    return SrtFault.BadKeyMaterial;
  }
  if (keyFlags(v, c) === 0) return SrtFault.BadKeyMaterial;
  const key = keyLength(v, c);
  if (key !== 16 && key !== 24 && key !== 32) return SrtFault.BadKeyMaterial;
  return length < messageLength(v, c) ? SrtFault.BadKeyMaterial : SrtFault.None;
}

/** One of {@linkcode KeyMaterialFlag}. */
export function keyFlags(v: DataView, c: number): number {
  return v.getUint8(c + 3) & 3;
}

/** Key encrypting key index; 0 is the passphrase. */
export function kekIndex(v: DataView, c: number): number {
  return v.getUint32(c + 4);
}

/** One of {@linkcode Cipher}. */
export function cipher(v: DataView, c: number): number {
  return v.getUint8(c + 8);
}

/** 0 none, 1 AES-GCM. */
export function authentication(v: DataView, c: number): number {
  return v.getUint8(c + 9);
}

/** 2: live SRT. */
export function streamEncapsulation(v: DataView, c: number): number {
  return v.getUint8(c + 10);
}

/** Octets of the salt. */
export function saltLength(v: DataView, c: number): number {
  return v.getUint8(c + 14) * 4;
}

/** Octets of each stream encrypting key: 16, 24 or 32. */
export function keyLength(v: DataView, c: number): number {
  return v.getUint8(c + 15) * 4;
}

/** Offset of the salt. */
export function salt(_v: DataView, c: number): number {
  return c + KEY_MATERIAL_HEADER;
}

/** Offset of the wrapped keys: even first where there are both. */
export function wrappedKeys(v: DataView, c: number): number {
  return c + KEY_MATERIAL_HEADER + saltLength(v, c);
}

/** Octets of the wrapped keys. */
export function wrappedLength(v: DataView, c: number): number {
  const keys = keyFlags(v, c) === KeyMaterialFlag.Both ? 2 : 1;
  return WRAP_OVERHEAD + keys * keyLength(v, c);
}

/** Octets of the whole message. */
export function messageLength(v: DataView, c: number): number {
  return KEY_MATERIAL_HEADER + saltLength(v, c) + wrappedLength(v, c);
}

/** The numbers of a key material message, for {@linkcode put}. */
export interface KeyMaterialFields {
  readonly keyFlags: number;
  readonly cipher: number;
  readonly authentication: number;
  readonly saltLength: number;
  readonly keyLength: number;
}

/** Writes the 16 octets before the salt; returns them. */
export function put(v: DataView, c: number, f: KeyMaterialFields): number {
  v.setUint8(c, VERSION_AND_TYPE);
  v.setUint16(c + 1, SIGN);
  v.setUint8(c + 3, f.keyFlags);
  v.setUint32(c + 4, 0);
  v.setUint8(c + 8, f.cipher);
  v.setUint8(c + 9, f.authentication);
  v.setUint8(c + 10, 2);
  v.setUint8(c + 11, 0);
  v.setUint16(c + 12, 0);
  v.setUint8(c + 14, f.saltLength >>> 2);
  v.setUint8(c + 15, f.keyLength >>> 2);
  return KEY_MATERIAL_HEADER;
}
