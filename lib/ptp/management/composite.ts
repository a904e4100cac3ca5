/**
 * The kinds of management fields that hold several values: flags, addresses, lists, event masks.
 * @module
 */
import { hex } from "../../base/text.ts";
import { decode, jsonOf, type Kind, type Layout, show, type Shown } from "./kind.ts";
import type { Values, ValuesOf } from "./kind.ts";
import { readNumber, simple, writeNumber } from "./kinds.ts";

/** An octet of flags by bit; told in the order given. */
export function flags<N extends string>(
  bits: Readonly<Record<N, number>>,
): Kind<Readonly<Record<N, boolean>>> {
  const names = Object.keys(bits) as N[];
  const record = (is: (name: N) => boolean) =>
    Object.fromEntries(names.map((n) => [n, is(n)])) as Record<N, boolean>;
  return {
    read: (r) => {
      const octet = readNumber("u8", r);
      return record((n) => (octet & bits[n]) !== 0);
    },
    write: (w, value) => {
      let octet = 0;
      for (const n of names) if (value[n]) octet |= bits[n];
      writeNumber("u8", w, octet);
    },
    show: (_, value) =>
      names.map((name) => ({ name, text: value[name] ? "1" : "0", json: value[name] })),
    names: () => names,
    parse: (_, given) =>
      record((n) => {
        const typed = given.get(n);
        if (typed !== "0" && typed !== "1") throw new RangeError(`${n}: expected 0 or 1`);
        return typed === "1";
      }),
  };
}

/** `PortAddress` (5.3.6). */
export interface PortAddress {
  /** Table 3: 1 UDP/IPv4, 2 UDP/IPv6, 3 IEEE 802.3. */
  readonly networkProtocol: number;
  readonly address: Uint8Array;
}

export const NetworkProtocol = { UdpIpv4: 1, UdpIpv6: 2, Ieee8023: 3 } as const;

/** The address alone, in the protocol's own writing. */
export function addressText(value: PortAddress): string {
  const { networkProtocol: protocol, address: a } = value;
  if (protocol === NetworkProtocol.UdpIpv4 && a.length === 4) return a.join(".");
  if (protocol === NetworkProtocol.UdpIpv6 && a.length === 16) return ipv6Text(a);
  return hex(a, 0, a.length, ":");
}

/** RFC 5952: lower case, the longest run of zeros shortened. */
function ipv6Text(a: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, k) => (a[2 * k]! << 8 | a[2 * k + 1]!).toString(16));
  let best = "";
  for (const [run] of groups.join(":").matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)) {
    if (run.length > best.length) best = run;
  }
  const whole = groups.join(":");
  if (best === "") return whole;
  const at = whole.search(new RegExp(`(?<![0-9a-f])${best}(?![0-9a-f])`));
  return `${whole.slice(0, at).replace(/:$/, "")}::${
    whole.slice(at + best.length).replace(/^:/, "")
  }`;
}

const rawAddress: Pick<Kind<PortAddress>, "read" | "write"> = {
  read: (r) => {
    const networkProtocol = readNumber("u16", r);
    return { networkProtocol, address: r.octets(Math.min(readNumber("u16", r), r.left)) };
  },
  write: (w, value) => {
    writeNumber("u16", w, value.networkProtocol);
    writeNumber("u16", w, value.address.length);
    w.octets(value.address);
  },
};

/** `1 192.0.2.1` */
export const portAddress: Kind<PortAddress> = simple({
  ...rawAddress,
  text: (value) => `${value.networkProtocol} ${addressText(value)}`,
});

/** `192.0.2.1` */
export const bareAddress: Kind<PortAddress> = simple({ ...rawAddress, text: addressText });

/** How a list says how many rows it has. */
export type Count = "u8" | "u16" | "rest";

/** How a list of rows is told: a line of titles and a line each; without it every field of a row. */
export interface Table<L extends Layout> {
  readonly title: string;
  readonly row: (row: ValuesOf<L>) => string;
}

/** Rows of one layout; the field's name stands before their number. */
export function list<L extends Layout>(
  count: Count,
  layout: L,
  table?: Table<L>,
): Kind<readonly ValuesOf<L>[]> {
  return {
    read: (r) => {
      const n = count === "rest" ? Infinity : readNumber(count, r);
      const rows: ValuesOf<L>[] = [];
      // One octet that is left over is padding.
      while (rows.length < n && (count !== "rest" || r.left > 1)) {
        const row = decode(layout, r);
        if (row === undefined) break;
        rows.push(row);
      }
      return rows;
    },
    write: (w, rows) => {
      if (count !== "rest") writeNumber(count, w, rows.length);
      for (const row of rows) {
        for (const [name, kind] of Object.entries(layout)) kind.write(w, (row as Values)[name]);
      }
    },
    show: (name, rows) => {
      const json = rows.map((row) => jsonOf(layout, row));
      const head: Shown = { name, text: String(rows.length), json };
      if (table === undefined) {
        const lines = rows.flatMap((row) => show(layout, row));
        return [head, ...lines.map(({ name, text = "" }) => ({ name, text }))];
      }
      const lines = [table.title, ...rows.map(table.row)];
      return [head, ...lines.map((line) => ({ name, line }))];
    },
    names: () => [],
    parse: (name) => {
      throw new RangeError(`${name}: a list cannot be typed`);
    },
  };
}

const EVENT_MASK_LENGTH = 64;

/** `on` and `off` by bit of 64 octets, the least significant bit first (linuxptp's own). */
export function eventMask<N extends string>(
  events: readonly N[],
): Kind<Readonly<Record<N, boolean>>> {
  const record = (is: (name: N, bit: number) => boolean) =>
    Object.fromEntries(events.map((n, bit) => [n, is(n, bit)])) as Record<N, boolean>;
  return {
    read: (r) => {
      const mask = r.octets(EVENT_MASK_LENGTH);
      return record((_, bit) => (mask[bit >> 3]! >> (bit & 7) & 1) === 1);
    },
    write: (w, value) => {
      const mask = new Uint8Array(EVENT_MASK_LENGTH);
      events.forEach((n, bit) => {
        if (value[n]) mask[bit >> 3]! |= 1 << (bit & 7);
      });
      w.octets(mask);
    },
    // The first is all that pmc 3.1.1 tells; the others are told where they are on.
    show: (_, value) =>
      events.map((name, bit) => {
        const json = value[name];
        return bit === 0 || json ? { name, text: json ? "on" : "off", json } : { name, json };
      }),
    names: () => events,
    parse: (_, given) => record((n) => given.get(n)?.toLowerCase() === "on"),
  };
}
