/**
 * Puts a command line into the one form that the parser takes without surprises.
 *
 * `-nnvvXr file`, `-c5`, `-c 5`, `--json`, `--json=FILE`, `--offset -3us` become
 * `--no-names --verbose ... --read=file`, `--count=5`, `--json=-` and so on: every flag by its long name,
 * every value behind `=`, a switch at most once, unknown names refused with the nearest right one.
 * @module
 */
import { UsageError } from "./errors.ts";
import { nearest } from "../../lib/base/nearest.ts";

/** How a flag takes its value. */
export const FlagKind = {
  /** No value; more than once is the same as once. */
  Switch: 0,
  /** No value; counted: `-vvv`. */
  Counter: 1,
  /** A value, behind `=` or as the next word; once. */
  Value: 2,
  /** Like `Value`, any number of times. */
  Values: 3,
  /** A value only behind `=`; without one it is `-`. */
  Optional: 4,
} as const;
export type FlagKind = typeof FlagKind[keyof typeof FlagKind];

/** What the normalizer must know of a command. */
export interface Shape {
  /** Long names, as typed (`log-sync`), to how they take values. */
  readonly flags: ReadonlyMap<string, FlagKind>;
  /** Letters to long names. */
  readonly letters: ReadonlyMap<string, string>;
}

/** The canonical command line; throws a {@linkcode UsageError} for what no flag accepts. */
export function normalize(argv: readonly string[], shape: Shape): string[] {
  return new Normalizer(argv, shape).run();
}

class Normalizer {
  readonly #argv: readonly string[];
  readonly #shape: Shape;
  readonly #out: string[] = [];
  readonly #seen = new Map<string, string>();
  #at = 0;

  constructor(argv: readonly string[], shape: Shape) {
    this.#argv = argv;
    this.#shape = shape;
  }

  run(): string[] {
    while (this.#at < this.#argv.length) {
      const word = this.#argv[this.#at++]!;
      if (word === "--") {
        this.#out.push(word, ...this.#argv.slice(this.#at));
        break;
      }
      if (word.startsWith("--")) this.#long(word);
      else if (/^-[a-z]/i.test(word)) this.#cluster(word);
      else this.#out.push(word);
    }
    return this.#out;
  }

  #long(word: string): void {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const kind = this.#kindOf(name);
    if (equals < 0) return this.#take(name, `--${name}`, kind, undefined);
    if (kind === FlagKind.Switch || kind === FlagKind.Counter) {
      throw new UsageError(`--${name} takes no value`, `got "${word.slice(equals + 1)}"`);
    }
    this.#take(name, `--${name}`, kind, word.slice(equals + 1));
  }

  #kindOf(name: string): FlagKind {
    const kind = this.#shape.flags.get(name);
    if (kind !== undefined) return kind;
    if (name.startsWith("no-") && this.#shape.flags.get(name.slice(3)) === FlagKind.Switch) {
      return FlagKind.Switch;
    }
    const right = nearest(name, [...this.#shape.flags.keys(), "help"]);
    throw new UsageError(
      `no flag --${name}`,
      "",
      right === undefined ? "--help lists the flags" : `did you mean --${right}?`,
    );
  }

  #cluster(word: string): void {
    if (word.length > 4 && this.#shape.flags.has(word.slice(1))) {
      throw new UsageError(`no flag ${word}`, "", `did you mean -${word}?`);
    }
    for (let k = 1; k < word.length; k++) {
      const letter = word[k]!;
      const name = this.#shape.letters.get(letter);
      if (name === undefined) throw this.#unknownLetter(word, letter);
      const kind = this.#shape.flags.get(name)!;
      if (kind === FlagKind.Switch || kind === FlagKind.Counter) {
        this.#take(name, `-${letter}`, kind, undefined);
        continue;
      }
      const rest = word.slice(k + 1).replace(/^=/, "");
      this.#take(name, `-${letter}`, kind, rest === "" ? undefined : rest);
      return;
    }
  }

  #unknownLetter(word: string, letter: string): UsageError {
    const long = word.length > 3 ? nearest(word.slice(1), this.#shape.flags.keys()) : undefined;
    return new UsageError(
      `no flag -${letter}${word.length > 2 ? ` (in ${word})` : ""}`,
      "",
      long === undefined ? "--help lists the flags" : `did you mean --${long}?`,
    );
  }

  #take(name: string, typed: string, kind: FlagKind, given: string | undefined): void {
    if (kind === FlagKind.Counter) {
      this.#out.push(`--${name}`);
    } else if (kind === FlagKind.Switch) {
      if (!this.#seen.has(name)) this.#out.push(`--${name}`);
      this.#seen.set(name, "");
    } else if (kind === FlagKind.Optional) {
      this.#once(name, typed, given ?? "-");
    } else {
      const value = given ?? this.#nextValue(typed);
      if (value === "") throw new UsageError(`${typed} needs a value`, "it is empty");
      if (kind === FlagKind.Values) this.#out.push(`--${name}=${value}`);
      else this.#once(name, typed, value);
    }
  }

  #once(name: string, typed: string, value: string): void {
    const before = this.#seen.get(name);
    if (before === value) return;
    if (before !== undefined) {
      throw new UsageError(`${typed} was given twice`, `"${before}" and "${value}"`, "keep one");
    }
    this.#seen.set(name, value);
    this.#out.push(`--${name}=${value}`);
  }

  /** The next word, unless it is a flag itself: `-` and `-3us` are values, `-v` and `--x` are not. */
  #nextValue(typed: string): string {
    const word = this.#argv[this.#at];
    if (word === undefined || word === "--" || /^--?[a-z]/i.test(word)) {
      const got = word === undefined ? "" : `the next word is ${word}`;
      throw new UsageError(`${typed} needs a value`, got, "--help says which");
    }
    this.#at++;
    return word;
  }
}
