/**
 * `rptp tcpdump`: packets of a file or an interface, one line each, PTP and SRT decoded.
 * @module
 */
import { defineCommand } from "../kit/command.ts";
import { Failure } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import { openFile } from "../kit/files.ts";
import { DeviceFile } from "../kit/wiring.ts";
import type { Kit } from "../kit/kit.ts";
import type { Sink } from "../kit/output.ts";
import { integer, interfaceName, text } from "../kit/parse.ts";
import { captureLive } from "./live.ts";
import { PcapSink } from "./pcap_sink.ts";
import { type Flags, MAX_SNAPLEN, type Plan, planOf } from "./plan.ts";
import { JsonPrinter, LinePrinter, type PacketSink } from "./printer.ts";
import { type OctetSource, readCapture } from "./read_file.ts";
import { interfaceLines, openCapture } from "./wiring.ts";

const off = { kind: "boolean", default: false, withNegated: false } as const;
const times = { kind: "counter" } as const;

/** The command. */
export const command = defineCommand<Flags, string[]>({
  brief: "Read or capture packets, one line each, PTP and SRT decoded",
  description: `The first word is the interface where neither -i nor -r is given. Names are never
looked up. Lines are tcpdump's, plus PTP (v1, v2, v2.1) and SRT on any port. With --json each
packet is one object with tshark's field names. At the end of a live capture stderr tells the
packets captured, received and dropped. Times are local; TZ=UTC changes that.`,
  examples: [
    ["rptp tcpdump -r capture.pcap -v", "read a file, several lines a packet"],
    ["sudo rptp tcpdump eth0 -c 10", "the next ten packets of eth0"],
    ["sudo rptp tcpdump -i eth0 -w eth0.pcap --duration 10s", "ten seconds into a file"],
    ["rptp tcpdump -r - --json < capture.pcapng | jq .ptp", "for programs"],
  ],
  flags: {
    iface: {
      kind: "parsed",
      parse: interfaceName,
      brief: "Network interface to capture",
      placeholder: "IF",
      optional: true,
    },
    read: {
      kind: "parsed",
      parse: text,
      brief: "Read this pcap or pcapng file; - is stdin",
      placeholder: "FILE",
      optional: true,
    },
    write: {
      kind: "parsed",
      parse: text,
      brief: "Write a pcap file (nanoseconds) and print nothing; - is stdout",
      placeholder: "FILE",
      optional: true,
    },
    listInterfaces: { ...off, brief: "List the interfaces and exit" },
    packets: {
      kind: "parsed",
      parse: integer(1, Number.MAX_SAFE_INTEGER),
      brief: "End after this many packets",
      placeholder: "N",
      optional: true,
    },
    snapshotLength: {
      kind: "parsed",
      parse: integer(0, MAX_SNAPLEN),
      brief: "Octets kept of each packet; 0 means the most",
      placeholder: "OCTETS",
      default: String(MAX_SNAPLEN),
    },
    noPromiscuousMode: { ...off, brief: "Do not put the interface into promiscuous mode" },
    verbose: { ...times, brief: "More of each packet" },
    quiet: { ...off, brief: "Less of each packet" },
    linkLevel: { ...off, brief: "Print the link layer's header" },
    noNames: { ...off, brief: "Accepted: names are never looked up" },
    absoluteSequence: { ...off, brief: "Print absolute TCP sequence numbers" },
    hex: { ...times, brief: "Dump in hexadecimal; twice with the link layer's header" },
    hexAscii: { ...times, brief: "Dump in hexadecimal and ASCII; twice with the link layer's" },
    ascii: { ...times, brief: "Dump as text" },
    timeForm: {
      ...times,
      brief:
        "Time stamps: -t none, -tt Unix seconds, -ttt since the packet before, -tttt with the " +
        "date, -ttttt since the first packet",
    },
    micro: { ...off, brief: "Six digits of a second, also in -w" },
    nano: { ...off, brief: "Nine digits of a second on the lines" },
    number: { ...off, brief: "Number the lines" },
    count: { ...off, brief: "Print only how many packets there were" },
    print: { ...off, brief: "Print lines although -w writes a file" },
    lineBuffered: { ...off, brief: "Write each line at once" },
    packetBuffered: { ...off, brief: "Write each packet of -w at once" },
    io: {
      kind: "enum",
      values: ["auto", "ffi", "deno"],
      brief: "How to capture; deno has no raw sockets and can only read files",
      default: "auto",
    },
  },
  aliases: {
    i: "iface",
    r: "read",
    w: "write",
    D: "listInterfaces",
    c: "packets",
    s: "snapshotLength",
    p: "noPromiscuousMode",
    v: "verbose",
    q: "quiet",
    e: "linkLevel",
    n: "noNames",
    S: "absoluteSequence",
    x: "hex",
    X: "hexAscii",
    A: "ascii",
    t: "timeForm",
    l: "lineBuffered",
    U: "packetBuffered",
  },
  positional: {
    kind: "array",
    parameter: { parse: text, brief: "Interface, then a filter expression", placeholder: "IF" },
  },
  hasDuration: true,
  stdoutCarries: (flags) => flags.write === "-",
  rewrite: spellings,
  run: async (kit, flags, ...words) => {
    const plan = planOf(flags, words);
    if (plan.source.kind === "list") return list(kit);
    return await dump(kit, plan, flags);
  },
});

