/**
 * One PTP message as it was seen on a network: when, on what, and where its octets are.
 * @module
 */
import { Family, formatAddress } from "../../base/address.ts";

/** What carried a message. */
export const Carrier = { Unknown: 0, Udp4: 1, Udp6: 2, Ieee8023: 3 } as const;
export type Carrier = typeof Carrier[keyof typeof Carrier];

/** Names as `--transport` takes them; "" where it is not known. */
export const CARRIER_NAMES: readonly ["", "udp4", "udp6", "l2"] = ["", "udp4", "udp6", "l2"];

/** A seen message; one record is filled again and again. Offsets are into `view`, -1 where absent. */
export interface Sighting {
  /** When, by the clock that stamped the capture: since the Unix epoch. */
  seconds: number;
  /** In [0, 1e9); may carry a fraction. */
  nanoseconds: number;
  /**
   * When, by a clock that nobody steers or steps, ns since any origin; NaN where there is none, as in
   * capture files: intervals are then taken from `seconds` and `nanoseconds`.
   */
  monotonic: number;
  view: DataView;
  /** First octet of the PTP message. */
  offset: number;
  /** Octets from there to the end of the datagram or frame, padding included. */
  length: number;
  carrier: Carrier;
  /** The sender's network address: 4, 16 or (IEEE 802.3) 6 octets. */
  source: number;
  /** The network address it went to, likewise. */
  destination: number;
  /** The sender's MAC address, 6 octets. */
  mac: number;
  /** VLAN identifier of the innermost tag; -1 where untagged. */
  vlan: number;
  /** DSCP, 0 to 63; -1 where there is no IP. */
  dscp: number;
}

const NO_OCTETS = new DataView(new ArrayBuffer(0));

/** An empty record, for reuse by the caller. */
export function sighting(): Sighting {
  return {
    seconds: 0,
    nanoseconds: 0,
    monotonic: NaN,
    view: NO_OCTETS,
    offset: 0,
    length: 0,
    carrier: Carrier.Unknown,
    source: -1,
    destination: -1,
    mac: -1,
    vlan: -1,
    dscp: -1,
  };
}

const SIZES: readonly number[] = [0, 4, 16, 6];
const FAMILIES: readonly Family[] = [Family.None, Family.Ipv4, Family.Ipv6, Family.Mac];

/** The address at `at` as text; "" where `at` is -1. */
export function addressText(s: Sighting, at: number): string {
  const size = SIZES[s.carrier] ?? 0;
  if (at < 0 || size === 0) return "";
  return formatAddress(FAMILIES[s.carrier] ?? Family.None, octets(s, at, size), 0);
}

/** The sender's MAC address as text; "" where it is not known. */
export function macText(s: Sighting): string {
  return s.mac < 0 ? "" : formatAddress(Family.Mac, octets(s, s.mac, 6), 0);
}

/** 32 bits that differ between addresses; 0 where there is none. */
export function addressHash(s: Sighting, at: number): number {
  const size = SIZES[s.carrier] ?? 0;
  if (at < 0 || size === 0) return 0;
  let hash = 0x811c_9dc5;
  for (let k = 0; k < size; k++) hash = Math.imul(hash ^ s.view.getUint8(at + k), 0x0100_0193);
  return hash >>> 0;
}

/** True where the message went to one station: by its destination, not by its unicastFlag. */
export function isUnicast(s: Sighting): boolean {
  if (s.destination < 0) return false;
  const first = s.view.getUint8(s.destination);
  switch (s.carrier) {
    case Carrier.Udp4:
      return first < 224;
    case Carrier.Udp6:
      return first !== 0xff;
    case Carrier.Ieee8023:
      return (first & 1) === 0;
    default:
      return false;
  }
}

function octets(s: Sighting, at: number, size: number): Uint8Array {
  return new Uint8Array(s.view.buffer, s.view.byteOffset + at, size);
}
