/**
 * Captured packets in tests: files read and written, and the folder of captures nobody here made.
 * @module
 */
import { PcapWriter } from "../../lib/capture/pcap.ts";
import { CaptureReader } from "../../lib/capture/reader.ts";
import { captureRecord, Progress } from "../../lib/capture/record.ts";

/** One packet, with octets of its own. */
export interface Packet {
  seconds: number;
  nanoseconds: number;
  len: number;
  linktype: number;
  octets: Uint8Array<ArrayBuffer>;
}

/** Where the captures lie, beside the repository; for `testNeeding`'s `files`. */
export const CAPTURES = "../shared/captures";

const FOLDER = new URL(`../../${CAPTURES}/`, import.meta.url);

/** Paths of all capture files there, sorted; empty where the folder is absent. */
export function captureFiles(): string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map((entry) => entry.name)
      .filter((name) => /\.pcap(ng)?$/.test(name))
      .sort((a, b) => a < b ? -1 : 1)
      .map((name) => decodeURIComponent(new URL(name, FOLDER).pathname));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** All packets of a capture file's octets; throws where it is malformed. */
export function packetsOf(file: Uint8Array): Packet[] {
  const reader = new CaptureReader();
  const record = captureRecord();
  const packets: Packet[] = [];
  let fed = 0;
  for (;;) {
    const progress = reader.next(record);
    if (progress === Progress.Record) {
      const octets = new Uint8Array(record.caplen);
      octets.set(new Uint8Array(record.view.buffer, record.offset, record.caplen));
      const { seconds, nanoseconds, len, linktype } = record;
      packets.push({ seconds, nanoseconds, len, linktype, octets });
    } else if (progress === Progress.More) {
      if (fed === file.length) reader.finish();
      else fed += reader.feed(file, fed);
    } else if (progress === Progress.End) return packets;
    else throw new Error(`capture fault ${reader.fault} at ${reader.faultOffset}`);
  }
}

/** A pcap file of the packets, microsecond stamps. */
export function pcapOf(packets: readonly Packet[]): Uint8Array<ArrayBuffer> {
  const size = packets.reduce((sum, p) => sum + 16 + p.octets.length, 64);
  const linktype = packets[0]?.linktype ?? 1;
  const writer = new PcapWriter({ linktype, micros: true }, size);
  for (const p of packets) {
    writer.append({ ...p, caplen: p.octets.length }, p.octets, 0);
  }
  return writer.pending().slice();
}
