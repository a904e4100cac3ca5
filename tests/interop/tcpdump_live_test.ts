import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { jsonLines, RPTP } from "../cli/kit.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair } from "../kit/netns.ts";
import { run, Running, say } from "../kit/process.ts";

const NEEDS = { root: true, netns: true, commands: ["ip", "bash", "tcpdump", "tshark"] } as const;
const PACKETS = 20;

/** Sends datagrams `N 0`, `N 1` ... from inside a namespace, a few milliseconds apart. */
async function send(namespace: string, address: string, count = PACKETS): Promise<void> {
  const script = `for k in $(seq 0 ${count - 1}); do
    printf 'rptp live %s' $k >/dev/udp/${address}/9000; sleep 0.005; done`;
  await run("ip", ["netns", "exec", namespace, "bash", "-c", script]);
}

/** Waits until a capture program says that it listens. */
async function listening(capture: Running): Promise<void> {
  await capture.line(/listening on/);
}

testNeeding(
  "rptp tcpdump: loopback shows each datagram once, then tcpdump's counts",
  NEEDS,
  async () => {
    await using pair = await NamespacePair.open();
    const { namespace } = pair.a;
    const live = Running.start(RPTP, ["tcpdump", "lo", "-nt"], { namespace });
    await listening(live);
    await send(namespace, "127.0.0.1");
    await live.line(/length 12/);
    const begin = performance.now();
    const { code, stdout, stderr } = await live.stop("SIGINT");
    const took = performance.now() - begin;
    say(`rptp tcpdump ended ${took.toFixed(0)} ms after Ctrl-C`);
    assertEquals(code, 0);
    ok(took < 1500, `${took} ms`);
    const datagrams = stdout.filter((line) => /> 127\.0\.0\.1\.9000: /.test(line));
    assertEquals(datagrams.length, PACKETS);
    match(datagrams[0]!, /^IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9000: UDP, length 11$/);
    match(
      stderr.join("\n"),
      /packets? captured\n\d+ packets? received by filter\n0 packets dropped/,
    );
  },
);

testNeeding(
  "rptp tcpdump -w: the same octets and stamps as tcpdump -w beside it",
  NEEDS,
  async () => {
    await using pair = await NamespacePair.open();
    const { namespace, iface } = pair.a;
    const folder = await Deno.makeTempDir({ dir: "/var/tmp" });
    try {
      const theirs = Running.start("tcpdump", [
        "-i",
        iface,
        "--nano",
        "--immediate-mode",
        "-U",
        "-Z",
        "root",
        "-w",
        `${folder}/theirs`,
      ], { namespace });
      const ours = Running.start(RPTP, ["tcpdump", "-i", iface, "-w", `${folder}/ours`], {
        namespace,
      });
      await Promise.all([listening(theirs), listening(ours)]);
      await send(namespace, pair.b.address);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const [a, b] = await Promise.all([theirs.stop("SIGINT"), ours.stop("SIGTERM")]);
      assertEquals([a.code, b.code], [0, 0]);
      const fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "udp.payload"];
      const read = (name: string) =>
        run("tshark", [
          "-n",
          "-r",
          `${folder}/${name}`,
          "-Y",
          "udp.dstport == 9000 && !icmp",
          ...fields,
        ]);
      const expected = await read("theirs");
      assertEquals(expected.trimEnd().split("\n").length, PACKETS);
      assertEquals(await read("ours"), expected);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testNeeding(
  "rptp tcpdump any --json -c: cooked packets of every interface, then the end",
  NEEDS,
  async () => {
    await using pair = await NamespacePair.open();
    const { namespace } = pair.b;
    const live = Running.start(RPTP, ["tcpdump", "any", "--json", "-c", "4"], { namespace });
    await listening(live);
    await send(pair.a.namespace, pair.b.address, 10);
    const { code, stdout } = await live.ended;
    const events = jsonLines(`${stdout.join("\n")}\n`);
    assertEquals([code, events.length], [0, 4]);
    assertEquals(events.map((e) => e["n"]), [1, 2, 3, 4]);
    match(String(events[0]!["time"]), /^\d{10}\.\d{9}$/);
  },
);

/** Sends three frames tagged with VLAN 7 by a raw socket: no VLAN device is needed for that. */
const TAGGED = `
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("ptp0", 0))
frame = bytes.fromhex("ffffffffffff02000000000181000007 88b5") + bytes(60)
for k in range(3): s.send(frame)
`;

testNeeding(
  "rptp tcpdump: a VLAN tag that the kernel took off is there, -s cuts, --duration ends it",
  { ...NEEDS, commands: [...NEEDS.commands, "python3"] },
  async () => {
    await using pair = await NamespacePair.open();
    const flags = ["tcpdump", "ptp0", "-e", "-xx", "-s", "20", "--duration", "1500ms"];
    const live = Running.start(RPTP, flags, { namespace: pair.b.namespace });
    await listening(live);
    await run("ip", ["netns", "exec", pair.a.namespace, "python3", "-c", TAGGED]);
    const { code, stdout } = await live.ended;
    assertEquals(code, 0);
    const text = stdout.join("\n");
    assertEquals(
      text.match(/ ethertype 802\.1Q \(0x8100\), length 78: vlan 7, /g)?.length,
      3,
      text,
    );
    ok(text.includes("\t0x0000:  ffff ffff ffff 0200 0000 0001 8100 0007"), text);
  },
);
