/**
 * What a field of a management body is: its octets, its text as pmc prints it, its JSON value, and
 * how it is typed in a SET.
 *
 * A body is a {@linkcode Layout}: an object literal of kinds in the order of the wire. Its values
 * are a record with the same names; names that start with `_` are reserved octets without a value.
 * @module
 */
import type { Reader, Writer } from "./cursor.ts";

/** Values of a JSON object. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [name: string]: Json;
};

/** What is told of a field: a line of text, an entry of a JSON object, or both. */
export interface Shown {
  readonly name: string;
  /** What stands behind the name. */
  readonly text?: string;
  /** A whole line, instead of name and text. */
  readonly line?: string;
  readonly json?: Json | undefined;
}

/** What a SET was given: values by field name. */
export type Given = ReadonlyMap<string, string>;

/** A field's format. */
export interface Kind<T> {
  read(r: Reader): T;
  write(w: Writer, value: T): void;
  /** How the field called `name` is told; none where it is reserved. */
  show(name: string, value: T): Shown[];
  /** The names a SET gives values for; none where it cannot be typed. */
  names(name: string): readonly string[];
  /** The value typed. @throws RangeError that says what is accepted. */
  parse(name: string, given: Given): T;
}

/** A body's fields in the order of the wire. */
// deno-lint-ignore no-explicit-any
export type Layout = Readonly<Record<string, Kind<any>>>;

/** The values of a layout; reserved fields have none. */
export type ValuesOf<L extends Layout> = {
  [K in keyof L as K extends `_${string}` ? never : K]: L[K] extends Kind<infer T> ? T : never;
};

/** Values of some layout. */
export type Values = Readonly<Record<string, unknown>>;

/** Reads a body; `undefined` where octets are missing. Octets that are left over are not judged. */
export function decode<L extends Layout>(layout: L, r: Reader): ValuesOf<L> | undefined {
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(layout)) {
    const value: unknown = kind.read(r);
    if (!name.startsWith("_")) values[name] = value;
  }
  return r.isShort ? undefined : values as ValuesOf<L>;
}

/** Writes a body, with a zero octet behind it where its length is odd (15.5.3). */
export function encode<L extends Layout>(layout: L, values: ValuesOf<L>, w: Writer): void {
  const given = values as Values;
  const start = w.length;
  for (const [name, kind] of Object.entries(layout)) kind.write(w, given[name]);
  if ((w.length - start & 1) !== 0) w.put(1);
}

/** All that is told of a body, in order. */
export function show(layout: Layout, values: Values): Shown[] {
  return Object.entries(layout).flatMap(([name, kind]) => kind.show(name, values[name]));
}

/** The JSON object of values. */
export function jsonOf(layout: Layout, values: Values): { [name: string]: Json } {
  const object: { [name: string]: Json } = {};
  for (const { name, json } of show(layout, values)) if (json !== undefined) object[name] = json;
  return object;
}

/** The names a SET of this body takes. */
export function namesOf(layout: Layout): string[] {
  return Object.entries(layout).flatMap(([name, kind]) => kind.names(name));
}

/** Values from what was typed. @throws RangeError */
export function parse(layout: Layout, given: Given): Values {
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(layout)) {
    if (!name.startsWith("_")) values[name] = kind.parse(name, given);
  }
  return values;
}
