/**
 * The two ends of `rptp ptp phc2sys` as they are typed.
 * @module
 */
import { type ClockSpec, parseClockSpec } from "../../../lib/ptp/clock_spec.ts";
import type { LocalTimescale } from "../../../lib/ptp/options.ts";
import { interfaceName } from "../../kit/parse.ts";

/** A clock, or the interface whose hardware clock it is. */
export type EndSpec = ClockSpec | { readonly kind: "iface"; readonly name: string };

/** `system` (CLOCK_REALTIME), `phc:PATH` (a path), `virtual[:...]`, else an interface. */
export function endSpec(text: string): EndSpec {
  if (text === "CLOCK_REALTIME") return { kind: "system" };
  if (text.startsWith("/")) return { kind: "phc", path: text };
  if (text === "system" || /^(phc|virtual)(:|$)/.test(text)) {
    const spec = parseClockSpec(text === "phc" ? "phc:" : text);
    if (typeof spec === "string") throw new Error(spec);
    return spec;
  }
  try {
    return { kind: "iface", name: interfaceName(text) };
  } catch {
    throw new Error(
      "expected system, phc:/dev/ptpN, virtual[:...] or the name of a network interface",
    );
  }
}

/** Whether both are one and the same; two virtual clocks never are. */
export function isSame(a: ClockSpec, b: ClockSpec): boolean {
  if (a.kind === "phc" && b.kind === "phc") return a.path === b.path;
  return a.kind === "system" && b.kind === "system";
}

/** What a reading of the clock means; a virtual one is compared as it is. */
export function timescaleOfSpec(spec: ClockSpec): LocalTimescale {
  return spec.kind === "system" ? "utc" : spec.kind === "phc" ? "tai" : "arb";
}

/** The clock in words. */
export function endWords(spec: ClockSpec): string {
  switch (spec.kind) {
    case "system":
      return "the system clock";
    case "phc":
      return spec.path;
    case "virtual":
      return "a virtual clock";
  }
}
