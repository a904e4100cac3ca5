/**
 * What a monitor saw, in words: durations, rates, events.
 * @module
 */
import type { MonitorEvent } from "../../../lib/ptp/monitor/event.ts";
import type { WatchedPort } from "../../../lib/ptp/monitor/watched_port.ts";
import { clockText } from "../../../lib/ptp/wire/identity.ts";
import { offsetText } from "../chart.ts";

/** `8/s`, `1 per 2 s`; "-" for none. */
export function rateText(log: number | null): string {
  if (log === null) return "-";
  return log <= 0 ? `${2 ** -log}/s` : `1 per ${2 ** log} s`;
}

/** A duration of ns for people; "-" for null. */
export function spanText(nanos: number | null): string {
  return nanos === null ? "-" : offsetText(nanos, false);
}

/** An offset beside whole seconds: `+12 ns`, `1700000000 s +12 ns`. */
export function offsetWords(nanos: number | null, wholeSeconds: number): string {
  if (nanos === null) return "-";
  return wholeSeconds === 0
    ? offsetText(nanos)
    : `${wholeSeconds > 0 ? "+" : ""}${wholeSeconds} s ${offsetText(nanos)}`;
}

/** Where a port is: address, MAC where they differ, VLAN. */
export function placeText(port: { address: string; mac: string; vlan: number | null }): string {
  const parts = [port.address === "" ? port.mac : port.address];
  if (port.vlan !== null && port.vlan >= 0) parts.push(`VLAN ${port.vlan}`);
  return parts.filter((part) => part !== "").join(" ");
}

/** One line for an event; "" for those that only charts show. */
export function eventText(event: MonitorEvent): string {
  switch (event.kind) {
    case "master": {
      const gm = event.port.announced?.grandmasterIdentity;
      const what = gm === undefined ? "" : `, grandmaster ${clockText(gm)}`;
      return `${about(event.port)} announces${event.isBack ? " again" : ""}${what}`;
    }
    case "masterLost":
      return `${about(event.port)} has stopped to announce ${spanText(event.silence)} ago`;
    case "slave":
      return `${about(event.port)} asks for its delay`;
    case "gmChange": {
      const { from, to, text, cause } = event.change;
      const of = `domain ${event.domain.number}: grandmaster`;
      return from === "" ? `${of} ${to}` : `${of} ${from} -> ${to} (${cause}: ${text})`;
    }
    case "announceChange": {
      const list = event.changes.map((one) => `${one.field} ${one.from} -> ${one.to}`);
      return `${about(event.port)}: ${list.join(", ")}`;
    }
    case "sample":
    case "interval":
    case "drift":
      return "";
  }
}

function about(port: WatchedPort): string {
  const place = placeText(port);
  return `domain ${port.domain.number}: ${port.text}${place === "" ? "" : ` (${place})`}`;
}
