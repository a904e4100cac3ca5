/**
 * `auto`: both mechanisms are answered; as a slave both are asked, and the first that the other side
 * answers is used until it falls silent.
 *
 * Only a slave asks: a Pdelay_Req where nobody expects it would be somebody's warning. Several
 * answers to one Pdelay_Req mean a segment of many: peer delay is then out of the question.
 * @module
 */
import type { PacketBatch } from "../../base/batch.ts";
import { earliest, type Instant } from "../../base/time.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import type { EndToEnd } from "./e2e.ts";
import type { DelayMechanism } from "./mechanism.ts";
import type { PeerToPeer } from "./p2p.ts";

/** Requests in a row without answer after which both are asked again. */
const PATIENCE = 5;

/** Measurements of the link before it is trusted: by the second, a second responder has shown. */
const ENOUGH = 2;

/** Which mechanism is in use. */
const Choice = { None: 0, EndToEnd: 1, Peer: 2 } as const;
type Choice = typeof Choice[keyof typeof Choice];

export class AutoDelay implements DelayMechanism {
  readonly #e2e: EndToEnd;
  readonly #peer: PeerToPeer;
  #choice: Choice = Choice.None;
  #isSlave = false;
  #mayUsePeer = true;
  /** Measurements of the link since both are asked. */
  #links = 0;

  /** @param peer Driven by the port; started and stopped here. */
  constructor(e2e: EndToEnd, peer: PeerToPeer) {
    this.#e2e = e2e;
    this.#peer = peer;
  }

  get usesLink(): boolean {
    return this.#choice === Choice.Peer;
  }

  startRequests(now: Instant): void {
    this.#isSlave = true;
    this.#mayUsePeer = true;
    this.#ask(now);
  }

  stopRequests(): void {
    this.#isSlave = false;
    this.#choice = Choice.None;
    this.#e2e.stopRequests();
    this.#peer.stop();
  }

  receiveResponse(m: Received): Reason {
    const reason = this.#e2e.receiveResponse(m);
    if (reason === Reason.None && this.#choice === Choice.None) {
      this.#choice = Choice.EndToEnd;
      this.#peer.stop();
    }
    return reason;
  }

  receiveRequest(m: Received): Reason {
    return this.#e2e.receiveRequest(m);
  }

  stamped(messageType: number, sequenceId: number, at: Instant): Reason {
    return this.#e2e.stamped(messageType, sequenceId, at);
  }

  dropResponses(): void {
    this.#e2e.dropResponses();
  }

  expire(now: Instant): void {
    this.#e2e.expire(now);
    if (!this.#isSlave) return;
    const isSilent = this.#choice === Choice.EndToEnd
      ? this.#e2e.unanswered >= PATIENCE
      : this.#choice === Choice.Peer && this.#peer.lostInRow >= PATIENCE;
    if (isSilent) this.#ask(now);
  }

  deadline(): Instant {
    return earliest(this.#e2e.deadline(), this.#peer.deadline());
  }

  transmit(out: PacketBatch): boolean {
    return this.#e2e.transmit(out);
  }

  linkMeasured(): void {
    if (!this.#isSlave || this.#choice !== Choice.None) return;
    this.#links++;
    if (this.#links < ENOUGH || !this.#peer.isCapable) return;
    this.#choice = Choice.Peer;
    this.#e2e.stopRequests();
  }

  linkFailed(now: Instant): void {
    this.#mayUsePeer = false;
    this.#peer.stop();
    if (this.#isSlave && this.#choice === Choice.Peer) this.#ask(now);
  }

  snapshot(): Record<string, number> {
    return { ...this.#e2e.snapshot(), choice: this.#choice };
  }

  #ask(now: Instant): void {
    this.#choice = Choice.None;
    this.#links = 0;
    this.#e2e.startRequests(now);
    if (this.#mayUsePeer) this.#peer.start(now);
  }
}
