/**
 * Rules about files rather than about syntax: what the linter cannot see.
 * @module
 */

/** A tracked file as the checks see it. */
export interface Source {
  /** Path from the repository's root. */
  path: string;
  text: string;
}

const LONGEST = 500;

/** Folders that hold no source of ours. */
const OUTSIDE = new Set([".git", ".deno", "dist", "coverage", "node_modules"]);

/** Every file of the repository, as paths from its root (the working directory), sorted. */
export function collect(folder = ""): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(folder === "" ? "." : folder)) {
    // `deno compile --bundle` keeps a file in the root while it runs.
    if (OUTSIDE.has(entry.name) || entry.name.startsWith(".deno_compile_")) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...collect(path));
    else if (entry.isFile) files.push(path);
  }
  return files.sort((a, b) => a < b ? -1 : 1);
}

/** What is wrong in the repository, one line each. */
export function houseFaults(): string[] {
  const faults: string[] = [];
  const files = new Set(collect());
  for (const path of files) {
    if (/\.(pcap|pcapng|png|bin)$/.test(path)) continue;
    const source = { path, text: Deno.readTextFileSync(path) };
    faults.push(...faultsOf(source), ...missingImports(source, files));
  }
  return faults;
}

const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * Imports of files that are not there. The type check lets a lazy `import()` of a missing file pass.
 * Tests may quote such lines; what they import for themselves they find missing when they run.
 */
export function missingImports({ path, text }: Source, files: ReadonlySet<string>): string[] {
  if (!isCode(path) || path.endsWith("_test.ts")) return [];
  const faults: string[] = [];
  for (const [, specifier = ""] of text.matchAll(IMPORT)) {
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    if (!files.has(target)) faults.push(`${path}: imports ${specifier}, which is not there`);
  }
  return faults;
}

/** What is wrong with one file. */
export function faultsOf(source: Source): string[] {
  return [
    ...shapeFaults(source),
    ...codeFaults(source),
    ...lockFaults(source),
    ...leftovers(source),
  ].map((fault) => `${source.path}: ${fault}`);
}

const isCode = (path: string) => path.endsWith(".ts");

function shapeFaults({ path, text }: Source): string[] {
  const faults: string[] = [];
  const name = path.split("/").at(-1) ?? "";
  if (["package.json", "package-lock.json", "jsr.json"].includes(name)) {
    faults.push("Deno reads deno.json alone");
  }
  if (!isCode(path)) return faults;
  if (!/^[a-z0-9_]+(\.d)?\.ts$/.test(name)) faults.push("files are named in snake_case");
  const lines = text.split("\n").length - 1;
  if (lines > LONGEST && !name.endsWith("_test.ts") && !name.endsWith(".d.ts")) {
    faults.push(`${lines} lines, at most ${LONGEST}`);
  }
  return faults;
}

// Written in two halves, so that this file does not find itself.
const ALLOW_ALL = "--allow-" + "all";

function codeFaults({ path, text }: Source): string[] {
  const faults: string[] = [];
  if (text.includes(ALLOW_ALL) && !path.endsWith(".md")) faults.push(`${ALLOW_ALL} is never used`);
  if (/\bdeno\b[^\n]*["'\s]-A\b/.test(text) && !path.endsWith(".md")) {
    faults.push("Deno is never given all permissions");
  }
  if (!isCode(path)) return faults;
  if (/\bDeno\./.test(text) && path.startsWith("lib/") && !path.endsWith("_test.ts")) {
    faults.push("lib/ does not name Deno, not even in a comment");
  }
  if (/\b(from|import)\s*\(?\s*["'](https?|jsr):/.test(text)) {
    faults.push("imports are relative, npm: or node:");
  }
  return faults;
}

function lockFaults({ path, text }: Source): string[] {
  if (path !== "deno.lock") return [];
  const lock = JSON.parse(text) as { specifiers?: Record<string, string> };
  const foreign = Object.keys(lock.specifiers ?? {}).filter((name) => !name.startsWith("npm:"));
  const sections = ["jsr", "remote", "redirects"].filter((name) => name in lock);
  return [...foreign, ...sections].map((name) => `${name}: only npm packages are locked`);
}

const LEFTOVER = new RegExp("\\b(" + ["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|") + ")\\b");

function leftovers({ path, text }: Source): string[] {
  const faults: string[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (LEFTOVER.test(line)) {
      faults.push(`line ${i + 1}: unfinished work is an issue, not a comment`);
    }
    if (line.startsWith("<<<<<<< ")) faults.push(`line ${i + 1}: a conflict marker`);
  }
  if (text.includes(`${Deno.cwd()}/`) && !path.startsWith("tests/vectors/")) {
    faults.push("names the folder of this very clone");
  }
  return faults;
}
