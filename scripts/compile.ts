/**
 * Makes the one executable: `deno compile`, or the portable one where the runtime that `deno
 * compile` downloads cannot be had. Started by scripts/compile.
 * @module
 */
import { permissionFlags } from "./permission_list.ts";
import { packPortable } from "./portable.ts";

const ROOT = decodeURI(new URL("../", import.meta.url).pathname);
const MAIN = "main.ts";

/** Exit codes of sysexits.h, as the launcher uses them. */
const USAGE = 2;
const UNAVAILABLE = 69;

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Runs the pinned Deno in the repository; its output is shown. */
async function deno(args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await command.output()).success;
}

const LOCKED = ["--frozen", "--no-remote"];

async function compile(output: string): Promise<number> {
  const flags = permissionFlags(ROOT);
  const words = ["compile", "--bundle", "--minify", ...LOCKED, ...flags, "--output", output, MAIN];
  if (!await deno(words)) {
    say("rptp: no executable was made; where Deno's runtime cannot be downloaded,");
    say("scripts/compile --portable makes one without it");
    return UNAVAILABLE;
  }
  return await prove(output);
}

/**
 * A whole Deno in place of its runtime builds a file that ignores the program: asks it what it is.
 * With DENORT_BIN a stand-in that says nothing (/bin/true) is accepted, to look at what is embedded.
 */
async function prove(output: string): Promise<number> {
  const command = new Deno.Command(output, { args: ["--version", "--json"], stdin: "null" });
  const { success, stdout } = await command.output();
  const answer = new TextDecoder().decode(stdout);
  if (success && answer.includes('"packaging":"compile"')) return 0;
  if (success && answer === "" && Deno.env.has("DENORT_BIN")) return 0;
  say(`rptp: ${output} does not say that it is rptp`);
  return UNAVAILABLE;
}

async function portable(output: string): Promise<number> {
  const bundle = await Deno.makeTempFile({ prefix: "rptp-bundle-", suffix: ".js" });
  try {
    const words = ["bundle", "--platform", "deno", "--minify", ...LOCKED, "--output", bundle, MAIN];
    if (!await deno(words)) return UNAVAILABLE;
    await packPortable({ root: ROOT, bundle, deno: Deno.execPath(), output });
    return 0;
  } finally {
    await Deno.remove(bundle);
  }
}

async function main(args: readonly string[]): Promise<number> {
  let isPortable = false;
  let output: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === "--portable") isPortable = true;
    else if (word === "--output" && i + 1 < args.length) output = args[++i];
    else {
      say(`rptp: scripts/compile takes --portable and --output FILE, not ${word}`);
      return USAGE;
    }
  }
  if (output === undefined) {
    await Deno.mkdir(`${ROOT}dist`, { recursive: true });
    output = `${ROOT}dist/${isPortable ? "rptp-portable" : "rptp"}`;
  }
  if (!output.startsWith("/")) output = `${Deno.cwd()}/${output}`;
  const code = isPortable ? await portable(output) : await compile(output);
  if (code === 0) {
    const { size } = await Deno.stat(output);
    say(`${output}: ${(size / 1e6).toFixed(1)} MB`);
  }
  return code;
}

Deno.exit(await main(Deno.args));
