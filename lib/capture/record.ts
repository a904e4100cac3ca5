/**
 * What every capture file reader yields: one reused record, a progress word, and the faults.
 * @module
 */

/** What a reader's `next()` says. */
export const Progress = {
  /** Feed more octets, or call `finish()`. */
  More: 0,
  /** The record was filled. */
  Record: 1,
  /** The file ended where a record (or block) ended. */
  End: 2,
  /** The file is malformed at `faultOffset`; nothing more will come. */
  Fault: 3,
} as const;
export type Progress = typeof Progress[keyof typeof Progress];

/** Why a capture file cannot be read on. */
export const CaptureFault = {
  None: 0,
  /** The file ends inside a header or a record. */
  Truncated: 1,
  /** Neither pcap nor pcapng. */
  BadMagic: 2,
  /** A pcap or pcapng major version nobody defined. */
  BadVersion: 3,
  /** A captured length above what any link type allows. */
  BadLength: 4,
  /** A pcapng block whose two lengths differ, are no multiple of 4, or cannot hold its fields. */
  BadBlock: 5,
  /** A pcapng packet that names an interface no IDB described. */
  BadInterface: 6,
  /** A block above what this reader is willing to hold in memory. */
  TooLarge: 7,
} as const;
export type CaptureFault = typeof CaptureFault[keyof typeof CaptureFault];

/** Octets of the longest packet any file may hold (libpcap's MAXIMUM_SNAPLEN). */
export const MAX_CAPLEN = 262_144;

/** One captured packet. Filled again by every `next()`; the octets stay put until the next feed. */
export interface CaptureRecord {
  /** Since the Unix epoch; negative where a pcapng offset says so. */
  seconds: number;
  /** In [0, 1e9). */
  nanoseconds: number;
  /** Octets present at `offset` in `view`. */
  caplen: number;
  /** Octets the packet had on the wire. */
  len: number;
  /** LINKTYPE_ value, see `linktype.ts`. */
  linktype: number;
  /** Index among the interfaces of the file (all sections counted on); 0 in pcap. */
  interface: number;
  /** Holds the packet; larger than it. */
  view: DataView<ArrayBuffer>;
  /** First octet of the packet in `view`. */
  offset: number;
}

/** One interface a file describes. */
export interface CaptureInterface {
  readonly linktype: number;
  /** Most octets kept of each packet; {@linkcode MAX_CAPLEN} where the file says 0. */
  readonly snaplen: number;
  /** Octets of frame check sequence at the end of each packet; 0 where none or not said. */
  readonly fcsOctets: number;
  /** if_name of pcapng; "" in pcap. Octets of the file: escape before printing. */
  readonly name: string;
}

/** An empty record, for reuse by the caller. */
export function captureRecord(): CaptureRecord {
  return {
    seconds: 0,
    nanoseconds: 0,
    caplen: 0,
    len: 0,
    linktype: 0,
    interface: 0,
    view: new DataView(new ArrayBuffer(0)),
    offset: 0,
  };
}
