/**
 * Every line of text against Debian's tcpdump: all captures and the frames made here, with the flags
 * that change a line. Lines of protocols that tcpdump does not know, or knows wrongly, are compared
 * up to the point where ours goes on.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { TimeForm } from "../../lib/dissect/time_text.ts";
import { captureFiles, CAPTURES, type Packet, packetsOf, pcapOf } from "../kit/capture.ts";
import { linesOf, type Look } from "../kit/dissect.ts";
import { testNeeding } from "../kit/need.ts";
import { asPackets } from "../kit/packets.ts";
import { plainFrames } from "../kit/plain_frames.ts";
import { srtFrames } from "../kit/srt_packets.ts";

/** tcpdump's flags and the same for us. */
const LOOKS: readonly (readonly [string, Look])[] = [
  ["", {}],
  ["-e", { link: true }],
  ["-q", { quiet: true }],
  ["-S", { absolute: true }],
  ["-v", { verbose: 1 }],
  ["-vv", { verbose: 2 }],
  ["-t", { time: TimeForm.None }],
  ["-tt", { time: TimeForm.Epoch }],
  ["-tttt", { time: TimeForm.Date }],
  ["-x", { dump: "x" }],
  ["-xx", { dump: "xx" }],
  ["-X", { dump: "X" }],
  ["-XX", { dump: "XX" }],
  ["-A", { dump: "A" }],
];

/** Relative times, where the whole capture lasts less than a day: tcpdump forgets the days. */
const RELATIVE: readonly (readonly [string, Look])[] = [
  ["-ttt", { time: TimeForm.SincePrevious }],
  ["-ttttt", { time: TimeForm.SinceFirst }],
];

/** Lines that are ours alone, and why. */
const OURS: readonly (readonly [RegExp, string])[] = [
  [/PTPv/, "tcpdump 4.99 has no version 1, misreads 2.1 and knows no TLV"],
  [/BOOTP\/DHCP/, "options with -v are not printed"],
];

const decoder = new TextDecoder("latin1");

function tcpdump(flags: string, file: Uint8Array): string[] {
  const path = Deno.makeTempFileSync({ suffix: ".pcap" });
  try {
    Deno.writeFileSync(path, file);
    const args = ["-n", ...(flags === "" ? [] : [flags]), "-r", path];
    const options: Deno.CommandOptions = { args, env: { TZ: "UTC" }, stderr: "null" };
    return records(decoder.decode(new Deno.Command("tcpdump", options).outputSync().stdout));
  } finally {
    Deno.removeSync(path);
  }
}

/** Text cut before each packet: continuation lines start with white space or follow a dump. */
function records(text: string): string[] {
  return text.split("\n");
}

/** Ours without what follows tcpdump's last word on SRT, RTP and MPEG-TS. */
function cut(line: string): string {
  return line.replace(/(UDP, length \d+): (SRT|RTP|RTCP|MPEG-TS).*/, "$1");
}

/** Differences that are not explained by {@linkcode OURS}; counts lines compared. */
function differences(packets: readonly Packet[], flags: string, look: Look): [number, string[]] {
  const isOurs = (line: string) => OURS.some(([pattern]) => pattern.test(line));
  let compared = 0;
  const found: string[] = [];
  const theirs = tcpdump(flags, pcapOf(packets));
  const ours = records(linesOf(packets, look));
  if (ours.some(isOurs)) { // compare packet by packet: these have lines of their own
    return comparePackets(packets, flags, look, isOurs);
  }
  for (let k = 0; k < Math.max(ours.length, theirs.length); k++) {
    compared++;
    if (theirs[k] !== cut(ours[k] ?? "")) {
      found.push(`${flags} -${theirs[k]}\n${flags} +${ours[k]}`);
    }
  }
  return [compared, found];
}

/** For captures with lines that are ours alone: leaves those packets out on both sides. */
function comparePackets(
  packets: readonly Packet[],
  flags: string,
  look: Look,
  isOurs: (line: string) => boolean,
): [number, string[]] {
  const rest = packets.filter((packet) => !isOurs(linesOf([packet], look)));
  return rest.length === 0 ? [0, []] : differences(rest, flags, look);
}

function duration(packets: readonly Packet[]): number {
  return (packets.at(-1)?.seconds ?? 0) - (packets[0]?.seconds ?? 0);
}

testNeeding("dissect: the frames made here read as tcpdump prints them", {
  commands: ["tcpdump"],
}, () => {
  const plain = asPackets(plainFrames()).filter((packet) => !isDeliberate(packet));
  for (const packets of [plain, asPackets(srtFrames())]) {
    for (const [flags, look] of [...LOOKS, ...RELATIVE]) {
      const [compared, found] = differences(packets, flags, look);
      ok(compared >= packets.length);
      assertEquals(found, [], flags);
    }
  }
});

/**
 * Two frames where we differ on purpose: a total length of 0 is what segmentation offload leaves
 * (tcpdump 4.99 gives up, 5.0 reads on), and a cut ARP is dumped without its link header.
 */
function isDeliberate(packet: Packet): boolean {
  const v = new DataView(packet.octets.buffer);
  const type = v.getUint16(12);
  return type === 0x0800 && v.getUint16(16) === 0 || type === 0x0806 && packet.len < 30;
}

testNeeding("dissect: every capture reads as tcpdump prints it", {
  commands: ["tcpdump"],
  files: [CAPTURES],
}, () => {
  let total = 0;
  for (const path of captureFiles()) {
    const all = packetsOf(Deno.readFileSync(path));
    const packets = all.slice(0, 2500);
    if (packets.length === 0) continue;
    const looks = duration(packets) < 86_400 ? [...LOOKS, ...RELATIVE] : LOOKS;
    for (const [flags, look] of looks) {
      const [compared, found] = differences(packets, flags, look);
      total += compared;
      assertEquals(found.slice(0, 4), [], `${path} ${flags}`);
    }
  }
  Deno.stderr.writeSync(new TextEncoder().encode(`tcpdump: ${total} lines equal\n`));
  ok(total > 0);
});
