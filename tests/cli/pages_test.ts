/** The reference manual against the command tree: docs/commands. */
import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { leaves } from "../../cli/kit/tree.ts";
import { root } from "../../cli/root.ts";

const FOLDER = new URL("../../docs/commands/", import.meta.url);
/** Commands named in the index with the page they have: `ptp bc` and `ptp-bc.md`. */
const rows = [
  ...Deno.readTextFileSync(new URL("README.md", FOLDER))
    .matchAll(/^\| \[rptp ([a-z0-9 ]+)\]\(([a-z0-9-]+\.md)\) \| \S/gm),
]
  .map(([, command = "", page = ""]) => ({ command, page }));

/** All names of each command, the full one first. */
const commands = [...leaves(root)].filter(({ leaf }) =>
  leaf.aliasOf === undefined && leaf.isHidden !== true
).map(({ path }) => {
  const full = path.join(" ");
  const short = [...leaves(root)].filter(({ leaf }) => leaf.aliasOf?.join(" ") === full);
  return [full, ...short.map((one) => one.path.join(" "))];
});

Deno.test("docs/commands: every command of the tree has a page, and a line in the index", () => {
  const missing = commands.filter((names) => !rows.some((row) => names.includes(row.command)));
  assertEquals(missing, []);
});

Deno.test("docs/commands: every line of the index is a command, and its page begins with its name", () => {
  ok(rows.length >= commands.length);
  for (const { command, page } of rows) {
    ok(commands.some((names) => names.includes(command)), `rptp ${command} is no command`);
    match(Deno.readTextFileSync(new URL(page, FOLDER)), new RegExp(`^# rptp ${command}\\b`));
  }
});

Deno.test("docs/commands: every page is linked from the index", () => {
  const index = Deno.readTextFileSync(new URL("README.md", FOLDER));
  const pages = [...Deno.readDirSync(FOLDER)].map((entry) => entry.name);
  assertEquals(pages.filter((p) => p !== "README.md" && !index.includes(`(${p})`)), []);
});
