/**
 * A monitor's report as lines for people.
 * @module
 */
import type { Finding } from "../../../lib/ptp/monitor/findings.ts";
import type {
  DomainReport,
  MonitorReport,
  NegotiationReport,
  PairReport,
  PathReport,
  PortReport,
} from "../../../lib/ptp/monitor/report.ts";
import type { Style } from "../../kit/style.ts";
import { type Column, table, wrap } from "./table.ts";
import { offsetWords, placeText, rateText, spanText } from "./words.ts";

/** How it is laid out. */
export interface Layout {
  readonly width: number;
  readonly style: Style;
  /** Ports, pairs and contracts shown of each domain; the rest is counted. */
  readonly most: number;
}

/** Findings of one kind that are told one by one. */
const ALIKE = 5;
const PAINT = { error: "red", warning: "yellow", note: "dim" } as const;

const PORTS: readonly Column[] = [
  { title: "PORT", rank: 0 },
  { title: "ROLE", rank: 1 },
  { title: "ADDRESS", rank: 4 },
  { title: "MAC", rank: 9 },
  { title: "ON", rank: 8 },
  { title: "VERSION", rank: 10 },
  { title: "ANNOUNCE", rank: 6 },
  { title: "SYNC", rank: 3 },
  { title: "JITTER", rank: 2, isRight: true },
  { title: "MISSING", rank: 5, isRight: true },
  { title: "MASTER", rank: 7 },
];

const ROWS: readonly Column[] = [
  { title: "MESSAGE", rank: 0 },
  { title: "FROM", rank: 1 },
  { title: "TO", rank: 9 },
  { title: "COUNT", rank: 2, isRight: true },
  { title: "SAYS", rank: 5 },
  { title: "MEAN", rank: 3, isRight: true },
  { title: "JITTER", rank: 3, isRight: true },
  { title: "FARTHEST", rank: 6, isRight: true },
  { title: "LONGEST", rank: 7, isRight: true },
  { title: "MISSING", rank: 4, isRight: true },
  { title: "TWICE", rank: 8, isRight: true },
];

/** The table of a domain, as the live view shows it. */
export function domainLines(domain: DomainReport, layout: Layout): string[] {
  const { style, width, most } = layout;
  const lines = headLines(domain, layout);
  const rows = domain.ports.slice(0, most).map(portRow);
  const [title = "", ...rest] = table(PORTS, rows, width);
  lines.push(style.dim(title), ...rest);
  if (domain.ports.length > most) lines.push(`... and ${domain.ports.length - most} more`);
  return lines;
}

/** Everything at the end. */
export function reportLines(
  report: MonitorReport,
  found: readonly Finding[],
  layout: Layout,
): string[] {
  const { most } = layout;
  const lines: string[] = [];
  for (const domain of report.domains) {
    if (lines.length > 0) lines.push("");
    lines.push(...domainLines(domain, layout));
    lines.push("", ...rowLines(domain, layout));
    for (const port of domain.ports) lines.push(...pathLines(port, layout));
    lines.push(...treeLines(domain, layout));
  }
  lines.push(...pairLines(report.pairs.slice(0, most), layout));
  lines.push(...negotiationLines(report.negotiations.slice(0, most), layout));
  lines.push(...findingLines(found, layout));
  return lines;
}

/** Findings, of each kind only the first few. */
function findingLines(found: readonly Finding[], layout: Layout): string[] {
  const { style, width } = layout;
  const lines: string[] = found.length > 0 ? [""] : [];
  const counts = new Map<string, number>();
  for (const one of found) {
    const kind = `${one.code} ${one.domain}`;
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    if (n > ALIKE) continue;
    const where = one.domain < 0 ? "" : `domain ${one.domain}: `;
    const subject = one.port === "" ? "" : `${one.port}: `;
    const words = `${one.severity}: ${where}${subject}${one.text}`;
    const [first = "", ...more] = wrap(words, width, "  ");
    const paint = PAINT[one.severity];
    lines.push(style[paint](one.severity) + first.slice(one.severity.length), ...more);
  }
  for (const [kind, n] of counts) {
    if (n > ALIKE) lines.push(`... and ${n - ALIKE} more like that: ${kind.split(" ")[0]}`);
  }
  return lines;
}

function headLines(domain: DomainReport, layout: Layout): string[] {
  const { style, width } = layout;
  const best = domain.ports.find((port) => port.isAnnouncing)?.announced;
  const parts = [`domain ${domain.domain}`];
  if (domain.majorSdoId !== 0) parts.push(`majorSdoId ${domain.majorSdoId}`);
  parts.push(domain.grandmaster === "" ? "no grandmaster" : `grandmaster ${domain.grandmaster}`);
  if (best !== undefined && best !== null) {
    parts.push(`priority1 ${best.priority1}`, `class ${best.clockClass}`);
    parts.push(best.flags.includes("ptpTimescale") ? `UTC offset ${domain.utcOffset} s` : "ARB");
  }
  if (domain.profile !== null) {
    const { name, isAmbiguous } = domain.profile;
    parts.push(`${isAmbiguous ? "perhaps" : "looks like"} ${name}`);
  }
  if (domain.grandmasters.length > 1) parts.push(`${domain.grandmasters.length} grandmasters!`);
  const [first = "", ...more] = wrap(parts.join(", "), width, "  ");
  return [style.bold(first), ...more.map(style.bold)];
}

