/**
 * `rptp ptp monitor`: what PTP does on a network, from an interface or a capture, without a word of
 * its own.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import { type CliCommand, type Context, defineCommand } from "../../kit/command.ts";
import { Failure, UsageError } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import type { Kit } from "../../kit/kit.ts";
import { integer, interfaceName, port, text } from "../../kit/parse.ts";
import { readCapture } from "../../tcpdump/read_file.ts";
import { plotPath, writeFigure } from "../plot/write.ts";
import { View } from "./view.ts";
import { Watch, WatchSink } from "./watch.ts";
import { LiveFrames } from "./wiring.ts";

/** Flags of `rptp ptp monitor`. */
export interface MonitorFlags {
  readonly iface?: string;
  readonly read?: string;
  readonly domain?: number;
  readonly plot?: string;
  readonly eventPort: number;
  readonly generalPort: number;
}

/** Between two pictures, and between two looks for silent masters; ms. */
const FRAME_MS = 500;

const FLAGS: FlagParametersForType<MonitorFlags, Context> = {
  iface: {
    kind: "parsed",
    parse: interfaceName,
    brief: "Network interface; any is all of them",
    placeholder: "IF",
    optional: true,
  },
  read: {
    kind: "parsed",
    parse: text,
    brief: "Read this pcap or pcapng file instead; - is stdin",
    placeholder: "FILE",
    optional: true,
  },
  domain: {
    kind: "parsed",
    parse: integer(0, 255),
    brief: "Only this PTP domain, 0 to 255",
    placeholder: "N",
    optional: true,
  },
  plot: {
    kind: "parsed",
    parse: plotPath,
    brief: "At the end, draw offset, delay and intervals into FILE.svg or FILE.png",
    placeholder: "FILE",
    optional: true,
  },
  eventPort: {
    kind: "parsed",
    parse: port,
    brief: "UDP port of event messages",
    placeholder: "PORT",
    default: "319",
  },
  generalPort: {
    kind: "parsed",
    parse: port,
    brief: "UDP port of general messages",
    placeholder: "PORT",
    default: "320",
  },
};

/** The command. */
export const command: CliCommand = defineCommand<MonitorFlags, [string?]>({
  brief: "Watch PTP on an interface or in a capture, silently",
  description:
    `Tells domains, grandmasters and why they change, masters, slaves, peer delay and unicast
contracts, how regular each row of messages is, and what is missing. Captured at a slave it
estimates the slave's offset and path delay; captured elsewhere, those of the capture's clock.
A table and a chart on a terminal, lines elsewhere; a report at the end. Sends nothing.
Ends with 1 where no PTP was seen.`,
  examples: [
    ["sudo rptp ptp monitor eth0", "watch until Ctrl-C"],
    ["rptp ptp monitor -r capture.pcap --plot ptp.png", "a capture, and a picture of it"],
    ["sudo rptp ptp monitor eth0 --json --duration 60s | jq .", "for programs"],
  ],
  flags: FLAGS,
  aliases: { i: "iface", r: "read" },
  positional: {
    kind: "tuple",
    parameters: [{
      parse: interfaceName,
      brief: "Network interface",
      placeholder: "IF",
      optional: true,
    }],
  },
  hasDuration: true,
  run: async (kit, flags, word) => {
    const iface = flags.iface ?? word;
    if ((iface === undefined) === (flags.read === undefined)) {
      const fix = "rptp ptp monitor eth0, or rptp ptp monitor -r FILE";
      throw new UsageError("monitor", "needs an interface or -r FILE, one of them", fix);
    }
    const watch = await (iface === undefined
      ? fromFile(kit, flags, flags.read ?? "")
      : live(kit, flags, iface));
    watch.finish();
    if (flags.plot !== undefined) {
      await writeFigure(flags.plot, watch.figure());
    }
    return watch.monitor.messages > 0 ? ExitCode.Ok : ExitCode.Failed;
  },
});

async function live(kit: Kit, flags: MonitorFlags, iface: string): Promise<Watch> {
  const isPicture = kit.outIsTerminal && !kit.isJson;
  const ports = { event: flags.eventPort, general: flags.generalPort };
  const watch = new Watch(kit, {
    ports,
    domain: flags.domain,
    isQuiet: isPicture,
    source: iface,
  });
  const frames = new LiveFrames(iface, ports);
  const wake = () => frames.wake();
  kit.signal.addEventListener("abort", wake);
  const view = isPicture ? new View(kit) : undefined;
  if (view === undefined) kit.note(`listening on ${iface}`);
  try {
    let next = 0;
    while (!kit.isStopping) {
      while (frames.receive((record, at) => watch.take(record, at)) && !kit.isStopping);
      watch.advance(frames.now());
      if (view !== undefined && performance.now() >= next) {
        next = performance.now() + FRAME_MS;
        view.draw(watch.report(), watch.tracks, watch.notes);
      }
      const pending = frames.wait(FRAME_MS);
      if (pending !== undefined) await pending;
    }
  } finally {
    view?.close();
    kit.signal.removeEventListener("abort", wake);
    const dropped = frames.dropped();
    frames.close();
    if (dropped > 0) kit.warn(`${dropped} frames dropped by the kernel`);
  }
  return watch;
}

async function fromFile(kit: Kit, flags: MonitorFlags, path: string): Promise<Watch> {
  const watch = new Watch(kit, {
    ports: { event: flags.eventPort, general: flags.generalPort },
    domain: flags.domain,
    isQuiet: false,
    source: path.replace(/^.*\//, ""),
  });
  const options = { sinks: [new WatchSink(watch)], limit: Infinity };
  if (path === "-") {
    await readCapture(kit, { read: (into) => Deno.stdin.read(into) }, path, options);
    return watch;
  }
  using file = openFile(path);
  const source = {
    read: (into: Uint8Array) => file.read(into),
    ...(file.statSync().isFile ? { readSync: (into: Uint8Array) => file.readSync(into) } : {}),
  };
  await readCapture(kit, source, path, options);
  return watch;
}

function openFile(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { read: true });
  if (!file.statSync().isDirectory) return file;
  file.close();
  throw new Failure(ExitCode.InputOutput, `read ${path}`, "it is a directory");
}
