/**
 * SRT handshake extensions and key material as text.
 * @module
 */
import * as extension from "../srt/wire/extension.ts";
import { ExtensionType } from "../srt/wire/extension.ts";
import { SrtFault } from "../srt/wire/fault.ts";
import * as km from "../srt/wire/key_material.ts";
import type { ByteBuffer } from "./byte_buffer.ts";

/** Appends `, [HSREQ 1.5.5 flags 0xbf latency 120/120, SID "live"]` for `length` octets at `o`. */
export function appendExtensions(
  v: DataView,
  o: number,
  length: number,
  out: ByteBuffer,
): void {
  out.ascii(", [");
  for (let at = 0; at < length;) {
    if (at > 0) out.ascii(", ");
    if (length - at < extension.EXTENSION_HEADER) {
      out.ascii("malformed");
      break;
    }
    const size = extension.contentLength(v, o + at);
    const type = extension.extensionType(v, o + at);
    out.ascii(NAMES[type] ?? `type ${type}`);
    if (size > length - at - extension.EXTENSION_HEADER) {
      out.ascii(" malformed");
      break;
    }
    appendContent(v, o + at + extension.EXTENSION_HEADER, type, size, out);
    at += extension.EXTENSION_HEADER + size;
  }
  out.octet(0x5d);
}

function appendContent(v: DataView, c: number, type: number, n: number, out: ByteBuffer): void {
  switch (type) {
    case ExtensionType.HsReq:
    case ExtensionType.HsRsp: {
      if (n < 12) return;
      const version = extension.srtVersion(v, c);
      out.ascii(` ${version >>> 16}.${version >>> 8 & 0xff}.${version & 0xff} flags 0x`);
      out.hex(extension.srtFlags(v, c));
      out.ascii(" latency ");
      out.decimal(extension.receiverLatency(v, c));
      out.octet(0x2f);
      out.decimal(extension.senderLatency(v, c));
      return;
    }
    case ExtensionType.KmReq:
    case ExtensionType.KmRsp:
      return appendKeyMaterial(v, c, n, out);
    case ExtensionType.StreamId:
    case ExtensionType.Congestion:
    case ExtensionType.Filter: {
      out.ascii(' "');
      const size = extension.stringLength(v, c, n);
      for (let k = 0; k < size; k++) out.wireOctet(extension.stringOctet(v, c, k));
      out.octet(0x22);
      return;
    }
    case ExtensionType.Group:
      if (n < 8) return;
      out.ascii(" 0x");
      out.hexPadded(extension.groupId(v, c), 8);
      out.octet(0x20);
      out.ascii(GROUPS[extension.groupType(v, c)] ?? `type ${extension.groupType(v, c)}`);
      out.ascii(" weight ");
      out.decimal(extension.groupWeight(v, c));
  }
}

/** Appends ` AES-CTR 128 even`, or the state of a KMRSP of one word. */
export function appendKeyMaterial(v: DataView, c: number, n: number, out: ByteBuffer): void {
  if (n === 4) {
    const state = v.getUint32(c);
    out.octet(0x20);
    out.ascii(STATES[state] ?? `state ${state}`);
    return;
  }
  if (km.checkKeyMaterial(v, c, n) !== SrtFault.None) {
    out.ascii(" malformed");
    return;
  }
  out.octet(0x20);
  out.ascii(CIPHERS[km.cipher(v, c)] ?? `cipher ${km.cipher(v, c)}`);
  out.octet(0x20);
  out.decimal(km.keyLength(v, c) * 8);
  out.ascii(KEYS[km.keyFlags(v, c)]!);
}

const NAMES = [
  undefined,
  "HSREQ",
  "HSRSP",
  "KMREQ",
  "KMRSP",
  "SID",
  "CONGESTION",
  "FILTER",
  "GROUP",
];
const GROUPS = [undefined, "broadcast", "backup"];
const STATES = ["unsecured", "securing", "secured", "no secret", "bad secret", "bad crypto mode"];
const CIPHERS = ["none", "AES-ECB", "AES-CTR", "AES-CBC", "AES-GCM"];
const KEYS = ["", " even", " odd", " even and odd"];
