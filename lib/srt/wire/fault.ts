/**
 * Why a datagram is no SRT packet.
 * @module
 */

export const SrtFault = {
  None: 0,
  /** Fewer octets than the header or the control field needs. */
  Truncated: 1,
  /** A control packet where data was asked for, or the reverse. */
  WrongKind: 2,
  /** A control type nobody defined. */
  UnknownType: 3,
  /** A handshake version other than 4 and 5. */
  BadVersion: 4,
  /** A length that no packet of this type has. */
  BadLength: 5,
  /** A handshake extension that runs out of the packet or has a size its type forbids. */
  BadExtension: 6,
  /** A loss list that ends inside a range, or a range that is reversed. */
  BadLossList: 7,
  /** A key material message with impossible version, lengths or flags. */
  BadKeyMaterial: 8,
  /** A field holds a value the protocol forbids. */
  BadField: 9,
} as const;
export type SrtFault = typeof SrtFault[keyof typeof SrtFault];
