/**
 * What a dissector is given: one captured packet, as the readers in `capture/` fill it.
 * @module
 */

export interface CapturedPacket {
  /** Since the Unix epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Octets present at `offset` in `view`. */
  readonly caplen: number;
  /** Octets the packet had on the wire. */
  readonly len: number;
  /** LINKTYPE_ value. */
  readonly linktype: number;
  readonly view: DataView<ArrayBuffer>;
  readonly offset: number;
}