/** tcpdump's own long names for ours, and its -#. */
export function spellings(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((word, k) => {
    if (end >= 0 && k >= end) return word;
    if (word === "-#") return "--number";
    if (word === "--interface" || word.startsWith("--interface=")) {
      return word.replace("--interface", "--iface");
    }
    if (word === "--time-stamp-precision=micro") return "--micro";
    if (word === "--time-stamp-precision=nano") return "--nano";
    return word;
  });
}

function list(kit: Kit): ExitCode {
  for (const [k, line] of interfaceLines().entries()) {
    if (kit.isJson) kit.json("interface", { n: k + 1, ...line });
    else kit.say(`${k + 1}.${line.name} [${line.flags.join(", ")}]`);
  }
  return ExitCode.Ok;
}

async function dump(kit: Kit, plan: Plan, flags: Flags): Promise<ExitCode> {
  const counter = new Counter();
  const sinks: PacketSink[] = [counter];
  const lines = kit.stdoutIsPayload ? kit.err : kit.out;
  const json = kit.jsonSink;
  if (json !== undefined && !flags.count) sinks.push(new JsonPrinter(json));
  else if (plan.prints) sinks.push(new LinePrinter(lines, plan.look));
  if (plan.source.kind === "live") await live(kit, plan, sinks);
  else await fromFile(kit, plan, sinks);
  if (flags.count) {
    if (kit.isJson) kit.json("count", { packets: counter.packets });
    else kit.say(`${counter.packets} packet${counter.packets === 1 ? "" : "s"}`);
  }
  return ExitCode.Ok;
}

async function live(kit: Kit, plan: Plan, sinks: PacketSink[]): Promise<void> {
  if (plan.source.kind !== "live") return;
  const { iface } = plan.source;
  const capture = openCapture(iface, { snaplen: plan.snaplen, isPromiscuous: plan.isPromiscuous });
  const file = openWrite(plan);
  try {
    if (file !== undefined) sinks.push(pcapSink(plan, file, capture.linktype));
    await captureLive(kit, capture, {
      iface,
      snaplen: plan.snaplen,
      limit: plan.limit,
      isLineBuffered: plan.isLineBuffered || plan.isPacketBuffered,
      sinks,
    });
  } finally {
    closeWrite(file);
  }
}

async function fromFile(kit: Kit, plan: Plan, sinks: PacketSink[]): Promise<void> {
  if (plan.source.kind !== "file") return;
  const { path } = plan.source;
  const source = openRead(path);
  const file = openWrite(plan);
  try {
    if (file !== undefined) sinks.push(pcapSink(plan, file, undefined));
    await readCapture(kit, source, path, { sinks, limit: plan.limit });
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory || /os error 21/.test(String(error))) {
      throw new Failure(ExitCode.InputOutput, `read ${path}`, "it is a directory");
    }
    throw error;
  } finally {
    closeWrite(file);
    source.close();
  }
}

type ReadFile = OctetSource & { close(): void };
type WriteFile = Sink & { close(): void };

/** Stdin for `-`; `readSync` is there only for a file on a disk. */
function openRead(path: string): ReadFile {
  if (path === "-") return { read: (into) => Deno.stdin.read(into), close: () => {} };
  try {
    const file = openFile(path, { read: true });
    return {
      read: (into) => file.read(into),
      close: () => file.close(),
      ...(file.statSync().isFile ? { readSync: (into: Uint8Array) => file.readSync(into) } : {}),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return new DeviceFile(path, "read");
    throw error;
  }
}

function openWrite(plan: Plan): WriteFile | undefined {
  if (plan.write === undefined) return undefined;
  if (plan.write === "-") {
    if (Deno.stdout.isTerminal()) {
      throw new Failure(
        ExitCode.Usage,
        "-w -",
        "stdout is a terminal, and a pcap file would garble it",
        "redirect it: ... -w - > FILE, or | PROGRAM",
      );
    }
    return Deno.stdout;
  }
  try {
    return openFile(plan.write, { write: true, create: true, truncate: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return new DeviceFile(plan.write, "write");
    throw error;
  }
}

function closeWrite(file: WriteFile | undefined): void {
  if (file !== undefined && file !== Deno.stdout) file.close();
}

function pcapSink(plan: Plan, file: WriteFile, linktype: number | undefined): PcapSink {
  const name = plan.write === "-" ? "stdout" : plan.write ?? "";
  return new PcapSink(file, {
    name,
    micros: plan.writesMicros,
    snaplen: plan.snaplen,
    linktype,
    isPrompt: plan.isPacketBuffered || plan.write === "-",
  });
}

/** Counts, for --count. */
class Counter implements PacketSink {
  packets = 0;
  readonly isPrompt = false;
  readonly isFull = false;

  take(): void {
    this.packets++;
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}
