/**
 * The launcher on machines of all kinds: each test has a clone of its own and a PATH of its own.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import {
  cloneInto,
  DENO,
  type Ended,
  exists,
  giveDeno,
  givePackages,
  machineWith,
  PINNED,
  placeDeno,
  run,
  Scratch,
} from "../kit/clone.ts";
import { testNeeding } from "../kit/need.ts";

/**
 * Installs like npm does, beside the node_modules of the working directory, from the Deno that runs
 * this test; notes each call in $CALLS.
 */
const NPM = `
echo call >>"$CALLS"
while [ $# -gt 0 ]; do
  case $1 in @deno/*) package=\${1%@*} ;; esac
  shift
done
[ -d node_modules ] || exit 1
mkdir -p "node_modules/$package"
sleep "\${NPM_SECONDS:-0}"
cp "$REAL_DENO" "node_modules/$package/deno"`;

/** A machine whose npm works without network. */
function withNpm(scratch: Scratch): Record<string, string> {
  const PATH = machineWith(scratch, "bin", []);
  scratch.script("bin/npm", NPM);
  return { PATH, CALLS: scratch.at("calls"), REAL_DENO: DENO };
}

function freshClone(scratch: Scratch, name = "clone"): string {
  const clone = scratch.folder(name);
  cloneInto(clone);
  givePackages(clone);
  return clone;
}

function assertStarted(ended: Ended): void {
  assertEquals(ended.code, 0, ended.stderr);
  assertEquals(JSON.parse(ended.stdout).packaging, "source");
}

const VERSION = ["--version", "--json"];

Deno.test("./rptp uses a Deno of the right version on PATH in place", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const PATH = machineWith(scratch, "bin", []);
  placeDeno(`${PATH}/deno`);
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env: { PATH } }));
  assert(!exists(`${clone}/.deno/${PINNED}/deno`));
  const [path] = Deno.readTextFileSync(`${clone}/.deno/${PINNED}/path`).split("\n");
  assertEquals(path, Deno.realPathSync(`${PATH}/deno`));
});

Deno.test("./rptp notices that the Deno on PATH was replaced by another version", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = withNpm(scratch);
  placeDeno(scratch.at("bin/deno"));
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  Deno.removeSync(scratch.at("bin/deno"));
  scratch.script("bin/deno", "echo 'deno 2.9.7 (stable, release, x86_64-unknown-linux-gnu)'");
  const second = await run([`${clone}/rptp`, ...VERSION], { env });
  assertStarted(second);
  assert(second.stderr.includes(`not version ${PINNED}`), second.stderr);
  assertEquals(Deno.readTextFileSync(scratch.at("calls")), "call\n");
});

Deno.test("./rptp leaves a Deno of another version on PATH alone", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = withNpm(scratch);
  scratch.script("bin/deno", "echo 'deno 2.9.60 (stable, release, x86_64-unknown-linux-gnu)'");
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  assert(exists(`${clone}/.deno/${PINNED}/deno`));
});

Deno.test("./rptp exits 69 and says what to type where nothing is there to get Deno with", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const PATH = machineWith(scratch, "bin", []);
  const { code, stdout, stderr } = await run([`${clone}/rptp`, "demo"], { env: { PATH } });
  assertEquals([code, stdout], [69, ""]);
  for (const hint of ["deno.land/install.sh", "apt-get install npm", "RPTP_DENO="]) {
    assert(stderr.includes(hint), stderr);
  }
  assertEquals([...Deno.readDirSync(`${clone}/.deno`)].map((e) => e.name).filter(isRemnant), []);
});

const isRemnant = (name: string) => name.startsWith("tmp.");

Deno.test("./rptp refuses what npm brought if it is not the pinned executable", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = { ...withNpm(scratch), REAL_DENO: "/bin/true" };
  const { code, stderr } = await run([`${clone}/rptp`, ...VERSION], { env });
  assertEquals(code, 69);
  assert(stderr.includes("SHA-256"), stderr);
  assert(!exists(`${clone}/.deno/${PINNED}/deno`));
});

