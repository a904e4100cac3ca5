/**
 * A canvas of pixels with smooth edges.
 * @module
 */
import type { Canvas, Colour, TextStyle } from "./canvas.ts";
import { textStrokes, textWidth } from "./font.ts";

/** Rows across which a polygon's edge is averaged. */
const SUBROWS = 4;

/** RGB, 8 bits each, white at first. */
export class RasterCanvas implements Canvas {
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture: {@linkcode width} and `height` times the scale. */
  readonly columns: number;
  readonly rows: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly #scale: number;
  readonly #cover: Float32Array;

  /** @param scale Pixels per unit: 2 for sharp screens. */
  constructor(width: number, height: number, scale = 1) {
    this.width = width;
    this.height = height;
    this.#scale = scale;
    this.columns = Math.round(width * scale);
    this.rows = Math.round(height * scale);
    this.pixels = new Uint8Array(this.columns * this.rows * 3).fill(255);
    this.#cover = new Float32Array(this.columns * this.rows);
  }

  fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    const s = this.#scale;
    const box = this.#box(x * s, y * s, (x + width) * s, (y + height) * s);
    for (let row = box.top; row < box.bottom; row++) {
      const high = Math.min(row + 1, (y + height) * s) - Math.max(row, y * s);
      for (let column = box.left; column < box.right; column++) {
        const wide = Math.min(column + 1, (x + width) * s) - Math.max(column, x * s);
        this.#cover[row * this.columns + column] = Math.max(0, high) * Math.max(0, wide);
      }
    }
    this.#paint(box, colour, 1);
  }

  line(points: Float64Array, width: number, colour: Colour, opacity = 1): void {
    this.#strokes([points], width, colour, opacity);
  }

  area(points: Float64Array, colour: Colour, opacity: number): void {
    const s = this.#scale;
    let top = Infinity;
    let bottom = -Infinity;
    for (let k = 1; k < points.length; k += 2) {
      top = Math.min(top, points[k]! * s);
      bottom = Math.max(bottom, points[k]! * s);
    }
    const box = this.#box(0, top, this.columns, bottom);
    for (let row = box.top; row < box.bottom; row++) {
      for (let sub = 0; sub < SUBROWS; sub++) {
        this.#span(points, row, row + (sub + 0.5) / SUBROWS);
      }
    }
    this.#paint(box, colour, opacity);
  }

  dot(x: number, y: number, radius: number, colour: Colour, opacity = 1): void {
    this.#strokes([new Float64Array([x, y, x, y])], 2 * radius, colour, opacity);
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const wide = textWidth(text, style.size);
    const anchor = style.anchor ?? "start";
    const left = x - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
    const width = style.size * (style.isBold === true ? 0.19 : 0.125);
    this.#strokes(textStrokes(text, left, y, style.size), width, style.colour, 1);
  }

  #strokes(all: readonly Float64Array[], width: number, colour: Colour, opacity: number): void {
    const s = this.#scale;
    const half = width * s / 2;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const points of all) {
      for (let k = 0; k + 1 < points.length; k += 2) {
        left = Math.min(left, points[k]! * s);
        right = Math.max(right, points[k]! * s);
        top = Math.min(top, points[k + 1]! * s);
        bottom = Math.max(bottom, points[k + 1]! * s);
      }
    }
    const edge = half + 1;
    const box = this.#box(left - edge, top - edge, right + edge, bottom + edge);
    for (const points of all) {
      for (let k = 0; k + 3 < points.length; k += 2) {
        this.#segment(
          [points[k]! * s, points[k + 1]! * s, points[k + 2]! * s, points[k + 3]! * s],
          half,
        );
      }
    }
    this.#paint(box, colour, opacity);
  }

  /** Covers the pixels within `half` of a line from a to b. */
  #segment(ends: readonly [number, number, number, number], half: number): void {
    const [ax, ay, bx, by] = ends;
    const edge = half + 1;
    const box = this.#box(
      Math.min(ax, bx) - edge,
      Math.min(ay, by) - edge,
      Math.max(ax, bx) + edge,
      Math.max(ay, by) + edge,
    );
    const dx = bx - ax;
    const dy = by - ay;
    const square = dx * dx + dy * dy;
    for (let row = box.top; row < box.bottom; row++) {
      for (let column = box.left; column < box.right; column++) {
        const px = column + 0.5 - ax;
        const py = row + 0.5 - ay;
        const t = square === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / square));
        const distance = Math.hypot(px - t * dx, py - t * dy);
        const cover = Math.min(1, half + 0.5 - distance, 2 * half);
        const at = row * this.columns + column;
        if (cover > this.#cover[at]!) this.#cover[at] = cover;
      }
    }
  }

  /** Covers one sub-row of a polygon's inside. */
  #span(points: Float64Array, row: number, y: number): void {
    const s = this.#scale;
    const crossings: number[] = [];
    const n = points.length / 2;
    for (let k = 0; k < n; k++) {
      const j = (k + 1) % n;
      const ay = points[2 * k + 1]! * s;
      const by = points[2 * j + 1]! * s;
      if (ay <= y === by <= y) continue;
      const ax = points[2 * k]! * s;
      const bx = points[2 * j]! * s;
      crossings.push(ax + (y - ay) / (by - ay) * (bx - ax));
    }
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, crossings[k]!);
      const to = Math.min(this.columns, crossings[k + 1]!);
      for (let column = Math.floor(from); column < to; column++) {
        const part = Math.min(column + 1, to) - Math.max(column, from);
        this.#cover[row * this.columns + column]! += part / SUBROWS;
      }
    }
  }

  /** Mixes the covered pixels with a colour and clears the cover. */
  #paint(
    box: { left: number; top: number; right: number; bottom: number },
    colour: Colour,
    opacity: number,
  ): void {
    const value = parseInt(colour.slice(1), 16);
    const rgb = [value >>> 16, (value >>> 8) & 0xff, value & 0xff];
    for (let row = box.top; row < box.bottom; row++) {
      for (let column = box.left; column < box.right; column++) {
        const at = row * this.columns + column;
        const cover = Math.min(1, this.#cover[at]!) * opacity;
        if (cover <= 0) continue;
        this.#cover[at] = 0;
        for (let c = 0; c < 3; c++) {
          const old = this.pixels[at * 3 + c]!;
          this.pixels[at * 3 + c] = Math.round(old + cover * (rgb[c]! - old));
        }
      }
    }
  }

  #box(left: number, top: number, right: number, bottom: number) {
    return {
      left: Math.max(0, Math.floor(left)),
      top: Math.max(0, Math.floor(top)),
      right: Math.min(this.columns, Math.ceil(right)),
      bottom: Math.min(this.rows, Math.ceil(bottom)),
    };
  }
}
