/**
 * A figure of panels one above the other over one axis of time: title, grid, units, legend.
 * @module
 */
import type { Canvas, Colour } from "./canvas.ts";
import { textWidth } from "./font.ts";
import { nanosScale, plainScale, type Scale, secondsScale, type Tick } from "./scale.ts";
import type { Series } from "./series.ts";

/** One panel; values in ns, times in s. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  /** True where 0 belongs into the picture. */
  readonly hasZero: boolean;
  /** Of values that are no durations, whose unit this is. */
  readonly unit?: string;
  /** Half-widths around a series of the same index; drawn as a band. */
  readonly bands?: readonly (Series | undefined)[];
}

/** Everything drawn. */
export interface Figure {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly Panel[];
  /** What the time counts from: `since 2026-01-02T03:04:05Z`. */
  readonly origin: string;
}

const WIDTH = 1000;
const HEAD = 66;
const FOOT = 46;
const PANEL = 210;
const PANEL_HEAD = 34;
const LEFT = 78;
const RIGHT = 22;
/** Between the base lines of two labels of an axis. */
const LABEL_SPACE = 17;
/** Points beyond which a series is drawn faintly, with its running mean over it. */
const DENSE = 600;

const INK: Colour = "#1f2937";
const FAINT: Colour = "#6b7280";
const GRID: Colour = "#e5e7eb";
const AXIS: Colour = "#9ca3af";
const GROUND: Colour = "#ffffff";
/** Told apart also by those who see red and green alike (Okabe and Ito). */
const COLOURS: readonly Colour[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
];

/** The size of the picture of a figure. */
export function figureSize(figure: Figure): { width: number; height: number } {
  const panels = Math.max(1, figure.panels.length);
  return { width: WIDTH, height: HEAD + panels * (PANEL + PANEL_HEAD) + FOOT };
}

/** Draws a figure on a canvas of its size. */
export function drawFigure(figure: Figure, canvas: Canvas): void {
  canvas.fill(0, 0, canvas.width, canvas.height, GROUND);
  canvas.text(figure.title, LEFT, 32, { size: 14, colour: INK, isBold: true });
  canvas.text(figure.subtitle, LEFT, 52, { size: 9, colour: FAINT });
  const time = timeScale(figure);
  figure.panels.forEach((panel, k) => {
    const top = HEAD + k * (PANEL + PANEL_HEAD) + PANEL_HEAD;
    drawPanel(panel, time, top, canvas);
  });
  const bottom = canvas.height - FOOT;
  for (const tick of time.ticks) {
    const x = across(time, tick.value);
    if (x < LEFT - 1 || x > WIDTH - RIGHT + 1) continue;
    canvas.text(tick.text, x, bottom + 18, { size: 8.5, colour: FAINT, anchor: "middle" });
  }
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  const label = `time (s)${figure.origin === "" ? "" : `, ${figure.origin}`}`;
  canvas.text(label, middle, bottom + 36, { size: 9, colour: INK, anchor: "middle" });
}

function timeScale(figure: Figure): Scale {
  let from = Infinity;
  let to = -Infinity;
  for (const panel of figure.panels) {
    for (const series of panel.series) {
      if (series.length === 0) continue;
      from = Math.min(from, series.at[0]!);
      to = Math.max(to, series.at[series.length - 1]!);
    }
  }
  return from < to ? secondsScale(from, to) : secondsScale(0, 1);
}

function across(time: Scale, seconds: number): number {
  return LEFT + time.place(seconds) * (WIDTH - RIGHT - LEFT);
}

function drawPanel(panel: Panel, time: Scale, top: number, canvas: Canvas): void {
  const values = valuesOf(panel);
  const scale = panel.unit === undefined
    ? nanosScale(values, panel.hasZero)
    : plainScale(values, panel.unit);
  const right = WIDTH - RIGHT;
  const down = (value: number) => top + (1 - Math.max(0, Math.min(1, scale.place(value)))) * PANEL;
  for (const tick of time.ticks) {
    const x = across(time, tick.value);
    if (x > LEFT && x < right) canvas.line(pair(x, top, x, top + PANEL), 0.8, GRID);
  }
  for (const tick of apart(scale, down)) {
    const y = down(tick.value);
    const isZero = tick.value === 0 && panel.hasZero;
    canvas.line(pair(LEFT, y, right, y), isZero ? 1.2 : 0.8, isZero ? AXIS : GRID);
    canvas.text(tick.text, LEFT - 8, y + 4, { size: 8.5, colour: FAINT, anchor: "end" });
  }
  canvas.line(pair(LEFT, top, LEFT, top + PANEL), 1, AXIS);
  canvas.line(pair(LEFT, top + PANEL, right, top + PANEL), 1, AXIS);
  const unit = scale.unit === "" ? "" : ` (${scale.unit})`;
  canvas.text(`${panel.title}${unit}`, LEFT, top - 10, { size: 10, colour: INK, isBold: true });
  drawLegend(panel, top - 10, canvas);
  panel.series.forEach((series, k) => {
    const colour = COLOURS[k % COLOURS.length]!;
    const band = panel.bands?.[k];
    if (band !== undefined) drawBand(series, band, colour, { time, down, canvas });
    drawSeries(series, colour, { time, down, canvas });
  });
}

