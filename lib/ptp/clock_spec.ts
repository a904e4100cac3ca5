/**
 * The `--clock` flag: `system`, `virtual[:offset=S,ppm=P,wander=SEED,step=S@T]` or `phc:PATH`.
 * @module
 */
import type { Timestamp } from "../base/time.ts";
import type { TimeStep } from "../base/wander.ts";

/** A clock as the user named it. */
export type ClockSpec =
  | { kind: "system" }
  | { kind: "phc"; path: string }
  | VirtualSpec;

/** A clock that is a function of CLOCK_MONOTONIC_RAW. */
export interface VirtualSpec {
  kind: "virtual";
  /** What it shows at its start, less CLOCK_REALTIME; parts of equal sign or 0. */
  offset: Timestamp;
  /** Frequency against raw, ppb. */
  ppb: number;
  wander?: number;
  /** In the order given. */
  steps: TimeStep[];
}

/** What the flag takes, for messages and help. */
export const CLOCK_SYNTAX = "system|virtual[:offset=S,ppm=P,wander=SEED,step=S@T]|phc:PATH";

/** Largest magnitudes: 200 years, and 10 % like the kernel's tick. */
const MAX_SECONDS = 6.4e9;
const MAX_PPM = 100_000;

const UNITS: Readonly<Record<string, number>> = {
  "": 9,
  s: 9,
  ms: 6,
  us: 3,
  ns: 0,
};

/** The clock that `text` names, or what is wrong with it and what is accepted. */
export function parseClockSpec(text: string): ClockSpec | string {
  if (text === "system") return { kind: "system" };
  if (text === "virtual") return { kind: "virtual", offset: zero(), ppb: 0, steps: [] };
  if (text.startsWith("phc:")) {
    const path = text.slice(4);
    return path === "" ? `phc: needs a path, as in phc:/dev/ptp0` : { kind: "phc", path };
  }
  if (text.startsWith("virtual:")) return parseVirtual(text.slice(8));
  return `expected ${CLOCK_SYNTAX}`;
}

function zero(): Timestamp {
  return { seconds: 0, nanoseconds: 0 };
}

function parseVirtual(list: string): VirtualSpec | string {
  const spec: VirtualSpec = { kind: "virtual", offset: zero(), ppb: 0, steps: [] };
  const seen = new Set<string>();
  for (const item of list.split(",")) {
    const equals = item.indexOf("=");
    const key = equals < 0 ? item : item.slice(0, equals);
    const value = equals < 0 ? "" : item.slice(equals + 1);
    if (key !== "step" && seen.has(key)) {
      return `"${key}=" is given twice; only step= may repeat`;
    }
    seen.add(key);
    const wrong = set(spec, key, value);
    if (wrong !== undefined) return wrong;
  }
  return spec;
}

/** Sets one part of `spec`, or tells what is wrong. */
function set(spec: VirtualSpec, key: string, value: string): string | undefined {
  switch (key) {
    case "offset": {
      const offset = parseSeconds(value);
      if (offset === undefined) return wrong("offset", value, "seconds such as 0.2, -5, 10us");
      spec.offset = offset;
      return undefined;
    }
    case "ppm": {
      const ppm = parseDecimal(value);
      if (ppm === undefined || Math.abs(ppm) > MAX_PPM) {
        return wrong("ppm", value, "a number from -100000 to 100000, such as 30 or -0.5");
      }
      spec.ppb = ppm * 1000;
      return undefined;
    }
    case "wander": {
      if (!/^\d{1,10}$/.test(value) || Number(value) > 0xffff_ffff) {
        return wrong("wander", value, "a seed from 0 to 4294967295");
      }
      spec.wander = Number(value);
      return undefined;
    }
    case "step":
      return addStep(spec, value);
    default:
      return `"${key}" is none of offset=S, ppm=P, wander=SEED, step=S@T`;
  }
}

function addStep(spec: VirtualSpec, value: string): string | undefined {
  const accepted = "seconds @ seconds after the start, such as 0.5@10 or -10us@20";
  const sign = value.indexOf("@");
  if (sign < 0) return wrong("step", value, accepted);
  const by = parseSeconds(value.slice(0, sign));
  const at = parseSeconds(value.slice(sign + 1));
  if (by === undefined || at === undefined) return wrong("step", value, accepted);
  if (at.seconds < 0 || at.nanoseconds < 0) {
    return wrong("step", value, `${accepted}; the time after @ is not negative`);
  }
  spec.steps.push({ by, at: at.seconds * 1e9 + at.nanoseconds });
  return undefined;
}

function wrong(key: string, value: string, accepted: string): string {
  return `${key}="${value}" is not accepted; it takes ${accepted}`;
}

function parseDecimal(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : undefined;
}

/** A signed duration, bare in seconds or with ns, us, ms or s, exact to the nanosecond. */
function parseSeconds(text: string): Timestamp | undefined {
  const match = /^([+-]?)(\d{1,19})?(?:\.(\d{0,30}))?(ns|us|ms|s|)$/.exec(text);
  if (match === null || ((match[2] ?? "") === "" && (match[3] ?? "") === "")) return undefined;
  const digits = UNITS[match[4] ?? ""] ?? 9;
  const fraction = (match[3] ?? "").padEnd(digits, "0").slice(0, digits);
  const whole = BigInt((match[2] ?? "0") + fraction);
  if (whole > BigInt(MAX_SECONDS) * 1_000_000_000n) return undefined;
  const sign = match[1] === "-" ? -1 : 1;
  const seconds = Number(whole / 1_000_000_000n);
  const nanoseconds = Number(whole % 1_000_000_000n);
  return { seconds: sign * seconds || 0, nanoseconds: sign * nanoseconds || 0 };
}
