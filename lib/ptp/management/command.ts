/**
 * What a user types to a management client: `GET CURRENT_DATA_SET`, `SET PRIORITY1 10`,
 * `COMMAND DISABLE_PORT`, `TARGET 001122.fffe.334455-1`.
 *
 * Case does not matter and names may be shortened, as pmc has it.
 * @module
 */
import { nearest } from "../../base/nearest.ts";
import { ANY_PORT, parsePort, type PortIdentity } from "../wire/identity.ts";
import { Action } from "../wire/management.ts";
import { BODIES, type BodyName } from "./bodies.ts";
import { Writer } from "./cursor.ts";
import { encode, type Layout, namesOf, parse } from "./kind.ts";

/** What was typed. */
export type Typed =
  | { kind: "target"; target: Readonly<PortIdentity> }
  | {
    kind: "request";
    action: number;
    name: BodyName;
    /** The line with its words in full, as pmc echoes it: `GET PRIORITY1`. */
    echo: string;
    data: Uint8Array<ArrayBuffer>;
  };

const ACTIONS: Readonly<Record<string, number>> = {
  GET: Action.Get,
  SET: Action.Set,
  CMD: Action.Command,
  COMMAND: Action.Command,
};
const ACTION_WORDS = ["GET", "SET", "RESPONSE", "COMMAND"];
/** Letters of a body's `actions` by number. */
const ACTION_LETTERS = "GSRC";

/** pmc's names of the ids; NULL_MANAGEMENT is NULL_PTP_MANAGEMENT's. */
const NAMES: ReadonlyMap<string, BodyName> = new Map<string, BodyName>([
  ...(Object.keys(BODIES) as BodyName[]).map((name) => [name, name] as const),
  ["NULL_MANAGEMENT", "NULL_PTP_MANAGEMENT"],
]);

/** The request in a line. @throws RangeError that says what is wrong and what is accepted. */
export function parseCommand(line: string): Typed {
  const [verb = "", word = "", ...rest] = line.trim().split(/\s+/);
  const upper = verb.toUpperCase();
  if (upper === "TARGET") return { kind: "target", target: targetOf(word) };
  const action = ACTIONS[upper];
  if (action === undefined) {
    const close = nearest(upper, [...Object.keys(ACTIONS), "TARGET"]);
    const guess = close === undefined
      ? "expected GET, SET, COMMAND or TARGET"
      : `did you mean ${close}?`;
    throw new RangeError(`no action "${verb}"; ${guess}`);
  }
  const shown = fullName(word);
  const name = NAMES.get(shown)!;
  const { actions, layout } = BODIES[name] as { actions: string; layout: Layout };
  if (!actions.includes(ACTION_LETTERS[action] ?? "-")) {
    throw new RangeError(`${shown} takes ${actionWords(actions)} only`);
  }
  const data = action === Action.Get && rest.length === 0
    ? new Uint8Array(0)
    : dataOf(shown, layout, rest);
  return { kind: "request", action, name, echo: `${ACTION_WORDS[action]} ${shown}`, data };
}

/** Every name with the actions it takes, for help. */
export function vocabulary(): { readonly name: string; readonly actions: string }[] {
  return [...NAMES].filter(([shown]) => shown !== "NULL_PTP_MANAGEMENT").map(([shown, name]) => ({
    name: shown,
    actions: actionWords(BODIES[name].actions),
  }));
}

function actionWords(actions: string): string {
  return [...actions].map((letter) => ACTION_WORDS[ACTION_LETTERS.indexOf(letter)]).join(", ");
}

function fullName(word: string): string {
  const upper = word.toUpperCase();
  if (upper === "") throw new RangeError("expected a management id after the action");
  if (NAMES.has(upper)) return upper;
  const found = [...NAMES.keys()].filter((name) => name.startsWith(upper));
  const ids = new Set(found.map((name) => NAMES.get(name)));
  if (ids.size === 1) return found.at(-1)!;
  if (found.length > 1) throw new RangeError(`${word} may be ${found.join(", ")}`);
  const close = nearest(upper, [...NAMES.keys()]);
  const guess = close === undefined ? "" : `; did you mean ${close}?`;
  throw new RangeError(`no management id "${word}"${guess}`);
}

function targetOf(word: string): Readonly<PortIdentity> {
  const target = word === "*" ? ANY_PORT : parsePort(word);
  if (target === undefined) {
    throw new RangeError(`TARGET "${word}"; expected * or a port such as 001122.fffe.334455-1`);
  }
  return target;
}

/** One value alone, or names and values in any order. */
function dataOf(shown: string, layout: Layout, words: readonly string[]): Uint8Array<ArrayBuffer> {
  const names = namesOf(layout);
  const given = new Map<string, string>();
  if (names.length === 1 && words.length === 1) given.set(names[0]!, words[0]!);
  else if (names.length === 1 && names[0] === "userDescription" && words[0] !== names[0]) {
    given.set(names[0], words.join(" "));
  } else {
    for (let k = 0; k < words.length; k += 2) {
      const name = names.find((n) => n.toLowerCase() === words[k]!.toLowerCase());
      const value = words[k + 1];
      if (name === undefined || value === undefined) {
        throw new RangeError(`${shown} takes ${names.map((n) => `${n} VALUE`).join(" ")}`);
      }
      given.set(name, value);
    }
  }
  try {
    const w = new Writer();
    encode(layout, parse(layout, given) as never, w);
    if (w.isFull) throw new RangeError("too long");
    return w.finish();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${shown}: ${error.message}`);
  }
}