Deno.test("./rptp started twice at once installs once, and both starts work", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = { ...withNpm(scratch), NPM_SECONDS: "0.5" };
  const start = () => run([`${clone}/rptp`, ...VERSION], { env });
  const [a, b] = await Promise.all([start(), start()]);
  assertStarted(a);
  assertStarted(b);
  assertEquals(Deno.readTextFileSync(scratch.at("calls")), "call\n");
});

Deno.test("./rptp starts after a first start that was killed in the middle", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = withNpm(scratch);
  const killed = new Deno.Command(`${clone}/rptp`, {
    args: VERSION,
    clearEnv: true,
    env: { ...env, NPM_SECONDS: "30" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const isInside = () => exists(scratch.at("calls"));
  for (let i = 0; i < 1000 && !isInside(); i++) await new Promise((f) => setTimeout(f, 20));
  assert(isInside());
  killed.kill("SIGKILL");
  await killed.status;
  assert(!exists(`${clone}/.deno/${PINNED}/deno`));
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  assertEquals([...Deno.readDirSync(`${clone}/.deno`)].map((e) => e.name).filter(isRemnant), []);
});

Deno.test("./rptp works from a path with spaces, through symlinks, and from any folder", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch, "a clone  with spaces");
  giveDeno(clone);
  const env = { PATH: machineWith(scratch, "bin", []) };
  Deno.symlinkSync(`${clone}/rptp`, scratch.at("absolute"));
  Deno.symlinkSync("absolute", scratch.at("relative link"));
  Deno.symlinkSync(clone, scratch.at("folder"));
  for (const name of ["absolute", "relative link", "folder/rptp"]) {
    assertStarted(await run([scratch.at(name), ...VERSION], { env, cwd: "/" }));
    assertStarted(await run([`./${name}`, ...VERSION], { env, cwd: scratch.path }));
  }
  assertStarted(await run(["/bin/sh", "rptp", ...VERSION], { env, cwd: clone }));
});

Deno.test("./rptp hands arguments on as they are", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  giveDeno(clone);
  Deno.writeTextFileSync(`${clone}/main.ts`, "console.log(JSON.stringify(Deno.args));\n");
  const words = ["", "a b", "--allow-run", "*", "--", "\\n$(x)`y`"];
  const { stdout } = await run([`${clone}/rptp`, ...words], { env: {} });
  assertEquals(JSON.parse(stdout), words);
});

Deno.test("./rptp grants what scripts/permissions lists; starting programs is not on it", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  giveDeno(clone);
  Deno.writeTextFileSync(
    `${clone}/main.ts`,
    `const of = (name: Deno.PermissionName) => Deno.permissions.querySync({ name });
     const names = ["ffi", "net", "read", "write", "run", "sys", "env"] as const;
     const states = names.map((name) => of(name).state === "granted" ? "all" : "no");
     let attempt = "started";
     try { new Deno.Command("/bin/true").outputSync(); } catch (error) { attempt = (error as Error).name; }
     console.log(...states, Deno.env.get("TERM"), Deno.hostname() !== "", attempt);`,
  );
  const { stdout, stderr } = await run([`${clone}/rptp`], { env: { TERM: "dumb" } });
  assertEquals(stdout.trim(), "all all all all no no no dumb true NotCapable", stderr);
});

testNeeding("./rptp needs no network once it has started", { commands: ["unshare"] }, async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  const env = withNpm(scratch);
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  const help = await run(["/usr/bin/unshare", "-rn", `${clone}/rptp`, ...VERSION], {
    env: { PATH: machineWith(scratch, "bare", []) },
  });
  assertStarted(help);
});

Deno.test("./rptp brings the packages again after deno.lock changed", async () => {
  using scratch = new Scratch();
  const clone = freshClone(scratch);
  giveDeno(clone);
  const env = { PATH: machineWith(scratch, "bin", []) };
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  const filled = () => Deno.statSync(`${clone}/.deno/cache/filled`).mtime?.getTime();
  const before = filled();
  Deno.utimeSync(`${clone}/deno.lock`, 1_000_000_000, 1_000_000_000);
  assertStarted(await run([`${clone}/rptp`, ...VERSION], { env }));
  assert(filled() !== before);
  assertEquals(filled(), 1_000_000_000_000);
});
