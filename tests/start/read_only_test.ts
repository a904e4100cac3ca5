/**
 * Clones that cannot be written to.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import {
  cloneInto,
  DENO,
  exists,
  giveDeno,
  givePackages,
  machineWith,
  run,
  Scratch,
} from "../kit/clone.ts";
import { testNeeding } from "../kit/need.ts";

/** A command that runs the rest of its words with `folder` mounted read-only. */
function readOnly(folder: string): string[] {
  const set = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  return ["/usr/bin/unshare", "-rm", "/bin/sh", "-c", set, folder];
}

const needs = { commands: ["unshare", "mount"] };
const VERSION = ["--version", "--json"];

testNeeding("./rptp starts from a read-only clone with RPTP_DENO", needs, async () => {
  using scratch = new Scratch();
  const clone = scratch.folder("clone");
  cloneInto(clone);
  const caches = scratch.folder("caches");
  // The packages come from a cache folder filled before: no network in this test.
  const uid = 0; // `unshare -r` makes anybody root
  const cache = scratch.folder(`caches/rptp-${uid}-deno`);
  givePackages(clone);
  Deno.renameSync(`${clone}/.deno/cache/npm`, `${cache}/npm`);
  Deno.removeSync(`${clone}/.deno`, { recursive: true });
  const env = { PATH: "/usr/bin:/bin", RPTP_DENO: DENO, XDG_CACHE_HOME: caches };
  for (let i = 0; i < 2; i++) {
    const { code, stderr } = await run([...readOnly(clone), `${clone}/rptp`, ...VERSION], { env });
    assertEquals([code, stderr], [0, ""]);
  }
  assert(exists(`${cache}/filled`));
  assert(!exists(`${clone}/.deno`));
});

testNeeding("./rptp starts from a read-only clone that has started before", needs, async () => {
  using scratch = new Scratch();
  const clone = scratch.folder("clone");
  cloneInto(clone);
  givePackages(clone);
  giveDeno(clone);
  const env = { PATH: machineWith(scratch, "bin", []) };
  assertEquals((await run([`${clone}/rptp`, ...VERSION], { env })).code, 0);
  const ended = await run([...readOnly(clone), `${clone}/rptp`, ...VERSION], {
    env: { PATH: "/usr/bin:/bin" },
  });
  assertEquals([ended.code, ended.stderr], [0, ""]);
});

testNeeding("./rptp says that a read-only clone needs RPTP_DENO", needs, async () => {
  using scratch = new Scratch();
  const clone = scratch.folder("clone");
  cloneInto(clone);
  const env = { PATH: machineWith(scratch, "bin", ["mount"]) };
  const { code, stderr } = await run([...readOnly(clone), `${clone}/rptp`, ...VERSION], { env });
  assertEquals(code, 69);
  assert(stderr.includes("cannot be written to") && stderr.includes("RPTP_DENO="), stderr);
});

Deno.test("./rptp exits 69 where RPTP_DENO names nothing", async () => {
  using scratch = new Scratch();
  cloneInto(scratch.folder("clone"));
  const env = { PATH: machineWith(scratch, "bin", []), RPTP_DENO: "/no/such/deno" };
  const { code, stderr } = await run([scratch.at("clone/rptp"), ...VERSION], { env });
  assertEquals([code, stderr], [69, "rptp: RPTP_DENO=/no/such/deno is not an executable file\n"]);
});
