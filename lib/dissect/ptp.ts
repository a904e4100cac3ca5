/**
 * PTP (IEEE 1588), versions 1, 2.0 and 2.1, over Ethernet and UDP: recognised on any UDP port.
 * @module
 */
import * as header from "../ptp/wire/header.ts";
import * as message from "../ptp/wire/message.ts";
import { Fault } from "../ptp/wire/fault.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import type { Dissection, Dissector, LineOptions } from "./dissection.ts";
import type { FieldList } from "./field_list.ts";
import { version2Fields } from "./ptp_fields.ts";
import { appendVersion2 } from "./ptp_line.ts";
import { appendVersion1, isVersion1, version1Fields } from "./ptp_v1.ts";

/** Event and general port. */
export const PTP_PORTS = [319, 320] as const;

/** All versions: octet 1 of version 1 is the low octet of its version number. */
export const ptpDissector: Dissector = {
  name: "ptp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, _options: LineOptions): boolean {
    if (versionOf(d, d.offset[i]!, d.limit[i]!) === 1) return appendVersion1(d, i, out);
    return appendVersion2(d, i, out);
  },
  fields(d: Dissection, i: number, into: FieldList): void {
    if (versionOf(d, d.offset[i]!, d.limit[i]!) === 1) version1Fields(d, i, into);
    else version2Fields(d, i, into);
  },
};

/** 1, 2, or 0 where the octets are neither. */
function versionOf(d: Dissection, o: number, limit: number): number {
  if (limit - o < 2) return 0;
  const version = d.view.getUint8(o + 1) & 0xf;
  return version === 1 || version === 2 ? version : 0;
}

/** On the ports of PTP the version is proof enough. */
export function isPtpOnItsPort(d: Dissection, o: number, limit: number): boolean {
  return versionOf(d, o, limit) !== 0;
}

/** On any other port every field that has few legal values must have one. */
export function isPtpAnywhere(d: Dissection, o: number, limit: number, length: number): boolean {
  const v = d.view;
  if (length < header.HEADER_LENGTH || limit - o < length) return false;
  const second = v.getUint8(o + 1);
  if (second === 1) return isVersion1(v, o, length);
  if (second !== 0x02 && second !== 0x12) return false;
  if (message.check(v, o, length) !== Fault.None) return false;
  const stated = header.messageLength(v, o);
  if (stated !== length && stated + 2 !== length) return false;
  if (!hasLegalControl(header.messageType(v, o), header.controlField(v, o))) return false;
  if ((header.flagField(v, o) & RESERVED_FLAGS) !== 0) return false;
  const interval = header.logMessageInterval(v, o);
  return interval === 0x7f || interval >= -12 && interval <= 22;
}

const RESERVED_FLAGS = 0x1880;
const CONTROL = [0, 1, 5, 5, 5, 5, 5, 5, 2, 3, 5, 5, 5, 4, 5, 5];

/** The value of the 2008 edition, or 0 as the 2019 edition recommends. */
function hasLegalControl(type: number, control: number): boolean {
  return control === CONTROL[type] || control === 0;
}
