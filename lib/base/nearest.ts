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

/**
 * The candidate that `given` was most likely meant to be; `undefined` where none is near: more than
 * 2 edits away (1 for names of up to 3 letters) and `given` neither begins a candidate nor lies in it.
 */
export function nearest(given: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestScore = Infinity;
  const word = given.toLowerCase();
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    let score = editDistance(word, name);
    const limit = Math.min(word.length, name.length) <= 3 ? 1 : 2;
    if (score > limit) {
      if (word.length >= 3 && name.startsWith(word)) score = 3;
      else if (word.length >= 4 && (name.includes(word) || word.includes(name))) score = 4;
      else continue;
    }
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}
