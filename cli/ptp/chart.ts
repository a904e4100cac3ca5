/**
 * An offset over time as text: braille dots, time to the right, the offset's magnitude on a
 * logarithmic scale up (the clock is ahead) and down (behind) from the zero line.
 * @module
 */

/** One point: seconds since the chart's start, and an offset in ns. */
export interface Point {
  readonly at: number;
  readonly offset: number;
}

/** What is drawn. */
export interface ChartOptions {
  /** Columns including the labels on the left; at least 30. */
  readonly columns: number;
  /** Rows of the plot; odd, so that one row holds the zero line; at least 5. */
  readonly rows: number;
  /** Seconds from the left to the right edge. */
  readonly span: number;
}

/** Offsets below this are drawn on the zero line. */
const LEAST = 10;
/** Decades from {@linkcode LEAST} to the edge: 10 s. */
const DECADES = 9;
const LABEL = 8;
const BRAILLE = 0x2800;
/** Bits of a cell's 2 x 4 dots by column and row. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]] as const;
const DOT_COLUMNS = 2;
const DOT_ROWS = 4;

/** The chart's lines, top first; `points` may come in any order. */
export function chart(points: readonly Point[], options: ChartOptions): string[] {
  const width = options.columns - LABEL - 1;
  const cells = new Uint8Array(width * options.rows);
  for (const point of points) {
    const x = Math.floor(point.at / options.span * width * DOT_COLUMNS);
    if (x < 0 || x >= width * DOT_COLUMNS) continue;
    const y = dotRow(point.offset, options.rows);
    const cell = Math.floor(y / DOT_ROWS) * width + Math.floor(x / DOT_COLUMNS);
    cells[cell] = cells[cell]! | DOTS[x % DOT_COLUMNS]![y % DOT_ROWS]!;
  }
  const labels = labelRows(options.rows);
  const lines: string[] = [];
  for (let row = 0; row < options.rows; row++) {
    let line = (labels.get(row) ?? "").padStart(LABEL) + (labels.has(row) ? "┤" : "│");
    for (let column = 0; column < width; column++) {
      const bits = cells[row * width + column]!;
      const empty = row === middle(options.rows) ? "╌" : " ";
      line += bits === 0 ? empty : String.fromCodePoint(BRAILLE + bits);
    }
    lines.push(line);
  }
  return lines;
}

/** An offset for people: `-12 ns`, `+1.25 us`, `2.5 s`; three digits. */
export function offsetText(nanos: number, sign = true): string {
  if (!Number.isFinite(nanos)) return "-";
  const size = Math.abs(nanos);
  const [scale, unit] = size < 999.5
    ? [1, "ns"]
    : size < 999_500
    ? [1e3, "us"]
    : size < 999.5e6
    ? [1e6, "ms"]
    : [1e9, "s"];
  const value = size / scale;
  const digits = unit === "ns" ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  const text = value.toFixed(digits);
  const mark = nanos < 0 ? "-" : sign ? "+" : "";
  return `${mark}${text} ${unit}`;
}

function middle(rows: number): number {
  return (rows - 1) / 2;
}

/** The row of dots, 0 at the top, for an offset in ns. */
function dotRow(offset: number, rows: number): number {
  const centre = middle(rows) * DOT_ROWS + DOT_ROWS / 2 - 0.5;
  const decades = Math.log10(Math.max(1, Math.abs(offset) / LEAST));
  const y = centre - Math.sign(offset) * decades / DECADES * centre;
  return Math.max(0, Math.min(rows * DOT_ROWS - 1, Math.round(y)));
}

/** Which rows carry which label: zero, and powers of a thousand on both sides. */
function labelRows(rows: number): Map<number, string> {
  const labels = new Map<number, string>();
  for (const [nanos, text] of [[1e9, "1 s"], [1e6, "1 ms"], [1e3, "1 us"]] as const) {
    for (const sign of [1, -1]) {
      const row = Math.floor(dotRow(sign * nanos, rows) / DOT_ROWS);
      if (!labels.has(row)) labels.set(row, `${sign > 0 ? "+" : "-"}${text}`);
    }
  }
  labels.set(middle(rows), "0");
  return labels;
}
