/**
 * A font of strokes for pictures: letters as rows of points, smooth ones as curves.
 *
 * A glyph is strokes between blanks; a stroke is points of two characters, x then y, in half units:
 * x from the left edge, y with 4 on the base line, e at the top of small letters, i of capitals, 0 at
 * the bottom of g. A stroke that begins with ~ is a curve that its points pull.
 * @module
 */

const ROUND = "~3e 0e 09 04 34 74 79 7e 3e";
const BOWL = "~7b 6e 3e 0e 09 04 34 64 77";
const OVAL = "~4i 1i 0g 06 14 44 74 86 8g 7i 4i";

/** Strokes are joined by `|`, points by blanks. */
const GLYPHS: Readonly<Record<string, string>> = {
  "0": "~3i 1i 0f 07 14 34 54 67 6f 5i 3i",
  "1": "1f 4i 44",
  "2": "~0f 1i 7i 8f 7b 04|04 84",
  "3": "~0g 1i 7i 8f 7c 3c|~3c 8c 8a 87 74 14 06",
  "4": "64 6i 08 88",
  "5": "7i 1i 0c|~0c 2d 6d 8b 87 64 14 06",
  "6": "~7h 5i 2i 0d 07 24 64 87 8a 6c 2c 09",
  "7": "0i 8i 24",
  "8": "~4c 1c 0f 1i 7i 8f 7c 4c|~4c 0c 08 04 44 84 88 8c 4c",
  "9": "~15 34 64 89 8f 6i 2i 0f 0c 2a 6a 8d",
  A: "04 4i 84|18 78",
  B: "04 0i|~0i 7i 7b 0b|~0b 8b 84 04",
  C: "~8f 7i 4i 0i 0b 04 44 74 87",
  D: "04 0i|~0i 5i 8g 86 54 04",
  E: "8i 0i 04 84|0b 6b",
  F: "8i 0i 04|0b 6b",
  G: "~8f 7i 4i 0i 0b 04 44 84 86|86 8a 5a",
  H: "04 0i|84 8i|0b 8b",
  I: "14 1i",
  J: "~6i 6a 64 34 04 08",
  K: "04 0i|8i 09|3c 84",
  L: "0i 04 74",
  M: "04 0i 4a 8i 84",
  N: "04 0i 84 8i",
  O: OVAL,
  P: "04 0i|~0i 8i 8a 0a",
  Q: `${OVAL}|55 83`,
  R: "04 0i|~0i 8i 8a 0a|4a 84",
  S: "~8f 7i 4i 0i 0c 4b 8a 84 44 14 07",
  T: "0i 8i|4i 44",
  U: "~0i 08 04 44 84 88 8i",
  V: "0i 44 8i",
  W: "0i 24 5e 84 ai",
  X: "04 8i|0i 84",
  Y: "0i 4b 8i|4b 44",
  Z: "0i 8i 04 84",
  a: `${BOWL}|7e 74`,
  b: "0i 04|~07 14 44 74 79 7e 4e 1e 0b",
  c: "~7c 6e 4e 0e 09 04 44 64 76",
  d: `7i 74|${BOWL}`,
  e: "09 79|~79 7e 4e 0e 09 04 44 64 76",
  f: "~5i 2i 2f 2c|24 2c|0e 5e",
  g: `${BOWL}|7e 74|~74 70 30 11`,
  h: "0i 04|~0a 1e 4e 7e 7a 74",
  i: "1e 14|1h 1i",
  j: "2e 23|~23 20 00|2h 2i",
  k: "0i 04|6e 08|2a 64",
  l: "1i 14",
  m: "0e 04|~0a 1e 3e 5e 5a 54|~5a 6e 8e ae aa a4",
  n: "0e 04|~0a 1e 4e 7e 7a 74",
  o: ROUND,
  p: "0e 00|~07 14 44 74 79 7e 4e 1e 0b",
  q: `${BOWL}|7e 70`,
  r: "0e 04|~0a 1e 4e 5e",
  s: "~6c 6e 3e 0e 0a 39 68 64 34 04 06",
  t: "2h 27|~27 24 54|0e 5e",
  u: "~0e 08 04 34 64 78|7e 74",
  v: "0e 34 6e",
  w: "0e 24 4c 64 8e",
  x: "04 6e|0e 64",
  y: "0e 34|6e 20",
  z: "0e 6e 04 64",
  ".": "14 15",
  ",": "24 25 12",
  ":": "16 17|1c 1d",
  ";": "2c 2d|24 25 12",
  "-": "0a 5a",
  "+": "0a 8a|46 4e",
  "/": "02 6i",
  "(": "~3i 1i 0b 12 32",
  ")": "~0i 2i 3b 22 02",
  "[": "3i 0i 02 32",
  "]": "0i 3i 32 02",
  "%": "04 8i|~1i 0i 0e 3e 3i 1i|~6a 5a 54 84 8a 6a",
  "=": "0c 7c|08 78",
  "<": "7e 0a 76",
  ">": "0e 7a 06",
  "_": "02 82",
  "'": "1i 1f",
  '"': "0i 0f|3i 3f",
  "#": "24 3i|64 7i|0c 9c|08 98",
  "*": "3c 3i|0h 6d|0d 6h",
  "|": "1i 12",
  "?": "~0f 1i 6i 7f 5b 3b 39|34 35",
  "!": "1i 19|14 15",
};

