/**
 * The message a port is looking at: the header's facts read once, the octets in place.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import type { Instant } from "../base/time.ts";
import * as header from "./wire/header.ts";
import { type PortIdentity, portIdentity } from "./wire/identity.ts";

/** One per port, overwritten by every message; valid during `receive` only. */
export class Received {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** First octet in `view`. */
  offset = 0;
  type = 0;
  sequenceId = 0;
  flags = 0;
  readonly source: PortIdentity = portIdentity();
  /** Nanoseconds; the exact 64 bits are in the octets. */
  correction = 0;
  logMessageInterval = 0;
  /** When the port was called. */
  at = 0 as Instant;
  /** The receive stamp; NaN without one. */
  stamp = NaN as Instant;
  peer: AddressHandle = 0;

  /** Reads the header of a message that passed the wire's `check`. */
  load(view: DataView, offset: number): void {
    this.view = view;
    this.offset = offset;
    this.type = header.messageType(view, offset);
    this.sequenceId = header.sequenceId(view, offset);
    this.flags = header.flagField(view, offset);
    header.sourcePortIdentity(view, offset, this.source);
    this.correction = header.correctionField(view, offset);
    this.logMessageInterval = header.logMessageInterval(view, offset);
  }
}
