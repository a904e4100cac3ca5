import { deepStrictEqual as assertEquals, match, rejects, throws } from "node:assert/strict";
import type { Nanos } from "../../lib/base/time.ts";
import { type CommonFlags, defineCommand } from "./command.ts";
import { UsageError } from "./errors.ts";
import { fakeKit } from "../../tests/cli/fake_kit.ts";
import { commandHelp, groupHelp } from "./help.ts";
import { duration, integer, text } from "./parse.ts";
import { parseCommand } from "./parse_command.ts";
import { style } from "./style.ts";
import { type Group, type Leaf, resolve } from "./tree.ts";

interface Flags {
  readonly iface: string;
  readonly logSync: number;
  readonly interval: Nanos;
  readonly verbose: number;
  readonly mode: "e2e" | "p2p";
  readonly freeRunning: boolean;
  readonly clock?: readonly string[];
}

let seen: { flags: Flags & CommonFlags; file: string | undefined } | undefined;

const command = defineCommand<Flags, [file?: string]>({
  brief: "Test things",
  examples: [["rptp test --iface eth0", "tests eth0"]],
  flags: {
    iface: { kind: "parsed", parse: text, brief: "Network interface", placeholder: "IF" },
    logSync: {
      kind: "parsed",
      parse: integer(-7, 7),
      brief: "Sync interval, log2 seconds",
      placeholder: "N",
      default: "0",
    },
    interval: {
      kind: "parsed",
      parse: duration,
      brief: "Report interval",
      placeholder: "TIME",
      default: "1s",
    },
    verbose: { kind: "counter", brief: "Say more" },
    mode: { kind: "enum", values: ["e2e", "p2p"], brief: "Delay mechanism", default: "e2e" },
    freeRunning: { kind: "boolean", brief: "Steer nothing", default: false, withNegated: false },
    clock: {
      kind: "parsed",
      parse: text,
      brief: "Clocks",
      placeholder: "CLOCK",
      variadic: true,
      optional: true,
    },
  },
  aliases: { i: "iface", v: "verbose" },
  positional: {
    kind: "tuple",
    parameters: [{ parse: text, brief: "A file", placeholder: "FILE", optional: true }],
  },
  hasDuration: true,
  run: (_kit, flags, file) => {
    seen = { flags, file };
    return 1;
  },
});

async function parsed(...argv: string[]) {
  const invocation = await parseCommand(command, argv);
  assertEquals(await invocation.run(fakeKit().kit), 1);
  return seen!;
}

Deno.test("parseCommand() fills defaults and converts values", async () => {
  const { flags, file } = await parsed("--iface", "eth0");
  assertEquals(file, undefined);
  assertEquals(
    { ...flags },
    {
      iface: "eth0",
      logSync: 0,
      interval: 1e9 as Nanos,
      verbose: 0,
      mode: "e2e",
      freeRunning: false,
      clock: undefined,
      debug: false,
      json: undefined,
      duration: undefined,
    } as unknown as Flags & CommonFlags,
  );
});

Deno.test("parseCommand() takes bundles, negative numbers, repeats, --json and positionals", async () => {
  const { flags, file } = await parsed(
    ..."-vvieth1 --log-sync -3 --interval=250us --mode p2p --json x.pcap".split(" "),
    ..."--clock a --clock b --free-running --duration 5".split(" "),
  );
  assertEquals([flags.iface, flags.logSync, flags.interval as number], ["eth1", -3, 250_000]);
  assertEquals([flags.verbose, flags.mode, flags.json, file], [2, "p2p", "-", "x.pcap"]);
  assertEquals([flags.clock, flags.freeRunning], [["a", "b"], true]);
  assertEquals(flags.duration as number | undefined, 5e9);
});

Deno.test("parseCommand() refuses with one line that names flag, value and what is accepted", async () => {
  for (
    const [argv, line] of [
      ["", /^--iface is missing: Network interface \(--iface IF\)$/],
      ["-i x --log-sync 8", /^--log-sync "8": expected a whole number from -7 to 7$/],
      ["-i x --mode p2", /^--mode "p2": expected one of e2e, p2p; did you mean p2p\?$/],
      ["-i x --interval 1d", /^--interval "1d": expected a duration such as/],
      ["-i x --logsync 1", /^no flag --logsync; did you mean --log-sync\?$/],
      ["-i x a b", /^unexpected word "b": the command takes 1$/],
      ["-i x --duration 0", /^--duration "0": expected a duration above zero/],
    ] as const
  ) {
    await rejects(() => parseCommand(command, argv === "" ? [] : argv.split(" ")), (error) => {
      match((error as Error).message, line);
      return error instanceof UsageError;
    });
  }
});

Deno.test("commandHelp() shows usage, units, defaults, examples", () => {
  const help = commandHelp(command, ["ptp", "test"], undefined, style(false));
  assertEquals(
    help,
    `rptp ptp test - Test things

Usage
  rptp ptp test --iface IF [FLAGS] [FILE]

Examples
  rptp test --iface eth0  # tests eth0

Arguments
  FILE  A file

Flags
  -i, --iface IF       Network interface [required]
      --log-sync N     Sync interval, log2 seconds [default 0]
      --interval TIME  Report interval [default 1s]
  -v, --verbose        Say more [repeatable]
      --mode e2e|p2p   Delay mechanism [default e2e]
      --free-running   Steer nothing
      --clock CLOCK    Clocks [repeatable]

Flags of every command
      --duration TIME  End by itself after this time (us, ms, s, m, h; bare = seconds)
      --json[=FILE]    One JSON object a line on stdout, or into FILE; all else goes to stderr
      --debug          Print the stack trace of an error
  -h, --help           Print this and exit
`,
  );
});

function leaf(name: string): Leaf {
  return { kind: "leaf", name, brief: `does ${name}`, load: () => Promise.resolve({ command }) };
}

const TREE: Group = {
  kind: "group",
  name: "rptp",
  brief: "test",
  nodes: [leaf("demo"), { kind: "group", name: "ptp", brief: "time", nodes: [leaf("slave")] }],
};

Deno.test("resolve() walks down the tree and keeps what follows", () => {
  const { node, path, rest } = resolve(TREE, ["ptp", "slave", "--iface", "x"]);
  assertEquals([node.name, path, rest], ["slave", ["ptp", "slave"], ["--iface", "x"]]);
  assertEquals(resolve(TREE, []).node, TREE);
  assertEquals(resolve(TREE, ["--help"]).rest, ["--help"]);
});

Deno.test("resolve() finds the command that was meant, also in another group", () => {
  throws(() => resolve(TREE, ["dmeo"]), /no command "dmeo"; did you mean `rptp demo`\?/);
  throws(() => resolve(TREE, ["slave"]), /did you mean `rptp ptp slave`\?/);
  throws(() => resolve(TREE, ["zzz"]), /one of: demo, ptp/);
});

Deno.test("groupHelp() lists commands with their briefs", () => {
  assertEquals(
    groupHelp(TREE, [], [], style(false)),
    "rptp - test\n\nCommands\n  demo  does demo\n  ptp   time\n\nrptp COMMAND --help tells more.\n",
  );
});
