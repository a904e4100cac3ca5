/**
 * The version of rptp and of what it runs on. Imports nothing: `rptp --version` must be fast.
 * @module
 */

/** The version of rptp, the same as in `deno.json`. */
export const VERSION = "0.1.0";

/** How the running program was put together. */
export type Packaging = "source" | "compile" | "portable";

/** `compile`: `deno compile`; `portable`: the self-extracting file; `source`: a clone. */
export function packaging(): Packaging {
  if (Deno.build.standalone) return "compile";
  try {
    return Deno.env.get("RPTP_PACKAGING") === "portable" ? "portable" : "source";
  } catch {
    return "source"; // the variable may not be read: not started by the portable file
  }
}

/** The `version` event and what people read. */
export interface VersionReport {
  readonly event: "version";
  readonly version: string;
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  readonly packaging: Packaging;
  readonly target: string;
}

/** What this process is. */
export function versionReport(): VersionReport {
  return {
    event: "version",
    version: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    typescript: Deno.version.typescript,
    packaging: packaging(),
    target: Deno.build.target,
  };
}

/** One line for people. */
export function versionText(r: VersionReport): string {
  return `rptp ${r.version} (deno ${r.deno}, v8 ${r.v8}, typescript ${r.typescript}, ` +
    `${r.packaging}, ${r.target})`;
}

/**
 * Answers `rptp --version [--json]` without loading the command tree.
 * @returns false where the command line is anything else.
 */
export function answerVersion(argv: readonly string[]): boolean {
  if (argv[0] !== "--version" && argv[0] !== "-V") return false;
  const isJson = argv[1] === "--json";
  if (argv.length > (isJson ? 2 : 1)) return false;
  const r = versionReport();
  try {
    Deno.stdout.writeSync(
      new TextEncoder().encode((isJson ? JSON.stringify(r) : versionText(r)) + "\n"),
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) failed(error);
  }
  return true;
}

/** Ends the process as `cli/kit` would, which is not loaded. */
function failed(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`rptp: write stdout: ${why}\n`));
  Deno.exit(74);
}
