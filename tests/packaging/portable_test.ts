/**
 * The portable executable: built once, run on machines of all kinds.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { root } from "../../cli/root.ts";
import { leaves } from "../../cli/kit/tree.ts";
import { type Ended, exists, run, Scratch } from "../kit/clone.ts";
import { testNeeding } from "../kit/need.ts";

const REPOSITORY = decodeURI(new URL("../../", import.meta.url).pathname);

const built = new Scratch();
const portable = built.at("rptp-portable");

Deno.test.beforeAll(async () => {
  const words = ["--portable", "--output", portable];
  const { code, stderr } = await run([`${REPOSITORY}scripts/compile`, ...words], {
    env: Deno.env.toObject(),
  });
  assertEquals(code, 0, stderr);
});

Deno.test.afterAll(() => built[Symbol.dispose]());

/** The folder's name that this very file unpacks into. */
function folderName(): string {
  const head = new TextDecoder().decode(Deno.readFileSync(portable).subarray(0, 8192));
  const key = head.match(/rptp-\$uid-([0-9a-f]{20})/)?.[1];
  assert(key !== undefined);
  return `rptp-${Deno.uid()}-${key}`;
}

function assertStarted(ended: Ended): void {
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertEquals(JSON.parse(ended.stdout).packaging, "portable");
}

const VERSION = ["--version", "--json"];
const PATH = "/usr/bin:/bin";

Deno.test("rptp-portable unpacks into XDG_CACHE_HOME, closed to others, and starts again", async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path, HOME: "/nonexistent" };
  assertStarted(await run([portable, ...VERSION], { env }));
  assertEquals([...Deno.readDirSync(scratch.path)].map((entry) => entry.name), [folderName()]);
  assertEquals(Deno.statSync(scratch.at(folderName())).mode! & 0o7777, 0o700);
  // The second start unpacks nothing: it has no program for that.
  assertStarted(await run([portable, ...VERSION], { env: { ...env, PATH: "/nonexistent" } }));
});

Deno.test("rptp-portable has every command inside", async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path };
  const paths = [...leaves(root)].map(({ path }) => path);
  assert(paths.length > 5);
  for (const path of paths) {
    const { code, stdout, stderr } = await run([portable, ...path, "--help"], { env });
    assertEquals([code, stderr], [0, ""], path.join(" "));
    assert(stdout.includes(path.at(-1) ?? ""), path.join(" "));
  }
});

Deno.test("rptp-portable passes arguments and exit codes on", async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path };
  const { code, stderr } = await run([portable, "no such  command"], { env });
  assertEquals(code, 2);
  assert(stderr.includes("no such  command"), stderr);
});

Deno.test("rptp-portable is started through PATH and through a symlink", async () => {
  using scratch = new Scratch();
  const env = { PATH: `${scratch.folder("bin")}:${PATH}`, XDG_CACHE_HOME: scratch.path };
  Deno.symlinkSync(portable, scratch.at("bin/rptp"));
  assertStarted(await run(["/bin/sh", "-c", "rptp --version --json"], { env }));
});

for (
  const [what, env] of [
    ["an empty environment", {}],
    ["a home that cannot be written to", { HOME: "/proc", PATH }],
    ["a home that does not exist and no cache folder", {
      HOME: "/no",
      XDG_CACHE_HOME: "/no",
      PATH,
    }],
    ["a relative XDG_CACHE_HOME", { XDG_CACHE_HOME: "cache", PATH }],
  ] as const
) {
  Deno.test(`rptp-portable works with ${what}`, async () => {
    const places = ["/var/tmp", "/dev/shm", "/tmp"].map((base) => `${base}/${folderName()}`);
    const before = places.filter(exists);
    assertStarted(await run([portable, ...VERSION], { env }));
    const made = places.filter(exists).filter((place) => !before.includes(place));
    for (const place of made) Deno.removeSync(place, { recursive: true });
    assertEquals(made.length + before.length > 0, true);
  });
}

Deno.test("rptp-portable started twice at once leaves one folder", async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path };
  const both = await Promise.all([1, 2].map(() => run([portable, ...VERSION], { env })));
  for (const ended of both) assertStarted(ended);
  assertEquals([...Deno.readDirSync(scratch.path)].map((entry) => entry.name), [folderName()]);
});

Deno.test("rptp-portable repairs a folder that was half deleted", async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path };
  assertStarted(await run([portable, ...VERSION], { env }));
  Deno.removeSync(scratch.at(`${folderName()}/deno`));
  assertStarted(await run([portable, ...VERSION], { env }));
});

Deno.test("rptp-portable exits 69 where it was cut short", async () => {
  using scratch = new Scratch();
  const cut = scratch.at("rptp");
  Deno.writeFileSync(cut, Deno.readFileSync(portable).subarray(0, 30_000_000), { mode: 0o755 });
  const { code, stderr } = await run([cut, ...VERSION], {
    env: { PATH, XDG_CACHE_HOME: scratch.folder("cache") },
  });
  assertEquals(code, 69);
  assert(stderr.includes("cannot unpack"), stderr);
  assertEquals([...Deno.readDirSync(scratch.at("cache"))], []);
});

testNeeding("rptp-portable does not run what another user left", { root: true }, async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.path };
  const folder = scratch.folder(folderName());
  scratch.script(`${folderName()}/deno`, "echo stolen");
  Deno.chownSync(folder, 65534, 65534);
  Deno.chownSync(`${folder}/deno`, 65534, 65534);
  assertStarted(await run([portable, ...VERSION], { env }));
  assertEquals(Deno.statSync(folder).uid, 0);
});

const mounts = { root: true, commands: ["unshare", "mount"] };

testNeeding("rptp-portable passes over folders that nothing is executed from", mounts, async () => {
  using scratch = new Scratch();
  const env = { PATH, XDG_CACHE_HOME: scratch.folder("noexec"), HOME: scratch.folder("home") };
  const mount = 'mount -t tmpfs -o noexec none "$XDG_CACHE_HOME" && exec "$@"';
  const words = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", mount, "sh", portable, ...VERSION];
  assertStarted(await run(words, { env }));
  assert(exists(scratch.at(`home/.cache/${folderName()}/deno`)));
});

Deno.test("rptp-portable names no folder of the machine it was built on", async () => {
  using scratch = new Scratch();
  await run([portable, ...VERSION], { env: { PATH, XDG_CACHE_HOME: scratch.path } });
  const program = Deno.readTextFileSync(scratch.at(`${folderName()}/rptp.js`));
  const head = new TextDecoder().decode(Deno.readFileSync(portable).subarray(0, 8192));
  for (const name of [REPOSITORY.slice(0, -1), built.path]) {
    assert(!program.includes(name) && !head.includes(name), name);
  }
  assert(!program.includes("_test.ts") && !program.includes("Deno.test("));
});
