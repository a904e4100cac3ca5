/**
 * A figure into a file: SVG or PNG, by the file's name.
 * @module
 */
import { Failure } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import { drawFigure, type Figure, figureSize } from "./figure.ts";
import { encodePng } from "./png.ts";
import { RasterCanvas } from "./raster.ts";
import { SvgCanvas } from "./svg.ts";

/** Pixels of PNG per unit. */
const SHARPNESS = 2;

/** Refuses a name that is neither; for the command line. */
export function plotPath(text: string): string {
  if (!/\.(svg|png)$/i.test(text)) throw new Error("expected a file name ending in .svg or .png");
  return text;
}

/** The octets of the picture. */
export async function renderFigure(path: string, figure: Figure): Promise<Uint8Array> {
  const { width, height } = figureSize(figure);
  if (/\.svg$/i.test(path)) {
    const canvas = new SvgCanvas(width, height);
    drawFigure(figure, canvas);
    return new TextEncoder().encode(canvas.document());
  }
  const canvas = new RasterCanvas(width, height, SHARPNESS);
  drawFigure(figure, canvas);
  return await encodePng(canvas.columns, canvas.rows, canvas.pixels);
}

/** Writes the picture. @throws Failure where the file cannot be written */
export async function writeFigure(path: string, figure: Figure): Promise<void> {
  const octets = await renderFigure(path, figure);
  try {
    await Deno.writeFile(path, octets);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n", 1)[0] ?? "" : String(error);
    throw new Failure(ExitCode.InputOutput, `write ${path}`, why);
  }
}
