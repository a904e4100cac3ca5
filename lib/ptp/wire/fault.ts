/**
 * Why octets are not a PTP version 2 message that may be read on.
 * @module
 */

/** What {@linkcode file://./message.ts | check} and the TLV walk report; also counter indices. */
export const Fault = {
  None: 0,
  /** Fewer octets than the common header, or than the message type's body. */
  Truncated: 1,
  /** `versionPTP` is not 2. */
  Version: 2,
  /** A reserved `messageType`. */
  MessageType: 3,
  /** `messageLength` is below the type's fixed length or beyond what arrived. */
  MessageLength: 4,
  /** Four or more octets follow `messageLength` (fewer are padding). */
  TrailingOctets: 5,
  /** A TLV's `lengthField` is odd (IEEE 1588-2019 14.1.1). */
  TlvOddLength: 6,
  /** A TLV reaches beyond `messageLength`, or 1 to 3 octets are left after the last one. */
  TlvOverrun: 7,
  /** A timestamp's nanoseconds are 1e9 or more (5.3.3). */
  Nanoseconds: 8,
} as const;
export type Fault = typeof Fault[keyof typeof Fault];
