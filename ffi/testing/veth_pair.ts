/**
 * A veth pair between two network namespaces, for tests of links over a real interface.
 * @module
 */
import type { PacketBatch } from "../../lib/base/batch.ts";
import { instant } from "../../lib/base/time.ts";
import type { Link } from "../../lib/base/link.ts";
import { inNamespace } from "../namespace.ts";
import type { Pollable } from "../pollable.ts";
import { rawNow } from "../raw_clock.ts";
import { BlockingReactor } from "../reactor.ts";

/** What a test that opens one needs. */
export const NEEDS_VETH = { root: true, netns: true, commands: ["ip"] };

/** An open pair. */
export interface Pair {
  /** Runs `open` at the end with address 10.77.0.1 (interface `va`) or 10.77.0.2 (`vb`). */
  at<T>(end: "a" | "b", open: () => T): T;
  ip(...args: string[]): void;
  tc(...args: string[]): boolean;
  name(end: "a" | "b"): string;
}

function run(command: string, args: string[]): boolean {
  const output = new Deno.Command(command, { args, stdin: "null" }).outputSync();
  return output.success;
}

function must(args: string[]): void {
  const output = new Deno.Command("ip", { args, stdin: "null" }).outputSync();
  if (!output.success) {
    throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(output.stderr)}`);
  }
}

let made = 0;

/** Gives `act` a fresh pair and removes it. */
export async function withPair(act: (pair: Pair) => void | Promise<void>): Promise<void> {
  const stem = `rptp-ffi-${Deno.pid}-${++made}`;
  const name = (end: "a" | "b") => `${stem}-${end}`;
  try {
    for (const end of ["a", "b"] as const) must(["netns", "add", name(end)]);
    const [a, b] = [name("a"), name("b")];
    must(["-n", a, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", b]);
    for (const [end, host] of [["a", 1], ["b", 2]] as const) {
      const add = ["-n", name(end), "addr", "add", "dev", `v${end}`];
      must([...add, `10.77.0.${host}/24`]);
      must([...add, `fd77::${host}/64`, "nodad"]);
      must(["-n", name(end), "link", "set", `v${end}`, "addrgenmode", "none"]);
      must(["-n", name(end), "link", "set", `v${end}`, "up"]);
    }
    await act({
      name,
      at: (end, open) => inNamespace(`/run/netns/${name(end)}`, open),
      ip: (...args) => must(args),
      tc: (...args) => run("tc", args),
    });
  } finally {
    for (const end of ["a", "b"] as const) run("ip", ["netns", "del", name(end)]);
  }
}

/** Reads `link` until `isEnough`, or for two seconds. */
export function gather(
  link: Link & Pollable,
  into: PacketBatch,
  isEnough: () => boolean,
): void {
  const reactor = new BlockingReactor([link]);
  const end = instant(rawNow() + 2e9);
  while (!isEnough() && rawNow() < end) {
    if (link.receive(into) === 0) reactor.wait(end, false);
  }
  reactor.close();
}
