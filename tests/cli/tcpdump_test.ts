import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { PcapWriter } from "../../lib/capture/pcap.ts";
import { testNeeding } from "../kit/need.ts";
import { Running } from "../kit/process.ts";
import { jsonLines, RPTP, rptp, sh } from "./kit.ts";

const CAPTURES = "../shared/captures";
/** The longest a command may take to end after Ctrl-C here; 100 ms is the aim on an idle machine. */
const GENEROUS_MS = 1500;

/** An Ethernet, IPv4, UDP frame with correct checksums. */
function udpFrame(n: number, payload: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(42 + payload);
  const v = new DataView(frame.buffer);
  frame.set([0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45, 0]);
  v.setUint16(16, 28 + payload);
  v.setUint16(18, n);
  v.setUint8(22, 64);
  v.setUint8(23, 17);
  frame.set([192, 0, 2, 1, 192, 0, 2, 2], 26);
  v.setUint16(24, checksum(v, 14, 34, 0));
  v.setUint16(34, 40_000);
  v.setUint16(36, 40_001);
  v.setUint16(38, 8 + payload);
  for (let k = 0; k < payload; k++) frame[42 + k] = 0x20 + (n + k) % 95;
  v.setUint16(40, checksum(v, 26, frame.length, 17 + 8 + payload));
  return frame;
}

