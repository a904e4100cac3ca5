/**
 * What in a report wants a person's eye, worst first, each with what it rests on.
 * @module
 */
import type { DomainReport, MonitorReport, PortReport } from "./report.ts";

/** One finding. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  readonly code: string;
  /** -1 where it is about no domain. */
  readonly domain: number;
  /** The port it is about; "" for the domain. */
  readonly port: string;
  readonly text: string;
}

const RANK = { error: 0, warning: 1, note: 2 } as const;
/** A measured interval this much longer or shorter than logMessageInterval says is named. */
const RHYTHM = 0.1;
/** DSCP of event messages that every profile over IP asks for: EF. */
const EXPEDITED = 46;

/** All findings of a report. */
export function findings(report: MonitorReport): Finding[] {
  const found: Finding[] = [];
  for (const domain of report.domains) domainFindings(domain, found);
  if (report.version1 > 0) {
    found.push(general("note", "version1", `${report.version1} messages of PTP version 1 besides`));
  }
  if (report.malformed > 0) {
    found.push(general("warning", "malformed", `${report.malformed} malformed messages`));
  }
  if (report.forgotten > 0) {
    const text = `${report.forgotten} ports or rows of messages were forgotten: the table is full`;
    found.push(general("warning", "forgotten", text));
  }
  const denied = report.negotiations.filter((n) => n.state === "denied");
  for (const n of denied.slice(0, 8)) {
    const text = `${n.client} was refused unicast ${n.message} by ${n.server}`;
    found.push(general("warning", "denied", text));
  }
  return found.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

function general(severity: Finding["severity"], code: string, text: string): Finding {
  return { severity, code, domain: -1, port: "", text };
}

function domainFindings(d: DomainReport, found: Finding[]): void {
  const add = (severity: Finding["severity"], code: string, text: string, port = "") =>
    found.push({ severity, code, domain: d.domain, port, text });
  const masters = d.ports.filter((port) => port.isAnnouncing);
  if (d.grandmasters.length > 1) {
    add("error", "severalGrandmasters", `${d.grandmasters.length} grandmasters announce at once`);
  } else if (masters.length > 1) {
    const why = "several segments are seen, or masters do not hear each other";
    add("note", "severalMasters", `${masters.length} ports announce the grandmaster: ${why}`);
  }
  if (d.grandmaster === "" && d.ports.some((port) => has(port, "Sync"))) {
    if (d.ports.every((port) => port.announced === null)) {
      add("error", "noAnnounce", "Sync without Announce: no slave will follow");
    } else add("warning", "silent", "nobody announces any more");
  }
  if (d.changes.length > 1) {
    const last = d.changes[d.changes.length - 1];
    const text = `the grandmaster changed ${d.changes.length - 1} times; last: ${last?.text ?? ""}`;
    add("warning", "gmChanges", text);
  }
  timescale(d, masters, add);
  for (const port of d.ports) portFindings(port, (s, c, t) => add(s, c, t, port.portIdentity));
}

type Add = (severity: Finding["severity"], code: string, text: string) => void;

function timescale(d: DomainReport, masters: readonly PortReport[], add: Add): void {
  const set = masters[0]?.announced;
  if (set === undefined || set === null) return;
  if (!set.flags.includes("ptpTimescale")) {
    add("note", "arbitrary", "the timescale is arbitrary: clocks that keep UTC cannot follow");
  } else if (!set.flags.includes("currentUtcOffsetValid")) {
    const text = `currentUtcOffset ${set.currentUtcOffset} is not marked as valid`;
    add("warning", "utcOffset", text);
  }
  if (set.flags.includes("leap61") || set.flags.includes("leap59")) {
    add("note", "leap", "a leap second is announced for the end of this UTC day");
  }
  const path = masters[0]?.path;
  if (path === undefined || path === null) return;
  if (path.offset !== null && path.offsetSeconds === 0) {
    const off = Math.abs(path.offset / 1e9);
    if (Math.round(off) === d.utcOffset && d.utcOffset !== 0 && off > 30) {
      add("error", "tai", `the capture's clock is ${d.utcOffset} s off: it keeps TAI, not UTC`);
    }
  }
}

function portFindings(port: PortReport, add: Add): void {
  const sync = port.streams.find((row) => row.message === "Sync");
  if (port.isAnnouncing && sync === undefined) {
    add("warning", "noSync", "announces, but sends no Sync here");
  }
  if (port.missingFollowUps > 0) {
    add("error", "missingFollowUps", `${port.missingFollowUps} two-step Syncs without Follow_Up`);
  }
  if (port.addressChanges > 0) {
    const text =
      `its address changed ${port.addressChanges} times: two stations with one identity?`;
    add("error", "addressChanges", text);
  }
  if (port.masterChanges > 0) {
    add("warning", "masterChanges", `${port.masterChanges} times another master answered it`);
  }
  if (port.unanswered > 0) {
    const all = port.answered + port.unanswered;
    add("warning", "unanswered", `${port.unanswered} of ${all} requests without an answer here`);
  }
  if (port.dscp !== null && port.dscp !== EXPEDITED && has(port, "Sync")) {
    add("note", "dscp", `event messages go with DSCP ${port.dscp}, not 46 (EF)`);
  }
  for (const row of port.streams) {
    const name = row.to === "" ? row.message : `${row.message} to ${row.to}`;
    if (row.missing > 0) add("warning", "missing", `${row.missing} ${name} missing`);
    if (row.duplicates > 0) add("warning", "duplicates", `${row.duplicates} ${name} came twice`);
    const said = row.logMessageInterval;
    if (said === null || row.mean === null || row.count < 8 || !isPeriodic(row.message)) continue;
    const ratio = row.mean / (2 ** said * 1e9);
    if (Math.abs(ratio - 1) <= RHYTHM) continue;
    const text = `${name} every ${(row.mean / 1e9).toFixed(3)} s, says ${2 ** said} s`;
    add("warning", "rhythm", text);
  }
}

function isPeriodic(message: string): boolean {
  return message === "Sync" || message === "Announce";
}

function has(port: PortReport, message: string): boolean {
  return port.streams.some((row) => row.message === message);
}
