/**
 * Every field of PTP and SRT packets against `tshark -T json`: names and texts, in all captures and
 * in the frames made here. A field tshark shows and we do not needs a reason below.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import type { PacketObject } from "../../lib/dissect/packet_dissector.ts";
import { captureFiles, CAPTURES, packetsOf, pcapOf } from "../kit/capture.ts";
import { objectsOf } from "../kit/dissect.ts";
import { testNeeding } from "../kit/need.ts";
import { asPackets } from "../kit/packets.ts";
import { ptpFrames } from "../kit/ptp_messages.ts";
import { srtFrames } from "../kit/srt_packets.ts";

/** Fields in tshark's trees that we leave out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "srt.hs.ext.type":
    "an expert note: tshark does not know FILTER and GROUP; we give hs.filter, hs.group.*",
};

/** Keys in the `ptp` and `srt` trees that are no fields of PTP or SRT. */
const FOREIGN = /^(_ws\.|data(\.|$)|correctionField|Ext Type value|Loss sequence)/;

const decoder = new TextDecoder();

/** UDP ports that carry SRT, by name of the capture: tshark must be told. */
const SRT_PORTS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/srt155/, [4300, 4301, 4310]],
  [/srt[^/]*$/, [5000]],
];

type Tree = { [name: string]: string | Tree | (string | Tree)[] };

function tshark(file: Uint8Array, srtPorts: readonly number[]): Tree[] {
  const path = Deno.makeTempFileSync({ suffix: ".pcap" });
  const ports = srtPorts.flatMap((port) => ["-d", `udp.port==${port},srt`]);
  try {
    Deno.writeFileSync(path, file);
    const args = ["-n", "-r", path, "-T", "json", "--no-duplicate-keys", ...ports];
    const command = new Deno.Command("tshark", {
      args: [...args, "--disable-protocol", "udt"],
      stderr: "null",
    });
    const packets = JSON.parse(decoder.decode(command.outputSync().stdout)) as {
      _source: { layers: Tree };
    }[];
    return packets.map((packet) => packet._source.layers);
  } finally {
    Deno.removeSync(path);
  }
}

/** All leaves of a tree by name, in order; expert notes give NAK entries their text. */
function leaves(tree: Tree, into: Map<string, string[]>): void {
  for (const [name, value] of Object.entries(tree)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== "string") {
        leaves(item, into);
        continue;
      }
      const note = name === "_ws.expert.message"
        ? /^Loss sequence(?: range)?: (.*)$/.exec(item)
        : null;
      const key = note === null ? name : "srt.nak_seqno";
      if (name === "srt.nak_seqno") continue; // its text stands in the note
      into.set(key, [...into.get(key) ?? [], note?.[1] ?? item]);
    }
  }
}

/** tshark repeats a text that has a length of its own, once as a heading. */
function withoutHeadings(values: readonly string[]): string[] {
  return [...new Set(values)].sort((a, b) => a < b ? -1 : 1);
}

interface Count {
  packets: number;
  fields: number;
  left: number;
}

function compare(
  theirs: Tree,
  ours: PacketObject,
  protocol: "ptp" | "srt",
  count: Count,
): string[] {
  const fields = new Map<string, string[]>();
  leaves(theirs[protocol] as Tree, fields);
  const found: string[] = [];
  const object = ours[protocol] as Record<string, string | string[]> | undefined;
  if (object === undefined) return [`${ours.n}: no ${protocol}`];
  count.packets++;
  for (const [name, values] of fields) {
    if (FOREIGN.test(name)) continue;
    if (LEFT_OUT[name] !== undefined) {
      count.left++;
      continue;
    }
    const mine = object[name.slice(protocol.length + 1)] ?? [];
    let list = typeof mine === "string" ? [mine] : mine;
    let expected: readonly string[] = values;
    if (fields.has(`${name}.length`)) {
      list = withoutHeadings(list);
      expected = withoutHeadings(values);
    }
    count.fields++;
    if (JSON.stringify(list) !== JSON.stringify(expected)) {
      found.push(`${ours.n} ${name}: tshark ${expected}, we ${list}`);
    }
  }
  return found;
}

/** Compares all packets of a file in which tshark finds PTP or SRT. */
function compareFile(name: string, file: Uint8Array, count: Count): void {
  const ours = objectsOf(packetsOf(file));
  const theirs = ours.length === 0
    ? []
    : tshark(file, SRT_PORTS.find(([pattern]) => pattern.test(name))?.[1] ?? []);
  assertEquals(theirs.length, ours.length, name);
  theirs.forEach((layers, k) => {
    for (const protocol of ["ptp", "srt"] as const) {
      const object = ours[k]!;
      if (layers[protocol] !== undefined) {
        assertEquals(compare(layers, object, protocol, count), [], name);
      }
    }
  });
}

testNeeding("dissect: fields of PTP and SRT in all captures are tshark's", {
  commands: ["tshark"],
  files: [CAPTURES],
}, () => {
  const count = { packets: 0, fields: 0, left: 0 };
  for (const path of captureFiles()) compareFile(path, Deno.readFileSync(path), count);
  report("captures", count);
  ok(count.packets > 2900);
});

testNeeding("dissect: fields of every PTP and SRT message made here are tshark's", {
  commands: ["tshark"],
}, () => {
  const count = { packets: 0, fields: 0, left: 0 };
  const ptp = asPackets(ptpFrames());
  const onPorts = ptp.filter((packet) => packet.octets[34] !== 0x28 || packet.octets[12] !== 8);
  compareFile("ptp", pcapOf(onPorts), count);
  compareFile("srt", pcapOf(asPackets(srtFrames())), count);
  report("made here", count);
  ok(count.packets > 180);
});

function report(what: string, { packets, fields, left }: Count): void {
  const ratio = (100 * fields / (fields + left)).toFixed(2);
  const line = `tshark: ${what}: ${fields} fields of ${packets} packets equal, ${ratio} % of all ` +
    `(${left} left out: ${Object.keys(LEFT_OUT).join(", ")})\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}
