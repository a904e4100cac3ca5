import { deepStrictEqual as assertEquals } from "node:assert/strict";
import plugin from "./lint_plugin.ts";

const ROOT = new URL("../", import.meta.url).pathname;

function findings(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + path, source).map((d) => d.id.replace("rptp/", ""));
}

Deno.test("import-table keeps the protocols apart and lib/ away from ffi/ and cli/", () => {
  const cases: [string, string, number][] = [
    ["lib/ptp/port.ts", "../base/time.ts", 0],
    ["lib/ptp/port.ts", "./wire/header.ts", 0],
    ["lib/ptp/port.ts", "../srt/seq.ts", 1],
    ["lib/ptp/port.ts", "../../ffi/udp.ts", 1],
    ["lib/base/drive.ts", "../ptp/port.ts", 1],
    ["lib/link/tap.ts", "../capture/pcap.ts", 0],
    ["lib/link/tap.ts", "../capture/pcapng.ts", 1],
    ["lib/dissect/ptp.ts", "../ptp/wire/header.ts", 0],
    ["lib/dissect/ptp.ts", "../ptp/port.ts", 1],
    ["lib/ptp/port_test.ts", "../sim/network.ts", 0],
    ["ffi/udp.ts", "../lib/base/link.ts", 0],
    ["ffi/udp.ts", "../lib/ptp/port.ts", 1],
    ["ffi/api/srt_socket.ts", "../../lib/srt/endpoint.ts", 0],
    ["cli/ptp/gm.ts", "../../ffi/udp.ts", 1],
    ["cli/ptp/wiring.ts", "../../ffi/udp.ts", 0],
    ["cli/ptp/gm.ts", "../srt/send.ts", 1],
    ["cli/ptp/gm.ts", "../../tests/kit/need.ts", 1],
  ];
  for (const [from, to, expected] of cases) {
    const forms = [
      `import "${to}";`,
      `import("${to}");`,
      `export { a } from "${to}";`,
      `type A = import("${to}").A;`,
    ];
    for (const form of forms) {
      assertEquals(findings(from, form).length, expected, `${from}: ${form}`);
    }
  }
});

Deno.test("import-table reports packages in lib/, computed import() and barrels", () => {
  assertEquals(findings("lib/base/a.ts", 'import "node:fs";'), ["import-table"]);
  assertEquals(findings("lib/base/a.ts", 'import "fast-check";'), ["import-table"]);
  assertEquals(findings("lib/base/a_test.ts", 'import "node:assert/strict";'), []);
  assertEquals(findings("cli/root.ts", "const a = 'x'; import(a);"), ["import-table"]);
  assertEquals(findings("cli/root.ts", 'export * from "./a.ts";'), ["import-table"]);
});

Deno.test("pure-lib reports clocks and random numbers in lib/ alone", () => {
  const impure = [
    "Date.now();",
    "new Date();",
    "Date();",
    "Math.random();",
    "performance.now();",
    'Math["random"]();',
    "Math[name]();",
    "const { random } = Math;",
    "const D = Date;",
    "f(Math);",
    "async function f() {}",
    "const f = async () => {};",
  ];
  for (const source of impure) {
    assertEquals(findings("lib/base/a.ts", source), ["pure-lib"], source);
    assertEquals(findings("cli/a.ts", source), [], source);
    assertEquals(findings("lib/base/a_test.ts", source), [], source);
  }
  const pure = "new Date(5); Math.floor(1); Date.UTC(2020, 1); a.Date; ({ Math: 1 }); let d: Date;";
  assertEquals(findings("lib/base/a.ts", pure), []);
});

Deno.test("sort-comparator reports sort() and toSorted() without an argument everywhere", () => {
  for (const source of ["[2, 1].sort();", '[2, 1]["sort"]();', "[2, 1].sort(undefined);"]) {
    assertEquals(findings("cli/a.ts", source), ["sort-comparator"], source);
  }
  assertEquals(findings("lib/base/a_test.ts", "[2, 1].toSorted();"), ["sort-comparator"]);
  assertEquals(findings("cli/a.ts", "[2, 1].sort((a, b) => a - b);"), []);
});

Deno.test("quiet-hot-path reports throw and await in receive, expire and transmit", () => {
  const method = (name: string, body: string) => `class A { ${name} { ${body} } }`;
  const of = (source: string) => findings("lib/base/a.ts", source);
  assertEquals(of(method("receive()", "throw 1;")), ["quiet-hot-path"]);
  assertEquals(of(method("async transmit()", "await 1;")), [
    "pure-lib",
    "quiet-hot-path",
    "quiet-hot-path",
  ]);
  assertEquals(of(method("open()", "throw 1;")), []);
  assertEquals(of(method("expire()", "const f = () => { throw 1; }; f();")), []);
  assertEquals(findings("ffi/udp.ts", method("receive()", "throw 1;")), []);
});

Deno.test("foreign-functions keeps libraries in ffi/ and addresses in its arena", () => {
  const counts = (source: string, ...paths: string[]) =>
    paths.map((path) => findings(path, source).length);
  const open = ['Deno.dlopen("a", {});', 'Deno["dlopen"]("a", {});', "const { dlopen } = Deno;"];
  for (const source of open) {
    assertEquals(counts(source, "ffi/libc.ts", "cli/a.ts", "tests/a_test.ts"), [0, 1, 1], source);
  }
  for (const source of ["Deno.UnsafePointer.of(a);", 'Deno.UnsafePointer["of"](a);']) {
    assertEquals(counts(source, "ffi/arena.ts", "ffi/udp.ts", "cli/a.ts"), [0, 1, 1], source);
  }
  for (const source of ["const { UnsafePointer: U } = Deno;", "const U = Deno.UnsafePointer;"]) {
    assertEquals(counts(source, "ffi/arena.ts", "ffi/udp.ts"), [1, 1], source);
  }
  assertEquals(counts("Deno.UnsafePointer.value(p); Array.of(1);", "ffi/udp.ts"), [0]);
});
