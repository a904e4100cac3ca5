/**
 * What `deno compile` embeds, looked at with a stand-in for its runtime (DENORT_BIN=/bin/true).
 * This proves what is inside, not that it runs: scripts/compile asks the real result itself.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { permissionFlags } from "../../scripts/permission_list.ts";
import { DENO, run, Scratch } from "../kit/clone.ts";

const REPOSITORY = decodeURI(new URL("../../", import.meta.url).pathname);

/** The part of the embedded description that is looked at. */
interface Description {
  argv: string[];
  "entrypoint_key": string;
  permissions: Record<string, string[] | boolean | null>;
  "unstable_config": { features: string[] };
}

/** What the ELF note `.note.sui` holds. */
interface Embedded {
  description: Description;
  /** Names of the embedded files. */
  files: string[];
  /** All of it as text. */
  text: string;
}

const MAGIC = "d3n0l4nd";

/** Reads the note: the magic, then parts that each follow their length (64 bits, little-endian). */
function embeddedIn(executable: Uint8Array): Embedded {
  const text = new TextDecoder("latin1").decode(executable);
  const start = text.lastIndexOf(MAGIC + MAGIC) + 2 * MAGIC.length;
  assert(start > 2 * MAGIC.length, "no note");
  const view = new DataView(executable.buffer, executable.byteOffset);
  const partAt = (at: number) => text.slice(at + 8, at + 8 + Number(view.getBigUint64(at, true)));
  const tree = text.indexOf('[{"', start + 8 + partAt(start).length) - 8;
  return {
    description: JSON.parse(partAt(start)) as Description,
    files: [...partAt(tree).matchAll(/"n":"([^"]*)"/g)].map(([, name = ""]) => name),
    text: text.slice(start),
  };
}

/** The list of flags that a description's permissions came from. */
function flagsOf(permissions: Description["permissions"]): string[] {
  const flags = permissions["prompt"] === false ? ["--no-prompt"] : [];
  for (const [key, value] of Object.entries(permissions)) {
    // `allow_import` is Deno's default list; `--no-remote` and the missing loader make it void.
    if (!Array.isArray(value) || key === "allow_import") continue;
    const flag = `--${key.replace("_", "-")}`;
    flags.push(value.length === 0 ? flag : `${flag}=${value.join(",")}`);
  }
  return flags;
}

async function compile(output: string, runtime: string) {
  return await run([`${REPOSITORY}scripts/compile`, "--output", output], {
    env: { ...Deno.env.toObject(), DENORT_BIN: runtime },
  });
}

const alphabetically = (a: string, b: string) => a < b ? -1 : 1;

Deno.test("scripts/compile embeds one bundle, the exact permissions, no test, no folder of ours", async () => {
  using scratch = new Scratch();
  const { code, stderr } = await compile(scratch.at("rptp"), "/bin/true");
  assertEquals(code, 0, stderr);
  const { description, files, text } = embeddedIn(Deno.readFileSync(scratch.at("rptp")));
  assertEquals(files.length, 1);
  assertEquals(description["entrypoint_key"], files[0]);
  assertEquals(description.argv, []);
  assertEquals(
    flagsOf(description.permissions).sort(alphabetically),
    permissionFlags(REPOSITORY).sort(alphabetically),
  );
  const config = JSON.parse(Deno.readTextFileSync(`${REPOSITORY}deno.json`)) as Config;
  assertEquals(description["unstable_config"].features, config.unstable);
  for (const foreign of ["_test.ts", "Deno.test(", REPOSITORY.slice(0, -1), scratch.path]) {
    assert(!text.includes(foreign), foreign);
  }
});

interface Config {
  unstable: string[];
}

Deno.test("scripts/compile refuses a whole Deno in place of its runtime", async () => {
  using scratch = new Scratch();
  const { code, stderr } = await compile(scratch.at("rptp"), DENO);
  assertEquals(code, 69);
  assert(stderr.includes("does not say that it is rptp"), stderr);
});

Deno.test("scripts/permissions holds no flag that grants everything or starts programs", () => {
  const flags = permissionFlags(REPOSITORY);
  assert(flags.includes("--no-prompt"));
  for (const flag of flags) assert(/^--(no-prompt|allow-[a-z]+(=[\w,]+)?)$/.test(flag), flag);
  for (const flag of flags) assert(!/^--allow-(run|all|import)/.test(flag), flag);
  for (const scoped of ["sys", "env"]) assert(!flags.includes(`--allow-${scoped}`), scoped);
});
