/**
 * Copies of the repository as a person has them after `git clone`, and machines that lack things.
 * @module
 */
import { collect } from "../../scripts/house.ts";

const ROOT = decodeURI(new URL("../../", import.meta.url).pathname);
const decoder = new TextDecoder();

/** The version of Deno that the launcher pins. */
export const PINNED = Deno.readTextFileSync(`${ROOT}scripts/find_deno.sh`)
  .match(/^version=(.+)$/m)?.[1] ?? "";

/** The pinned Deno itself: these tests run in it. */
export const DENO = Deno.execPath();

/** What a run program left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** What to run, and where. */
export interface RunOptions {
  /** The whole environment; nothing is inherited. */
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs a program to its end. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const [program = "", ...args] = argv;
  const command = new Deno.Command(program, {
    args,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A folder that is gone after the test. */
export class Scratch implements Disposable {
  /** Its path, without a slash at the end. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "rptp test " });

  /** A path inside it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Makes a folder inside it. */
  folder(name: string): string {
    Deno.mkdirSync(this.at(name), { recursive: true });
    return this.at(name);
  }

  /** Writes an executable shell script inside it. */
  script(name: string, text: string): string {
    Deno.writeTextFileSync(this.at(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return this.at(name);
  }

  /** Removes it with everything inside. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** The product's files, as `git clone` leaves them, in the new folder `to`: no Deno, no cache. */
export function cloneInto(to: string): void {
  const parts = ["rptp", "main.ts", "deno.json", "deno.lock", "scripts/", "lib/", "ffi/", "cli/"];
  for (const file of collect(ROOT.slice(0, -1))) {
    const name = file.slice(ROOT.length);
    if (!parts.some((part) => part.endsWith("/") ? name.startsWith(part) : name === part)) continue;
    Deno.mkdirSync(`${to}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.copyFileSync(file, `${to}/${name}`);
  }
}

/** Puts this repository's npm packages into the clone, so that its first start needs no network. */
export function givePackages(clone: string): void {
  copyFolder(`${ROOT}.deno/cache/npm`, `${clone}/.deno/cache/npm`);
}

/** Puts the pinned Deno into the clone. */
export function giveDeno(clone: string): void {
  Deno.mkdirSync(`${clone}/.deno/${PINNED}`, { recursive: true });
  placeDeno(`${clone}/.deno/${PINNED}/deno`);
}

/** The pinned Deno under another name: a hard link where that works, else a copy. */
export function placeDeno(at: string): void {
  try {
    Deno.linkSync(DENO, at);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied) && !isCrossDevice(error)) throw error;
    Deno.copyFileSync(DENO, at);
  }
}

function isCrossDevice(error: unknown): boolean {
  return error instanceof Error && /cross-device|os error 18/i.test(error.message);
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isDirectory) copyFolder(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else if (entry.isFile) Deno.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

/** What every Linux system has and the launcher may use. */
const BASICS = [
  "cat chmod cp flock id ln ls mkdir mv readlink rm sh sha256sum sleep stat touch uname",
  "dirname env grep sed",
].join(" ").split(" ");

/** A folder to be the whole PATH of a machine that has the basics and `programs`. */
export function machineWith(scratch: Scratch, name: string, programs: readonly string[]): string {
  const folder = scratch.folder(name);
  for (const program of [...BASICS, ...programs]) {
    const real = which(program);
    if (real !== undefined) Deno.symlinkSync(real, `${folder}/${program}`);
  }
  return folder;
}

/** Where this machine has `program`; the system's own goes before a version manager's shim. */
export function which(program: string): string | undefined {
  for (const folder of `/usr/bin:/bin:${Deno.env.get("PATH") ?? ""}`.split(":")) {
    try {
      if (folder !== "" && Deno.statSync(`${folder}/${program}`).isFile) {
        return `${folder}/${program}`;
      }
    } catch (error) {
      // A folder of PATH may belong to somebody else.
      const isAbsent = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.PermissionDenied;
      if (!isAbsent) throw error;
    }
  }
  return undefined;
}

/** True where `path` is there. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
