/**
 * `-r`: every packet of a capture file or of stdin, in order.
 * @module
 */
import { linktypeDescription, linktypeName } from "../../lib/capture/linktype.ts";
import { CaptureReader } from "../../lib/capture/reader.ts";
import { CaptureFault, captureRecord, Progress } from "../../lib/capture/record.ts";
import { Failure } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import type { PacketSink } from "./printer.ts";

/** Where the octets come from. */
export interface OctetSource {
  read(into: Uint8Array): Promise<number | null>;
  /** Present where a read never waits for somebody: a file on a disk. */
  readonly readSync?: (into: Uint8Array) => number | null;
}

/** Reads that may go by without giving signals and timers a turn: a few milliseconds. */
const READS_AT_ONCE = 16;

/** What {@linkcode readCapture} did. */
export interface ReadResult {
  readonly packets: number;
}

const FAULTS: Readonly<Record<number, string>> = {
  [CaptureFault.Truncated]: "the file ends inside a packet or a header",
  [CaptureFault.BadMagic]: "neither pcap nor pcapng",
  [CaptureFault.BadVersion]: "a version of the format that nobody defined",
  [CaptureFault.BadLength]: "a packet longer than any can be",
  [CaptureFault.BadBlock]: "a malformed pcapng block",
  [CaptureFault.BadInterface]: "a packet of an interface that the file does not describe",
  [CaptureFault.TooLarge]: "a pcapng block too large to hold",
};

/**
 * Feeds the packets of `source` to all sinks until the end, `limit` packets, or a stop.
 * @throws Failure where the file is malformed; what came before was taken and written out.
 */
export async function readCapture(
  kit: Kit,
  source: OctetSource,
  name: string,
  options: { readonly sinks: readonly PacketSink[]; readonly limit: number },
): Promise<ReadResult> {
  const { sinks, limit } = options;
  const reader = new CaptureReader();
  const record = captureRecord();
  let n = 0;
  let isAnnounced = false;
  let reads = 0;
  while (n < limit && !kit.isStopping) {
    const progress = reader.next(record);
    if (!isAnnounced && reader.interfaces.length > 0) {
      isAnnounced = true;
      announce(kit, name, reader.interfaces[0]!);
    }
    if (progress === Progress.Record) {
      n++;
      for (let k = 0; k < sinks.length; k++) {
        sinks[k]!.take(record, n);
        if (sinks[k]!.isFull) await kit.unlessStuck(sinks[k]!.drain());
      }
    } else if (progress === Progress.More) {
      // What is on the way out goes first where more may be long in coming (a pipe).
      if (name === "-") await drainAll(kit, sinks);
      const isQuick = source.readSync !== undefined && ++reads % READS_AT_ONCE !== 0;
      const space = reader.space();
      const read = isQuick ? source.readSync(space) : await readUnlessStopped(kit, source, space);
      if (read === null) reader.finish();
      else reader.filled(read);
    } else {
      for (const sink of sinks) await kit.unlessStuck(sink.finish());
      if (progress === Progress.Fault) throw malformed(name, reader, n);
      break;
    }
  }
  for (const sink of sinks) await kit.unlessStuck(sink.finish());
  return { packets: n };
}

async function drainAll(kit: Kit, sinks: readonly PacketSink[]): Promise<void> {
  for (const sink of sinks) await kit.unlessStuck(sink.drain());
}

/** 0 where the command was asked to stop first. */
async function readUnlessStopped(
  kit: Kit,
  source: OctetSource,
  into: Uint8Array,
): Promise<number | null> {
  let end = () => {};
  const stopped = new Promise<number>((resolve) => {
    end = () => resolve(0);
    kit.signal.addEventListener("abort", end);
  });
  try {
    return await Promise.race([source.read(into), stopped]);
  } finally {
    kit.signal.removeEventListener("abort", end);
  }
}

function announce(kit: Kit, name: string, i: { linktype: number; snaplen: number }): void {
  const description = linktypeDescription(i.linktype);
  kit.note(
    `reading from file ${name}, link-type ${linktypeName(i.linktype)}` +
      `${description === "" ? "" : ` (${description})`}, snapshot length ${i.snaplen}`,
  );
}

function malformed(name: string, reader: CaptureReader, packets: number): Failure {
  const why = FAULTS[reader.fault] ?? "malformed";
  return new Failure(
    ExitCode.InputOutput,
    `read ${name === "-" ? "stdin" : name}`,
    `${why}, at octet ${reader.faultOffset}`,
    packets === 0 ? "" : `the ${packets} packets before it are good`,
  );
}
