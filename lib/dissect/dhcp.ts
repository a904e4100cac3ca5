/**
 * BOOTP and DHCP (RFC 951, RFC 2131) in tcpdump's one-line wording; with -v the message type.
 * @module
 */
import * as dhcp from "../wire/dhcp.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";

/** Host configuration. */
export const dhcpDissector: Dissector = {
  name: "dhcp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n < dhcp.HEADER_LENGTH) {
      out.ascii("BOOTP/DHCP");
      return truncated(out, "bootp");
    }
    const operation = dhcp.operation(v, o);
    out.ascii("BOOTP/DHCP, ");
    out.ascii(
      operation === 1 ? "Request" : operation === 2 ? "Reply" : "unknown (" + operation + ")",
    );
    if (operation === 1 && dhcp.hardwareType(v, o) === 1 && dhcp.hardwareLength(v, o) === 6) {
      out.ascii(" from ");
      out.mac(v, o + dhcp.CLIENT_HARDWARE);
    }
    out.ascii(", length ");
    out.decimal(d.length[i]!);
    if (options.verbose === 0) return true;
    const type = dhcp.messageType(v, o, n);
    if (type !== 0) {
      out.ascii(", DHCP-Message ");
      out.ascii(MESSAGES[type] ?? String(type));
    }
    out.ascii(", xid 0x");
    out.hex(dhcp.transactionId(v, o));
    return true;
  },
};

/** On ports 67 and 68 the operation is enough. */
export function isDhcp(d: Dissection, o: number, limit: number): boolean {
  return limit > o && (d.view.getUint8(o) === 1 || d.view.getUint8(o) === 2);
}

const MESSAGES = [
  undefined,
  "Discover",
  "Offer",
  "Request",
  "Decline",
  "ACK",
  "NACK",
  "Release",
  "Inform",
];
