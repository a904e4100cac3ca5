/**
 * UDP (RFC 768) in tcpdump's wording; finds what it carries by port or by looking.
 * @module
 */
import * as udp from "../wire/udp.ts";
import { type ByteBuffer, octetsOf } from "./byte_buffer.ts";
import { fold, shouldBe } from "./checksums.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";
import { appendEnds, findFlow, transportSum, UDP } from "./transport.ts";

/** Protocols whose own line takes the place of `UDP, length N`; tcpdump knows these too. */
const SPEAKS_FOR_ITSELF: ReadonlySet<string> = new Set(["ptp", "dns", "mdns", "dhcp"]);

const UDP_LENGTH = octetsOf("UDP, length ");

/** User datagrams. */
export const udpDissector: Dissector = {
  name: "udp",
  walk(d: Dissection, i: number): void {
    const o = d.offset[i]!;
    const v = d.view;
    if (d.available(i) < udp.HEADER_LENGTH || d.quoted) return;
    const length = payloadLength(d, i);
    if (length < 0) return;
    if (d.fragmented) return;
    findFlow(d, i, UDP);
    const limit = Math.min(d.limit[i]!, o + udp.HEADER_LENGTH + length);
    const start = o + udp.HEADER_LENGTH;
    const payload = d.registry.udpPayload(d, v.getUint32(o), start, limit, length);
    if (payload !== undefined) d.enter(payload, start, limit, length);
  },
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const n = d.available(i);
    appendEnds(d, i, n >= 4, out);
    if (n < 4) return truncated(out, "udp");
    if (d.length[i]! < udp.HEADER_LENGTH) {
      out.ascii("truncated-udp ");
      out.decimal(d.length[i]!);
      return false;
    }
    if (n < 6) return truncated(out, "udp");
    const stated = udp.datagramLength(d.view, o);
    if (stated < udp.HEADER_LENGTH) {
      out.ascii("truncated-udplength ");
      out.decimal(stated);
      return false;
    }
    if (n < udp.HEADER_LENGTH) return truncated(out, "udp");
    const wanted = options.verbose > 1 || options.verbose > 0 && isIpv6(d);
    if (wanted && !d.fragmented) appendChecksum(d, i, out);
    const inner = d.isLast(i) ? "" : d.dissector[i + 1]!.name;
    if (!options.quiet && inner !== "" && SPEAKS_FOR_ITSELF.has(inner)) return true;
    appendLength(d, i, stated - udp.HEADER_LENGTH, out);
    if (options.quiet || inner === "") return false;
    out.octet(0x3a);
    out.octet(0x20);
    return true;
  },
};

/** tcpdump verifies the checksum with -v over IPv6, with -vv over IPv4. */
function isIpv6(d: Dissection): boolean {
  return d.network >= 0 && d.dissector[d.network]!.name === "ipv6";
}

/** Octets of payload that both UDP's length and the enclosing one allow; -1 where it has none. */
function payloadLength(d: Dissection, i: number): number {
  const stated = udp.datagramLength(d.view, d.offset[i]!);
  if (stated < udp.HEADER_LENGTH || d.length[i]! < udp.HEADER_LENGTH) return -1;
  return Math.min(stated, d.length[i]!) - udp.HEADER_LENGTH;
}

function appendLength(d: Dissection, i: number, payload: number, out: ByteBuffer): void {
  const room = d.length[i]! - udp.HEADER_LENGTH;
  if (payload > room && !d.fragmented) {
    out.ascii("UDP, bad length ");
    out.decimal(payload);
    out.ascii(" > ");
    out.decimal(room);
    return;
  }
  out.fixed(UDP_LENGTH);
  out.decimal(payload);
}

function appendChecksum(d: Dissection, i: number, out: ByteBuffer): void {
  const present = udp.checksum(d.view, d.offset[i]!);
  if (present === 0) {
    out.ascii("[no cksum] ");
    return;
  }
  const sum = transportSum(d, i, UDP, payloadLength(d, i) + udp.HEADER_LENGTH);
  if (sum < 0) return;
  if (fold(sum) === 0xffff) {
    out.ascii("[udp sum ok] ");
    return;
  }
  out.ascii("[bad udp cksum 0x");
  out.hexPadded(present, 4);
  out.ascii(" -> 0x");
  out.hexPadded(shouldBe(present, sum), 4);
  out.ascii("!] ");
}
