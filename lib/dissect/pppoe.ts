/**
 * PPPoE sessions (RFC 2516) down to the IP packet they carry.
 * @module
 */
import { EtherType } from "../wire/ethernet.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";

/** Octets of the PPPoE header, and of it and the PPP protocol number. */
const HEADER_LENGTH = 6;
const WITH_PROTOCOL = 8;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

/** EtherType of the session stage. */
export const PPPOE_SESSION = 0x8864;

/** A session packet; `detail` is the PPP protocol. */
export const pppoeDissector: Dissector = {
  name: "pppoes",
  walk(d: Dissection, i: number): void {
    if (d.available(i) < WITH_PROTOCOL) return;
    const o = d.offset[i]!;
    const protocol = d.view.getUint16(o + HEADER_LENGTH);
    d.detail[i] = protocol;
    const type = protocol === PPP_IPV4
      ? EtherType.Ipv4
      : protocol === PPP_IPV6
      ? EtherType.Ipv6
      : 0;
    const next = d.registry.etherType(type);
    const length = d.view.getUint16(o + 4) - 2;
    const start = o + WITH_PROTOCOL;
    if (next !== undefined) d.enter(next, start, Math.min(d.limit[i]!, start + length), length);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    if (d.available(i) < WITH_PROTOCOL) return truncated(out, "pppoe");
    out.ascii("PPPoE  [ses 0x");
    out.hex(d.view.getUint16(o + 2));
    out.ascii("] ");
    const name = d.detail[i] === PPP_IPV4 ? "IP" : d.detail[i] === PPP_IPV6 ? "IP6" : undefined;
    if (options.link && name !== undefined) {
      out.ascii(name);
      out.ascii(" (0x");
      out.hexPadded(d.detail[i]!, 4);
      out.ascii("), length ");
      out.decimal(d.view.getUint16(o + 4));
      out.ascii(": ");
    }
    if (d.isLast(i)) {
      out.ascii("PPP protocol 0x");
      out.hexPadded(d.detail[i]!, 4);
      out.ascii(", length ");
      out.decimal(d.view.getUint16(o + 4));
    }
    return true;
  },
};
