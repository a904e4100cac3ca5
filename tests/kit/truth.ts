/**
 * True error of a clock, computed from what the clocks themselves say, never from packets.
 *
 * A virtual clock prints its pieces (`{"event":"clock","raw","time","ppb"}`): a function of
 * CLOCK_MONOTONIC_RAW, which every process on the machine reads alike. The error of one clock
 * against another is the difference of two such functions at the same raw instant; CLOCK_REALTIME
 * enters as samples against raw.
 * @module
 */

/** A reading of some clock at a raw instant; both in ns. */
export interface Reading {
  readonly raw: bigint;
  readonly time: bigint;
}

/** The error at one raw instant, ns; `at` counts ns from the series' first raw instant. */
export interface TrueError {
  readonly at: number;
  readonly error: number;
}

interface Piece {
  readonly raw: bigint;
  readonly time: bigint;
  readonly ppb: number;
}

/** A clock given by pieces: time(raw') = time + (raw' - raw)(1 + ppb / 1e9). */
export class PieceClock {
  readonly #pieces: Piece[] = [];

  /** Reads the `clock` events among the lines of a `--json` log. */
  static fromLog(lines: readonly string[]): PieceClock {
    const clock = new PieceClock();
    for (const line of lines) {
      if (!line.includes('"clock"')) continue;
      const o = JSON.parse(line) as { event: string; raw: string; time: string; ppb: number };
      if (o.event === "clock") clock.add(BigInt(o.raw), BigInt(o.time), o.ppb);
    }
    if (clock.#pieces.length === 0) throw new Error("no clock event in the log");
    return clock;
  }

  /** Adds a piece; pieces may come with equal or rising `raw`. */
  add(raw: bigint, time: bigint, ppb: number): void {
    this.#pieces.push({ raw, time, ppb });
  }

  /** Raw instant of the first piece. */
  get start(): bigint {
    return this.#pieces[0]!.raw;
  }

  get length(): number {
    return this.#pieces.length;
  }

  /** Raw instants at which a piece begins with a phase that the piece before did not lead to. */
  jumps(limitNanos: number): bigint[] {
    const found: bigint[] = [];
    for (let k = 1; k < this.#pieces.length; k++) {
      const piece = this.#pieces[k]!;
      const [whole, part] = extrapolate(this.#pieces[k - 1]!, piece.raw);
      if (Math.abs(Number(piece.time - whole) - part) > limitNanos) found.push(piece.raw);
    }
    return found;
  }

  /** `time - this(raw)` in ns, the fraction kept. `raw` must not lie before {@linkcode start}. */
  errorOf(raw: bigint, time: bigint): number {
    const [whole, part] = this.at(raw);
    return Number(time - whole) - part;
  }

  /** The reading at `raw` as whole ns and a small rest. */
  at(raw: bigint): [bigint, number] {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#pieces[middle]!.raw <= raw) low = middle;
      else high = middle - 1;
    }
    return extrapolate(this.#pieces[low]!, raw);
  }
}

function extrapolate(piece: Piece, raw: bigint): [bigint, number] {
  const elapsed = raw - piece.raw;
  return [piece.time + elapsed, Number(elapsed) * piece.ppb / 1e9];
}

/** True errors of sampled readings against `truth`. Readings before its start are left out. */
export function errorsOfReadings(readings: readonly Reading[], truth: PieceClock): TrueError[] {
  const first = readings.find((r) => r.raw >= truth.start)?.raw ?? 0n;
  return readings.filter((r) => r.raw >= truth.start)
    .map((r) => ({ at: Number(r.raw - first), error: truth.errorOf(r.raw, r.time) }));
}

/** True errors of one piece clock against another on a 200 Hz grid of raw instants. */
export function errorsOfClock(clock: PieceClock, truth: PieceClock, until: bigint): TrueError[] {
  const first = clock.start > truth.start ? clock.start : truth.start;
  const errors: TrueError[] = [];
  for (let raw = first; raw <= until; raw += 5_000_000n) {
    const [whole, part] = clock.at(raw);
    errors.push({ at: Number(raw - first), error: truth.errorOf(raw, whole) + part });
  }
  return errors;
}

/** What a series of errors comes to; ns. */
export interface Verdict {
  readonly count: number;
  readonly rms: number;
  readonly mean: number;
  /** Of the magnitudes. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Evaluates errors; with `withoutMean` the mean is taken off first (path asymmetry). */
export function evaluate(errors: readonly TrueError[], withoutMean = false): Verdict {
  const count = errors.length;
  if (count === 0) throw new Error("no errors to evaluate: the window is empty");
  const mean = errors.reduce((sum, e) => sum + e.error, 0) / count;
  const shift = withoutMean ? mean : 0;
  const sizes = errors.map((e) => Math.abs(e.error - shift)).sort((x, y) => x - y);
  const rms = Math.sqrt(sizes.reduce((sum, e) => sum + e * e, 0) / count);
  const rank = (share: number) => sizes[Math.min(count - 1, Math.ceil(share * count) - 1)]!;
  return { count, rms, mean, p50: rank(0.5), p99: rank(0.99), max: sizes[count - 1]! };
}

/** The part of a series with `from <= at < to`, in seconds of its time axis. */
export function window(errors: readonly TrueError[], from: number, to = Infinity): TrueError[] {
  return errors.filter((e) => e.at >= from * 1e9 && e.at < to * 1e9);
}

/** The last `seconds` of a series. */
export function lastSeconds(errors: readonly TrueError[], seconds: number): TrueError[] {
  const end = errors[errors.length - 1]?.at ?? 0;
  return errors.filter((e) => e.at > end - seconds * 1e9);
}

/**
 * When the magnitude first falls below `limit` ns and stays there for `holdSeconds`, in seconds of
 * the series' time axis from `from` on; undefined where that never happens.
 */
export function settlesBelow(
  errors: readonly TrueError[],
  limit: number,
  holdSeconds: number,
  from = 0,
): number | undefined {
  let since: number | undefined;
  for (const e of errors) {
    if (e.at < from * 1e9) continue;
    if (Math.abs(e.error) >= limit) since = undefined;
    else since ??= e.at;
    if (since !== undefined && e.at - since >= holdSeconds * 1e9) return since / 1e9;
  }
  return undefined;
}

/** One line for humans: `rms 31 ns, p99 58, max 70, mean -12`. */
export function describe(v: Verdict): string {
  const n = (x: number) => x.toFixed(0);
  return `rms ${n(v.rms)} ns, p50 ${n(v.p50)}, p99 ${n(v.p99)}, max ${n(v.max)}, mean ${n(v.mean)}`;
}
