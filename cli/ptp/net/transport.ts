/**
 * What carries PTP: UDP over IPv4 or IPv6, or IEEE 802.3 itself (IEEE 1588-2019 Annexes C, D, E).
 * @module
 */
import type { AddressHandle, AddressTable } from "../../../lib/base/address.ts";
import type { Link } from "../../../lib/base/link.ts";
import { UsageError } from "../../kit/errors.ts";
import type { Destinations } from "../../../lib/ptp/options.ts";

/** The transports by the name `--transport` takes. */
export const TRANSPORTS = ["udp4", "udp6", "l2"] as const;
export type Transport = typeof TRANSPORTS[number];

/** The EtherType of PTP (E.1). */
export const ETHER_TYPE = 0x88f7;

/** Group addresses: for all messages but those of peer delay, and for these. */
export interface Groups {
  readonly primary: string;
  readonly peer: string;
}

/** The groups of C.3, D.3 and E.3. @param scope Of IPv6: 2 link, 5 site, 8 organisation, 14 global. */
export function groupsOf(transport: Transport, scope = 14): Groups {
  switch (transport) {
    case "udp4":
      return { primary: "224.0.1.129", peer: "224.0.0.107" };
    case "udp6":
      return { primary: `ff0${scope.toString(16)}::181`, peer: "ff02::6b" };
    case "l2":
      return { primary: "01:1b:19:00:00:00", peer: "01:80:c2:00:00:0e" };
  }
}

/** Where a clock sends its messages. */
export interface Target {
  readonly address: string;
  /** Of peer delay; left out where there is none. */
  readonly peerAddress?: string;
  /** 0 where there are no ports. */
  readonly eventPort: number;
  readonly generalPort: number;
}

/** The handles of a target in the table of `link`, kept for good. */
export function destinations(link: Link, target: Target): Destinations {
  const { addresses } = link;
  const handle = (address: string | undefined, port: number) => {
    const h = address === undefined ? 0 : addresses.internText(address, port);
    addresses.retain(h);
    return h;
  };
  return {
    addresses,
    event: handle(target.address, target.eventPort),
    general: handle(target.address, target.generalPort),
    peerEvent: handle(target.peerAddress, target.eventPort),
    peerGeneral: handle(target.peerAddress, target.generalPort),
  };
}

/** The interface a port is on. */
interface Own {
  readonly name: string;
  readonly index: number;
}

/**
 * A neighbour's or master's address as the address table reads it: a link-local IPv6 address is in
 * the zone of the port's own interface, named or not.
 * @throws UsageError where it names another interface.
 */
export function zoned(literal: string, own: Own): string {
  const [host = "", zone] = literal.split("%");
  const isOwn = zone === undefined || zone === own.name || zone === String(own.index);
  if (!isOwn) throw new UsageError(`address ${literal}`, `the port is on ${own.name}`);
  const isLinkLocal = /^fe[89ab]/i.test(host) && host.includes("::");
  return isLinkLocal ? `${host}%${own.index}` : host;
}

/** The handles of masters' addresses, kept for good. @throws UsageError where one is no address. */
export function masterHandles(
  addresses: AddressTable,
  literals: readonly string[],
  own: Own,
  port: number,
): AddressHandle[] {
  return literals.map((literal) => {
    const handle = addresses.internText(zoned(literal, own), port);
    if (handle === 0) throw new UsageError(`address ${literal}`, "it is none");
    addresses.retain(handle);
    return handle;
  });
}
