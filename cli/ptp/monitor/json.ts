/**
 * What a monitor tells programs.
 * @module
 */
import { decimalNanos, timestamp } from "../../../lib/base/time.ts";
import type { MonitorEvent } from "../../../lib/ptp/monitor/event.ts";
import type { Finding } from "../../../lib/ptp/monitor/findings.ts";
import type { Monitor } from "../../../lib/ptp/monitor/monitor.ts";
import type { MonitorReport } from "../../../lib/ptp/monitor/report.ts";
import type { WatchedPort } from "../../../lib/ptp/monitor/watched_port.ts";
import { timeFlagNames } from "../../../lib/ptp/monitor/announced.ts";
import { clockText } from "../../../lib/ptp/wire/identity.ts";
import type { JsonValue, Kit } from "../../kit/kit.ts";

const time = timestamp();

/** One line for an event. */
export function tellEvent(kit: Kit, monitor: Monitor, event: MonitorEvent): void {
  if (!kit.isJson) return;
  const at = event.kind === "gmChange" ? event.change.at : event.at;
  monitor.timeOf(at, time);
  kit.json(event.kind, { time: decimalNanos(time), ...fieldsOf(event) });
}

function fieldsOf(event: MonitorEvent): Record<string, JsonValue> {
  switch (event.kind) {
    case "master":
      return { ...portFields(event.port), isBack: event.isBack, ...announcedFields(event.port) };
    case "masterLost":
      return { ...portFields(event.port), silence: Math.round(event.silence) };
    case "slave":
      return portFields(event.port);
    case "gmChange": {
      const { from, to, by, cause, field, text } = event.change;
      return { domain: event.domain.number, from, to, by, cause, field, text };
    }
    case "announceChange":
      return { ...portFields(event.port), changes: event.changes.map((one) => ({ ...one })) };
    case "sample":
      return {
        domain: event.port.domain.number,
        master: event.port.text,
        slave: event.slave.text,
        offset: round(event.offset),
        offsetSeconds: event.offsetSeconds,
        meanPathDelay: round(event.meanPathDelay),
      };
    case "interval":
      return {
        domain: event.port.domain.number,
        master: event.port.text,
        interval: round(event.interval),
        nominal: round(event.nominal),
      };
    case "drift":
      return {
        domain: event.port.domain.number,
        master: event.port.text,
        value: round(event.value),
      };
  }
}

function portFields(port: WatchedPort): Record<string, JsonValue> {
  return {
    domain: port.domain.number,
    portIdentity: port.text,
    address: port.address,
    mac: port.mac,
    vlan: port.vlan < 0 ? null : port.vlan,
  };
}

function announcedFields(port: WatchedPort): Record<string, JsonValue> {
  const { announced } = port;
  if (announced === undefined) return {};
  return {
    ...announced,
    grandmasterIdentity: clockText(announced.grandmasterIdentity),
    timeFlags: timeFlagNames(announced),
  };
}

/** `report` and a `finding` each. */
export function tellReport(kit: Kit, report: MonitorReport, found: readonly Finding[]): void {
  if (!kit.isJson) return;
  for (const one of found) kit.json("finding", { ...one });
  kit.json("report", rounded(report) as unknown as Record<string, JsonValue>);
}

/** Numbers of ns need no more than a tenth. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return round(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rounded(one)]));
}

function round(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : null;
}
