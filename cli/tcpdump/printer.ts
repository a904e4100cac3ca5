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
const ENOUGH = 1 << 18;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** Takes packets in order; the octets of a record are needed only during the call. */
export interface PacketSink {
  /** Packet `n`, from 1. */
  take(record: CaptureRecord, n: number): void;
  /** True where somebody waits for each packet; false where once a second will do. */
  readonly isPrompt: boolean;
  /** True where {@linkcode PacketSink.drain} should be called before more packets. */
  readonly isFull: boolean;
  /** Begins to write out what was collected; waits only for the piece before it. */
  drain(): Promise<void>;
  /** Writes out everything and waits for it. */
  finish(): Promise<void>;
}

/** Two buffers in turn: one is filled while the other is being written. */
class TwinBuffer {
  text: ByteBuffer = new ByteBuffer(ENOUGH + (1 << 14));
  #other = new ByteBuffer(ENOUGH + (1 << 14));
  #writing: Promise<void> | undefined;
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  get isFull(): boolean {
    return this.text.length >= ENOUGH;
  }

  async drain(): Promise<void> {
    await this.#writing;
    this.#writing = undefined;
    const full = this.text;
    if (full.length === 0) return;
    this.text = this.#other;
    this.text.clear();
    this.#other = full;
    this.#writing = this.#out.pass(full.pending());
    this.#writing.catch(() => {}); // the next drain() or finish() throws it
  }

  async finish(): Promise<void> {
    await this.drain();
    await this.#writing;
    this.#writing = undefined;
  }
}

/** One line a packet, or several with -v and dumps. */
export class LinePrinter implements PacketSink {
  readonly isPrompt = true;
  readonly #twin: TwinBuffer;
  readonly #look: Look;
  readonly #times: TimeText;
  readonly #dissector = new PacketDissector();

  constructor(out: Output, look: Look) {
    this.#twin = new TwinBuffer(out);
    this.#look = look;
    this.#times = new TimeText(look.timeForm, look.isNano, localOffset);
  }

  get isFull(): boolean {
    return this.#twin.isFull;
  }

  take(record: CaptureRecord, n: number): void {
    const text = this.#twin.text;
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

  drain(): Promise<void> {
    return this.#twin.drain();
  }

  finish(): Promise<void> {
    return this.#twin.finish();
  }
}

/** One JSON object a packet. */
export class JsonPrinter implements PacketSink {
  readonly isPrompt = true;
  readonly #twin: TwinBuffer;
  readonly #dissector = new PacketDissector();

  constructor(out: Output) {
    this.#twin = new TwinBuffer(out);
  }

  get isFull(): boolean {
    return this.#twin.isFull;
  }

  take(record: CaptureRecord, n: number): void {
    this.#dissector.dissect(record);
    const text = this.#twin.text;
    this.#dissector.appendJson(text, n);
    text.octet(LINE_FEED);
  }

  drain(): Promise<void> {
    return this.#twin.drain();
  }

  finish(): Promise<void> {
    return this.#twin.finish();
  }
}

/** Seconds that this machine's local time (TZ) is ahead of UTC at a Unix time. */
export function localOffset(unixSeconds: number): number {
  return -60 * new Date(unixSeconds * 1000).getTimezoneOffset();
}
