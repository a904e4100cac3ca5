/**
 * ALTERNATE_TIME_OFFSET_INDICATOR TLV: local time as an offset from the PTP timescale
 * (IEEE 1588-2019 16.3).
 * @module
 */
import { decodeUtf8, encodeUtf8 } from "../../base/text.ts";
import * as tlv from "./tlv.ts";
import { TlvType } from "./tlv.ts";

/** Octets of the value before the name's text. */
const FIXED = 16;
/** PTPText of displayName: 10 symbols (16.3.3.6). */
export const MAX_DISPLAY_NAME = 10;

/** One alternate timescale. */
export interface AlternateTimeOffset {
  /** Which of several, 0 to 254. */
  keyField: number;
  /** Alternate time less the grandmaster's time, s. */
  currentOffset: number;
  /** Size of the next change, s; 0 where none is known. */
  jumpSeconds: number;
  /** When on the grandmaster's timescale; 48 bits. */
  timeOfNextJump: number;
  displayName: string;
}

/** The TLV at `t`; `undefined` where it is too short for what it says. */
export function read(v: DataView, t: number): AlternateTimeOffset | undefined {
  const length = tlv.length(v, t);
  const o = tlv.value(t);
  if (length < FIXED) return undefined;
  const octets = v.getUint8(o + 15);
  if (FIXED + octets > length) return undefined;
  const bytes = new Uint8Array(v.buffer, v.byteOffset + o + FIXED, octets);
  return {
    keyField: v.getUint8(o),
    currentOffset: v.getInt32(o + 1),
    jumpSeconds: v.getInt32(o + 5),
    timeOfNextJump: v.getUint16(o + 9) * 0x1_0000_0000 + v.getUint32(o + 11),
    displayName: decodeUtf8(bytes),
  };
}

/** The whole TLV, padded to an even length. */
export function encode(a: Readonly<AlternateTimeOffset>): Uint8Array<ArrayBuffer> {
  const name = encodeUtf8(a.displayName.slice(0, MAX_DISPLAY_NAME));
  const length = FIXED + name.length + (name.length & 1);
  const bytes = new Uint8Array(tlv.TLV_HEADER_LENGTH + length);
  const v = new DataView(bytes.buffer);
  tlv.writeHeader(v, 0, TlvType.ALTERNATE_TIME_OFFSET_INDICATOR, length);
  const o = tlv.value(0);
  v.setUint8(o, a.keyField);
  v.setInt32(o + 1, a.currentOffset);
  v.setInt32(o + 5, a.jumpSeconds);
  v.setUint16(o + 9, Math.floor(a.timeOfNextJump / 0x1_0000_0000));
  v.setUint32(o + 11, a.timeOfNextJump % 0x1_0000_0000);
  v.setUint8(o + 15, name.length);
  bytes.set(name, o + FIXED);
  return bytes;
}
