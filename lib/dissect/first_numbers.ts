/**
 * The first sequence numbers of TCP flows, which later ones are shown relative to.
 * @module
 */
import type { Dissection } from "./dissection.ts";
import type { FlowTable } from "./flow_table.ts";

/** First sequence numbers by flow: of the end that sorts first, and of the other. */
export class FirstNumbers {
  readonly #generation: Uint32Array;
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;

  constructor(flows: FlowTable) {
    this.#generation = new Uint32Array(flows.capacity);
    this.#first = new Uint32Array(flows.capacity);
    this.#second = new Uint32Array(flows.capacity);
  }

  /** Sets the bases of a segment with ACK; a new flow, or a SYN, starts them over. */
  resolve(d: Dissection, sequence: number, acknowledgment: number, syn: boolean): void {
    const f = d.flow;
    const reverse = d.direction === 1;
    const known = this.#generation[f] === d.flows.generation[f];
    if (!known || syn) {
      this.#generation[f] = d.flows.generation[f]!;
      this.#first[f] = reverse ? acknowledgment - 1 : sequence;
      this.#second[f] = reverse ? sequence : acknowledgment - 1;
    } else {
      d.sequenceBase = reverse ? this.#second[f]! : this.#first[f]!;
      d.acknowledgmentBase = reverse ? this.#first[f]! : this.#second[f]!;
    }
    d.sackBase = reverse ? this.#first[f]! : this.#second[f]!;
  }
}
