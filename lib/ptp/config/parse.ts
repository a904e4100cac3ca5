/**
 * The reader of linuxptp's configuration files (ptp4l(8), CONFIGURATION FILE).
 *
 * Sections `[global]`, `[unicast_master_table]` (any number of times) and one a port; `key value`
 * lines; lines that start with `#`, and empty ones, mean nothing. Unlike ptp4l, which stops at the
 * first problem, all problems are found.
 * @module
 */
import { nearest } from "../../base/nearest.ts";
import { type Key, KEYS, RENAMED } from "./keys.ts";
import { type TableReader, tableReader, type UnicastTable } from "./unicast_table.ts";
import { parseValue } from "./value.ts";

/** Where a setting stands. */
export const COMMAND_LINE = 0;

/** One setting that is understood. */
export interface Setting {
  readonly key: Key;
  /** As written, perhaps an old name. */
  readonly writtenKey: string;
  readonly text: string;
  readonly value: number | string;
  /** From 1; {@linkcode COMMAND_LINE}. */
  readonly line: number;
}

/** A problem, or a remark, at a line. */
export interface Remark {
  /** From 1; {@linkcode COMMAND_LINE}; the line of what is missing something. */
  readonly line: number;
  readonly message: string;
}

/** A port's section. */
export interface PortSection {
  readonly name: string;
  /** Where its name stands first. */
  readonly line: number;
  readonly settings: Map<string, Setting>;
}

/** A file, understood as far as possible. */
export interface ConfigFile {
  /** By the key's present name. */
  readonly global: Map<string, Setting>;
  /** In the order of the ports' numbers: the command line's, then the file's. */
  readonly ports: PortSection[];
  readonly tables: UnicastTable[];
  /** ptp4l would refuse the file for these. */
  readonly errors: Remark[];
  /** Old names, repeated keys. */
  readonly notes: Remark[];
}

/** What the command line says besides the file. */
export interface CommandLine {
  readonly interfaces?: readonly string[];
  /** Keys and values; they go before [global], but not before a port's own section. */
  readonly settings?: readonly (readonly [key: string, text: string])[];
}

const MAX_INTERFACE_NAME = 108;

/** Reads a file's text. */
export function parseConfig(text: string, commandLine: CommandLine = {}): ConfigFile {
  return new Reader(commandLine).read(text);
}

type Place =
  | { kind: "none" }
  | { kind: "global" }
  | { kind: "port"; section: PortSection }
  | { kind: "table"; reader: TableReader };

class Reader {
  readonly #file: ConfigFile = {
    global: new Map(),
    ports: [],
    tables: [],
    errors: [],
    notes: [],
  };
  readonly #fixed = new Set<string>();
  #place: Place = { kind: "none" };
  #hasWarned = false;

  constructor(commandLine: CommandLine) {
    for (const name of commandLine.interfaces ?? []) this.#port(name, COMMAND_LINE);
    for (const [key, text] of commandLine.settings ?? []) {
      this.#set(this.#file.global, key, text, COMMAND_LINE);
      this.#fixed.add(RENAMED[key] ?? key);
    }
  }

  read(text: string): ConfigFile {
    const lines = text.replace(/^\uFEFF/, "").split("\n");
    lines.forEach((raw, k) => {
      const line = raw.trim();
      if (line !== "" && !line.startsWith("#")) this.#line(line, k + 1);
    });
    this.#checkTables();
    return this.#file;
  }

  #line(line: string, at: number): void {
    if (line.startsWith("[")) return this.#section(line, at);
    const place = this.#place;
    switch (place.kind) {
      case "none":
        if (!this.#hasWarned) this.#error(at, `"${line}" stands before the first section`);
        this.#hasWarned = true;
        return;
      case "table": {
        const problem = place.reader.take(line, at);
        if (problem !== undefined) this.#error(at, problem);
        return;
      }
      default:
        this.#setting(place, line, at);
    }
  }

  #setting(place: Place, line: string, at: number): void {
    const match = /^(\S+)\s+(.*)$/s.exec(line);
    if (match === null) return this.#error(at, `${line} has no value`);
    const [, key, text] = match as unknown as [string, string, string];
    if (place.kind !== "port") {
      if (this.#fixed.has(RENAMED[key] ?? key)) {
        this.#note(at, `${key} ${text}: the command line says otherwise`);
        this.#set(new Map(), key, text, at);
        return;
      }
      return this.#set(this.#file.global, key, text, at);
    }
    const known = KEYS.get(RENAMED[key] ?? key);
    if (known !== undefined && !known.isPort) {
      return this.#error(at, `${key} belongs into [global], not into a port's section`);
    }
    this.#set(place.section.settings, key, text, at);
  }

  #section(line: string, at: number): void {
    const name = line.replace(/[[\]]/g, " ").trim().split(/\s+/)[0] ?? "";
    if (!line.includes("]")) this.#note(at, `${line} has no closing bracket`);
    switch (line.toLowerCase()) {
      case "[global]":
        this.#place = { kind: "global" };
        return;
      case "[unicast_master_table]":
        this.#place = { kind: "table", reader: tableReader(this.#file.tables, at) };
        return;
    }
    if (name === "" || name.length > MAX_INTERFACE_NAME) {
      this.#place = { kind: "none" };
      this.#hasWarned = true;
      return this.#error(at, `${line} names no interface`);
    }
    const close = nearest(name, ["global", "unicast_master_table"]);
    if (close !== undefined && close !== name) {
      this.#note(at, `${line} is taken as a port; did you mean [${close}]?`);
    }
    this.#place = { kind: "port", section: this.#port(name, at) };
  }

  #port(name: string, at: number): PortSection {
    const found = this.#file.ports.find((port) => port.name === name);
    if (found !== undefined) return found;
    const section: PortSection = { name, line: at, settings: new Map() };
    this.#file.ports.push(section);
    return section;
  }

  #set(into: Map<string, Setting>, written: string, text: string, at: number): void {
    const name = RENAMED[written] ?? written;
    const key = KEYS.get(name);
    if (key === undefined) return this.#error(at, unknownKey(written));
    const parsed = parseValue(key, text);
    if ("wrong" in parsed) return this.#error(at, parsed.wrong);
    if (name !== written) this.#note(at, `${written} is an old name of ${name}`);
    const before = into.get(name);
    if (before !== undefined) {
      const where = before.line === COMMAND_LINE ? "the command line" : `line ${before.line}`;
      this.#note(at, `${name} stands on ${where} already; the last one counts`);
    }
    into.set(name, { key, writtenKey: written, text, value: parsed.value, line: at });
  }

  /** Each table that a port names is there. */
  #checkTables(): void {
    const ids = this.#file.tables.map((table) => table.id);
    const all = [this.#file.global, ...this.#file.ports.map((port) => port.settings)];
    for (const settings of all) {
      const setting = settings.get("unicast_master_table");
      if (setting === undefined || setting.value === 0 || ids.includes(Number(setting.value))) {
        continue;
      }
      const there = ids.length === 0 ? "there is none" : `there are: ${ids.join(", ")}`;
      this.#error(setting.line, `no table has table_id ${setting.value}; ${there}`);
    }
  }

  #error(line: number, message: string): void {
    this.#file.errors.push({ line, message });
  }

  #note(line: number, message: string): void {
    this.#file.notes.push({ line, message });
  }
}

function unknownKey(name: string): string {
  const close = nearest(name, [...KEYS.keys(), ...Object.keys(RENAMED)]);
  return `unknown key ${name}${close === undefined ? "" : `; did you mean ${close}?`}`;
}
