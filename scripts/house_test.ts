import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { faultsOf, missingImports } from "./house.ts";

const count = (path: string, text: string) => faultsOf({ path, text }).length;

Deno.test("faultsOf() limits source files to 500 lines, tests excepted", () => {
  const lines = (n: number) => "a;\n".repeat(n);
  assertEquals(count("lib/a.ts", lines(500)), 0);
  assertEquals(count("lib/a.ts", lines(501)), 1);
  assertEquals(count("lib/a_test.ts", lines(501)), 0);
});

Deno.test("faultsOf() finds Deno named in lib/, even in a comment, but not in its tests", () => {
  const comment = "// as Deno.env has it";
  const paths = ["lib/a.ts", "lib/a_test.ts", "cli/a.ts"];
  assertEquals(paths.map((path) => count(path, comment)), [1, 0, 0]);
});

Deno.test("faultsOf() finds all permissions granted to Deno, but not tcpdump -A", () => {
  assertEquals(count("scripts/x", "deno run -" + "A main.ts"), 1);
  assertEquals(count("scripts/x.ts", 'x("deno", "run", "-' + 'A");'), 1);
  assertEquals(count("scripts/x", "--allow-" + "all"), 1);
  assertEquals(count("cli/tcpdump.ts", 'flag("-A");'), 0);
});

Deno.test("faultsOf() accepts a lock file of npm packages alone", () => {
  const lock = (value: unknown) => count("deno.lock", JSON.stringify(value));
  assertEquals(lock({ version: "5", specifiers: { "npm:a@1": "1" }, npm: {} }), 0);
  assertEquals(lock({ version: "5", specifiers: { "jsr:@a/b@1": "1" }, jsr: {} }), 2);
  assertEquals(lock({ version: "5", remote: {} }), 1);
});

Deno.test("faultsOf() finds imports from the web, package.json and unfinished work", () => {
  assertEquals(count("cli/a.ts", 'import "https' + '://x/y.ts";'), 1);
  assertEquals(count("package.json", "{}"), 1);
  assertEquals(count("README.md", "TO" + "DO later"), 1);
  assertEquals(count("cli/someName.ts", ""), 1);
});

Deno.test("missingImports() finds what is imported but not there, lazily or not", () => {
  const files = new Set(["cli/root.ts", "cli/ptp/gm.ts", "lib/base/time.ts"]);
  const faults = (text: string, path = "cli/root.ts") => missingImports({ path, text }, files);
  for (const file of ["./ptp/gm.ts", "../lib/base/time.ts"]) {
    assertEquals(faults(`import { a } from "${file}"; const b = () => import("${file}");`), []);
  }
  for (const file of ["./ptp/gone.ts", "./gm.ts", "../lib/base/Time.ts"]) {
    const fault = `cli/root.ts: imports ${file}, which is not there`;
    assertEquals(faults(`const b = () =>\n  import(\n    "${file}"\n  );`), [fault]);
    assertEquals(faults(`import type { A } from "${file}";`), [fault]);
    assertEquals(faults(`import "${file}";`), [fault]);
    assertEquals(faults(`export { a } from "${file}";`), [fault]);
    assertEquals(faults(`import "${file}";`, "cli/root_test.ts"), []);
  }
});
