/**
 * Unicast at one port: the server, the client, and whose Delay_Req are answered.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import { earliest, type Instant, NEVER } from "../base/time.ts";
import type { Destinations, PortOptions } from "./options.ts";
import { Reason } from "./reason.ts";
import type { Received } from "./received.ts";
import type { SignalingQueue } from "./signaling_queue.ts";
import { type ClientContext, UnicastClient } from "./unicast/client.ts";
import { FairShare, hashOf } from "./unicast/fair_share.ts";
import { type ServerContext, UnicastServer } from "./unicast/server.ts";
import { UnicastReplies } from "./unicast_reply.ts";
import { Flag } from "./wire/header.ts";

/** Delay_Req of one source that may come at once, as seconds of its limit. */
const BURST_SECONDS = 0.25;

export class PortUnicast {
  readonly server: UnicastServer | undefined;
  readonly client: UnicastClient | undefined;
  readonly replies: UnicastReplies;
  readonly #options: Readonly<PortOptions>;
  readonly #sources: FairShare;

  constructor(
    port: ServerContext & ClientContext & { readonly queue: SignalingQueue },
    options: Readonly<PortOptions>,
    destinations: Destinations,
  ) {
    const { addresses } = destinations;
    this.#options = options;
    this.replies = new UnicastReplies(destinations);
    const rate = options.maxDelayReqRate;
    this.#sources = new FairShare(rate, Math.max(1, BURST_SECONDS * rate));
    const { unicastServer, unicastClient } = options;
    const io = { replies: this.replies, queue: port.queue };
    if (unicastServer !== undefined) {
      this.server = new UnicastServer(port, unicastServer, addresses, io);
    }
    if (unicastClient !== undefined) {
      this.client = new UnicastClient(port, unicastClient, addresses, io);
    }
  }

  /** `None` where a master answers Delay_Req `m`. */
  admitsDelayReq(m: Received): Reason {
    if (this.server !== undefined && (m.flags & Flag.Unicast) !== 0) {
      const reason = this.server.onDelayReq(m);
      if (reason !== Reason.NotGranted || !this.#options.hybridE2e) return reason;
    }
    return this.#sources.take(hashOf(m.source), m.at) ? Reason.None : Reason.RateExceeded;
  }

  /**
   * Where Delay_Req go: 0 by multicast, -1 nowhere as yet.
   * @param master The address the parent's Announce came from.
   */
  delayReqPeer(now: Instant, master: AddressHandle): AddressHandle {
    if (this.client !== undefined) return this.client.delayReqPeer(now) || -1;
    return this.#options.hybridE2e ? this.replies.eventOf(master) : 0;
  }

  start(now: Instant): void {
    this.client?.start(now);
  }

  expire(now: Instant): void {
    this.server?.expire(now);
    this.client?.expire(now);
  }

  deadline(): Instant {
    const server = this.server === undefined ? NEVER : this.server.deadline();
    return this.client === undefined ? server : earliest(server, this.client.deadline());
  }

  clear(): void {
    this.server?.clear();
    this.client?.clear();
  }

  snapshot(): UnicastSnapshot | undefined {
    if (this.server === undefined && this.client === undefined) return undefined;
    return {
      server: this.server?.snapshot() ?? null,
      masters: this.client?.states() ?? null,
      delayReqRefused: this.#sources.refused,
    };
  }
}

/** For a status report. */
export interface UnicastSnapshot {
  server: Record<string, number> | null;
  masters: string[] | null;
  delayReqRefused: number;
}
