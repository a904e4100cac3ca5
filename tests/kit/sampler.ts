/**
 * The third process: reads CLOCK_REALTIME against CLOCK_MONOTONIC_RAW 200 times a second.
 * @module
 */
import { clockTool } from "./clock_guard.ts";
import { Running } from "./process.ts";
import type { Reading } from "./truth.ts";

/** Brackets wider than this were interrupted; the reading in them is not used. */
const WIDEST = 2_000;

/** A running sampler; it never looks at packets. */
export class Sampler implements AsyncDisposable {
  readonly #process: Running;

  private constructor(process: Running) {
    this.#process = process;
  }

  static async start(limitSeconds = 120, hz = 200): Promise<Sampler> {
    const args = ["sample", String(hz), String(limitSeconds)];
    const process = Running.start(await clockTool(), args, { limitSeconds: limitSeconds + 5 });
    await process.line(/^\d+ \d+ \d+$/);
    return new Sampler(process);
  }

  /** The readings so far. */
  readings(): Reading[] {
    const readings: Reading[] = [];
    for (const line of this.#process.stdout) {
      const [raw, time, width] = line.split(" ");
      if (raw === undefined || time === undefined || Number(width) > WIDEST) continue;
      readings.push({ raw: BigInt(raw), time: BigInt(time) });
    }
    return readings;
  }

  /** Ends the process and returns all readings. */
  async finish(): Promise<Reading[]> {
    await this.#process.stop();
    return this.readings();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

/** Slope of `time - raw` in ppb by least squares: the sampler's own view of a frequency. */
export function slopePpb(readings: readonly Reading[]): number {
  const raw0 = readings[0]!.raw;
  const time0 = readings[0]!.time;
  const x = readings.map((r) => Number(r.raw - raw0));
  const y = readings.map((r, i) => Number(r.time - time0) - x[i]!);
  const meanX = x.reduce((s, v) => s + v, 0) / x.length;
  const meanY = y.reduce((s, v) => s + v, 0) / y.length;
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < x.length; i++) {
    top += (x[i]! - meanX) * (y[i]! - meanY);
    bottom += (x[i]! - meanX) ** 2;
  }
  return top / bottom * 1e9;
}
