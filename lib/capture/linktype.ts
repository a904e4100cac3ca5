/**
 * LINKTYPE_ values of pcap and pcapng files that something here understands, with the names and
 * descriptions libpcap prints (https://www.tcpdump.org/linktypes.html).
 * @module
 */

export const Linktype = {
  Null: 0,
  Ethernet: 1,
  /** Raw IP as OpenBSD, then other systems, wrote it into files. */
  RawBsd: 12,
  RawOpenBsd: 14,
  Raw: 101,
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  LinuxSll2: 276,
} as const;

const NAMES: Readonly<Record<number, readonly [string, string]>> = {
  0: ["NULL", "BSD loopback"],
  1: ["EN10MB", "Ethernet"],
  12: ["RAW", "Raw IP"],
  14: ["RAW", "Raw IP"],
  101: ["RAW", "Raw IP"],
  108: ["LOOP", "OpenBSD loopback"],
  113: ["LINUX_SLL", "Linux cooked v1"],
  228: ["IPV4", "Raw IPv4"],
  229: ["IPV6", "Raw IPv6"],
  276: ["LINUX_SLL2", "Linux cooked v2"],
};

/** `EN10MB`, or the number where it has no name here. */
export function linktypeName(linktype: number): string {
  return NAMES[linktype]?.[0] ?? String(linktype);
}

/** `Ethernet`; "" where it has no name here. */
export function linktypeDescription(linktype: number): string {
  return NAMES[linktype]?.[1] ?? "";
}
