/**
 * Getting Deno with the real npm, from a registry on loopback that has just this one package.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { tarEntry } from "../../scripts/portable.ts";
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

const CPU = Deno.build.arch === "x86_64" ? "x64" : "arm64";
const NAME = `@deno/linux-${CPU}-glibc`;
const MANIFEST = { name: NAME, version: PINNED, os: ["linux"], cpu: [CPU] };

/** The package as npm packs it, with install scripts that leave a trace where they run. */
async function packageWith(file: string, trace: string): Promise<Uint8Array<ArrayBuffer>> {
  const scripts = { preinstall: `touch '${trace}'`, postinstall: `touch '${trace}'` };
  const manifest = new TextEncoder().encode(JSON.stringify({ ...MANIFEST, scripts }));
  const tar = new Blob([
    ...tarEntry("package/package.json", manifest, 0o644),
    ...tarEntry("package/deno", await Deno.readFile(file), 0o755),
    new Uint8Array(1024),
  ]);
  const gzip = tar.stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(gzip).arrayBuffer());
}

/** An npm registry that knows this one package. */
function registry(tarball: Uint8Array<ArrayBuffer>): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    if (url.pathname.endsWith(".tgz")) return new Response(tarball);
    if (decodeURIComponent(url.pathname) !== `/${NAME}`) return new Response("", { status: 404 });
    const dist = { tarball: `${url.origin}/deno.tgz` };
    const versions = { [PINNED]: { ...MANIFEST, hasInstallScript: true, dist } };
    return Response.json({ name: NAME, "dist-tags": { latest: PINNED }, versions });
  });
}

const needs = { commands: ["npm", "node"] };

testNeeding("./rptp installs Deno with npm and runs none of its scripts", needs, async () => {
  using scratch = new Scratch();
  const clone = scratch.folder("clone");
  cloneInto(clone);
  givePackages(clone);
  await using server = registry(await packageWith(DENO, scratch.at("trace")));
  // The registry stands in the machine's npmrc alone, as where everybody shares a mirror.
  const prefix = scratch.folder("prefix");
  Deno.mkdirSync(`${prefix}/etc`);
  Deno.writeTextFileSync(
    `${prefix}/etc/npmrc`,
    `registry=http://127.0.0.1:${server.addr.port}/\n`,
  );
  const env = {
    PATH: machineWith(scratch, "bin", ["npm", "node"]),
    HOME: scratch.folder("home"),
    PREFIX: prefix,
  };
  const first = await run([`${clone}/rptp`, "--version"], { env });
  assertEquals(first.code, 0, first.stderr);
  assertEquals([...Deno.readDirSync(`${clone}/.deno/${PINNED}`)].map((e) => e.name), ["deno"]);
  const bare = machineWith(scratch, "bare", []);
  assertEquals((await run([`${clone}/rptp`, "--version"], { env: { PATH: bare } })).code, 0);
  assert(!exists(scratch.at("trace")));
  assertEquals([...Deno.readDirSync(scratch.at("home"))], []);
});
