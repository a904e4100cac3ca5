/**
 * One packet taken apart: its layers from the outside in, as columns that are reused for every
 * packet, and the interface each protocol's dissector implements over them.
 *
 * A dissector never reads at or beyond `limit` of its layer, nor before its `offset`.
 * @module
 */
import type { ByteBuffer } from "./byte_buffer.ts";
import type { FieldList } from "./field_list.ts";
import { EndsText } from "./ends_text.ts";
import { FirstNumbers } from "./first_numbers.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Registry } from "./registry.ts";
import { UdpFlows } from "./udp_flows.ts";

/** Layers kept of one packet; deeper ones are not looked at. */
export const MAX_LAYERS = 24;

/** How a line is to look; the letters are tcpdump's. */
export interface LineOptions {
  /** -v, -vv, -vvv: 1, 2, 3. */
  readonly verbose: number;
  /** -q: fewer fields. */
  readonly quiet: boolean;
  /** -e: the link layer's header. */
  readonly link: boolean;
  /** -S: absolute TCP sequence numbers. */
  readonly absolute: boolean;
}

/** A plain line: no flag given. */
export const PLAIN: LineOptions = { verbose: 0, quiet: false, link: false, absolute: false };

/** One protocol. Stateless: what it finds goes into the {@linkcode Dissection}. */
export interface Dissector {
  /** The protocol's name in the `protocols` list, as tshark spells it. */
  readonly name: string;
  /** Looks at layer `i` and enters what it encloses. */
  walk(d: Dissection, i: number): void;
  /** Appends the text of layer `i`; false where enclosed layers are not to be printed. */
  line(d: Dissection, i: number, out: ByteBuffer, options: LineOptions): boolean;
  /** Adds the fields of layer `i`, where the protocol has any to tell. */
  readonly fields?: (d: Dissection, i: number, into: FieldList) => void;
}

/** The layers of the packet at hand. */
export class Dissection {
  view: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0));
  /** First octet of the packet in `view`. */
  first = 0;
  /** One past its last captured octet. */
  end = 0;
  /** Octets on the wire. */
  wireLength = 0;
  /** When it was captured. */
  seconds = 0;
  nanoseconds = 0;

  /** Layers found. */
  count = 0;
  readonly dissector: Dissector[] = [];
  /** First octet of each layer. */
  readonly offset: Int32Array = new Int32Array(MAX_LAYERS);
  /** One past the last octet of the layer that may be read. */
  readonly limit: Int32Array = new Int32Array(MAX_LAYERS);
  /** Octets the layer has by the lengths stated around it; more than captured where cut short. */
  readonly length: Int32Array = new Int32Array(MAX_LAYERS);
  /** A number the layer's dissector keeps for itself between `walk` and `line`. */
  readonly detail: Int32Array = new Int32Array(MAX_LAYERS);

  /** Octets of the link layer's header: where -x starts. */
  linkHeader = 0;
  /** Index of the innermost IP layer, -1 where there is none. */
  network = -1;
  /** True where that IP packet is a fragment. */
  fragmented = false;
  /** True within a packet that an ICMP error quotes. */
  quoted = false;
  /** TCP: what to subtract from SEG.SEQ and SEG.ACK, and from the SACK edges. */
  sequenceBase = 0;
  acknowledgmentBase = 0;
  sackBase = 0;
  /** Index of the UDP or TCP flow in `flows`, -1 where none. */
  flow = -1;
  /** Direction within the flow, 0 or 1. */
  direction = 0;

  readonly registry: Registry;
  readonly flows: FlowTable;
  /** What is learnt about the flows of UDP and of TCP. */
  readonly udpFlows: UdpFlows;
  readonly firstNumbers: FirstNumbers;
  /** Addresses and ports as text. */
  readonly endsText: EndsText;

  constructor(registry: Registry, flows: FlowTable) {
    this.registry = registry;
    this.flows = flows;
    this.udpFlows = new UdpFlows(flows);
    this.firstNumbers = new FirstNumbers(flows);
    this.endsText = new EndsText(flows);
  }

  /** Enters a layer of `length` stated octets at `offset`, of which those below `limit` may be read. */
  enter(dissector: Dissector, offset: number, limit: number, length: number): void {
    const i = this.count;
    if (i === MAX_LAYERS) return;
    this.count = i + 1;
    this.dissector[i] = dissector;
    this.offset[i] = offset;
    this.limit[i] = Math.min(limit, this.end, offset + Math.max(0, length));
    this.length[i] = length;
    this.detail[i] = 0;
    dissector.walk(this, i);
  }

  /** Octets of layer `i` that may be read; 0 or less where it lies outside the captured part. */
  available(i: number): number {
    return this.limit[i]! - this.offset[i]!;
  }

  /** True where `i` is the innermost layer. */
  isLast(i: number): boolean {
    return i + 1 === this.count;
  }
}

/** Appends tcpdump's mark for a header that was not captured whole. */
export function truncated(out: ByteBuffer, protocol: string): boolean {
  out.ascii(" [|");
  out.ascii(protocol);
  out.octet(0x5d);
  return false;
}
