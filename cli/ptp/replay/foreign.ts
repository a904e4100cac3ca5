/**
 * A capture of PTP as the input of a servo: the measurements that a slave at the place of the capture
 * would have made, over the clock that stamped it.
 * @module
 */
import { type Instant, shift, type Timestamp, timestamp } from "../../../lib/base/time.ts";
import type { CaptureRecord } from "../../../lib/capture/record.ts";
import { type Measurement, Monitor } from "../../../lib/ptp/monitor/monitor.ts";
import { sighting } from "../../../lib/ptp/monitor/sighting.ts";
import type { WatchedPort } from "../../../lib/ptp/monitor/watched_port.ts";
import type { FreeClock } from "../../../lib/ptp/replay/what_if.ts";
import type { PacketSink } from "../../tcpdump/printer.ts";
import { findMessage, type PtpPorts } from "../monitor/frame.ts";

/** The kernel's limit of a correction, ppb. */
const MAX_PPB = 500_000;

/** Which of the measurements are wanted. */
export interface ForeignOptions {
  readonly ports: PtpPorts;
  readonly domain: number | undefined;
  /** `001122.fffe.334455-1`: of this master; the one with the most Syncs if left out. */
  readonly master: string | undefined;
  /** Of this slave's requests; of all if left out. */
  readonly slave: string | undefined;
}

interface Row {
  readonly syncs: string[];
  readonly lines: string[];
}

/** Collects measurements from a capture. */
export class ForeignInput implements PacketSink {
  readonly isPrompt = false;
  readonly isFull = false;
  readonly monitor: Monitor;
  readonly #options: ForeignOptions;
  readonly #sighting = sighting();
  readonly #rows = new Map<WatchedPort, Row>();

  constructor(options: ForeignOptions) {
    this.#options = options;
    const { domain } = options;
    this.monitor = new Monitor({
      measured: (m) => this.#note(m),
      ...(domain === undefined ? {} : { domain }),
    });
  }

  take(record: CaptureRecord): void {
    if (!findMessage(record, this.#options.ports, this.#sighting)) return;
    this.monitor.take(this.#sighting);
    while (this.monitor.event() !== undefined);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  /** The measurements of the chosen master; `undefined` where there is none. */
  chosen(): { readonly master: string; readonly inputs: readonly string[] } | undefined {
    const wanted = this.#options.master;
    let best: [WatchedPort, Row] | undefined;
    for (const [port, row] of this.#rows) {
      if (wanted !== undefined && port.text !== wanted) continue;
      if (best === undefined || row.syncs.length > best[1].syncs.length) best = [port, row];
    }
    return best === undefined ? undefined : { master: best[0].text, inputs: best[1].lines };
  }

  /** All masters with their Syncs. */
  masters(): string[] {
    return [...this.#rows].map(([port, row]) => `${port.text} (${row.syncs.length} Sync)`);
  }

  /** The clock that stamped the capture, left alone. */
  clock(): FreeClock {
    const start = timestamp();
    this.monitor.timeOf(0, start);
    return {
      startRaw: 0 as Instant,
      maxPpb: MAX_PPB,
      read: (raw: Instant, into: Timestamp) => shift(start, raw, into),
    };
  }

  #note(m: Readonly<Measurement>): void {
    let row = this.#rows.get(m.master);
    if (row === undefined) {
      row = { syncs: [], lines: [] };
      this.#rows.set(m.master, row);
    }
    const letter = m.kind === "sync" ? "S" : "D";
    if (m.kind === "delay" && this.#options.slave !== undefined) {
      if (m.slave?.text !== this.#options.slave) return;
    }
    const line = `${letter} ${m.at} ${m.masterTime.seconds} ${m.masterTime.nanoseconds}`;
    if (m.kind === "sync") row.syncs.push(line);
    row.lines.push(line);
  }
}
