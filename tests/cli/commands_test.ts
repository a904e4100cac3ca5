import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { leaves } from "../../cli/kit/tree.ts";
import { root } from "../../cli/root.ts";
import { VERSION } from "../../cli/version/version.ts";
import { testNeeding } from "../kit/need.ts";
import { jsonLines, rptp, sh } from "./kit.ts";

const ESCAPE = "\x1b";

Deno.test("rptp: bare prints one screen with three examples and ends 0", async () => {
  const { code, stdout, stderr } = await rptp([]);
  assertEquals([code, stderr], [0, ""]);
  ok(stdout.split("\n").length <= 40, "one screen");
  assertEquals((/Examples\n((?: {2}.+\n)+)/.exec(stdout)?.[1] ?? "").split("\n").length - 1, 3);
});

for (const { leaf, path } of leaves(root)) {
  Deno.test(`rptp ${path.join(" ")} --help: usage, an example, every flag with a brief`, async () => {
    const { code, stdout, stderr } = await rptp([...path, "--help"]);
    assertEquals([code, stderr], [0, ""]);
    match(stdout, new RegExp(`^rptp ${path.join(" ")} - \\S`));
    match(stdout, /\nExamples\n {2}(# .*\n {2})?(.* )?rptp [a-z]/);
    match(stdout, /-h, --help/);
    const { command } = await leaf.load();
    for (const flag of command.flags.filter((f) => !f.isHidden)) {
      ok(stdout.includes(`--${flag.name}`), flag.name);
      ok(flag.brief.length > 8, `${flag.name} says what it does`);
      if (flag.default !== undefined) ok(stdout.includes(`default ${flag.default}`), flag.name);
    }
    for (const [line] of command.examples) match(line, /\brptp (ptp |tap )?[a-z]+/);
    ok(!stdout.includes(ESCAPE));
    for (const line of stdout.split("\n")) ok(line.length <= 110, `too long: ${line}`);
  });
}

Deno.test("rptp: `help X`, `X -h` and a group's help are the same as --help", async () => {
  const long = await rptp(["ptp", "--help"]);
  assertEquals(await rptp(["help", "ptp"]), long);
  assertEquals(await rptp(["ptp", "-h"]), long);
  assertEquals(await rptp(["ptp"]), long);
});

Deno.test("rptp --version: the version of deno.json, as text and as JSON, also by `version`", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(VERSION, config.version);
  const text = await rptp(["--version"]);
  assertEquals(text.code, 0);
  match(text.stdout, new RegExp(`^rptp ${VERSION.replaceAll(".", "\\.")} \\(deno `));
  const fast = jsonLines((await rptp(["--version", "--json"])).stdout);
  assertEquals(fast.length, 1);
  assertEquals(Object.keys(fast[0]!), [
    "event",
    "version",
    "deno",
    "v8",
    "typescript",
    "packaging",
    "target",
  ]);
  assertEquals([fast[0]!["event"], fast[0]!["packaging"]], ["version", "source"]);
  assertEquals(jsonLines((await rptp(["version", "--json"])).stdout), fast);
});

const WRONG: readonly (readonly [argv: string[], line: RegExp])[] = [
  [["verison"], /^rptp: no command "verison"; did you mean `rptp version`\?\n$/],
  [["ptp", "slvae"], /^rptp ptp: no command "ptp slvae"; did you mean `rptp ptp slave`\?\n$/],
  [["xyzzy"], /^rptp: no command "xyzzy"; one of: demo, gm, .*\n$/],
  [["doctor", "--jsno"], /^rptp doctor: no flag --jsno; did you mean --json\?\n$/],
  [["doctor", "--debug=1"], /^rptp doctor: --debug takes no value: got "1"\n$/],
  [["doctor", "x"], /^rptp doctor: unexpected word "x": the command takes no arguments\n$/],
  [["completion"], /^rptp completion: bash\|zsh\|fish is missing: Which shell\n$/],
  [
    ["completion", "tcsh"],
    /^rptp completion: bash\|zsh\|fish "tcsh": expected bash, zsh or fish\n$/,
  ],
  [["tcpdump"], /^rptp tcpdump: nothing to read; name an interface .*\n$/],
  [["tcpdump", "-c", "0", "lo"], /^rptp tcpdump: --packets "0": expected a whole number from 1 to/],
  [["tcpdump", "-c"], /^rptp tcpdump: -c needs a value; --help says which\n$/],
  [["tcpdump", "lo", "--duration", "5x"], /--duration "5x": expected a duration such as 250us/],
  [
    ["tcpdump", "lo", "--io", "dneo"],
    /--io "dneo": expected one of auto, ffi, deno; did you mean deno/,
  ],
  [["tcpdump", "lo", "udp"], /^rptp tcpdump: filter "udp": filter expressions are not there yet/],
  [["tcpdump", "lo", "--io=deno"], /^rptp tcpdump: --io deno: Deno has no raw sockets/],
  [["-x"], /^rptp: no flag -x here; rptp --help\n$/],
  [["--halp"], /^rptp: no flag --halp here; did you mean rptp --help\?\n$/],
  [["--version", "--jso"], /^rptp: --version takes --json and nothing else\n$/],
  [["gm", "--hlep"], /^rptp gm: no flag --hlep; did you mean --help\?\n$/],
  [["gm", "--interface", "lo"], /^rptp gm: no flag --interface; did you mean --iface\?\n$/],
  [["gm", "--prio1", "3"], /^rptp gm: no flag --prio1; did you mean --priority1\?\n$/],
];

for (const [argv, line] of WRONG) {
  Deno.test(`rptp ${argv.join(" ")}: exit 2 and one line that helps`, async () => {
    const { code, stdout, stderr } = await rptp(argv);
    assertEquals([code, stdout], [2, ""]);
    match(stderr, line);
    assertEquals(stderr.split("\n").length, 2, stderr);
  });
}

Deno.test("rptp: --json=FILE that cannot be made is exit 74, naming the file", async () => {
  const { code, stderr } = await rptp(["version", "--json=/nonexistent/x"]);
  assertEquals(code, 74);
  match(stderr, /^rptp version: open '\/nonexistent\/x': no such file or directory\n$/);
});

Deno.test("rptp: --debug adds the stack trace, and nothing else does", async () => {
  const plain = await rptp(["tcpdump", "-r", "/nonexistent"]);
  const debug = await rptp(["tcpdump", "-r", "/nonexistent", "--debug"]);
  assertEquals([plain.code, debug.code], [74, 74]);
  assertEquals(plain.stderr.split("\n").length, 2);
  match(debug.stderr, /\n {4}at /);
});

Deno.test("rptp: colour follows FORCE_COLOR and NO_COLOR, and is off in a pipe", async () => {
  ok(!(await rptp([], { env: { NO_COLOR: "" } })).stdout.includes(ESCAPE));
  const forced = await rptp([], { env: { NO_COLOR: "", FORCE_COLOR: "1" } });
  ok(forced.stdout.includes(`${ESCAPE}[1m`));
  ok(!(await rptp([], { env: { FORCE_COLOR: "0" } })).stdout.includes(ESCAPE));
});

Deno.test("rptp: a reader that goes away (| head) is no error", async () => {
  for (const command of ["doctor", "doctor --json", "completion bash", "--help", "--version"]) {
    const { stdout, stderr } = await sh(
      `"$rptp" ${command} | head -c 1; echo " \${PIPESTATUS[0]}"`,
    );
    assertEquals([stdout.slice(1), stderr], [" 0\n", ""], command);
  }
});

Deno.test("rptp: stdout that is closed or full is one line and exit 74", async () => {
  const why = "write stdout: no space left on the device; free some space or write elsewhere";
  for (const command of ["completion bash", "doctor", "doctor --json", "--help"]) {
    const full = await sh(`"$rptp" ${command} >/dev/full`);
    assertEquals([full.code, full.stderr.replace(/^rptp( \w+)?: /, "").trimEnd()], [74, why]);
  }
  const version = await sh('"$rptp" --version >/dev/full');
  assertEquals([version.code, version.stderr.split("\n").length], [74, 2]);
  match(version.stderr, /^rptp: write stdout: No space left/);
  const file = await sh('"$rptp" version --json=/dev/full');
  assertEquals([file.code, file.stdout], [74, ""]);
  match(file.stderr, /^rptp version: write \/dev\/full: no space left on the device/);
  const descriptor = await sh('"$rptp" version --json=/dev/fd/3 3>&1 >/dev/null');
  assertEquals([descriptor.code, JSON.parse(descriptor.stdout).event], [0, "version"]);
});

testNeeding(
  "rptp doctor: --json on stdout only, each line a check, a summary last",
  {},
  async () => {
    const { code, stdout, stderr } = await rptp(["doctor", "--json"]);
    assertEquals(stderr, "");
    const events = jsonLines(stdout);
    const summary = events.pop()!;
    assertEquals(summary["event"], "summary");
    const fails = events.filter((e) => e["level"] === "fail").length;
    assertEquals([summary["fail"], code], [fails, fails > 0 ? 1 : 0]);
    for (const event of events) {
      assertEquals(event["event"], "check");
      assertEquals(event["level"] === "ok", event["fix"] === "", String(event["name"]));
    }
    ok(events.some((e) => e["name"] === "timestamping lo"));
  },
);

testNeeding(
  "rptp doctor: without root it says which capability is missing and what to type",
  { root: true, commands: ["setpriv"] },
  async () => {
    const { stdout } = await rptp(["doctor", "--json"], { uid: 65534 });
    const raw = jsonLines(stdout).find((e) => e["name"] === "capability CAP_NET_RAW")!;
    assertEquals(raw["level"], "warn");
    match(String(raw["fix"]), /sudo .*AmbientCapabilities=CAP_NET_RAW/);
  },
);
