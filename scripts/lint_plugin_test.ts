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
    for (const form of [`import "${to}";`, `import("${to}");`, `export { a } from "${to}";`]) {
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
  const impure = ["Date.now();", "new Date();", "Date();", "Math.random();", "performance.now();"];
  for (const source of impure) {
    assertEquals(findings("lib/base/a.ts", source), ["pure-lib"], source);
    assertEquals(findings("cli/a.ts", source), [], source);
    assertEquals(findings("lib/base/a_test.ts", source), [], source);
  }
  assertEquals(findings("lib/base/a.ts", "new Date(5); Math.floor(1); Date.UTC(2020, 1);"), []);
});

Deno.test("sort-comparator reports sort() and toSorted() without an argument everywhere", () => {
  assertEquals(findings("cli/a.ts", "[2, 1].sort();"), ["sort-comparator"]);
  assertEquals(findings("lib/base/a_test.ts", "[2, 1].toSorted();"), ["sort-comparator"]);
  assertEquals(findings("cli/a.ts", "[2, 1].sort((a, b) => a - b);"), []);
});

Deno.test("quiet-hot-path reports throw and await in receive, expire and transmit", () => {
  const method = (name: string, body: string) => `class A { ${name} { ${body} } }`;
  const of = (source: string) => findings("lib/base/a.ts", source);
  assertEquals(of(method("receive()", "throw 1;")), ["quiet-hot-path"]);
  assertEquals(of(method("async transmit()", "await 1;")), ["quiet-hot-path", "quiet-hot-path"]);
  assertEquals(of(method("open()", "throw 1;")), []);
  assertEquals(of(method("expire()", "const f = () => { throw 1; }; f();")), []);
  assertEquals(findings("ffi/udp.ts", method("receive()", "throw 1;")), []);
});
