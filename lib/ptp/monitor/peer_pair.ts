/**
 * Two ports that measure the delay of the link between them (IEEE 1588-2019 11.4).
 * @module
 */
import type { Linked } from "./lru.ts";
import { Moments } from "./moments.ts";
import type { SeenRequest } from "./requests.ts";
import type { WatchedPort } from "./watched_port.ts";

/** See the module. */
export class PeerPair implements Linked<PeerPair> {
  hash: number;
  chain: PeerPair | undefined = undefined;
  newer: PeerPair | undefined = undefined;
  older: PeerPair | undefined = undefined;
  readonly requester: WatchedPort;
  readonly responder: WatchedPort;
  responses = 0;
  followUps = 0;
  /** From receiving the request to sending the response, as the responder says; ns. */
  readonly residences = new Moments();
  /**
   * Half of what the round trip took longer, as seen here: the link's delay where the capture was
   * taken at the requester, near 0 at the responder.
   */
  readonly delays = new Moments();
  #sequenceId = -1;
  #roundTrip = 0;
  #receivedSeconds = 0;
  #receivedNanos = 0;
  #correction = 0;

  constructor(hash: number, requester: WatchedPort, responder: WatchedPort) {
    this.hash = hash;
    this.requester = requester;
    this.responder = responder;
  }

  /** A response to `request`, with t2; one-step where `isTwoStep` is false. */
  response(
    request: SeenRequest,
    at: number,
    message: { isTwoStep: boolean; seconds: number; nanos: number; correction: number },
  ): void {
    this.responses++;
    this.#sequenceId = request.sequenceId;
    this.#roundTrip = at - request.at;
    this.#receivedSeconds = message.seconds;
    this.#receivedNanos = message.nanos;
    this.#correction = message.correction - request.correction;
    if (!message.isTwoStep) this.#finish(0);
  }

  /** The response's Follow_Up, with t3. */
  followUp(sequenceId: number, seconds: number, nanos: number, correction: number): void {
    if (sequenceId !== this.#sequenceId) return;
    this.followUps++;
    const residence = (seconds - this.#receivedSeconds) * 1e9 + (nanos - this.#receivedNanos);
    this.#finish(residence + correction);
    this.#sequenceId = -1;
  }

  #finish(residence: number): void {
    const total = residence + this.#correction;
    this.residences.add(total);
    this.delays.add((this.#roundTrip - total) / 2);
  }
}
