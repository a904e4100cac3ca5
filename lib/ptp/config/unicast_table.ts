/**
 * `[unicast_master_table]`: the masters a port asks for unicast service (ptp4l(8), UNICAST DISCOVERY
 * OPTIONS). Its keys may be repeated: each address is a line of its own.
 * @module
 */
import { Family, parseAddress } from "../../base/address.ts";
import { nearest } from "../../base/nearest.ts";
import { integerOf } from "./value.ts";

/** linuxptp's words for a transport. */
export type TransportWord = "UDPv4" | "UDPv6" | "L2";

/** One master. */
export interface UnicastAddress {
  readonly transport: TransportWord;
  /** As written. */
  readonly address: string;
  readonly line: number;
}

/** One table. */
export interface UnicastTable {
  readonly id: number;
  readonly line: number;
  readonly addresses: UnicastAddress[];
  /** Between two attempts, log2 of seconds. */
  logQueryInterval: number;
  /** Where peer delay is asked for, if by unicast. */
  peerAddress: string | undefined;
}

/** Takes a section's lines one by one. */
export interface TableReader {
  /** What is wrong with the line, if anything. */
  take(line: string, at: number): string | undefined;
}

const FAMILIES: Readonly<Record<TransportWord, Family>> = {
  UDPv4: Family.Ipv4,
  UDPv6: Family.Ipv6,
  L2: Family.Mac,
};
const WORDS = Object.keys(FAMILIES) as TransportWord[];
const EXAMPLES: Readonly<Record<TransportWord, string>> = {
  UDPv4: "192.0.2.1",
  UDPv6: "2001:db8::1",
  L2: "00:1b:21:00:00:01",
};

/** Reads one section's lines; each `table_id` appends a table to `tables`. */
export function tableReader(tables: UnicastTable[], sectionLine: number): TableReader {
  let table: UnicastTable | undefined;
  const early = () => `the table of line ${sectionLine} must begin with table_id`;
  return {
    take(line, at) {
      const [key = "", value, ...rest] = line.split(/\s+/);
      if (value === undefined) return `${key} has no value`;
      if (rest.length > 0) return `"${rest.join(" ")}" behind ${key} ${value} means nothing here`;
      if (key === "table_id") {
        const id = integerOf(value);
        if (id === undefined || id < 1) return `table_id is a whole number from 1, not "${value}"`;
        const taken = tables.find((one) => one.id === id);
        if (taken !== undefined) {
          return `table_id ${id} is taken by the table of line ${taken.line}`;
        }
        table = { id, line: at, addresses: [], logQueryInterval: 0, peerAddress: undefined };
        tables.push(table);
        return undefined;
      }
      if (table === undefined) return early();
      return entry(table, key, value, at);
    },
  };
}

function entry(table: UnicastTable, key: string, value: string, at: number): string | undefined {
  if (key === "logQueryInterval") {
    const interval = integerOf(value);
    if (interval === undefined || interval < -128 || interval > 127) {
      return `logQueryInterval is a whole number from -128 to 127, not "${value}"`;
    }
    table.logQueryInterval = interval;
    return undefined;
  }
  if (key === "peer_address") {
    table.peerAddress = value;
    return undefined;
  }
  const transport = WORDS.find((word) => word.toLowerCase() === key.toLowerCase());
  if (transport === undefined) {
    const close = nearest(key, ["table_id", "logQueryInterval", "peer_address", ...WORDS]);
    return `unknown key ${key} in a unicast_master_table${
      close === undefined ? "" : `; did you mean ${close}?`
    }`;
  }
  if (parseAddress(value, new Uint8Array(16)) !== FAMILIES[transport]) {
    return `${transport} needs an address such as ${EXAMPLES[transport]}, not "${value}"`;
  }
  table.addresses.push({ transport, address: value, line: at });
  return undefined;
}
