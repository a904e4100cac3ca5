/**
 * Takes packets apart one after the other and tells them as a line in tcpdump's wording or as a
 * JSON object with tshark's field names. Feed every packet of a capture, in order: flows teach.
 *
 * @example
 * ```ts
 * const dissector = new PacketDissector();
 * const out = new ByteBuffer();
 * const times = new TimeText();
 * dissector.dissect(record);
 * times.append(out, record.seconds, record.nanoseconds);
 * dissector.appendLine(out, PLAIN); // no line feed at its end
 * ```
 * @module
 */
import type { CapturedPacket } from "./captured_packet.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { Dissection, type LineOptions } from "./dissection.ts";
import { FieldList, type Fields } from "./field_list.ts";
import { FlowTable } from "./flow_table.ts";
import { appendAscii, appendHexDump } from "./hex_dump.ts";
import type { Registry } from "./registry.ts";
import { standardRegistry } from "./standard.ts";

/** What a hex dump shows; the letters are tcpdump's. */
export type DumpForm = "x" | "xx" | "X" | "XX" | "A" | "AA";

/** One packet as the JSON object that `--json` prints. */
export interface PacketObject {
  event: "packet";
  n: number;
  /** `seconds.nanoseconds` with nine digits. */
  time: string;
  caplen: number;
  len: number;
  protocols: string[];
  [protocol: string]: unknown;
}

/** What a {@linkcode PacketDissector} may be told. */
export interface DissectorOptions {
  /** Flows remembered; 4096 if left out. */
  flows?: number;
  /** The standard one if left out. */
  registry?: Registry;
}

/** One packet at a time; all state that lasts is the bounded flow table. */
export class PacketDissector {
  readonly #d: Dissection;
  readonly #registry: Registry;
  #caplen = 0;
  #linktype = 0;

  constructor(options: DissectorOptions = {}) {
    this.#registry = options.registry ?? standardRegistry();
    this.#d = new Dissection(this.#registry, new FlowTable(options.flows));
  }

  /** The layers of the last packet, for filters and reports. */
  get dissection(): Dissection {
    return this.#d;
  }

  /** Takes the record apart. Its octets must stay where they are until the outputs were made. */
  dissect(record: CapturedPacket): void {
    const d = this.#d;
    d.view = record.view;
    d.first = record.offset;
    d.end = record.offset + record.caplen;
    d.wireLength = record.len;
    d.seconds = record.seconds;
    d.nanoseconds = record.nanoseconds;
    d.count = 0;
    d.linkHeader = 0;
    d.network = -1;
    d.fragmented = false;
    d.quoted = false;
    d.flow = -1;
    this.#caplen = record.caplen;
    this.#linktype = record.linktype;
    const link = this.#registry.link(record.linktype);
    if (link !== undefined) d.enter(link, d.first, d.end, record.len);
  }

  /** Appends the packet's text without time stamp and line feed; -v makes several lines of it. */
  appendLine(out: ByteBuffer, options: LineOptions): void {
    const d = this.#d;
    if (d.count === 0) {
      out.ascii("[linktype ");
      out.decimal(this.#linktype);
      out.ascii("], length ");
      out.decimal(d.wireLength);
      return;
    }
    for (let i = 0; i < d.count; i++) {
      if (!d.dissector[i]!.line(d, i, out, options)) return;
    }
  }

  /** Appends a hex dump, which starts with a line feed; a single letter leaves the link header out. */
  appendDump(out: ByteBuffer, form: DumpForm): void {
    const d = this.#d;
    const skip = form.length === 2 ? 0 : Math.min(d.linkHeader, this.#caplen);
    const n = this.#caplen - skip;
    if (form.startsWith("A")) appendAscii(out, d.view, d.first + skip, n);
    else appendHexDump(out, d.view, d.first + skip, n, form.startsWith("X"));
  }

  /** The packet as an object; `n` is its number, from 1. */
  toObject(n: number): PacketObject {
    const d = this.#d;
    const protocols: string[] = [];
    const object: PacketObject = {
      event: "packet",
      n,
      time: `${d.seconds}.${String(d.nanoseconds).padStart(9, "0")}`,
      caplen: this.#caplen,
      len: d.wireLength,
      protocols,
    };
    for (let i = 0; i < d.count; i++) {
      const dissector = d.dissector[i]!;
      protocols.push(dissector.name);
      if (dissector.fields === undefined || object[dissector.name] !== undefined) continue;
      const list = new FieldList();
      dissector.fields(d, i, list);
      object[dissector.name] = list.fields satisfies Fields;
    }
    return object;
  }

  /** Appends {@linkcode PacketDissector.toObject} as JSON in ASCII, without a line feed. */
  appendJson(out: ByteBuffer, n: number): void {
    const json = JSON.stringify(this.toObject(n));
    for (let k = 0; k < json.length; k++) {
      const c = json.charCodeAt(k);
      if (c < 0x7f) out.octet(c);
      else {
        out.ascii("\\u");
        out.hexPadded(c, 4);
      }
    }
  }
}
