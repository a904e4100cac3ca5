/**
 * One unicast contract: who asked whom for which messages, and what came of it (IEEE 1588-2019 16.1).
 * @module
 */
import type { Linked } from "./lru.ts";
import type { WatchedPort } from "./watched_port.ts";

/** How far a negotiation has got. */
export type NegotiationState = "requested" | "granted" | "denied" | "cancelled" | "expired";

/** See the module. */
export class Negotiation implements Linked<Negotiation> {
  hash: number;
  chain: Negotiation | undefined = undefined;
  newer: Negotiation | undefined = undefined;
  older: Negotiation | undefined = undefined;
  readonly client: WatchedPort;
  /** Hash of the server's address, which stands in for its identity while that is not known. */
  readonly serverKey: number;
  serverAddress: string;
  server: WatchedPort | undefined;
  readonly messageType: number;
  requests = 0;
  grants = 0;
  denials = 0;
  cancels = 0;
  /** Of the newest request and grant: log2 of seconds, and seconds. */
  requestedInterval = NaN;
  requestedDuration = NaN;
  grantedInterval = NaN;
  grantedDuration = NaN;
  isRenewalInvited = false;
  #state: NegotiationState = "requested";
  #until = NaN;

  constructor(
    key: { hash: number; client: WatchedPort; serverKey: number; messageType: number },
    serverAddress: string,
  ) {
    this.hash = key.hash;
    this.client = key.client;
    this.serverKey = key.serverKey;
    this.messageType = key.messageType;
    this.serverAddress = serverAddress;
  }

  /** As it stands at `at`. */
  state(at: number): NegotiationState {
    return this.#state === "granted" && at > this.#until ? "expired" : this.#state;
  }

  request(at: number, logInterval: number, duration: number): void {
    this.requests++;
    this.requestedInterval = logInterval;
    this.requestedDuration = duration;
    if (this.state(at) !== "granted") this.#state = "requested";
  }

  grant(at: number, logInterval: number, duration: number, isRenewalInvited: boolean): void {
    if (duration === 0) {
      this.denials++;
      this.#state = "denied";
      return;
    }
    this.grants++;
    this.grantedInterval = logInterval;
    this.grantedDuration = duration;
    this.isRenewalInvited = isRenewalInvited;
    this.#state = "granted";
    this.#until = at + duration * 1e9;
  }

  cancel(): void {
    this.cancels++;
    this.#state = "cancelled";
  }
}
