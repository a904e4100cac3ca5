/**
 * Signaling as a monitor reads it: unicast negotiation (IEEE 1588-2019 16.1).
 * @module
 */
import { ANY_PORT, isPortAt, portIdentity, readPort } from "../wire/identity.ts";
import * as message from "../wire/message.ts";
import * as signaling from "../wire/signaling.ts";
import * as tlv from "../wire/tlv.ts";
import { TlvType } from "../wire/tlv.ts";
import type { Negotiation } from "./negotiation.ts";
import { addressHash, addressText, type Sighting } from "./sighting.ts";
import type { Tables } from "./tables.ts";
import type { WatchedPort } from "./watched_port.ts";

/** Octets of the values: a request, a grant, a cancellation. */
const REQUEST = 6;
const GRANT = 8;
const CANCEL = 2;

/** Takes every TLV of the Signaling message. */
export function takeSignaling(tables: Tables, port: WatchedPort, s: Sighting, at: number): void {
  const v = s.view;
  const end = message.end(v, s.offset);
  for (let t = message.firstTlv(v, s.offset); t < end; t = tlv.next(v, t)) {
    const size = tlv.length(v, t);
    switch (tlv.type(v, t)) {
      case TlvType.REQUEST_UNICAST_TRANSMISSION:
        if (size >= REQUEST) takeRequest(tables, port, s, t, at);
        break;
      case TlvType.GRANT_UNICAST_TRANSMISSION:
        if (size >= GRANT) takeGrant(tables, port, s, t, at);
        break;
      case TlvType.CANCEL_UNICAST_TRANSMISSION:
        if (size >= CANCEL) takeCancel(tables, port, s, t, at);
        break;
    }
  }
}

function takeRequest(tables: Tables, port: WatchedPort, s: Sighting, t: number, at: number): void {
  const found = fromClient(tables, port, s, t);
  const log = signaling.unicastLogInterMessagePeriod(s.view, t);
  found.request(at, log, signaling.unicastDuration(s.view, t));
}

function takeGrant(tables: Tables, port: WatchedPort, s: Sighting, t: number, at: number): void {
  const v = s.view;
  const found = fromServer(tables, port, s, t, at);
  found?.grant(
    at,
    signaling.unicastLogInterMessagePeriod(v, t),
    signaling.unicastDuration(v, t),
    signaling.isRenewalInvited(v, t),
  );
}

/** Either side may cancel: whoever the contract is known with. */
function takeCancel(tables: Tables, port: WatchedPort, s: Sighting, t: number, at: number): void {
  const asServer = fromServer(tables, port, s, t, at);
  if (asServer !== undefined && asServer.grants > 0) asServer.cancel();
  else fromClient(tables, port, s, t).cancel();
}

function fromClient(tables: Tables, port: WatchedPort, s: Sighting, t: number): Negotiation {
  const type = signaling.unicastMessageType(s.view, t);
  const server = addressHash(s, s.destination);
  return tables.negotiation(port, server, type, addressText(s, s.destination));
}

/** `undefined` where the target is everybody. */
function fromServer(
  tables: Tables,
  port: WatchedPort,
  s: Sighting,
  t: number,
  at: number,
): Negotiation | undefined {
  const target = s.offset + signaling.TARGET_PORT_IDENTITY;
  if (isPortAt(s.view, target, ANY_PORT)) return undefined;
  const id = portIdentity();
  readPort(s.view, target, id);
  const client = tables.port(port.domain, id, at);
  const type = signaling.unicastMessageType(s.view, t);
  const key = addressHash(s, s.source);
  const found = tables.negotiation(client, key, type, addressText(s, s.source));
  found.server = port;
  return found;
}