function portRow(port: PortReport): string[] {
  const row = (name: string) => port.streams.find((one) => one.message === name);
  const sync = row("Sync") ?? row("Delay_Req") ?? row("Pdelay_Req");
  const announce = row("Announce");
  const missing = port.streams.reduce((sum, one) => sum + one.missing, 0) + port.missingFollowUps;
  const isMaster = row("Sync") !== undefined || announce !== undefined;
  const roles = port.roles.map((role) => role === "grandmaster" ? "GM" : role);
  return [
    port.portIdentity,
    roles.join("+") + (isMaster && !port.isAnnouncing ? " (silent)" : ""),
    placeText(port),
    port.address === port.mac ? "" : port.mac,
    port.transport + (port.communication === "multicast" ? "" : ` ${port.communication}`),
    port.version,
    announce === undefined ? "" : rateText(announce.logMessageInterval),
    row("Sync") === undefined ? "" : rateText(row("Sync")?.logMessageInterval ?? null),
    sync === undefined ? "" : spanText(sync.jitter),
    missing === 0 ? "0" : String(missing),
    port.master ?? "",
  ];
}

function rowLines(domain: DomainReport, layout: Layout): string[] {
  const rows = domain.ports.slice(0, layout.most).flatMap((port) =>
    port.streams.map((one) => [
      one.message,
      port.portIdentity,
      one.to,
      String(one.count),
      one.logMessageInterval === null ? "" : rateText(one.logMessageInterval),
      spanText(one.mean),
      spanText(one.jitter),
      spanText(one.farthest),
      spanText(one.longest),
      String(one.missing),
      String(one.duplicates),
    ])
  );
  const [title = "", ...rest] = table(ROWS, rows, layout.width);
  return [layout.style.dim(title), ...rest];
}

function pathLines(port: PortReport, layout: Layout): string[] {
  const { path } = port;
  if (path === null) return [];
  return wrap(pathText(port.portIdentity, path), layout.width, "  ");
}

function pathText(identity: string, path: PathReport): string {
  const drift = path.drift === null
    ? ""
    : `, rate ${path.drift >= 0 ? "+" : ""}${path.drift.toFixed(1)} ppb`;
  if (path.samples === 0) {
    const scatter = path.scatter === null ? "" : `, Sync scatter ${spanText(path.scatter)}`;
    return `the capture's clock against ${identity}: no delay measured${drift}${scatter}`;
  }
  const steps = path.steps === 0 ? "" : `, ${path.steps} steps`;
  return `the capture's clock against ${identity}: offset ` +
    `${offsetWords(path.offset, path.offsetSeconds)} (sd ${spanText(path.offsetDeviation)}), ` +
    `mean path delay ${spanText(path.meanPathDelay)} (least ` +
    `${spanText(path.meanPathDelayLeast)}, sd ${spanText(path.meanPathDelayDeviation)}), ` +
    `${path.samples} samples${drift}${steps}`;
}

/** The clocks as a tree, where there is more to it than one master and its slaves. */
function treeLines(domain: DomainReport, layout: Layout): string[] {
  const { tree } = domain;
  const depths = new Map<string, number>();
  for (const node of tree) {
    depths.set(node.clock, node.parent === "" ? 0 : (depths.get(node.parent) ?? 0) + 1);
  }
  if (Math.max(0, ...depths.values()) < 2) return [];
  const lines = tree.slice(0, layout.most).map((node) => {
    const depth = depths.get(node.clock) ?? 0;
    const branch = depth === 0 ? "" : `${"   ".repeat(depth - 1)}└─ `;
    const gap = node.by === "announce" ? "... " : "";
    const ports = node.ports.length === 0 ? "not seen" : `port ${node.ports.join(", ")}`;
    return `${branch}${gap}${node.clock} (${ports})`.slice(0, layout.width);
  });
  if (tree.length > layout.most) lines.push(`... and ${tree.length - layout.most} more`);
  return ["", ...lines];
}

function pairLines(pairs: readonly PairReport[], layout: Layout): string[] {
  return pairs.flatMap((pair) =>
    wrap(
      `peer delay ${pair.requester} to ${pair.responder}: ${pair.exchanges} exchanges, delay ` +
        `${spanText(pair.delay)} (sd ${spanText(pair.delayDeviation)}), residence ` +
        spanText(pair.residence),
      layout.width,
      "  ",
    )
  );
}

function negotiationLines(all: readonly NegotiationReport[], layout: Layout): string[] {
  return all.flatMap((one) =>
    wrap(
      `unicast ${one.message} for ${one.client} from ${one.server}: ${one.state}, ` +
        `${rateText(one.logInterval)} for ${one.duration ?? "-"} s; ${one.requests} requests, ` +
        `${one.grants} grants, ${one.denials} refusals`,
      layout.width,
      "  ",
    )
  );
}
