/**
 * The text `192.0.2.1.319 > 192.0.2.2.319: ` of IPv4 flows, kept by flow and direction: most packets
 * of a capture belong to few flows.
 * @module
 */
import type { ByteBuffer } from "./byte_buffer.ts";
import type { FlowTable } from "./flow_table.ts";

/** Octets of the longest: two addresses of 15, two ports of 5, and " > ", dots, ": ". */
const SLOT = 48;

/** Slots beside the flow table, empty until a flow's text was made once. */
export class EndsText {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #length: Uint8Array;
  readonly #generation: Uint32Array;
  readonly #flows: FlowTable;

  constructor(flows: FlowTable) {
    this.#bytes = new Uint8Array(2 * flows.capacity * SLOT);
    this.#length = new Uint8Array(2 * flows.capacity);
    this.#generation = new Uint32Array(2 * flows.capacity);
    this.#flows = flows;
  }

  /** Appends the text of a flow's direction; false where it was not kept yet. */
  append(flow: number, direction: number, out: ByteBuffer): boolean {
    const k = 2 * flow + direction;
    if (this.#generation[k] !== this.#flows.generation[flow]) return false;
    out.part(this.#bytes, k * SLOT, this.#length[k]!);
    return true;
  }

  /** Keeps what `out` holds from `start` on as the text of a flow's direction. */
  keep(flow: number, direction: number, out: ByteBuffer, start: number): void {
    const k = 2 * flow + direction;
    const n = out.length - start;
    if (n > SLOT) return;
    for (let j = 0; j < n; j++) this.#bytes[k * SLOT + j] = out.bytes[start + j]!;
    this.#length[k] = n;
    this.#generation[k] = this.#flows.generation[flow]!;
  }
}
