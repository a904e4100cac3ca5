/**
 * Signaling, 44 octets and TLVs (IEEE 1588-2019 13.12), and the bodies of its unicast TLVs (16.1.4).
 * @module
 */

export const SIGNALING_LENGTH = 44;
/** Where `targetPortIdentity` stands. */
export const TARGET_PORT_IDENTITY = 34;

/** `messageType` of a REQUEST_, GRANT_, CANCEL_ or ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION TLV. */
export function unicastMessageType(v: DataView, t: number): number {
  return v.getUint8(t + 4) >>> 4;
}

/** `logInterMessagePeriod` of a request or grant, signed. */
export function unicastLogInterMessagePeriod(v: DataView, t: number): number {
  return v.getInt8(t + 5);
}

/** `durationField` of a request or grant, seconds. */
export function unicastDuration(v: DataView, t: number): number {
  return v.getUint32(t + 6);
}

/** R bit of a grant: the request will likely be renewed. */
export function isRenewalInvited(v: DataView, t: number): boolean {
  return (v.getUint8(t + 11) & 1) !== 0;
}
