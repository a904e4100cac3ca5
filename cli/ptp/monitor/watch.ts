/**
 * A monitor at work: frames in, lines, JSON and pictures out.
 * @module
 */
import { timestamp } from "../../../lib/base/time.ts";
import type { CaptureRecord } from "../../../lib/capture/record.ts";
import type { MonitorEvent } from "../../../lib/ptp/monitor/event.ts";
import { findings } from "../../../lib/ptp/monitor/findings.ts";
import { Monitor } from "../../../lib/ptp/monitor/monitor.ts";
import { type MonitorReport, report } from "../../../lib/ptp/monitor/report.ts";
import { sighting } from "../../../lib/ptp/monitor/sighting.ts";
import type { Kit } from "../../kit/kit.ts";
import type { PacketSink } from "../../tcpdump/printer.ts";
import type { Figure } from "../plot/figure.ts";
import { findMessage, type PtpPorts } from "./frame.ts";
import { tellEvent, tellReport } from "./json.ts";
import { reportLines } from "./report_text.ts";
import { Tracks } from "./tracks.ts";
import { eventText } from "./words.ts";

/** What is watched, and how it is told. */
export interface WatchOptions {
  readonly ports: PtpPorts;
  readonly domain: number | undefined;
  /** Events are kept for the live view instead of printed. */
  readonly isQuiet: boolean;
  /** `eth0`, `capture.pcap`: for titles. */
  readonly source: string;
}

/** Notes that the live view shows. */
const NOTES = 5;
const PLAIN_WIDTH = 120;
const MOST = 50;

/** See the module. */
export class Watch {
  readonly monitor: Monitor;
  readonly tracks = new Tracks();
  readonly notes: string[] = [];
  readonly #kit: Kit;
  readonly #options: WatchOptions;
  readonly #sighting = sighting();
  readonly #time = timestamp();
  #frames = 0;

  constructor(kit: Kit, options: WatchOptions) {
    this.#kit = kit;
    this.#options = options;
    const { domain } = options;
    this.monitor = new Monitor({
      hasDetails: true,
      ...(domain === undefined ? {} : { domain }),
    });
  }

  /** Frames looked at. */
  get frames(): number {
    return this.#frames;
  }

  /** @param monotonic As `Sighting.monotonic`. */
  take(record: CaptureRecord, monotonic = NaN): void {
    this.#frames++;
    this.#sighting.monotonic = monotonic;
    if (!findMessage(record, this.#options.ports, this.#sighting)) return;
    this.monitor.take(this.#sighting);
    this.#drain();
  }

  /** Monotonic time has come to `now` without a message. */
  advance(now: number): void {
    this.monitor.advanceTo(now);
    this.#drain();
  }

  report(): MonitorReport {
    return report(this.monitor);
  }

  /** Lines and JSON of the end. */
  finish(): void {
    const last = this.report();
    const found = findings(last);
    tellReport(this.#kit, last, found);
    const { style } = this.#kit;
    for (const line of reportLines(last, found, { width: this.#width(), style, most: MOST })) {
      this.#kit.say(line);
    }
    const domains = last.domains.length;
    this.#kit.note(
      `${this.#frames} frames, ${last.messages} PTP messages of ${domains} ` +
        `domain${domains === 1 ? "" : "s"} in ${(last.span / 1e9).toFixed(1)} s, ` +
        `${last.malformed} malformed`,
    );
  }

  figure(): Figure {
    const domains = this.report().domains;
    const of = domains.map((one) => one.domain).join(", ");
    const first = domains[0];
    const isOne = domains.length === 1;
    const parts = [
      first === undefined || first.grandmaster === "" ? "" : `grandmaster ${first.grandmaster}`,
      first?.profile === null || first === undefined ? "" : `looks like ${first.profile.title}`,
    ];
    this.monitor.timeOf(0, this.#time);
    const start = new Date(this.#time.seconds * 1000).toISOString().replace(".000", "");
    return this.tracks.figure({
      title: `PTP domain${isOne ? "" : "s"} ${of} seen in ${this.#options.source}`,
      subtitle: isOne ? parts.filter((part) => part !== "").join(", ") : "",
      origin: this.monitor.messages === 0 ? "" : `since ${start}`,
    });
  }

  #drain(): void {
    for (let e = this.monitor.event(); e !== undefined; e = this.monitor.event()) this.#tell(e);
  }

  #tell(event: MonitorEvent): void {
    this.tracks.take(event);
    tellEvent(this.#kit, this.monitor, event);
    const text = eventText(event);
    if (text === "") return;
    const at = event.kind === "gmChange" ? event.change.at : event.at;
    const line = `${(at / 1e9).toFixed(3).padStart(9)} s  ${text}`;
    this.notes.push(line);
    if (this.notes.length > NOTES) this.notes.shift();
    if (!this.#options.isQuiet) this.#kit.say(line);
  }

  #width(): number {
    if (!this.#kit.outIsTerminal) return PLAIN_WIDTH;
    try {
      return Math.max(30, Deno.consoleSize().columns);
    } catch {
      return PLAIN_WIDTH;
    }
  }
}

/** A watch where a file's packets go. */
export class WatchSink implements PacketSink {
  readonly isPrompt = false;
  readonly isFull = false;
  readonly #watch: Watch;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  take(record: CaptureRecord): void {
    this.#watch.take(record);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}
