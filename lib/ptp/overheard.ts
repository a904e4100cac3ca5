/**
 * What a slave on a multicast network hears most: Delay_Req of others, and the answers to them.
 * @module
 */
import { Reason } from "./reason.ts";
import * as header from "./wire/header.ts";
import { MessageType } from "./wire/header.ts";
import { isClockAt, isPortAt, PORT_IDENTITY_LENGTH, type PortIdentity } from "./wire/identity.ts";
import * as message from "./wire/message.ts";

/**
 * Why a slave has no use for the `length` octets at `o`: a request, or its parent's answer to
 * somebody else. `None` where they may concern it, or are no such message.
 */
export function overheard(
  v: DataView,
  o: number,
  length: number,
  us: { readonly portIdentity: Readonly<PortIdentity>; readonly parent: Readonly<PortIdentity> },
): Reason {
  if (length < message.REQUESTING_PORT_IDENTITY) return Reason.None;
  const source = o + header.SOURCE_PORT_IDENTITY;
  switch (header.messageType(v, o)) {
    case MessageType.DelayReq:
      return isClockAt(v, source, us.portIdentity) ? Reason.None : Reason.PortState;
    case MessageType.DelayResp: {
      if (length < message.REQUESTING_PORT_IDENTITY + PORT_IDENTITY_LENGTH) return Reason.None;
      const requester = o + message.REQUESTING_PORT_IDENTITY;
      const isOurs = isPortAt(v, requester, us.portIdentity);
      return isOurs || !isPortAt(v, source, us.parent) ? Reason.None : Reason.OtherPort;
    }
    default:
      return Reason.None;
  }
}
