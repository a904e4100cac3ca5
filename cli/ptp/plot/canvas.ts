/**
 * What a figure is drawn with; SVG and pixels are two ways to take it down.
 * @module
 */

/** `#rrggbb`. */
export type Colour = `#${string}`;

/** Where a text's x is. */
export type Anchor = "start" | "middle" | "end";

/** How a text is set. */
export interface TextStyle {
  /** Height of capitals, pixels. */
  readonly size: number;
  readonly colour: Colour;
  readonly anchor?: Anchor;
  readonly isBold?: boolean;
}

/** Pixels from the upper left corner. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** A filled rectangle. */
  fill(x: number, y: number, width: number, height: number, colour: Colour): void;
  /** A line through `points` (x, y, x, y ...). */
  line(points: Float64Array, width: number, colour: Colour, opacity?: number): void;
  /** A filled polygon. */
  area(points: Float64Array, colour: Colour, opacity: number): void;
  /** A filled circle. */
  dot(x: number, y: number, radius: number, colour: Colour, opacity?: number): void;
  /** A text on the base line `y`. */
  text(text: string, x: number, y: number, style: TextStyle): void;
}
