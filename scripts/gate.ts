/**
 * The gate: every check of the repository in named, timed stages. Started by ./test.
 *
 * The last line on stdout is `N passed, N failed, N skipped`, the sum over all tests; a check that
 * is no test (format, lint, types) counts where it fails. Exit code 0 only if nothing failed.
 * @module
 */
import { parseSummary, strict, type Tally, tallyOf } from "./gate_tally.ts";
import { collect, houseFaults } from "./house.ts";

/** What a stage left behind. */
interface Outcome extends Tally {
  output: string;
}

/** One named part of the gate. */
interface Stage {
  name: string;
  about: string;
  /** Measures time on this machine, so that nothing else may run beside it. */
  alone?: boolean;
  run(): Promise<Outcome>;
}

const LIMIT_SECONDS = 900;
const NOTHING = "nothing to run yet";
const DENO = Deno.execPath();
const decoder = new TextDecoder();

/** With the superuser's folders, where Debian has ptp4l and tcpdump: a user's PATH lacks them. */
const PATH = `${Deno.env.get("PATH") ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;

/** What tests may do. The product itself is started by them with the product's own permissions. */
const TEST_PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net",
  "--allow-ffi",
  "--allow-sys",
];

/** Aborted when the gate itself is told to end: what it started must not outlive it. */
const ended = new AbortController();

async function command(argv: readonly string[]): Promise<{ success: boolean; output: string }> {
  const [program = DENO, ...args] = argv;
  const result = await new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1", PATH },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.any([ended.signal, AbortSignal.timeout(LIMIT_SECONDS * 1000)]),
  }).output();
  const output = decoder.decode(result.stdout) + decoder.decode(result.stderr);
  const timedOut = result.signal === "SIGTERM" && !ended.signal.aborted
    ? `\nended after ${LIMIT_SECONDS} s\n`
    : "";
  return { success: result.success, output: output + timedOut };
}

/** A stage that is right or wrong as a whole. */
function check(name: string, about: string, argv: () => readonly string[]): Stage {
  return {
    name,
    about,
    async run() {
      const words = argv();
      if (words.length === 0) return { ...tallyOf(0, 0, 0), output: "" };
      const { success, output } = await command([DENO, ...words]);
      return { ...tallyOf(0, success ? 0 : 1, 0), output };
    },
  };
}

/** Options of a stage of tests. */
interface TestOptions {
  permissions?: readonly string[];
  flags?: readonly string[];
  alone?: boolean;
  /** Wants network namespaces: without root they are made in a user namespace. */
  namespaces?: boolean;
}

/** A stage of tests: the files below `folders` that end in `_test.ts`. */
function tests(
  name: string,
  about: string,
  folders: readonly string[],
  options: TestOptions = {},
): Stage {
  const { permissions = TEST_PERMISSIONS, flags = [], alone = false } = options;
  return {
    name,
    about,
    alone,
    async run() {
      const files = testFilesBelow(folders);
      if (files.length === 0) return { ...tallyOf(0, 0, 0), output: NOTHING };
      const common = ["--no-prompt", "--cached-only", "--frozen", "--no-remote", "--no-check"];
      const words = [DENO, "test", ...common, ...flags, ...permissions, ...files];
      const { success, output } = await command([
        ...(options.namespaces === true ? await userNamespace() : []),
        ...words,
      ]);
      return { ...parseSummary(output, success), output };
    },
  };
}

function testFilesBelow(folders: readonly string[]): string[] {
  return collect().filter((file) =>
    file.endsWith("_test.ts") && folders.some((folder) => file.startsWith(`${folder}/`))
  );
}

/** What to put before a command so that it is root over namespaces of its own; nothing for root. */
async function userNamespace(): Promise<string[]> {
  if (Deno.uid() === 0) return [];
  const setUp = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"';
  const words = ["unshare", "-Urnm", "--kill-child", "sh", "-c", setUp, "sh"];
  try {
    return (await command([...words, "true"])).success ? words : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const isPure = (file: string) => file.startsWith("lib/") && !file.endsWith("_test.ts");

const house: Stage = {
  name: "house",
  about: "file length, imports, lock file, permissions, leftovers",
  run() {
    const faults = houseFaults();
    return Promise.resolve({
      ...tallyOf(0, faults.length === 0 ? 0 : 1, 0),
      output: faults.join("\n") + "\n",
    });
  },
};

const PURE = ["check", "--config", "scripts/pure.json", "--no-lock"];

const STAGES: readonly Stage[] = [
  check("format", "deno fmt --check", () => ["fmt", "--check"]),
  check("lint", "deno lint with the house's own rules", () => ["lint"]),
  check("types", "type check of every file", () => [
    "check",
    "--cached-only",
    "--frozen",
    ...collect().filter((file) => file.endsWith(".ts")),
  ]),
  check("pure", "lib/ knows neither Deno nor timers", () => [...PURE, ...collect().filter(isPure)]),
  house,
  tests("unit", "tests beside the code of lib/ and scripts/", ["lib", "scripts"], {
    permissions: ["--allow-read", "--allow-env"],
  }),
  tests("parts", "tests beside the code of ffi/, cli/ and tests/kit", ["ffi", "cli", "tests/kit"], {
    namespaces: true,
  }),
  tests("sim", "protocols in virtual time", ["tests/sim"]),
  tests("fuzz", "mutated packets through every reader", ["tests/fuzz"]),
  tests("start", "the launcher on machines of all kinds", ["tests/start"]),
  tests("packaging", "the one executable", ["tests/packaging"]),
  tests("cli", "the command line as a person types it", ["tests/cli"], { alone: true }),
  tests("interop", "against linuxptp, libsrt, tshark over real sockets", ["tests/interop"], {
    alone: true,
    namespaces: true,
  }),
];

const SLOTS = 2;

/** Runs `stages`, at most {@linkcode SLOTS} at once and those marked `alone` after all others. */
async function runAll(stages: readonly Stage[]): Promise<Tally> {
  const sum = tallyOf(0, 0, 0);
  const one = async (stage: Stage) => {
    const begin = performance.now();
    const outcome = await outcomeOf(stage);
    report(stage, outcome, (performance.now() - begin) / 1000);
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
    sum.skipped += outcome.skipped;
  };
  const together = stages.filter((stage) => stage.alone !== true);
  const slots = Array.from({ length: SLOTS }, async () => {
    while (!ended.signal.aborted) {
      const next = together.shift();
      if (next === undefined) return;
      await one(next);
    }
  });
  await Promise.all(slots);
  for (const stage of stages) {
    if (stage.alone === true && !ended.signal.aborted) await one(stage);
  }
  return sum;
}

async function outcomeOf(stage: Stage): Promise<Outcome> {
  try {
    const outcome = await stage.run();
    return Deno.env.get("RPTP_REQUIRE_ALL") === "1" ? { ...outcome, ...strict(outcome) } : outcome;
  } catch (error) {
    return { ...tallyOf(0, 1, 0), output: `the stage could not run: ${error}\n` };
  }
}

function report(stage: Stage, outcome: Outcome, seconds: number): void {
  const { passed, failed, skipped, output } = outcome;
  const skips = output.split("\n").filter((line) => line.startsWith("skip: "));
  if (failed > 0) print(`\n---- ${stage.name}: output\n${output}----\n\n`);
  else if (skips.length > 0) print(`${skips.join("\n")}\n`);
  const counts = passed + skipped > 0
    ? `${passed} passed, ${failed} failed, ${skipped} skipped`
    : "";
  const verdict = failed > 0 ? "FAILED" : "ok";
  print(
    `${verdict.padEnd(7)}${stage.name.padEnd(10)}${seconds.toFixed(1).padStart(6)} s  ${counts}\n`,
  );
}

function print(text: string): void {
  const octets = new TextEncoder().encode(text);
  for (let done = 0; done < octets.length;) done += Deno.stdout.writeSync(octets.subarray(done));
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--list")) {
    for (const stage of STAGES) print(`${stage.name.padEnd(10)} ${stage.about}\n`);
    return 0;
  }
  const unknown = args.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    print(`no stage is called ${unknown.join(", ")}: ./test --list names them\n`);
    return 2;
  }
  const chosen = STAGES.filter((stage) => args.length === 0 || args.includes(stage.name));
  const sum = await runAll(chosen);
  print(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed > 0 ? 1 : 0;
}

let signalled = 0;
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => {
    signalled = code;
    print(`ended by ${signal}\n`);
    ended.abort();
  });
}
const code = await main(Deno.args);
Deno.exit(signalled === 0 ? code : signalled);
