/**
 * CLOCK_MONOTONIC_RAW as {@linkcode Instant}: what every core's `now` and every stamp refers to.
 *
 * The origin is taken at the first use. The main isolate hands {@linkcode rawOrigin} to its
 * Workers, which call {@linkcode adoptOrigin} first, so that instants compare across isolates.
 * Without the C library (other systems, no FFI) `performance.now()` stands in.
 * @module
 */
import type { Instant } from "../lib/base/time.ts";
import { hasLibc, type Libc, libc } from "./libc.ts";
import { ClockId } from "./layout.ts";

const HIGH = 0x1_0000_0000;

const bytes = new Uint8Array(16);
const words = new Uint32Array(bytes.buffer);

let c: Libc | undefined;
let isReady = false;
let originSeconds = 0;
let originNanos = 0;

/** CLOCK_MONOTONIC_RAW now, in nanoseconds since the origin. Allocates nothing; about 50 ns. */
export function rawNow(): Instant {
  if (!isReady) begin();
  if (c === undefined) return (performance.now() * 1e6 - originNanos) as Instant;
  c.clock_gettime(ClockId.MonotonicRaw, bytes);
  return ((words[0]! + words[1]! * HIGH - originSeconds) * 1e9 +
    (words[2]! - originNanos)) as Instant;
}

/** A CLOCK_MONOTONIC_RAW reading as the kernel gives it, as an instant. */
export function instantOfRaw(seconds: number, nanos: number): Instant {
  if (!isReady) begin();
  return ((seconds - originSeconds) * 1e9 + (nanos - originNanos)) as Instant;
}

/** The origin: absolute CLOCK_MONOTONIC_RAW nanoseconds. */
export function rawOrigin(): bigint {
  if (!isReady) begin();
  return BigInt(originSeconds) * 1_000_000_000n + BigInt(originNanos);
}

/** Takes another isolate's origin. Call it before anything here has read an instant. */
export function adoptOrigin(origin: bigint): void {
  if (!isReady) begin();
  originSeconds = Number(origin / 1_000_000_000n);
  originNanos = Number(origin % 1_000_000_000n);
}

/** An instant as absolute CLOCK_MONOTONIC_RAW nanoseconds, for `--json`: `"81234567890123"`. */
export function absoluteRaw(at: Instant): string {
  return (rawOrigin() + BigInt(Math.round(at))).toString();
}

function begin(): void {
  isReady = true;
  if (!hasLibc()) return;
  c = libc();
  c.clock_gettime(ClockId.MonotonicRaw, bytes);
  originSeconds = words[0]! + words[1]! * HIGH;
  originNanos = words[2]!;
}
