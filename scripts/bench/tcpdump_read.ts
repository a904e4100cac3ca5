/**
 * `rptp tcpdump -r` against `tcpdump -n -r` on the same file, in turn in one run: wall time of the
 * whole process with its text going to /dev/null, medians and their ratio. TZ=UTC for both, because
 * tcpdump without TZ asks for the zone file at every packet and would be several times slower.
 * Started by scripts/bench/tcpdump_read [PACKETS [ROUNDS]].
 * @module
 */
import { PcapWriter } from "../../lib/capture/pcap.ts";

const ROOT = decodeURI(new URL("../../", import.meta.url).pathname);
const [PACKETS = 1_000_000, ROUNDS = 5] = Deno.args.map(Number);

type Octets = Uint8Array<ArrayBuffer>;

/** An Ethernet frame with an IPv4 UDP datagram of `n` octets of payload. */
function datagram(from: number, to: number, n: number): Octets {
  const octets = new Uint8Array(42 + n);
  const v = new DataView(octets.buffer);
  v.setUint16(12, 0x0800);
  v.setUint8(14, 0x45);
  v.setUint16(16, 28 + n);
  v.setUint8(22, 64);
  v.setUint8(23, 17);
  v.setUint32(26, 0x0a000001);
  v.setUint32(30, 0x0a000002);
  v.setUint16(34, from);
  v.setUint16(36, to);
  v.setUint16(38, 8 + n);
  return octets;
}

/** 64 flows of 22 octets of payload: 64-octet frames. */
function small(): (k: number) => Octets {
  const frames = Array.from({ length: 64 }, (_, k) => datagram(10_000 + k, 5000, 22));
  return (k) => frames[k & 63]!;
}

/** 70 % SRT data, 12 % RTP, the rest SRT acknowledgements, PTP and TCP. */
function mix(): (k: number) => Octets {
  const srt = datagram(5000, 6000, 1332);
  const ack = datagram(6000, 5000, 44);
  new DataView(ack.buffer).setUint32(42, 0x8002_0000);
  new DataView(ack.buffer).setUint32(54, 77);
  const rtp = datagram(5004, 5004, 1452);
  rtp[42] = 0x80;
  const ptp = datagram(319, 319, 44);
  ptp.set([0, 2, 0, 44], 42);
  const tcp = datagram(40_000, 443, 24);
  tcp[23] = 6;
  tcp.set([0x50, 0x10, 1, 0], 46);
  const view = new DataView(srt.buffer);
  const rtpView = new DataView(rtp.buffer);
  let sequence = 0;
  return (k) => {
    const share = k % 100;
    if (share < 70) {
      sequence++;
      view.setUint32(42, sequence);
      view.setUint32(46, 0xc000_0000 | sequence & 0x3ff_ffff);
      view.setUint32(50, k);
      view.setUint32(54, 99);
      return srt;
    }
    if (share < 82) {
      rtpView.setUint16(44, k);
      return rtp;
    }
    return share < 90 ? ack : share < 95 ? ptp : tcp;
  };
}

/** Writes a capture of `packets` frames; returns its path. */
function write(
  folder: string,
  name: string,
  packets: number,
  frame: (k: number) => Octets,
): string {
  const path = `${folder}/${name}.pcap`;
  const file = Deno.openSync(path, { write: true, create: true });
  const writer = new PcapWriter({ micros: true });
  const flush = () => {
    for (let rest = writer.pending(); rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    writer.clear();
  };
  for (let k = 0; k < packets; k++) {
    const octets = frame(k);
    const stamp = {
      seconds: 1_700_000_000 + Math.floor(k / 100_000),
      nanoseconds: k % 100_000 * 10_000,
      caplen: octets.length,
      len: octets.length,
    };
    if (!writer.append(stamp, octets, 0)) {
      flush();
      writer.append(stamp, octets, 0);
    }
  }
  flush();
  file.close();
  return path;
}

/** Seconds that a program takes. */
function time(program: string, args: readonly string[]): number {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { TZ: "UTC" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  const begin = performance.now();
  const { success } = command.outputSync();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return (performance.now() - begin) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const folder = Deno.makeTempDirSync({ prefix: "rptp-bench-" });
let slower = false;
try {
  const files = [
    ["small", write(folder, "small", PACKETS, small())],
    ["mix", write(folder, "mix", PACKETS, mix())],
  ] as const;
  print("file    flags  rptp median   tcpdump median   tcpdump/rptp");
  for (const [name, path] of files) {
    for (const flags of [["-n"], ["-nvv"], ["-ne"]]) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(time(`${ROOT}rptp`, ["tcpdump", ...flags, "-r", path]));
        theirs.push(time("tcpdump", [...flags, "-r", path]));
      }
      const ratio = median(theirs) / median(ours);
      slower ||= ratio < 1;
      const seconds = [median(ours), median(theirs)].map((s) => `${s.toFixed(3)} s`.padStart(12));
      print(
        `${name.padEnd(7)} ${flags.join(" ").padEnd(6)}${seconds[0]} ${
          seconds[1]?.padStart(16)
        }   ${ratio.toFixed(2).padStart(10)}`,
      );
    }
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}
Deno.exit(slower ? 1 : 0);