/** The ticks that leave each other's labels room: zero first, then from the outside in. */
function apart(scale: Scale, down: (value: number) => number): Tick[] {
  const order = [...scale.ticks].sort((a, b) =>
    a.value === 0 ? -1 : b.value === 0 ? 1 : Math.abs(b.value) - Math.abs(a.value)
  );
  const kept: Tick[] = [];
  for (const tick of order) {
    const y = down(tick.value);
    if (kept.every((other) => Math.abs(down(other.value) - y) >= LABEL_SPACE)) kept.push(tick);
  }
  return kept;
}

function valuesOf(panel: Panel): Float64Array {
  const all: number[] = [];
  for (const series of panel.series) {
    for (const value of series.sorted()) all.push(value);
  }
  return Float64Array.from(all).sort((a, b) => a - b);
}

interface Place {
  readonly time: Scale;
  readonly down: (value: number) => number;
  readonly canvas: Canvas;
}

/** Few points get dots; many are a line, as thick as their neighbours scatter. */
function drawSeries(series: Series, colour: Colour, place: Place): void {
  const { time, down, canvas } = place;
  const n = series.length;
  if (n === 0) return;
  const points = new Float64Array(4 * n);
  for (let k = 0; k < n; k++) {
    const x = across(time, series.at[k]!);
    points.set([x, down(series.least[k]!), x, down(series.greatest[k]!)], 4 * k);
  }
  if (n > DENSE) {
    canvas.line(points, 1, colour, 0.3);
    canvas.line(runningMean(points, Math.ceil(n / 150)), 1.8, colour);
  } else if (n > 1) canvas.line(points, 1.3, colour);
  if (n <= 120) {
    for (let k = 0; k < n; k++) {
      canvas.dot(points[4 * k]!, points[4 * k + 1]!, 2.2, colour);
    }
  }
}

/** The middle of `points` (two for each time), averaged over `reach` neighbours on both sides. */
function runningMean(points: Float64Array, reach: number): Float64Array {
  const n = points.length / 4;
  const sums = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) {
    sums[k + 1] = sums[k]! + (points[4 * k + 1]! + points[4 * k + 3]!) / 2;
  }
  const found = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    const from = Math.max(0, k - reach);
    const to = Math.min(n, k + reach + 1);
    found.set([points[4 * k]!, (sums[to]! - sums[from]!) / (to - from)], 2 * k);
  }
  return found;
}

function drawBand(series: Series, band: Series, colour: Colour, place: Place): void {
  const { time, down, canvas } = place;
  const n = Math.min(series.length, band.length);
  if (n < 2) return;
  const points = new Float64Array(4 * n);
  for (let k = 0; k < n; k++) {
    const x = across(time, series.at[k]!);
    const half = band.greatest[k]!;
    points.set([x, down(series.greatest[k]! + half)], 2 * k);
    points.set([x, down(series.least[k]! - half)], 4 * n - 2 * k - 2);
  }
  canvas.area(points, colour, 0.14);
}

/** Right of the panel's title, from the right edge on. */
function drawLegend(panel: Panel, y: number, canvas: Canvas): void {
  let x = WIDTH - RIGHT;
  for (let k = panel.series.length - 1; k >= 0; k--) {
    const series = panel.series[k]!;
    if (series.name === "") continue;
    const wide = textWidth(series.name, 8.5);
    canvas.text(series.name, x, y, { size: 8.5, colour: INK, anchor: "end" });
    x -= wide + 8;
    canvas.line(pair(x - 16, y - 4, x, y - 4), 2.4, COLOURS[k % COLOURS.length]!);
    x -= 34;
  }
}

function pair(ax: number, ay: number, bx: number, by: number): Float64Array {
  return new Float64Array([ax, ay, bx, by]);
}
