/**
 * Tests that need more than Deno: a program, root, network namespaces, a file.
 *
 * Where something is missing the test is registered as ignored and one line says so:
 * `skip: NAME: needs X`. With `RPTP_REQUIRE_ALL=1` it is registered as a test that fails instead.
 * Run with `--allow-run --allow-read --allow-env --allow-sys=uid`.
 * @module
 */

/** What a test cannot do without; leave out what it does not need. */
export interface Needs {
  /** User id 0 (also inside a user namespace). */
  root?: boolean;
  /** `ip netns add` works. */
  netns?: boolean;
  /** CLOCK_REALTIME may be set: CAP_SYS_TIME outside any user namespace. */
  systemClock?: boolean;
  /** Programs on PATH. */
  commands?: readonly string[];
  /** Paths that exist, relative to the repository or absolute. */
  files?: readonly string[];
}

/** The body of a test, as `Deno.test` takes it. */
export type TestBody = (t: Deno.TestContext) => void | Promise<void>;

/** Registers `body` as the test `name` where everything in `needs` is there. */
export function testNeeding(name: string, needs: Needs, body: TestBody): void {
  const missing = missingOf(needs);
  if (missing.length === 0) {
    Deno.test(name, body);
    return;
  }
  const line = `skip: ${name}: needs ${missing.join(", ")}`;
  if (Deno.env.get("RPTP_REQUIRE_ALL") === "1") {
    Deno.test(name, () => {
      throw new Error(`${line} (RPTP_REQUIRE_ALL=1)`);
    });
    return;
  }
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
  Deno.test.ignore(name, body);
}

/** What of `needs` this machine lacks, in words; empty where nothing is missing. */
export function missingOf(needs: Needs): string[] {
  const missing: string[] = [];
  if (needs.root === true && Deno.uid() !== 0) missing.push("root");
  for (const command of needs.commands ?? []) {
    if (!hasCommand(command)) missing.push(command);
  }
  if (needs.netns === true && !hasNamespaces()) missing.push("network namespaces (ip netns add)");
  if (needs.systemClock === true && !maySetClock()) missing.push("CAP_SYS_TIME");
  for (const file of needs.files ?? []) {
    if (!exists(new URL(file, REPOSITORY))) missing.push(file);
  }
  return missing;
}

const REPOSITORY = new URL("../../", import.meta.url);

/** True where PATH (or the superuser's folders, which Debian keeps out of a user's PATH) has it. */
export function hasCommand(command: string): boolean {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`;
  return path.split(":").some((folder) => folder !== "" && exists(`${folder}/${command}`));
}

let namespaces: boolean | undefined;

function hasNamespaces(): boolean {
  if (namespaces === undefined) {
    const name = `rptp-probe-${Deno.pid}`;
    namespaces = succeeds("ip", ["netns", "add", name]);
    if (namespaces) succeeds("ip", ["netns", "del", name]);
  }
  return namespaces;
}

const CAP_SYS_TIME = 25n;

function maySetClock(): boolean {
  const args = ["/proc/self/status", "/proc/self/uid_map"];
  const output = new Deno.Command("cat", { args, stdin: "null", stderr: "null" }).outputSync();
  const text = new TextDecoder().decode(output.stdout);
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(text)?.[1] ?? "0";
  const isInitialNamespace = /^\s*0\s+0\s+4294967295/m.test(text);
  return isInitialNamespace && (BigInt(`0x${effective}`) >> CAP_SYS_TIME & 1n) === 1n;
}

function succeeds(command: string, args: string[]): boolean {
  if (!hasCommand(command)) return false;
  const options: Deno.CommandOptions = { args, stdin: "null", stdout: "null", stderr: "null" };
  return new Deno.Command(command, options).outputSync().success;
}

/** False for what is not there, and for what lies in a folder that this user may not look into. */
function exists(path: string | URL): boolean {
  const { NotADirectory, NotFound, PermissionDenied } = Deno.errors;
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    const isAbsent = error instanceof NotFound || error instanceof NotADirectory ||
      error instanceof PermissionDenied;
    if (isAbsent) return false;
    throw error;
  }
}
