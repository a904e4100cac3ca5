/**
 * A canvas that writes SVG 1.1.
 * @module
 */
import type { Canvas, Colour, TextStyle } from "./canvas.ts";

/** Height of capitals as a share of the font size, for most fonts without serifs. */
const CAPITALS = 0.72;

/** Collects elements; {@linkcode SvgCanvas.text} of the file by `document()`. */
export class SvgCanvas implements Canvas {
  readonly width: number;
  readonly height: number;
  readonly #elements: string[] = [];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    const box = `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"`;
    this.#elements.push(`<rect ${box} fill="${colour}"/>`);
  }

  line(points: Float64Array, width: number, colour: Colour, opacity = 1): void {
    const style = `fill="none" stroke="${colour}" stroke-width="${n(width)}" ` +
      `stroke-linejoin="round" stroke-linecap="round"${faint("stroke-opacity", opacity)}`;
    this.#elements.push(`<polyline points="${pairs(points)}" ${style}/>`);
  }

  area(points: Float64Array, colour: Colour, opacity: number): void {
    const style = `fill="${colour}"${faint("fill-opacity", opacity)}`;
    this.#elements.push(`<polygon points="${pairs(points)}" ${style}/>`);
  }

  dot(x: number, y: number, radius: number, colour: Colour, opacity = 1): void {
    const place = `cx="${n(x)}" cy="${n(y)}" r="${n(radius)}"`;
    this.#elements.push(`<circle ${place} fill="${colour}"${faint("fill-opacity", opacity)}/>`);
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const size = n(style.size / CAPITALS);
    const weight = style.isBold === true ? ' font-weight="600"' : "";
    this.#elements.push(
      `<text x="${n(x)}" y="${n(y)}" font-size="${size}" fill="${style.colour}"` +
        ` text-anchor="${style.anchor ?? "start"}"${weight}>${escape(text)}</text>`,
    );
  }

  /** The file. */
  document(): string {
    const { width, height } = this;
    return `<?xml version="1.0" encoding="UTF-8"?>\n` +
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="Inter, Helvetica, Arial, sans-serif">\n` +
      `${this.#elements.join("\n")}\n</svg>\n`;
  }
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function pairs(points: Float64Array): string {
  const found: string[] = [];
  for (let k = 0; k + 1 < points.length; k += 2) {
    found.push(`${n(points[k]!)},${n(points[k + 1]!)}`);
  }
  return found.join(" ");
}

function faint(name: string, opacity: number): string {
  return opacity < 1 ? ` ${name}="${n(opacity)}"` : "";
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
