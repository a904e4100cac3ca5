/**
 * What charts and plots of a monitor show: offsets, delays, drift and intervals over time.
 * @module
 */
import type { MonitorEvent } from "../../../lib/ptp/monitor/event.ts";
import type { WatchedPort } from "../../../lib/ptp/monitor/watched_port.ts";
import type { Figure, Panel } from "../plot/figure.ts";
import { Series } from "../plot/series.ts";

/** Masters that get lines of their own. */
const MOST = 6;

/** Series by port, at most six of each kind. */
class Kind {
  readonly #series = new Map<WatchedPort, Series>();

  add(port: WatchedPort, at: number, value: number): void {
    let series = this.#series.get(port);
    if (series === undefined) {
      if (this.#series.size >= MOST) return;
      series = new Series(port.text);
      this.#series.set(port, series);
    }
    series.add(at / 1e9, value);
  }

  all(): Series[] {
    return [...this.#series.values()].filter((series) => series.length > 0);
  }
}

/** Collects what events tell. */
export class Tracks {
  readonly #offsets = new Kind();
  readonly #delays = new Kind();
  readonly #drifts = new Kind();
  readonly #intervals = new Kind();

  take(event: MonitorEvent): void {
    switch (event.kind) {
      case "sample":
        this.#offsets.add(event.port, event.at, event.offset);
        return this.#delays.add(event.port, event.at, event.meanPathDelay);
      case "drift":
        return this.#drifts.add(event.port, event.at, event.value);
      case "interval":
        return this.#intervals.add(event.port, event.at, event.interval - event.nominal);
    }
  }

  /** The series that tells most: offset, else drift, else intervals. */
  get main(): { readonly title: string; readonly series: Series } | undefined {
    const [offset] = this.#offsets.all();
    if (offset !== undefined) {
      return { title: "offset of the capture's clock from the master", series: offset };
    }
    const [drift] = this.#drifts.all();
    if (drift !== undefined) {
      return { title: "drift against the master, with delay", series: drift };
    }
    const [interval] = this.#intervals.all();
    if (interval === undefined) return undefined;
    return { title: "Sync interval less what it says", series: interval };
  }

  /** All that there is, as panels. */
  figure(head: { title: string; subtitle: string; origin: string }): Figure {
    const panels: Panel[] = [];
    const add = (title: string, series: Series[], hasZero: boolean) => {
      if (series.length > 0) panels.push({ title, series, hasZero });
    };
    add("offset of the capture's clock from the master", this.#offsets.all(), true);
    add("mean path delay", this.#delays.all(), false);
    const measured = new Set(this.#offsets.all().map((series) => series.name));
    const drifts = this.#drifts.all().filter((series) => !measured.has(series.name));
    add("drift of the capture's clock against the master (Sync only)", drifts, true);
    add("Sync interval less its nominal", this.#intervals.all(), true);
    return { ...head, panels };
  }
}
