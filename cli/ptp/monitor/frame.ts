/**
 * From a captured frame to the PTP message in it: Ethernet, VLAN tags, cooked and raw captures, IP, UDP.
 * @module
 */
import type { CaptureRecord } from "../../../lib/capture/record.ts";
import { Linktype } from "../../../lib/capture/linktype.ts";
import { Carrier, type Sighting } from "../../../lib/ptp/monitor/sighting.ts";
import * as ethernet from "../../../lib/wire/ethernet.ts";
import { EtherType } from "../../../lib/wire/ethernet.ts";
import { WireFault } from "../../../lib/wire/fault.ts";
import * as ipv4 from "../../../lib/wire/ipv4.ts";
import { IpProtocol } from "../../../lib/wire/ipv4.ts";
import * as ipv6 from "../../../lib/wire/ipv6.ts";
import * as udp from "../../../lib/wire/udp.ts";
import * as vlan from "../../../lib/wire/vlan.ts";

/** Header lengths of cooked captures, and where the EtherType and the sender's MAC stand. */
const SLL = { length: 16, etherType: 14, addressLength: 4, address: 6 } as const;
const SLL2 = { length: 20, etherType: 0, addressLength: 11, address: 12 } as const;
/** VLAN tags of one frame. */
const MAX_TAGS = 4;
/** Extension headers of one IPv6 packet. */
const MAX_EXTENSIONS = 8;

/** UDP ports whose datagrams are PTP. */
export interface PtpPorts {
  readonly event: number;
  readonly general: number;
}

/**
 * Finds the PTP message of a record and fills `into`; false where there is none, or it was cut.
 */
export function findMessage(r: CaptureRecord, ports: PtpPorts, into: Sighting): boolean {
  into.seconds = r.seconds;
  into.nanoseconds = r.nanoseconds;
  into.view = r.view;
  into.mac = -1;
  into.vlan = -1;
  into.dscp = -1;
  const end = r.offset + r.caplen;
  switch (r.linktype) {
    case Linktype.Ethernet:
      if (r.caplen < ethernet.HEADER_LENGTH) return false;
      into.mac = r.offset + ethernet.SOURCE;
      into.destination = r.offset + ethernet.DESTINATION;
      return typed(r, ethernet.etherType(r.view, r.offset), 14, { ports, end, into });
    case Linktype.LinuxSll:
      return cooked(r, SLL, { ports, end, into });
    case Linktype.LinuxSll2:
      return cooked(r, SLL2, { ports, end, into });
    case Linktype.Raw:
    case Linktype.RawBsd:
    case Linktype.RawOpenBsd:
    case Linktype.Ipv4:
    case Linktype.Ipv6:
      return raw(r.offset, { ports, end, into });
    case Linktype.Null:
    case Linktype.Loop:
      return raw(r.offset + 4, { ports, end, into });
    default:
      return false;
  }
}

interface Search {
  readonly ports: PtpPorts;
  readonly end: number;
  readonly into: Sighting;
}

function cooked(r: CaptureRecord, layout: typeof SLL | typeof SLL2, search: Search): boolean {
  if (r.caplen < layout.length) return false;
  const { into } = search;
  into.destination = -1;
  const hasMac = layout === SLL
    ? r.view.getUint16(r.offset + layout.addressLength) === 6
    : r.view.getUint8(r.offset + layout.addressLength) === 6;
  if (hasMac) into.mac = r.offset + layout.address;
  return typed(r, r.view.getUint16(r.offset + layout.etherType), layout.length, search);
}

/** What the EtherType before `r.offset + at` announces. */
function typed(r: CaptureRecord, etherType: number, at: number, search: Search): boolean {
  const { into, end } = search;
  let type = etherType;
  let o = r.offset + at;
  for (let k = 0; k < MAX_TAGS && vlan.isTag(type); k++) {
    if (end - o < vlan.TAG_LENGTH) return false;
    into.vlan = vlan.id(r.view, o);
    type = vlan.etherType(r.view, o);
    o += vlan.TAG_LENGTH;
  }
  switch (type) {
    case EtherType.Ptp:
      into.carrier = Carrier.Ieee8023;
      into.source = into.mac;
      into.offset = o;
      into.length = lengthOfFrame(into, end - o);
      return into.length > 0;
    case EtherType.Ipv4:
      return overIpv4(o, search);
    case EtherType.Ipv6:
      return overIpv6(o, search);
    default:
      return false;
  }
}

/** Without the padding of a short frame, which would count as trailing octets. */
function lengthOfFrame(into: Sighting, present: number): number {
  if (present < 4) return present;
  const stated = into.view.getUint16(into.offset + 2);
  return stated >= 34 && stated < present ? stated : present;
}

function raw(o: number, search: Search): boolean {
  if (search.end - o < 1) return false;
  search.into.destination = -1;
  const version = search.into.view.getUint8(o) >>> 4;
  return version === 4 ? overIpv4(o, search) : version === 6 && overIpv6(o, search);
}

function overIpv4(o: number, search: Search): boolean {
  const { into, end } = search;
  const v = into.view;
  if (ipv4.check(v, o, end - o) !== WireFault.None) return false;
  if (ipv4.protocol(v, o) !== IpProtocol.Udp || ipv4.isFragment(v, o)) return false;
  into.carrier = Carrier.Udp4;
  into.source = o + ipv4.SOURCE;
  into.destination = o + ipv4.DESTINATION;
  into.dscp = ipv4.typeOfService(v, o) >>> 2;
  return overUdp(o + ipv4.headerLength(v, o), o + ipv4.totalLength(v, o), search);
}

function overIpv6(o: number, search: Search): boolean {
  const { into, end } = search;
  const v = into.view;
  if (ipv6.check(v, o, end - o) !== WireFault.None) return false;
  const last = o + ipv6.HEADER_LENGTH + ipv6.payloadLength(v, o);
  let next = ipv6.nextHeader(v, o);
  let at = o + ipv6.HEADER_LENGTH;
  for (let k = 0; k < MAX_EXTENSIONS && ipv6.isExtension(next); k++) {
    if (next === IpProtocol.Fragment || last - at < 2) return false;
    const length = ipv6.extensionLength(v, at, next);
    next = v.getUint8(at);
    at += length;
  }
  if (next !== IpProtocol.Udp) return false;
  into.carrier = Carrier.Udp6;
  into.source = o + ipv6.SOURCE;
  into.destination = o + ipv6.DESTINATION;
  into.dscp = ipv6.trafficClass(v, o) >>> 2;
  return overUdp(at, last, search);
}

function overUdp(o: number, end: number, search: Search): boolean {
  const { into, ports } = search;
  const v = into.view;
  if (udp.check(v, o, end - o) !== WireFault.None) return false;
  const port = udp.destinationPort(v, o);
  if (port !== ports.event && port !== ports.general) return false;
  into.offset = o + udp.HEADER_LENGTH;
  into.length = udp.datagramLength(v, o) - udp.HEADER_LENGTH;
  return true;
}
