/**
 * `rptp slave --chart` and `--plot FILE`: the servo's reports as a picture, while it runs and at the end.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Servo } from "../../lib/ptp/servo/servo.ts";
import type { Context } from "../kit/command.ts";
import type { Kit } from "../kit/kit.ts";
import { chart, type Point } from "./chart.ts";
import { servoFigure, ServoTracks, tapSamples } from "./plot/servo_tracks.ts";
import { plotPath, writeFigure } from "./plot/write.ts";
import type { Teller } from "./report.ts";

/** Flags of pictures. */
export interface ViewFlags {
  readonly chart: boolean;
  readonly plot: string | undefined;
}

/** How they are parsed and explained. */
export const VIEW_FLAGS: FlagParametersForType<ViewFlags, Context> = {
  chart: {
    kind: "boolean",
    brief: "Draw the offset in the terminal; lines where there is none",
    default: false,
    withNegated: false,
  },
  plot: {
    kind: "parsed",
    parse: plotPath,
    brief: "At the end, draw offset, delay and frequency into FILE.svg or FILE.png",
    placeholder: "FILE",
    optional: true,
  },
};

/** Seconds that the chart shows. */
const SPAN = 60;
const ROWS = 11;
const NARROWEST = 30;
const WIDEST = 110;
/** Lines of text under the chart. */
const NOTES = 5;

/** Made before the session; draws what the servo reports. */
export class SlaveView {
  /** Where the session's lines go: to the kit, or under the chart. */
  readonly teller: Teller;
  readonly #kit: Kit;
  readonly #flags: ViewFlags;
  readonly #tracks = new ServoTracks("");
  readonly #isPicture: boolean;
  readonly #notes: string[] = [];
  #drawn = 0;

  constructor(kit: Kit, flags: ViewFlags) {
    this.#kit = kit;
    this.#flags = flags;
    this.#isPicture = flags.chart && kit.outIsTerminal && !kit.isJson;
    this.teller = this.#isPicture
      ? {
        say: (line) => this.#note(line),
        warn: (line) => this.#note(kit.style.yellow(`warning: ${line}`)),
        json: () => {},
      }
      : kit;
    if (this.#isPicture) kit.out.text("\x1b[?25l");
  }

  /** Watches the reports of `servo`. */
  watch(servo: Servo): Servo {
    return tapSamples(servo, (sample) => this.#tracks.add(sample));
  }

  /** Once a second, after the status line. */
  draw(): void {
    if (!this.#isPicture) return;
    const { out, style } = this.#kit;
    const width = Math.max(NARROWEST, Math.min(columnsOf(), WIDEST));
    const lines = [
      style.bold(`offset from the master, last ${SPAN} s`),
      ...chart(this.#points(), { columns: width, rows: ROWS, span: SPAN }).map(style.cyan),
      ...this.#notes.map((note) => note.slice(0, width)),
    ];
    if (this.#drawn > 0) out.text(`\x1b[${this.#drawn}A`);
    for (const line of lines) out.text(`\r\x1b[2K${line}\n`);
    this.#drawn = lines.length;
    out.flush();
  }

  /** The last picture stays; the file is written. */
  async finish(): Promise<void> {
    if (this.#isPicture) {
      this.#kit.out.text("\x1b[?25h");
      this.#kit.out.flush();
    }
    const { plot } = this.#flags;
    if (plot === undefined) return;
    const head = { title: "rptp slave", subtitle: "offset with its bound, path delay, correction" };
    await writeFigure(plot, servoFigure({ ...head, origin: "" }, [this.#tracks]));
  }

  #points(): Point[] {
    const { offset } = this.#tracks;
    const last = offset.at[offset.length - 1] ?? 0;
    const start = Math.max(0, last - SPAN);
    const points: Point[] = [];
    for (let k = offset.length - 1; k >= 0; k--) {
      const at = offset.at[k] ?? 0;
      if (at < start) break;
      points.push({ at: at - start, offset: offset.least[k] ?? 0 });
      points.push({ at: at - start, offset: offset.greatest[k] ?? 0 });
    }
    return points;
  }

  #note(line: string): void {
    this.#notes.push(line);
    if (this.#notes.length > NOTES) this.#notes.shift();
  }
}

function columnsOf(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}
