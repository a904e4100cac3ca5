/**
 * Who may import whom: the table of docs/architecture.md, as the lint plugin reads it.
 * @module
 */

/** What each part of lib/ may import besides itself; a name with a slash is one folder or file of it. */
const LIB: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ["base"],
  link: ["base", "capture/pcap"],
  sim: ["base", "link"],
  ptp: ["base"],
  srt: ["base"],
  tcpip: ["base", "wire"],
  capture: ["base", "wire"],
  dissect: ["base", "wire", "ptp/wire", "srt/wire"],
  control: ["base"],
};

/** Commands that must not know each other: a person who wants one does not load the other. */
const STRANGERS: readonly (readonly [string, string])[] = [["cli/ptp/", "cli/srt/"]];

/**
 * Why the file `from` may not import the file `to`, or `undefined` where it may. Both are paths
 * from the repository's root. Tests and scripts may import everything; nobody may import them.
 */
export function importFault(from: string, to: string): string | undefined {
  if (from.startsWith("tests/") || from.startsWith("scripts/") || from.endsWith("_test.ts")) {
    return undefined;
  }
  if (to.startsWith("tests/") || to.startsWith("scripts/") || to.endsWith("_test.ts")) {
    return "the product imports neither tests nor scripts";
  }
  if (from.startsWith("lib/")) return libFault(from, to);
  if (from.startsWith("ffi/")) return ffiFault(from, to);
  return cliFault(from, to);
}

function libFault(from: string, to: string): string | undefined {
  if (!to.startsWith("lib/")) return "lib/ imports only lib/";
  const part = from.split("/")[1] ?? "";
  const allowed = LIB[part];
  if (allowed === undefined) return `lib/${part} is not in the import table`;
  const inside = to.slice("lib/".length);
  const found = [part, ...allowed].some((name) =>
    inside.startsWith(`${name}/`) || inside === `${name}.ts`
  );
  const names = [part, ...allowed].map((name) => `lib/${name}`).join(", ");
  return found ? undefined : `lib/${part} imports only ${names}`;
}

function ffiFault(from: string, to: string): string | undefined {
  if (to.startsWith("ffi/") || to.startsWith("lib/base/")) return undefined;
  const isApi = from.startsWith("ffi/api/");
  if (isApi && (to.startsWith("lib/srt/") || to.startsWith("lib/tcpip/"))) return undefined;
  return "ffi/ imports only ffi/ and lib/base (ffi/api also lib/srt and lib/tcpip)";
}

function cliFault(from: string, to: string): string | undefined {
  if (to.startsWith("ffi/")) {
    return from.endsWith("/wiring.ts")
      ? undefined
      : "in cli/ only files named wiring.ts import ffi/";
  }
  for (const [a, b] of STRANGERS) {
    if ((from.startsWith(a) && to.startsWith(b)) || (from.startsWith(b) && to.startsWith(a))) {
      return `${a} and ${b} do not import each other`;
    }
  }
  return undefined;
}
