/**
 * Counters, gauges and histograms, and their text in the Prometheus exposition format 0.0.4.
 *
 * A core counts in plain numbers of its own; metrics are read from them when somebody asks.
 * @module
 */

/** Steps per factor of two in a {@linkcode Histogram}: a quantile is right within 1.1 %. */
const STEPS = 64;
const SMALLEST_EXPONENT = -10;
const EXPONENTS = 74;

/**
 * A histogram of non-negative numbers on a logarithmic scale, of fixed size: 2^-10 to 2^64 with a
 * relative error of at most 1.1 %. Negative numbers count by their magnitude, NaN not at all.
 */
export class Histogram {
  readonly #buckets = new Uint32Array(EXPONENTS * STEPS + 1);
  #count = 0;
  #sum = 0;
  #squares = 0;
  #least = Infinity;
  #most = 0;

  /** Counts one value. */
  record(value: number): void {
    const v = Math.abs(value);
    if (v !== v || v === Infinity) return;
    this.#buckets[bucketOf(v)]! += 1;
    this.#count++;
    this.#sum += v;
    this.#squares += v * v;
    if (v < this.#least) this.#least = v;
    if (v > this.#most) this.#most = v;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** NaN where nothing was counted; likewise below. */
  get mean(): number {
    return this.#count === 0 ? NaN : this.#sum / this.#count;
  }

  /** Root of the mean square. */
  get rms(): number {
    return this.#count === 0 ? NaN : Math.sqrt(this.#squares / this.#count);
  }

  get least(): number {
    return this.#count === 0 ? NaN : this.#least;
  }

  get most(): number {
    return this.#count === 0 ? NaN : this.#most;
  }

  /** The value that a share `q` of all values does not exceed (the nearest rank). */
  quantile(q: number): number {
    if (this.#count === 0) return NaN;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    if (rank >= this.#count) return this.#most;
    let seen = 0;
    for (let b = 0; b < this.#buckets.length; b++) {
      seen += this.#buckets[b]!;
      if (seen >= rank) return Math.min(this.#most, Math.max(this.#least, middleOf(b)));
    }
    throw new Error("unreachable: histogram counts do not add up");
  }

  /** How many values are at most `limit`, as exact as the scale is. */
  atMost(limit: number): number {
    const last = bucketOf(Math.max(0, limit));
    let n = 0;
    for (let b = 0; b <= last; b++) n += this.#buckets[b]!;
    return n;
  }

  /** Adds all that `other` counted. */
  merge(other: Histogram): void {
    for (let b = 0; b < this.#buckets.length; b++) this.#buckets[b]! += other.#buckets[b]!;
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#squares += other.#squares;
    this.#least = Math.min(this.#least, other.#least);
    this.#most = Math.max(this.#most, other.#most);
  }

  /** Forgets everything. */
  clear(): void {
    this.#buckets.fill(0);
    this.#count =
      this.#sum =
      this.#squares =
      this.#most =
        0;
    this.#least = Infinity;
  }
}

function bucketOf(v: number): number {
  if (v < 2 ** SMALLEST_EXPONENT) return 0;
  const b = 1 + Math.floor((Math.log2(v) - SMALLEST_EXPONENT) * STEPS);
  return Math.min(b, EXPONENTS * STEPS);
}

function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** (SMALLEST_EXPONENT + (bucket - 0.5) / STEPS);
}

/** Label names and values of one series. */
export type Labels = Readonly<Record<string, string>>;

/** What a family of series is. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary";

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Writes the Prometheus text format: announce a family, then give its series.
 *
 * ```ts
 * const w = new MetricsWriter();
 * w.family("rptp_ptp_offset_seconds", "gauge", "Local clock minus master.");
 * w.value({ port: "1" }, offset / 1e9);
 * send(w.text());
 * ```
 */
export class MetricsWriter {
  readonly #lines: string[] = [];
  #name = "";

  /** Starts a family. Counters end in `_total`, and units are base units (seconds, bytes). */
  family(name: string, type: MetricType, help: string): void {
    if (!NAME.test(name)) throw new Error(`metric name ${name}`);
    this.#name = name;
    const line = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    this.#lines.push(`# HELP ${name} ${line}`, `# TYPE ${name} ${type}`);
  }

  /** One series of the family. */
  value(labels: Labels, value: number): void {
    this.#sample("", labels, value);
  }

  /** A histogram with the given upper bounds (ascending, in the histogram's own unit). */
  histogram(labels: Labels, h: Histogram, bounds: readonly number[], unit = 1): void {
    for (const bound of bounds) {
      this.#sample("_bucket", { ...labels, le: number(bound * unit) }, h.atMost(bound));
    }
    this.#sample("_bucket", { ...labels, le: "+Inf" }, h.count);
    this.#sample("_sum", labels, h.sum * unit);
    this.#sample("_count", labels, h.count);
  }

  /** A summary with the given quantiles; `unit` turns the histogram's unit into the family's. */
  summary(labels: Labels, h: Histogram, quantiles: readonly number[], unit = 1): void {
    for (const q of quantiles) {
      this.#sample("", { ...labels, quantile: number(q) }, h.quantile(q) * unit);
    }
    this.#sample("_sum", labels, h.sum * unit);
    this.#sample("_count", labels, h.count);
  }

  /** All lines, each ended. */
  text(): string {
    return this.#lines.length === 0 ? "" : this.#lines.join("\n") + "\n";
  }

  #sample(suffix: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([key, v]) => {
      if (!LABEL.test(key)) throw new Error(`metric label ${key}`);
      return `${key}="${escapeLabel(v)}"`;
    });
    const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    this.#lines.push(`${this.#name}${suffix}${braces} ${number(value)}`);
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function number(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
