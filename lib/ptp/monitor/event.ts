/**
 * What a monitor tells as it happens.
 * @module
 */
import type { Change } from "./announced.ts";
import type { GmChange, WatchedDomain } from "./watched_domain.ts";
import type { WatchedPort } from "./watched_port.ts";

/** One occurrence; `at` is ns since the first message of all. */
export type MonitorEvent =
  /** A port announces for the first time, or again after it had stopped. */
  | { kind: "master"; at: number; port: WatchedPort; isBack: boolean }
  /** A port's Announces have stopped for announceReceiptTimeout intervals. */
  | { kind: "masterLost"; at: number; port: WatchedPort; silence: number }
  /** A port asks for its delay for the first time. */
  | { kind: "slave"; at: number; port: WatchedPort }
  /** Another grandmaster is the best one seen. */
  | { kind: "gmChange"; domain: WatchedDomain; change: GmChange }
  /** A port announces something else than before. */
  | { kind: "announceChange"; at: number; port: WatchedPort; changes: Change[] }
  /** Offset and delay of the capture's clock. */
  | {
    kind: "sample";
    at: number;
    port: WatchedPort;
    slave: WatchedPort;
    /** ns, beside `offsetSeconds` whole seconds (0 but for masters of another epoch). */
    offset: number;
    offsetSeconds: number;
    meanPathDelay: number;
  }
  /** Time from one Sync to the next. */
  | { kind: "interval"; at: number; port: WatchedPort; interval: number; nominal: number }
  /** A Sync where no delay is measured: capture's clock less the master, less the first such value. */
  | { kind: "drift"; at: number; port: WatchedPort; value: number };
