/**
 * ARP and RARP (RFC 826, RFC 903) in tcpdump's wording.
 * @module
 */
import * as arp from "../wire/arp.ts";
import { EtherType } from "../wire/ethernet.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { type Dissection, type Dissector, type LineOptions, truncated } from "./dissection.ts";

const { Operation } = arp;

/** Address resolution between Ethernet and IPv4; other pairs are shown by their numbers. */
export const arpDissector: Dissector = {
  name: "arp",
  walk(): void {},
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean {
    const o = d.offset[i]!;
    const v = d.view;
    const n = d.available(i);
    if (n < arp.HEADER_LENGTH || n < arp.packetLength(v, o)) return truncated(out, "arp");
    if (!options.link) out.ascii("ARP, ");
    appendTypes(d, o, out, options);
    const operation = arp.operation(v, o);
    out.ascii(options.verbose > 0 ? ", " : "");
    out.ascii(operationName(operation));
    out.octet(0x20);
    appendOperation(d, o, operation, out);
    out.ascii(", length ");
    out.decimal(d.length[i]!);
    return true;
  },
};

/** With -v, or where the pair is not Ethernet and IPv4: `Ethernet (len 6), IPv4 (len 4)`. */
function appendTypes(d: Dissection, o: number, out: ByteBuffer, options: LineOptions): void {
  const v = d.view;
  const usual = arp.protocolType(v, o) === EtherType.Ipv4 && arp.protocolLength(v, o) === 4 &&
    arp.hardwareLength(v, o) === 6;
  if (usual && options.verbose === 0) return;
  const hardware = arp.hardwareType(v, o);
  out.ascii(HARDWARE.get(hardware) ?? `Unknown Hardware (${hardware})`);
  out.ascii(" (len ");
  out.decimal(arp.hardwareLength(v, o));
  out.ascii("), ");
  const protocol = arp.protocolType(v, o);
  if (protocol === EtherType.Ipv4) out.ascii("IPv4");
  else {
    out.ascii("Unknown Protocol (0x");
    out.hexPadded(protocol, 4);
    out.octet(0x29);
  }
  out.ascii(" (len ");
  out.decimal(arp.protocolLength(v, o));
  out.octet(0x29);
  if (options.verbose === 0) out.ascii(", ");
}

function appendOperation(d: Dissection, o: number, operation: number, out: ByteBuffer): void {
  const v = d.view;
  const sha = arp.senderHardware(v, o);
  const tha = arp.targetHardware(v, o);
  const hlen = arp.hardwareLength(v, o);
  switch (operation) {
    case Operation.Request:
      out.ascii("who-has ");
      appendProtocol(d, o, arp.targetProtocol(v, o), out);
      if (hlen > 0 && !isZero(v, tha, hlen)) {
        out.ascii(" (");
        appendHardware(v, tha, hlen, out);
        out.octet(0x29);
      }
      out.ascii(" tell ");
      appendProtocol(d, o, arp.senderProtocol(v, o), out);
      break;
    case Operation.Reply:
      appendProtocol(d, o, arp.senderProtocol(v, o), out);
      out.ascii(" is-at ");
      appendHardware(v, sha, hlen, out);
      break;
    case Operation.ReverseRequest:
      out.ascii("who-is ");
      appendHardware(v, tha, hlen, out);
      out.ascii(" tell ");
      appendHardware(v, sha, hlen, out);
      break;
    case Operation.ReverseReply:
      appendHardware(v, tha, hlen, out);
      out.ascii(" at ");
      appendProtocol(d, o, arp.targetProtocol(v, o), out);
      break;
    case Operation.InverseRequest:
      out.ascii("who-is ");
      appendHardware(v, tha, hlen, out);
      out.ascii(" tell ");
      appendHardware(v, sha, hlen, out);
      break;
    case Operation.InverseReply:
      appendHardware(v, sha, hlen, out);
      out.ascii(" at ");
      appendProtocol(d, o, arp.senderProtocol(v, o), out);
      break;
    default:
      out.ascii("from ");
      appendHardware(v, sha, hlen, out);
  }
}

function operationName(operation: number): string {
  switch (operation) {
    case Operation.Request:
      return "Request";
    case Operation.Reply:
      return "Reply";
    case Operation.ReverseRequest:
      return "Reverse Request";
    case Operation.ReverseReply:
      return "Reverse Reply";
    case Operation.InverseRequest:
      return "Inverse Request";
    case Operation.InverseReply:
      return "Inverse Reply";
    default:
      return "Unknown (" + operation + ")";
  }
}

function appendProtocol(d: Dissection, o: number, at: number, out: ByteBuffer): void {
  const n = arp.protocolLength(d.view, o);
  if (arp.protocolType(d.view, o) === EtherType.Ipv4 && n === 4) out.ipv4(d.view, at);
  else if (n === 0) out.ascii("<No address>");
  else {
    out.ascii("<wrong proto type> ");
    out.mac(d.view, at, n);
  }
}

function appendHardware(v: DataView, at: number, n: number, out: ByteBuffer): void {
  if (n === 0) out.ascii("<No address>");
  else out.mac(v, at, n);
}

function isZero(v: DataView, o: number, n: number): boolean {
  for (let k = 0; k < n; k++) if (v.getUint8(o + k) !== 0) return false;
  return true;
}

/** ARP hardware types (IANA). */
const HARDWARE: ReadonlyMap<number, string> = new Map([
  [1, "Ethernet"],
  [6, "TokenRing"],
  [7, "ArcNet"],
  [15, "FrameRelay"],
  [24, "IEEE 1394"],
]);
