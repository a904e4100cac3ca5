/**
 * Values of linuxptp's configuration, read as C's strtol and strtod read them.
 * @module
 */
import { acceptedBy, type Key, WORDS_FOR_NUMBERS } from "./keys.ts";

/** A value, or what is wrong with it. */
export type Parsed = { readonly value: number | string } | { readonly wrong: string };

/** The value that `text` is for `key`. */
export function parseValue(key: Key, text: string): Parsed {
  switch (key.type) {
    case "text":
      return { value: text };
    case "word": {
      const word = key.words.find((one) => one.toLowerCase() === text.toLowerCase());
      return word === undefined ? wrong(key, text) : { value: word };
    }
    case "integer":
      return ranged(key, text, integerOf(text) ?? wordValue(key, text));
    case "number":
      return ranged(key, text, numberOf(text));
  }
}

/** As strtol with base 0 reads it: `0x10` is 16, `010` is 8; `undefined` where it is no number. */
export function integerOf(text: string): number | undefined {
  const match = /^([+-]?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const size = hex !== undefined
    ? parseInt(hex, 16)
    : octal !== undefined
    ? parseInt(octal, 8)
    : Number(decimal);
  return sign === "-" && size !== 0 ? -size : size;
}

/** As strtod reads it, but for `inf` and `nan`, which no key accepts. */
function numberOf(text: string): number | undefined {
  if (/^[+-]?0x/i.test(text)) return integerOf(text);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function wordValue(key: Key, text: string): number | undefined {
  const words = WORDS_FOR_NUMBERS[key.name] ?? {};
  return Object.entries(words).find(([word]) => word === text.toUpperCase())?.[1];
}

function ranged(key: Key, text: string, value: number | undefined): Parsed {
  if (value === undefined || value < key.min || value > key.max) return wrong(key, text);
  return { value };
}

function wrong(key: Key, text: string): Parsed {
  const comment = /\s#/.test(text) ? "; a comment needs a line of its own" : "";
  const eight = /^[+-]?0\d*[89]/.test(text) && key.type === "integer"
    ? "; a leading 0 means octal"
    : "";
  return { wrong: `${key.name} is ${acceptedBy(key)}, not "${text}"${comment}${eight}` };
}
