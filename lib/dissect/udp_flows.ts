/**
 * What is learnt about UDP flows from packet to packet, to tell SRT and RTP on any port. Columns
 * beside the flow table, so bounded as that is; a flow that is reused starts over.
 * @module
 */
import type { Dissection } from "./dissection.ts";
import type { FlowTable } from "./flow_table.ts";

/** What a flow was found to carry. */
export const FlowKind = { Unknown: 0, Srt: 1, Rtp: 2 } as const;

/** A stream joined in its middle shows itself within so many packets, or is none. */
export const MAX_TRIES = 128;

/** Columns by flow, and by flow and direction (`2 * flow + direction`). */
export class UdpFlows {
  readonly kind: Uint8Array;
  /** Packets in a row that the found protocol does not explain. */
  readonly strange: Uint8Array;
  /** Control packets that would fit SRT: bit per control type. */
  readonly controls: Uint16Array;
  /** SRT destination socket id. */
  readonly identity: Uint32Array;
  readonly sequence: Uint32Array;
  readonly timestamp: Uint32Array;
  readonly message: Uint32Array;
  /** Packets in a row whose numbers go on from each other. */
  readonly run: Uint8Array;
  /** The same of RTP. */
  readonly rtpSource: Uint32Array;
  readonly rtpSequence: Uint16Array;
  readonly rtpRun: Uint8Array;
  /** Data packets looked at without success, up to {@linkcode MAX_TRIES}. */
  readonly tries: Uint8Array;
  readonly #generation: Uint32Array;
  readonly #flows: FlowTable;

  constructor(flows: FlowTable) {
    const n = flows.capacity;
    this.kind = new Uint8Array(n);
    this.strange = new Uint8Array(n);
    this.controls = new Uint16Array(n);
    this.identity = new Uint32Array(2 * n);
    this.sequence = new Uint32Array(2 * n);
    this.timestamp = new Uint32Array(2 * n);
    this.message = new Uint32Array(2 * n);
    this.run = new Uint8Array(2 * n);
    this.rtpSource = new Uint32Array(2 * n);
    this.rtpSequence = new Uint16Array(2 * n);
    this.rtpRun = new Uint8Array(2 * n);
    this.tries = new Uint8Array(n);
    this.#generation = new Uint32Array(n);
    this.#flows = flows;
  }

  /** Forgets what the index held before, if it now stands for another flow. */
  refresh(f: number): void {
    if (this.#generation[f] === this.#flows.generation[f]) return;
    this.#generation[f] = this.#flows.generation[f]!;
    this.forget(f);
  }

  /** Starts over with a flow. */
  forget(f: number): void {
    this.kind[f] = FlowKind.Unknown;
    this.strange[f] = 0;
    this.controls[f] = 0;
    this.tries[f] = 0;
    this.run[2 * f] = 0;
    this.run[2 * f + 1] = 0;
    this.rtpRun[2 * f] = 0;
    this.rtpRun[2 * f + 1] = 0;
    this.identity[2 * f] = 0;
    this.identity[2 * f + 1] = 0;
  }
}

/** A dissection's columns, refreshed for the packet's flow. */
export function flowsOf(d: Dissection): UdpFlows {
  d.udpFlows.refresh(d.flow);
  return d.udpFlows;
}
