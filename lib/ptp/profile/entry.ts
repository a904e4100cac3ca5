/**
 * How the tables of profiles are written down.
 * @module
 */
import type { Parameter, ProfileValue } from "./profile.ts";

/** A source, and whether it was read. */
export interface Source {
  readonly text: string;
  readonly isVerified: boolean;
}

/** `clause`, and the public text that states the same. */
export function read(clause: string, publicText: string): Source {
  return { text: `${clause}; read in ${publicText}`, isVerified: true };
}

/** `clause`, where no published text could be read. */
export function unread(clause: string): Source {
  return { text: clause, isVerified: false };
}

/** A whole number from `min` to `max`. */
export function range(
  name: Parameter,
  fallback: number,
  limits: readonly [min: number, max: number],
  source: Source,
): ProfileValue {
  const [min, max] = limits;
  return { name, default: fallback, min, max, ...flat(source) };
}

/** A value that the profile leaves no choice about. */
export function fixed(
  name: Parameter,
  value: number | string | boolean,
  source: Source,
): ProfileValue {
  return typeof value === "number"
    ? { name, default: value, min: value, max: value, ...flat(source) }
    : { name, default: value, ...flat(source) };
}

/** One of several words, the default first. */
export function choice(
  name: Parameter,
  choices: readonly [string, ...string[]],
  source: Source,
): ProfileValue {
  return { name, default: choices[0], choices, ...flat(source) };
}

function flat(source: Source): { source: string; isVerified: boolean } {
  return { source: source.text, isVerified: source.isVerified };
}
