/**
 * Management over the network, GET alone: a port's share of the responder.
 *
 * A request that came by multicast is answered by multicast, one that came by unicast only to the
 * asker (IEEE 1588-2019 15.4.1). Answers that find no room are dropped and counted.
 * @module
 */
import type { AddressHandle } from "../../base/address.ts";
import type { PacketBatch } from "../../base/batch.ts";
import type { Instant } from "../../base/time.ts";
import { Channel } from "../emit.ts";
import type { Destinations } from "../options.ts";
import type { PtpPort } from "../port.ts";
import type { PortManagement } from "../port_management.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { UnicastReplies } from "../unicast_reply.ts";
import { Flag, MessageType } from "../wire/header.ts";
import * as message from "../wire/message.ts";
import type { Responder } from "./responder.ts";

/** Answers that wait for the next transmission. */
const CAPACITY = 32;

export class NetworkManagement implements PortManagement {
  /** Answers that found no room. */
  dropped = 0;
  readonly #responder: Responder;
  readonly #port: PtpPort;
  readonly #general: AddressHandle;
  readonly #replies: UnicastReplies;
  readonly #queue: { octets: Uint8Array; peer: AddressHandle }[] = [];

  constructor(responder: Responder, port: PtpPort, destinations: Destinations) {
    this.#responder = responder;
    this.#port = port;
    this.#general = destinations.general;
    this.#replies = new UnicastReplies(destinations);
  }

  receive(m: Received): Reason {
    if (this.#queue.length >= CAPACITY) {
      this.dropped++;
      return Reason.ResponseQueueFull;
    }
    const length = message.end(m.view, m.offset) - m.offset;
    const asker = { address: "", maySet: false };
    const answers = this.#responder.answer(m.at, m.view, m.offset, length, asker);
    if (answers.length === 0) return Reason.OtherPort;
    const isUnicast = (m.flags & Flag.Unicast) !== 0;
    const peer = isUnicast ? this.#replies.generalOf(m.peer) : this.#general;
    for (const { octets } of answers) {
      if (this.#queue.length < CAPACITY) this.#queue.push({ octets, peer });
      else this.dropped++;
    }
    return Reason.None;
  }

  transmit(_now: Instant, out: PacketBatch): boolean {
    while (this.#queue.length > 0) {
      if (!out.hasRoom) return false;
      const { octets, peer } = this.#queue.shift()!;
      const i = out.open();
      out.bytes.set(octets, out.offset[i]!);
      out.length[i] = octets.length;
      out.channel[i] = Channel.General;
      out.peer[i] = peer;
      this.#port.emitter.sent[MessageType.Management]! += 1;
    }
    return true;
  }
}
