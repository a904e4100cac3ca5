/**
 * Why a packet of layers 2 to 4 is not what its header claims.
 * @module
 */

export const WireFault = {
  None: 0,
  /** Fewer octets are present than the header, or the length it states, needs. */
  Truncated: 1,
  /** The version field names another protocol. */
  BadVersion: 2,
  /** A length field contradicts the header it stands in. */
  BadLength: 3,
  /** A field holds a value the protocol forbids. */
  BadField: 4,
} as const;
export type WireFault = typeof WireFault[keyof typeof WireFault];
