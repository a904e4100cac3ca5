/**
 * `-w`: packets into a pcap file or onto stdout, in big writes.
 * @module
 */
import { PcapWriter } from "../../lib/capture/pcap.ts";
import { MAX_CAPLEN } from "../../lib/capture/record.ts";
import type { CaptureRecord } from "../../lib/capture/record.ts";
import { Failure, isBrokenPipe, PipeClosed, writeFailure } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Sink } from "../kit/output.ts";
import type { PacketSink } from "./printer.ts";

const CAPACITY = 1 << 20;
/** More than this is written out before the next packet, so that the longest one still fits. */
const ENOUGH = CAPACITY - MAX_CAPLEN - 64;

/** What a {@linkcode PcapSink} is told about its file. */
export interface PcapSinkOptions {
  /** The path in error messages. */
  readonly name: string;
  readonly micros: boolean;
  readonly snaplen: number;
  /** `undefined` while a read file has not told its own: the first packet decides. */
  readonly linktype: number | undefined;
  /** Whether packets are written as they come: -U, or onto a pipe. */
  readonly isPrompt: boolean;
}

/** Writes records of one link type; the file header goes out even where no packet comes. */
export class PcapSink implements PacketSink {
  readonly isPrompt: boolean;
  readonly #sink: Sink;
  readonly #options: PcapSinkOptions;
  #writer: PcapWriter | undefined;
  #linktype: number | undefined;
  #bytes = new Uint8Array(0);

  constructor(sink: Sink, options: PcapSinkOptions) {
    this.#sink = sink;
    this.#options = options;
    this.isPrompt = options.isPrompt;
    if (options.linktype !== undefined) this.#open(options.linktype);
  }

  get isFull(): boolean {
    return this.#writer !== undefined && this.#writer.pending().length >= ENOUGH;
  }

  take(record: CaptureRecord): void {
    const writer = this.#writer ?? this.#open(record.linktype);
    if (record.linktype !== this.#linktype) {
      throw new Failure(
        ExitCode.InputOutput,
        `write ${this.#options.name}`,
        `a pcap file has one link type: ${this.#linktype}, and this packet is of ${record.linktype}`,
        "split the file by interface first",
      );
    }
    const { snaplen } = this.#options;
    const r = record.caplen <= snaplen ? record : { ...record, caplen: snaplen };
    if (this.#bytes.buffer !== record.view.buffer) this.#bytes = new Uint8Array(record.view.buffer);
    if (!writer.append(r, this.#bytes, record.offset + record.view.byteOffset)) {
      throw new Error("unreachable: the pcap buffer was not drained");
    }
  }

  async drain(): Promise<void> {
    const writer = this.#writer ?? this.#open(this.#options.linktype ?? 1);
    const octets = writer.pending();
    try {
      for (let at = 0; at < octets.length;) at += await this.#sink.write(octets.subarray(at));
    } catch (error) {
      if (isBrokenPipe(error)) throw new PipeClosed();
      throw writeFailure(this.#options.name, error);
    }
    writer.clear();
  }

  finish(): Promise<void> {
    return this.drain();
  }

  #open(linktype: number): PcapWriter {
    const { micros, snaplen } = this.#options;
    this.#linktype = linktype;
    return this.#writer = new PcapWriter({ linktype, micros, snaplen }, CAPACITY);
  }
}
