/**
 * The delay mechanism of a port, by its options.
 * @module
 */
import type { Destinations, PortOptions } from "../options.ts";
import { UnicastReplies } from "../unicast_reply.ts";
import { AutoDelay } from "./auto.ts";
import { type E2eContext, EndToEnd } from "./e2e.ts";
import type { DelayMechanism } from "./mechanism.ts";
import { type P2pContext, PeerToPeer } from "./p2p.ts";
import { PeerOnly } from "./peer_only.ts";
import { ResponseQueue } from "./response_queue.ts";

/** What roles use, and what the port itself drives: peer delay runs in every state. */
export interface PortDelay {
  readonly mechanism: DelayMechanism;
  readonly peer: PeerToPeer | undefined;
}

/** @throws RangeError where peer delay is asked for without a destination for its messages. */
export function chooseDelay(
  port: E2eContext & P2pContext,
  options: Readonly<PortOptions>,
  destinations: Destinations,
): PortDelay {
  const replies = new UnicastReplies(destinations);
  if (options.delayMechanism === "e2e") {
    return { mechanism: new EndToEnd(port, new ResponseQueue(replies)), peer: undefined };
  }
  if (destinations.peerEvent === 0 || destinations.peerGeneral === 0) {
    throw new RangeError(`delay mechanism ${options.delayMechanism}: no peerEvent, peerGeneral`);
  }
  const peer = new PeerToPeer(port, replies);
  if (options.delayMechanism === "p2p") return { mechanism: new PeerOnly(), peer };
  const e2e = new EndToEnd(port, new ResponseQueue(replies));
  return { mechanism: new AutoDelay(e2e, peer), peer };
}
