/**
 * Packets to lines or JSON objects, collected in one buffer and written in big pieces.
 * @module
 */
import type { CaptureRecord } from "../../lib/capture/record.ts";
import { ByteBuffer } from "../../lib/dissect/byte_buffer.ts";
import { PacketDissector } from "../../lib/dissect/packet_dissector.ts";
import { TimeText } from "../../lib/dissect/time_text.ts";
import type { Output } from "../kit/output.ts";
import type { Look } from "./plan.ts";

/** Octets collected before they are handed to the output. */
const ENOUGH = 1 << 15;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** Takes packets in order; the octets of a record are needed only during the call. */
export interface PacketSink {
  /** Packet `n`, from 1. */
  take(record: CaptureRecord, n: number): void;
  /** True where {@linkcode PacketSink.drain} should be called before more packets. */
  readonly isFull: boolean;
  /** Writes out what was collected. */
  drain(): Promise<void>;
}

/** One line a packet, or several with -v and dumps. */
export class LinePrinter implements PacketSink {
  readonly #out: Output;
  readonly #look: Look;
  readonly #text = new ByteBuffer(ENOUGH + (1 << 14));
  readonly #times: TimeText;
  readonly #dissector = new PacketDissector();

  constructor(out: Output, look: Look) {
    this.#out = out;
    this.#look = look;
    this.#times = new TimeText(look.timeForm, look.isNano, localOffset);
  }

  get isFull(): boolean {
    return this.#text.length >= ENOUGH;
  }

  take(record: CaptureRecord, n: number): void {
    const text = this.#text;
    const look = this.#look;
    this.#dissector.dissect(record);
    if (look.isNumbered) {
      for (let bound = 10_000; bound > n && bound > 1; bound /= 10) text.octet(SPACE);
      text.decimal(n);
      text.octet(SPACE);
      text.octet(SPACE);
    }
    this.#times.append(text, record.seconds, record.nanoseconds);
    this.#dissector.appendLine(text, look.line);
    if (look.dump !== undefined) this.#dissector.appendDump(text, look.dump);
    text.octet(LINE_FEED);
  }

  async drain(): Promise<void> {
    await hand(this.#text, this.#out);
  }
}

/** One JSON object a packet. */
export class JsonPrinter implements PacketSink {
  readonly #out: Output;
  readonly #text = new ByteBuffer(ENOUGH + (1 << 14));
  readonly #dissector = new PacketDissector();

  constructor(out: Output) {
    this.#out = out;
  }

  get isFull(): boolean {
    return this.#text.length >= ENOUGH;
  }

  take(record: CaptureRecord, n: number): void {
    this.#dissector.dissect(record);
    this.#dissector.appendJson(this.#text, n);
    this.#text.octet(LINE_FEED);
  }

  async drain(): Promise<void> {
    await hand(this.#text, this.#out);
  }
}

async function hand(text: ByteBuffer, out: Output): Promise<void> {
  if (text.length === 0) return;
  out.octets(text.pending());
  text.clear();
  await out.drain();
}

/** Seconds that this machine's local time (TZ) is ahead of UTC at a Unix time. */
export function localOffset(unixSeconds: number): number {
  return -60 * new Date(unixSeconds * 1000).getTimezoneOffset();
}
