/**
 * A system without glibc: a static busybox is all there is.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { cloneInto, run, Scratch, which } from "../kit/clone.ts";
import { testNeeding } from "../kit/need.ts";

/** True where the busybox of this machine runs without any library. */
function isStatic(busybox: string | undefined): boolean {
  if (busybox === undefined) return false;
  return !new TextDecoder("latin1").decode(Deno.readFileSync(busybox)).includes("/ld-linux");
}

const busybox = which("busybox");
const needs = { commands: ["unshare", isStatic(busybox) ? "busybox" : "busybox (static)"] };

testNeeding("./rptp says that Deno needs glibc where the system has musl", needs, async () => {
  using scratch = new Scratch();
  cloneInto(scratch.folder("clone"));
  scratch.folder("bin");
  Deno.copyFileSync(busybox ?? "", scratch.at("bin/busybox"));
  for (const name of ["sh", "mkdir", "uname", "rm", "cat", "flock"]) {
    Deno.symlinkSync("busybox", scratch.at(`bin/${name}`));
  }
  scratch.folder("dev");
  Deno.writeTextFileSync(scratch.at("dev/null"), "");
  scratch.folder("lib");
  Deno.writeTextFileSync(scratch.at(`lib/ld-musl-${Deno.build.arch}.so.1`), "");
  const words = [
    "/usr/bin/unshare",
    "-r",
    "chroot",
    scratch.path,
    "/bin/sh",
    "/clone/rptp",
    "demo",
  ];
  const { code, stdout, stderr } = await run(words, { env: { PATH: "/bin:/usr/bin:/usr/sbin" } });
  assertEquals([code, stdout], [69, ""], stderr);
  assert(stderr.includes("musl") && stderr.includes("glibc"), stderr);
});
