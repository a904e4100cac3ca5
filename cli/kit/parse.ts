/**
 * Parsers for what users type: durations, integers, sizes, addresses.
 *
 * Each takes the text and gives the value or throws an `Error` whose message says what is accepted;
 * the kit puts the flag's name and the value in front.
 * @module
 */
import { Family, parseAddress } from "../../lib/base/address.ts";
import { type Nanos, nanos } from "../../lib/base/time.ts";

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const DURATION = /^(\d+(?:\.\d+)?|\.\d+)(ns|us|ms|s|m|h)?$/;

/** `250us`, `5ms`, `1.5s`, `2m`, `1h`; a bare number is seconds. */
export function duration(text: string): Nanos {
  const match = DURATION.exec(text);
  if (match === null) {
    throw new Error("expected a duration such as 250us, 20ms, 5s, 2m, 1h, or seconds");
  }
  return nanos(Number(match[1]) * UNITS[match[2] ?? "s"]!);
}

/** A {@linkcode duration} that is not zero. */
export function positiveDuration(text: string): Nanos {
  const value = duration(text);
  if (value <= 0) throw new Error("expected a duration above zero, such as 20ms or 5s");
  return value;
}

/** A signed {@linkcode duration}: `-3us`, `+1.5s`. */
export function signedDuration(text: string): Nanos {
  const sign = text.startsWith("-") ? -1 : 1;
  return nanos(sign * duration(text.replace(/^[+-]/, "")));
}

/** A parser of whole numbers from `min` to `max`; `0x` hexadecimal is taken too. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) || /^0x[0-9a-f]+$/i.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      throw new Error(`expected a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** A parser of numbers from `min` to `max`, fractions allowed; `unit` is named in the message. */
export function number(min: number, max: number, unit = ""): (text: string) => number {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      throw new Error(`expected a number from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`);
    }
    return value;
  };
}

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** Octets: `1500`, `64k`, `4Mi`, `1G`; `B` may follow. */
export function size(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?B?$/.exec(text.replace(/^(\d+)K/, "$1k"));
  const value = match === null ? NaN : Number(match[1]) * SIZES[match[2] ?? ""]!;
  if (!Number.isSafeInteger(value)) {
    throw new Error("expected octets such as 1500, 64k, 4Mi or 1G (k = 1000, Ki = 1024)");
  }
  return value;
}

/** A UDP or TCP port. */
export const port: (text: string) => number = integer(1, 65535);

/** An IPv4 or IPv6 literal, as typed (`fe80::1%eth0` keeps its zone). */
export function ipAddress(text: string): string {
  const family = parseAddress(text.replace(/%.*$/, ""), new Uint8Array(16));
  if (family !== Family.Ipv4 && family !== Family.Ipv6) {
    throw new Error("expected an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1");
  }
  return text;
}

/** `host:port` or `[ipv6]:port`, taken apart. */
export function hostPort(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text);
  const at = Number(match?.[3]);
  if (match === null || at < 1 || at > 65535) {
    throw new Error("expected HOST:PORT such as 192.0.2.1:5000 or [2001:db8::1]:5000");
  }
  return { host: match[1] ?? match[2] ?? "", port: at };
}

/** The name of a network interface: 1 to 15 characters, no blank, no slash (netdevice(7)). */
export function interfaceName(text: string): string {
  if (!/^[^\s/:]{1,15}$/.test(text) || text === "." || text === "..") {
    throw new Error("expected the name of a network interface such as eth0 (`ip link` lists them)");
  }
  return text;
}

/** Any text but the empty one. */
export function text(value: string): string {
  if (value === "") throw new Error("expected some text");
  return value;
}
