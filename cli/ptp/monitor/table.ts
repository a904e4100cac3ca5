/**
 * Tables for terminals of any width: columns that matter less go first.
 * @module
 */

/** One column. */
export interface Column {
  readonly title: string;
  /** 0 stays longest. */
  readonly rank: number;
  readonly isRight?: boolean;
}

/** Lines of a table: titles, then rows; each no longer than `width`. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const filled = columns.map((_, k) => rows.some((row) => (row[k] ?? "") !== ""));
  const widths = columns.map((column, k) =>
    Math.max(column.title.length, ...rows.map((row) => (row[k] ?? "").length))
  );
  const shown = columns.map((_, k) => filled[k] === true);
  const total = () => widths.reduce((sum, w, k) => shown[k] === true ? sum + w + 2 : sum, -2);
  while (total() > width && shown.filter(Boolean).length > 1) {
    let worst = -1;
    for (const [k, column] of columns.entries()) {
      const isWorse = worst < 0 || column.rank >= (columns[worst]?.rank ?? 0);
      if (shown[k] === true && isWorse) worst = k;
    }
    shown[worst] = false;
  }
  const line = (cells: readonly string[]) =>
    cells.map((cell, k) => {
      const w = widths[k] ?? 0;
      return columns[k]?.isRight === true ? cell.padStart(w) : cell.padEnd(w);
    }).filter((_, k) => shown[k]).join("  ").trimEnd().slice(0, width);
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

/** A text cut into lines of at most `width`, later ones indented. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(lines.length === 0 ? line : indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(lines.length === 0 ? line : indent + line);
  return lines;
}
