/**
 * Requests of one port that wait for their answers: Delay_Req, or Pdelay_Req.
 * @module
 */
import { Moments } from "./moments.ts";

/** Requests that may wait at a time. */
const SLOTS = 8;

/** A request as it was seen. */
export interface SeenRequest {
  sequenceId: number;
  /** ns since the first message; and the reading of the capture's clock. */
  at: number;
  seconds: number;
  nanos: number;
  /** Its correctionField when it was seen, ns. */
  correction: number;
  isAnswered: boolean;
}

/** See the module. */
export class Requests {
  answered = 0;
  /** Left without an answer while eight more were sent. */
  unanswered = 0;
  /** From a request to its answer, as seen here; ns. */
  readonly turnarounds = new Moments();
  readonly #slots: SeenRequest[] = [];

  constructor() {
    for (let k = 0; k < SLOTS; k++) {
      this.#slots.push({
        sequenceId: -1,
        at: 0,
        seconds: 0,
        nanos: 0,
        correction: 0,
        isAnswered: true,
      });
    }
  }

  /** A request was seen. */
  ask(sequenceId: number, at: number, seconds: number, nanos: number, correction: number): void {
    const slot = this.#slots[sequenceId % SLOTS]!;
    if (slot.sequenceId >= 0 && !slot.isAnswered) this.unanswered++;
    slot.sequenceId = sequenceId;
    slot.at = at;
    slot.seconds = seconds;
    slot.nanos = nanos;
    slot.correction = correction;
    slot.isAnswered = false;
  }

  /** The request that an answer seen at `at` belongs to; `undefined` where it was not seen. */
  answer(sequenceId: number, at: number): SeenRequest | undefined {
    const slot = this.#slots[sequenceId % SLOTS]!;
    if (slot.sequenceId !== sequenceId) return undefined;
    if (!slot.isAnswered) {
      this.answered++;
      if (at >= slot.at) this.turnarounds.add(at - slot.at);
    }
    slot.isAnswered = true;
    return slot;
  }
}
