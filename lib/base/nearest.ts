/**
 * The right name nearest to a mistyped one.
 * @module
 */

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) table[i * width] = i;
  for (let j = 0; j <= b.length; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        table[(i - 1) * width + j]! + 1,
        table[i * width + j - 1]! + 1,
        table[(i - 1) * width + j - 1]! + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, table[(i - 2) * width + j - 2]! + 1);
      }
      table[i * width + j] = best;
    }
  }
  return table[a.length * width + b.length]!;
}

/** Scores of {@linkcode nearest} past the edits that count as slips of the fingers. */
const BEGINS = 3;
const LIES_IN = 4;
const SHORTENED = 5;
const SHARES_WORD = 6;

/**
 * The candidate that `given` was most likely meant to be: at most 2 edits away (1 for names of up to
 * 3 letters); else one that `given` begins, or that lies in it or it in; else a shortened form
 * (`prio1` of `priority1`, `interface` for `iface`); else one that shares a word between dashes
 * (`allow-arb` and `accept-arb`). `undefined` where there is none.
 */
export function nearest(given: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestScore = Infinity;
  const word = given.toLowerCase();
  for (const candidate of candidates) {
    const score = distance(word, candidate.toLowerCase());
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

function distance(word: string, name: string): number {
  const edits = editDistance(word, name);
  const shorter = Math.min(word.length, name.length);
  if (edits <= (shorter <= 3 ? 1 : 2)) return edits;
  const tie = edits / 100;
  if (shorter >= 3 && (name.startsWith(word) || word.startsWith(name))) return BEGINS + tie;
  if (shorter >= 4 && (name.includes(word) || word.includes(name))) return LIES_IN + tie;
  if (shorter >= 4 && (isShortened(word, name) || isShortened(name, word))) return SHORTENED + tie;
  return sharesWord(word, name) ? SHARES_WORD + tie : Infinity;
}

/** True where `short` has the first letter of `long` and the rest of its own in the same order. */
function isShortened(short: string, long: string): boolean {
  if (short.length >= long.length || short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) {
    if (letter === short[at]) at++;
  }
  return at === short.length;
}

/** True where the last words between dashes or underscores are the same, of 3 letters or more. */
function sharesWord(a: string, b: string): boolean {
  const [last, other] = [a.split(/[-_]/).at(-1) ?? "", b.split(/[-_]/).at(-1) ?? ""];
  return last === other && last.length >= 3 && a !== last && b !== last;
}
