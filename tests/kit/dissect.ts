/**
 * Packets through a dissector, as the text and the objects that tests compare.
 * @module
 */
import { ByteBuffer } from "../../lib/dissect/byte_buffer.ts";
import { type LineOptions, PLAIN } from "../../lib/dissect/dissection.ts";
import {
  type DumpForm,
  PacketDissector,
  type PacketObject,
} from "../../lib/dissect/packet_dissector.ts";
import { TimeForm, TimeText } from "../../lib/dissect/time_text.ts";
import type { CapturedPacket } from "../../lib/dissect/captured_packet.ts";
import type { Packet } from "./capture.ts";

/** A packet as the dissectors take it, its octets at `offset` of a buffer of any size. */
export function recordOf(
  packet: Packet,
  view: DataView<ArrayBuffer> = new DataView(packet.octets.buffer),
  offset = 0,
  caplen: number = packet.octets.length,
): CapturedPacket {
  const { seconds, nanoseconds, len, linktype } = packet;
  return { seconds, nanoseconds, len, linktype, caplen, view, offset };
}

/** What tcpdump's command line would say. */
export interface Look extends Partial<LineOptions> {
  dump?: DumpForm;
  time?: TimeForm;
}

/** The text of all packets, a line feed after each. */
export function linesOf(packets: readonly Packet[], look: Look = {}): string {
  const dissector = new PacketDissector();
  const times = new TimeText(look.time ?? TimeForm.Clock);
  const out = new ByteBuffer();
  const options = { ...PLAIN, ...look };
  let text = "";
  for (const packet of packets) {
    out.clear();
    dissector.dissect(recordOf(packet));
    times.append(out, packet.seconds, packet.nanoseconds);
    dissector.appendLine(out, options);
    if (look.dump !== undefined) dissector.appendDump(out, look.dump);
    out.octet(0x0a);
    text += out.text();
  }
  return text;
}

/** The objects of all packets. */
export function objectsOf(packets: readonly Packet[]): PacketObject[] {
  const dissector = new PacketDissector();
  return packets.map((packet, k) => {
    dissector.dissect(recordOf(packet));
    return dissector.toObject(k + 1);
  });
}
