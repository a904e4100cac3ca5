/**
 * Getting Deno from the official archive: served from loopback, unpacked with each program that can.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import {
  cloneInto,
  DENO,
  exists,
  givePackages,
  machineWith,
  PINNED,
  run,
  Scratch,
} from "../kit/clone.ts";
import { testNeeding } from "../kit/need.ts";

/** Makes a zip archive that holds `file` as `deno`. */
const ZIP = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as archive:
    archive.write(sys.argv[2], "deno")
`;

/** Starts a clone on a machine with `programs`, which finds an archive holding `file` on loopback. */
async function startFromArchive(file: string, programs: readonly string[]) {
  using scratch = new Scratch();
  const clone = scratch.folder("clone");
  cloneInto(clone);
  givePackages(clone);
  const zip = scratch.at("deno.zip");
  assertEquals((await run(["/usr/bin/python3", "-c", ZIP, zip, file])).code, 0);
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      asked.push(new URL(request.url).pathname);
      return new Response((await Deno.open(zip)).readable);
    },
  );
  const env = {
    PATH: machineWith(scratch, "bin", programs),
    RPTP_DENO_URL: `http://127.0.0.1:${server.addr.port}/mirror`,
  };
  const ended = await run([`${clone}/rptp`, "--version", "--json"], { env });
  return { ...ended, asked, isInstalled: exists(`${clone}/.deno/${PINNED}/deno`) };
}

for (
  const [fetcher, unpacker] of [
    ["curl", "unzip"],
    ["wget", "bsdtar"],
    ["curl", "busybox"],
    ["curl", "python3"],
  ] as const
) {
  const name = `./rptp installs Deno with ${fetcher} and ${unpacker} from RPTP_DENO_URL`;
  testNeeding(name, { commands: [fetcher, unpacker, "python3"] }, async () => {
    const { code, stderr, asked, isInstalled } = await startFromArchive(DENO, [fetcher, unpacker]);
    assertEquals([code, isInstalled], [0, true], stderr);
    const cpu = Deno.build.arch;
    assertEquals(asked, [`/mirror/v${PINNED}/deno-${cpu}-unknown-linux-gnu.zip`]);
  });
}

const needs = { commands: ["curl", "unzip", "python3"] };

testNeeding("./rptp refuses an archive that holds another executable", needs, async () => {
  const { code, stderr, isInstalled } = await startFromArchive("/bin/true", ["curl", "unzip"]);
  assertEquals([code, isInstalled], [69, false]);
  assert(stderr.includes("SHA-256"), stderr);
});

testNeeding("./rptp names the programs that could unpack the archive", needs, async () => {
  const { code, stderr } = await startFromArchive("/bin/true", ["curl"]);
  assertEquals(code, 69);
  assert(stderr.includes("unzip, bsdtar, busybox, python3"), stderr);
});
