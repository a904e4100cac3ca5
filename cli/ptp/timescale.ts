/**
 * What a clock's kind says about its timescale.
 * @module
 */
import { timestamp } from "../../lib/base/time.ts";
import { taiOffsetAt } from "../../lib/ptp/leap.ts";
import {
  ARB_TIME_PROPERTIES,
  type LocalTimescale,
  type TimeProperties,
} from "../../lib/ptp/options.ts";
import { TimeSource } from "../../lib/ptp/wire/announce.ts";
import { type OpenClock, realTime } from "./wiring.ts";

/** The clock in words. */
export function clockWords(clock: OpenClock): string {
  switch (clock.kind) {
    case "system":
      return "system clock";
    case "phc":
      return "hardware clock";
    case "virtual":
      return "virtual clock";
  }
}

/** What its reading means. */
export function timescaleOf(clock: OpenClock): LocalTimescale {
  switch (clock.kind) {
    case "system":
      return "utc";
    case "phc":
      return "tai";
    case "virtual":
      return "arb";
  }
}

/** What a grandmaster with this clock announces, and what a slave knows of TAI by itself. */
export function timePropertiesOf(clock: OpenClock): TimeProperties {
  if (clock.kind === "virtual") return ARB_TIME_PROPERTIES;
  const now = timestamp();
  realTime(now);
  const table = taiOffsetAt(now.seconds);
  const isKernels = clock.kernelTaiOffset > 0;
  return {
    ...ARB_TIME_PROPERTIES,
    currentUtcOffset: isKernels ? clock.kernelTaiOffset : table.seconds,
    currentUtcOffsetValid: isKernels || table.isCertain,
    ptpTimescale: true,
    timeSource: TimeSource.InternalOscillator,
  };
}