/** Half units between two letters, and a blank's width. */
const GAP = 3;
const BLANK = 5;
/** Half units from the base line to the top of capitals. */
const CAPITAL = 14;

/** A letter's strokes; x from 0, y up from the base line, in half units. */
interface Glyph {
  readonly strokes: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly width: number;
}

const known = new Map<string, Glyph>();

function glyphOf(letter: string): Glyph {
  const found = known.get(letter);
  if (found !== undefined) return found;
  const text = GLYPHS[letter] ?? GLYPHS["?"] ?? "";
  let width = 0;
  const strokes = text.split("|").map((stroke) => {
    const isCurve = stroke.startsWith("~");
    const points = stroke.replace("~", "").trim().split(" ").map((pair): [number, number] => {
      const x = parseInt(pair[0] ?? "0", 36);
      width = Math.max(width, x);
      return [x, parseInt(pair[1] ?? "4", 36) - 4];
    });
    return isCurve ? smooth(smooth(smooth(points))) : points;
  });
  const glyph = { strokes, width };
  known.set(letter, glyph);
  return glyph;
}

/** Cuts the corners of a row of points; its ends stay (Chaikin). */
function smooth(points: readonly (readonly [number, number])[]): [number, number][] {
  const first = points[0] ?? [0, 0];
  const last = points[points.length - 1] ?? first;
  const found: [number, number][] = [[first[0], first[1]]];
  for (let k = 0; k + 1 < points.length; k++) {
    const [ax, ay] = points[k] ?? first;
    const [bx, by] = points[k + 1] ?? last;
    if (k > 0) found.push([0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by]);
    if (k + 2 < points.length) found.push([0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by]);
  }
  found.push([last[0], last[1]]);
  return found;
}

/** Width of a text whose capitals are `size` high. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) {
    width += letter === " " ? BLANK : glyphOf(letter).width + GAP;
  }
  return Math.max(0, width - GAP) * size / CAPITAL;
}

/** The strokes of a text with its base line's left end at `x`, `y`; y grows downwards. */
export function textStrokes(text: string, x: number, y: number, size: number): Float64Array[] {
  const scale = size / CAPITAL;
  const strokes: Float64Array[] = [];
  let at = x;
  for (const letter of text) {
    if (letter === " ") {
      at += BLANK * scale;
      continue;
    }
    const glyph = glyphOf(letter);
    for (const stroke of glyph.strokes) {
      const points = new Float64Array(stroke.length * 2);
      stroke.forEach(([px, py], k) => {
        points[2 * k] = at + px * scale;
        points[2 * k + 1] = y - py * scale;
      });
      strokes.push(points);
    }
    at += (glyph.width + GAP) * scale;
  }
  return strokes;
}