/** The Internet checksum of an even count of octets, begun with `sum` (a pseudo-header's rest). */
function checksum(v: DataView, from: number, to: number, sum: number): number {
  for (let o = from; o < to; o += 2) sum += v.getUint16(o);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A nanosecond pcap of `count` such frames, a bit more than a second apart. */
function capture(count: number, payload = 32): Uint8Array<ArrayBuffer> {
  const writer = new PcapWriter({}, 64 + count * (58 + payload));
  for (let n = 0; n < count; n++) {
    const frame = udpFrame(n, payload);
    const stamp = { seconds: 1_700_000_000 + n, nanoseconds: n * 1001 % 1e9 };
    writer.append({ ...stamp, caplen: frame.length, len: frame.length }, frame, 0);
  }
  return writer.pending().slice();
}

/** Runs `body` with a file that holds `octets`. */
async function withFile(
  octets: Uint8Array<ArrayBuffer>,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, octets);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

const FLAGS: readonly (readonly string[])[] = [
  ["-n"],
  ["-nt"],
  ["-ntt"],
  ["-nttt"],
  ["-ntttt"],
  ["-nttttt"],
  ["-ne"],
  ["-nq"],
  ["-nx"],
  ["-nxx"],
  ["-nX"],
  ["-nXX"],
  ["-nA"],
  ["-n", "-c", "2"],
  ["-n", "--number"],
  ["-nvv"],
];

testNeeding("rptp tcpdump -r: the very lines of tcpdump", { commands: ["tcpdump"] }, async () => {
  await withFile(capture(5), async (path) => {
    for (const flags of FLAGS) {
      const env = { TZ: "America/New_York" };
      const ours = await rptp(["tcpdump", ...flags, "-r", path], { env });
      const theirs = await sh(`tcpdump ${flags.join(" ")} -r ${path}`, env);
      assertEquals(ours.stdout, theirs.stdout, flags.join(" "));
      assertEquals(ours.code, 0);
      match(
        ours.stderr,
        /^reading from file .*, link-type EN10MB \(Ethernet\), snapshot length \d+\n$/,
      );
    }
  });
});

Deno.test("rptp tcpdump -r -: reads a pipe; -c ends it early; --nano has nine digits", async () => {
  const stdin = capture(5);
  const { stdout, code } = await rptp(["tcpdump", "-tt", "--nano", "-c3", "-r", "-"], { stdin });
  assertEquals([code, stdout.split("\n").length], [0, 4]);
  match(
    stdout.split("\n")[1]!,
    /^1700000001\.000001001 IP 192\.0\.2\.1\.40000 > 192\.0\.2\.2\.40001: /,
  );
});

Deno.test("rptp tcpdump --count: how many, and nothing else on stdout", async () => {
  const stdin = capture(5);
  assertEquals((await rptp(["tcpdump", "-r", "-", "--count"], { stdin })).stdout, "5 packets\n");
});

Deno.test("rptp tcpdump --json: one object a packet on stdout, nothing else", async () => {
  const { stdout, stderr, code } = await rptp(["tcpdump", "-r", "-", "--json"], {
    stdin: capture(3),
  });
  assertEquals(code, 0);
  match(stderr, /^reading from file -/);
  const events = jsonLines(stdout);
  assertEquals(events.map((e) => [e["event"], e["n"], e["time"], e["caplen"], e["len"]]), [
    ["packet", 1, "1700000000.000000000", 74, 74],
    ["packet", 2, "1700000001.000001001", 74, 74],
    ["packet", 3, "1700000002.000002002", 74, 74],
  ]);
  assertEquals((events[0]!["protocols"] as string[]).slice(0, 3), ["eth", "ip", "udp"]);
});

Deno.test("rptp tcpdump --json=FILE: the objects go to the file", async () => {
  await withFile(new Uint8Array(0), async (path) => {
    const { code, stdout } = await rptp(["tcpdump", "-r", "-", `--json=${path}`], {
      stdin: capture(2),
    });
    assertEquals([code, stdout], [0, ""]);
    assertEquals(jsonLines(await Deno.readTextFile(path)).length, 2);
  });
});

Deno.test("rptp tcpdump -w: what was read comes out again, octet for octet", async () => {
  const stdin = capture(4);
  const again = await new Deno.Command(RPTP, {
    args: ["tcpdump", "-r", "-", "-w", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = again.stdin.getWriter();
  await writer.write(stdin);
  await writer.close();
  assertEquals((await again.output()).stdout, stdin);
});

Deno.test("rptp tcpdump -w - --json: the objects go to stderr", async () => {
  const { stderr, code } = await rptp(["tcpdump", "-r", "-", "-w", "-", "--json"], {
    stdin: capture(2),
  });
  assertEquals(code, 0);
  const objects = stderr.split("\n").filter((line) => line.startsWith("{"));
  assertEquals(objects.map((line) => JSON.parse(line).n), [1, 2]);
});

testNeeding("rptp tcpdump -w -s --micro: tcpdump reads it", { commands: ["tcpdump"] }, async () => {
  await withFile(capture(3, 200), async (path) => {
    const { stdout } = await sh(
      `"$rptp" tcpdump -r ${path} -s 60 --micro -w - 2>/dev/null | tcpdump -ntt -r - 2>&1`,
    );
    match(stdout, /snapshot length 60\n1700000000\.000000 IP /);
    assertEquals(stdout.trimEnd().split("\n").length, 4);
  });
});

Deno.test("rptp tcpdump: a cut file gives its whole packets, then one line and exit 74", async () => {
  const whole = capture(3);
  await withFile(whole.slice(0, whole.length - 10), async (path) => {
    const { stdout, stderr, code } = await rptp(["tcpdump", "-r", path]);
    assertEquals([code, stdout.split("\n").length - 1], [74, 2]);
    match(
      stderr,
      /\nrptp tcpdump: read \S+: the file ends inside a packet .*, at octet 204; the 2 packets before it are good\n$/,
    );
  });
});

Deno.test("rptp tcpdump: what is no capture file, a folder, nothing: exit 74 and one line", async () => {
  for (
    const [path, line] of [
      [RPTP, /neither pcap nor pcapng, at octet 0\n$/],
      ["/tmp", /^rptp tcpdump: read \/tmp: it is a directory\n$/],
      ["/nonexistent", /^rptp tcpdump: open '\/nonexistent': no such file or directory\n$/],
    ] as const
  ) {
    const { stdout, stderr, code } = await rptp(["tcpdump", "-r", path]);
    assertEquals([code, stdout, stderr.split("\n").length], [74, "", 2], path);
    match(stderr, line);
  }
});

Deno.test("rptp tcpdump -w on a full device: exit 74, says so", async () => {
  await withFile(capture(3), async (path) => {
    const { stderr, code } = await sh(`"$rptp" tcpdump -r ${path} -w - >/dev/full`);
    assertEquals(code, 74);
    match(stderr, /\nrptp tcpdump: write stdout: no space left on the device; free some space/);
    const lines = await sh(`"$rptp" tcpdump -r ${path} >/dev/full`);
    assertEquals(lines.code, 74);
  });
});

Deno.test("rptp tcpdump: files of /dev, which Deno refuses: <(...), /dev/full, /dev/null", async () => {
  await withFile(capture(3), async (path) => {
    const read = await sh(`"$rptp" tcpdump --count -r <(cat ${path}) 2>/dev/null`);
    assertEquals([read.code, read.stdout], [0, "3 packets\n"]);
    const full = await sh(`"$rptp" tcpdump -r ${path} -w /dev/full`);
    assertEquals(full.code, 74);
    match(full.stderr, /\nrptp tcpdump: write \/dev\/full: no space left on the device; free/);
    assertEquals((await sh(`"$rptp" tcpdump -r ${path} -w /dev/null`)).code, 0);
  });
});

Deno.test("rptp tcpdump | head: quiet, also in the middle of a long file", async () => {
  await withFile(capture(20_000), async (path) => {
    const { stdout, stderr } = await sh(
      `"$rptp" tcpdump -r ${path} 2>&1 >&3 3>&1 | cat >&2; ` +
        `"$rptp" tcpdump -r ${path} 2>/dev/null | head -n 1 | wc -l; echo "\${PIPESTATUS[0]}"`,
    ).catch((error) => error);
    assertEquals(stdout.split("\n").slice(-3), ["1", "0", ""]);
    assertEquals(stderr.split("\n").length, 2);
  });
});

testNeeding(
  "rptp tcpdump: without root exit 77, one line with the capability and the command",
  { root: true, commands: ["setpriv"] },
  async () => {
    const { stderr, stdout, code } = await rptp(["tcpdump", "lo", "-c", "1"], { uid: 65534 });
    assertEquals([code, stdout], [77, ""]);
    assertEquals(
      stderr,
      "rptp tcpdump: socket AF_PACKET lo: EPERM (needs CAP_NET_RAW or root); " +
        "type: sudo ./rptp tcpdump lo -c 1\n",
    );
  },
);

Deno.test("rptp tcpdump: an interface that is not there is exit 69 and names those that are", async () => {
  const { stderr, code } = await rptp(["tcpdump", "nope0"]);
  ok(code === 69, stderr);
  match(stderr, /^rptp tcpdump: interface nope0 \(there are: lo.*\): ENODEV \(no such device\)\n$/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`rptp tcpdump -r -: ${signal} ends a read that waits, with what came so far`, async () => {
    const fifo = await Deno.makeTempDir();
    try {
      await sh(`mkfifo ${fifo}/p`);
      const run = Running.start("bash", [
        "-c",
        `exec 3<>${fifo}/p; exec "${RPTP}" tcpdump -l -r - <&3`,
      ], { limitSeconds: 20 });
      const pipe = await Deno.open(`${fifo}/p`, { write: true });
      await pipe.write(capture(2));
      await run.line(/id 1|192\.0\.2\.1\.40000/);
      const begin = performance.now();
      const ended = await run.stop(signal);
      const took = performance.now() - begin;
      pipe.close();
      assertEquals([ended.code, ended.stdout.length], [0, 2]);
      ok(took < GENEROUS_MS, `${took} ms`);
    } finally {
      await Deno.remove(fifo, { recursive: true });
    }
  });
}

Deno.test("rptp tcpdump: Ctrl-C ends it also where nobody reads its output", async () => {
  await withFile(capture(20_000), async (path) => {
    const { stdout, code } = await sh(
      `exec 4> >(exec sleep 20 >/dev/null 2>&1); "$rptp" tcpdump -r ${path} >&4 2>/dev/null & p=$!
       sleep 1; kill -INT $p; wait $p; echo $?; exit 0`,
    );
    assertEquals([stdout, code], ["0\n", 0]);
  });
});

Deno.test("rptp: two signals at once, as timeout(1) sends them, are one", async () => {
  const { stdout } = await sh(
    `mkfifo_dir=$(mktemp -d); mkfifo $mkfifo_dir/p; exec 3<>$mkfifo_dir/p; rm -r $mkfifo_dir
     "$rptp" tcpdump -r - <&3 & p=$!; sleep 1; kill -INT $p; kill -TERM $p; wait $p; echo $?`,
  );
  assertEquals(stdout, "0\n");
});

testNeeding("rptp tcpdump: reads every capture there is", { files: [CAPTURES] }, async () => {
  const folder = new URL(`../../${CAPTURES}/`, import.meta.url);
  for await (const entry of Deno.readDir(folder)) {
    if (!/\.pcap(ng)?$/.test(entry.name)) continue;
    const path = new URL(entry.name, folder).pathname;
    const { code, stderr } = await rptp(["tcpdump", "-vvv", "-XX", "-e", "-r", path]);
    assertEquals([code, stderr.split("\n").length], [0, 2], entry.name);
  }
});
