/**
 * The live view: a table of each domain and a chart, drawn in place on a terminal.
 * @module
 */
import type { MonitorReport } from "../../../lib/ptp/monitor/report.ts";
import type { Kit } from "../../kit/kit.ts";
import { chart, type Point } from "../chart.ts";
import type { Series } from "../plot/series.ts";
import { domainLines } from "./report_text.ts";
import type { Tracks } from "./tracks.ts";

/** Seconds that the chart shows. */
const SPAN = 60;
const CHART_ROWS = 9;
const NARROWEST = 30;
const WIDEST = 160;

/** Draws over what it drew before. */
export class View {
  readonly #kit: Kit;
  #drawn = 0;

  constructor(kit: Kit) {
    this.#kit = kit;
    kit.out.text("\x1b[?25l");
  }

  /** One picture. @param notes Lines of what happened last. */
  draw(report: MonitorReport, tracks: Tracks, notes: readonly string[]): void {
    const { columns, rows } = terminalSize();
    const width = Math.max(NARROWEST, Math.min(columns, WIDEST));
    const { style, out } = this.#kit;
    const lines: string[] = [];
    const most = Math.max(3, rows - CHART_ROWS - 12);
    for (const domain of report.domains) {
      lines.push(...domainLines(domain, { width, style, most }), "");
    }
    if (report.domains.length === 0) lines.push("no PTP yet", "");
    const { main } = tracks;
    if (main !== undefined) lines.push(...chartLines(main, width, report.span / 1e9, style.cyan));
    lines.push(...notes.map((note) => style.dim(note.slice(0, width))));
    const shown = lines.slice(0, Math.max(5, rows - 1));
    if (this.#drawn > 0) out.text(`\x1b[${this.#drawn}A`);
    for (const line of shown) out.text(`\r\x1b[2K${line}\n`);
    out.text("\x1b[J");
    this.#drawn = shown.length;
    out.flush();
  }

  /** Takes the picture away, for the report. */
  close(): void {
    const { out } = this.#kit;
    // Ctrl-C has put the cursor on a line of its own.
    const below = this.#kit.stopReason === "SIGINT" && this.#kit.errIsTerminal ? 1 : 0;
    if (this.#drawn > 0) out.text(`\x1b[${this.#drawn + below}A\r\x1b[J`);
    out.text("\x1b[?25h");
    out.flush();
  }
}

function chartLines(
  main: { title: string; series: Series },
  width: number,
  now: number,
  paint: (text: string) => string,
): string[] {
  const { series } = main;
  const start = Math.max(0, now - SPAN);
  const points: Point[] = [];
  for (let k = series.length - 1; k >= 0; k--) {
    const at = series.at[k] ?? 0;
    if (at < start) break;
    points.push({ at: at - start, offset: series.least[k] ?? 0 });
    points.push({ at: at - start, offset: series.greatest[k] ?? 0 });
  }
  const options = { columns: width, rows: CHART_ROWS, span: SPAN };
  const title = `${main.title}, ${series.name}, last ${SPAN} s`;
  return [title.slice(0, width), ...chart(points, options).map(paint)];
}

function terminalSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80, rows: 24 };
  }
}
